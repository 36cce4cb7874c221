// RollbackStage: a new execution repeats one stage with what an earlier one brought there.
import type { RollbackStageInput } from '@aws-sdk/client-codepipeline';
import { AwsError, type CallContext } from '../cloud.ts';
import { hasSucceededIn } from './execution-reads.ts';
import { type ExecutionRecord, isInside, type PipelineRecord } from './records.ts';
import { addExecution } from './starts.ts';
import { executionsOf, needExecution, needPipeline, needStage, type State } from './state.ts';

const unable = (stage: string, why: string): AwsError =>
  new AwsError('UnableToRollbackStageException', `Unable to roll back stage '${stage}': ${why}.`);

/** That AWS refuses all of these with one and the same error is from memory. */
const checkStage = (state: State, { definition }: PipelineRecord, stage: string): void => {
  if (definition.type === 'V1') throw unable(stage, 'a V1 pipeline does not support it');
  if (definition.mode === 'PARALLEL') throw unable(stage, 'a pipeline in PARALLEL mode does not support it');
  if (stage === definition.stages[0]?.name) throw unable(stage, 'it is the source stage');
  if (executionsOf(state, definition.name).some((one) => isInside(one, stage)))
    throw unable(stage, 'it is currently running');
};

const checkTarget = ({ version }: PipelineRecord, target: ExecutionRecord, stage: string): void => {
  if (target.version !== version)
    throw new AwsError(
      'PipelineExecutionOutdatedException',
      `Pipeline execution '${target.id}' is outdated: the pipeline has changed since.`,
    );
  if (target.kind.type === 'ROLLBACK') throw unable(stage, `'${target.id}' is a rollback itself`);
  if (!hasSucceededIn(target, stage, version)) throw unable(stage, `'${target.id}' did not succeed in it`);
};

export const rollbackStage =
  (state: State) =>
  (input: RollbackStageInput, { caller }: CallContext) => {
    const pipeline = needPipeline(state, input.pipelineName);
    const { name: stage } = needStage(pipeline, input.stageName);
    const target = needExecution(state, pipeline.definition.name, input.targetPipelineExecutionId);
    checkStage(state, pipeline, stage);
    checkTarget(pipeline, target, stage);
    const pipelineExecutionId = addExecution(state, pipeline, {
      kind: { type: 'ROLLBACK', target: target.id, stage },
      variables: target.variables,
      revisions: target.revisions,
      startedBy: caller,
    });
    return { pipelineExecutionId };
  };
