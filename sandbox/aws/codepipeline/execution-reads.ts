// GetPipelineExecution and ListPipelineExecutions: one execution whole, and all of a pipeline's, newest first.
import type {
  ArtifactRevision,
  GetPipelineExecutionInput,
  ListPipelineExecutionsInput,
  PipelineExecution,
  PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline';
import { AwsError } from '../cloud.ts';
import { optional, pageOf } from '../services/pages.ts';
import { artifactOf, externalUrlOf, revisionSummaryOf } from './facts.ts';
import { type ActionRun, type ExecutionRecord, visitOf } from './records.ts';
import { needExecution, needPipeline, type State, visibleExecutions } from './state.ts';

export const invalidToken = (): AwsError =>
  new AwsError('InvalidNextTokenException', 'The next token was specified in an invalid format.');

const kindOf = ({ kind }: ExecutionRecord) => ({
  executionType: kind.type,
  ...optional(
    'rollbackMetadata',
    kind.type === 'ROLLBACK' ? { rollbackTargetPipelineExecutionId: kind.target } : undefined,
  ),
});

const triggerOf = ({ kind, startedBy }: ExecutionRecord) => ({
  triggerType: kind.type === 'ROLLBACK' ? ('ManualRollback' as const) : ('StartPipelineExecution' as const),
  triggerDetail: startedBy,
});

/** Source actions that have found their revision. */
const foundSources = ({ runs }: ExecutionRecord): readonly ActionRun[] =>
  runs.filter(({ action, status }) => action.category === 'Source' && status === 'Succeeded');

const artifactRevision = (state: State, run: ActionRun): ArtifactRevision => ({
  name: artifactOf(run.action),
  revisionId: run.externalId,
  revisionSummary: revisionSummaryOf(run.action, run.externalId),
  created: new Date(run.updatedAt),
  ...optional('revisionUrl', externalUrlOf(state.cloud, run)),
});

const describe = (state: State, execution: ExecutionRecord): PipelineExecution => ({
  pipelineName: execution.pipeline,
  pipelineVersion: execution.version,
  pipelineExecutionId: execution.id,
  status: execution.status,
  artifactRevisions: foundSources(execution).map((run) => artifactRevision(state, run)),
  variables: Object.entries(execution.variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
  trigger: triggerOf(execution),
  executionMode: execution.mode,
  ...kindOf(execution),
});

export const getPipelineExecution =
  (state: State) =>
  ({ pipelineName, pipelineExecutionId }: GetPipelineExecutionInput) => {
    const { definition } = needPipeline(state, pipelineName);
    return { pipelineExecution: describe(state, needExecution(state, definition.name, pipelineExecutionId)) };
  };

const summarize = (state: State, execution: ExecutionRecord): PipelineExecutionSummary => ({
  pipelineExecutionId: execution.id,
  status: execution.status,
  startTime: new Date(execution.startedAt),
  lastUpdateTime: new Date(execution.updatedAt),
  sourceRevisions: foundSources(execution).map((run) => ({
    actionName: run.action.name,
    revisionId: run.externalId,
    revisionSummary: revisionSummaryOf(run.action, run.externalId),
    ...optional('revisionUrl', externalUrlOf(state.cloud, run)),
  })),
  trigger: triggerOf(execution),
  ...optional(
    'stopTrigger',
    execution.stopReason === undefined ? undefined : { reason: execution.stopReason },
  ),
  executionMode: execution.mode,
  ...kindOf(execution),
});

/** Whether a stage went well in an execution of the pipeline as it is now: others are no target of a rollback. */
export const hasSucceededIn = (execution: ExecutionRecord, stage: string, version: number): boolean =>
  execution.version === version && visitOf(execution, stage)?.status === 'Succeeded';

export const listPipelineExecutions =
  (state: State) =>
  ({ pipelineName, filter, maxResults, nextToken }: ListPipelineExecutionsInput) => {
    const pipeline = needPipeline(state, pipelineName);
    const { definition, version } = pipeline;
    const stage = filter?.succeededInStage?.stageName;
    // That an unknown stage is refused so is from memory: the operation has no StageNotFoundException.
    if (stage !== undefined && !definition.stages.some(({ name }) => name === stage))
      throw new AwsError(
        'ValidationException',
        `Stage '${stage}' was not found in pipeline '${pipelineName}'`,
      );
    const found = visibleExecutions(state, definition.name)
      .filter((execution) => stage === undefined || hasSucceededIn(execution, stage, version))
      .toReversed();
    const question = {
      scope: ['ListPipelineExecutions', pipelineName, stage],
      token: nextToken,
      limit: maxResults,
      most: 100,
      invalid: invalidToken(),
    };
    const { items, next } = pageOf(found, question, state.cloud.settings);
    return {
      pipelineExecutionSummaries: items.map((execution) => summarize(state, execution)),
      ...optional('nextToken', next),
    };
  };
