// RetryStageExecution: the same execution goes through its failed stage again, whole or only with what failed.
import type { RetryStageExecutionInput } from '@aws-sdk/client-codepipeline';
import { AwsError } from '../cloud.ts';
import { type ExecutionRecord, type PipelineRecord, type StageVisit, visitOf } from './records.ts';
import { checkConcurrency } from './starts.ts';
import {
  changeExecution,
  executionsOf,
  findExecution,
  needPipeline,
  needStage,
  type State,
} from './state.ts';

const isOvertaken = (state: State, { definition }: PipelineRecord, { stage, order }: StageVisit): boolean =>
  definition.mode !== 'PARALLEL' &&
  executionsOf(state, definition.name).some((other) => (visitOf(other, stage)?.order ?? -1) > order);

type Retryable = { readonly execution: ExecutionRecord; readonly visit: StageVisit };

/** That an execution that nobody knows is refused as an old one is from memory: the operation has no error of its own. */
const findRetryable = (state: State, input: RetryStageExecutionInput): Retryable => {
  const pipeline = needPipeline(state, input.pipelineName);
  const { name } = needStage(pipeline, input.stageName);
  const execution = findExecution(state, pipeline.definition.name, input.pipelineExecutionId);
  const visit = execution && visitOf(execution, name);
  if (!execution || (visit && isOvertaken(state, pipeline, visit)))
    throw new AwsError(
      'NotLatestPipelineExecutionException',
      `Pipeline execution '${input.pipelineExecutionId}' is not the latest one in stage '${name}'`,
    );
  // A stage that was stopped or cancelled has no failed actions; nor may the pipeline have changed since.
  if (visit?.status !== 'Failed' || execution.version !== pipeline.version)
    throw new AwsError(
      'StageNotRetryableException',
      `Stage '${name}' cannot be retried: it holds no failed actions, or the pipeline has changed.`,
    );
  checkConcurrency(state, pipeline);
  return { execution, visit };
};

/** What need not run again. */
const keptOf = ({ runs }: ExecutionRecord, { stage, from, kept }: StageVisit): readonly string[] => [
  ...kept,
  ...runs
    .slice(from)
    .filter((run) => run.stage === stage && run.status === 'Succeeded')
    .map((run) => run.action.name),
];

export const retryStageExecution = (state: State) => (input: RetryStageExecutionInput) => {
  const { execution, visit } = findRetryable(state, input);
  const again: StageVisit = {
    ...visit,
    status: 'InProgress',
    from: execution.runs.length,
    kept: input.retryMode === 'FAILED_ACTIONS' ? keptOf(execution, visit) : [],
    retries: visit.retries + 1,
  };
  changeExecution(state, execution.id, ({ visits, runs }) => ({
    status: 'InProgress',
    place: { kind: 'inside', stage: visit.stage },
    visits: visits.map((one) => (one.stage === visit.stage ? again : one)),
    latestFrom: runs.length,
  }));
  return { pipelineExecutionId: execution.id };
};
