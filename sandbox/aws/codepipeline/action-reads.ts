// ListActionExecutions: every run of every action, newest first, of one execution or of all.
import type { ActionExecutionDetail, ListActionExecutionsInput } from '@aws-sdk/client-codepipeline';
import { AwsError } from '../cloud.ts';
import { optional, pageOf } from '../services/pages.ts';
import { configurationOf } from './definitions.ts';
import { invalidToken } from './execution-reads.ts';
import { externalUrlOf, revisionSummaryOf, typeOf } from './facts.ts';
import type { ActionRun, ExecutionRecord } from './records.ts';
import { isApproval } from './runs.ts';
import { needExecution, needPipeline, type State, visibleExecutions } from './state.ts';

/** An approval's token is shown here in PARALLEL mode only, where GetPipelineState has none. */
const externalIdOf = ({ mode }: ExecutionRecord, { action, externalId }: ActionRun): string | undefined =>
  isApproval(action) && mode !== 'PARALLEL' ? undefined : externalId;

export const summaryOf = ({ action, status, summary, externalId }: ActionRun): string | undefined =>
  action.category === 'Source' && status === 'Succeeded' ? revisionSummaryOf(action, externalId) : summary;

const resultOf = (state: State, execution: ExecutionRecord, run: ActionRun) => ({
  ...optional('externalExecutionId', externalIdOf(execution, run)),
  ...optional('externalExecutionSummary', summaryOf(run)),
  ...optional('externalExecutionUrl', externalUrlOf(state.cloud, run)),
  ...optional('errorDetails', run.error),
});

const outputVariables = ({ action, status, externalId }: ActionRun): Record<string, string> => {
  if (status !== 'Succeeded') return {};
  if (action.provider === 'CodeBuild') return { BuildID: externalId };
  const { BranchName, FullRepositoryId } = configurationOf(action);
  return action.provider === 'CodeStarSourceConnection'
    ? {
        CommitId: externalId,
        ...optional('BranchName', BranchName),
        ...optional('FullRepositoryName', FullRepositoryId),
      }
    : {};
};

const describe = (state: State, execution: ExecutionRecord, run: ActionRun): ActionExecutionDetail => ({
  pipelineExecutionId: execution.id,
  actionExecutionId: run.id,
  pipelineVersion: execution.version,
  stageName: run.stage,
  actionName: run.action.name,
  startTime: new Date(run.startedAt),
  lastUpdateTime: new Date(run.updatedAt),
  ...optional('updatedBy', run.updatedBy),
  status: run.status,
  input: {
    actionTypeId: typeOf(run.action),
    configuration: { ...configurationOf(run.action) },
    resolvedConfiguration: { ...configurationOf(run.action) },
    region: state.cloud.region,
    inputArtifacts: [],
  },
  output: {
    outputArtifacts: [],
    executionResult: resultOf(state, execution, run),
    outputVariables: outputVariables(run),
  },
});

type Found = { readonly execution: ExecutionRecord; readonly run: ActionRun };

/** `Latest`: what ran since the execution's start or its newest retry. */
const findRuns = (
  state: State,
  pipeline: string,
  filter: ListActionExecutionsInput['filter'],
): readonly Found[] => {
  const { pipelineExecutionId, latestInPipelineExecution: latest } = filter ?? {};
  // From memory: the model allows both filters.
  if (pipelineExecutionId !== undefined && latest)
    throw new AwsError(
      'ValidationException',
      'Specify either pipelineExecutionId or latestInPipelineExecution, not both',
    );
  const id = latest?.pipelineExecutionId ?? pipelineExecutionId;
  const executions =
    id === undefined ? visibleExecutions(state, pipeline) : [needExecution(state, pipeline, id)];
  return executions.flatMap((execution) =>
    execution.runs
      .slice(latest?.startTimeRange === 'Latest' ? execution.latestFrom : 0)
      .map((run) => ({ execution, run })),
  );
};

export const listActionExecutions =
  (state: State) =>
  ({ pipelineName, filter, maxResults, nextToken }: ListActionExecutionsInput) => {
    const { definition } = needPipeline(state, pipelineName);
    const found = findRuns(state, definition.name, filter).toSorted((a, b) => b.run.order - a.run.order);
    const question = {
      scope: ['ListActionExecutions', pipelineName, filter],
      token: nextToken,
      limit: maxResults,
      most: 100,
      invalid: invalidToken(),
    };
    const { items, next } = pageOf(found, question, state.cloud.settings);
    return {
      actionExecutionDetails: items.map(({ execution, run }) => describe(state, execution, run)),
      ...optional('nextToken', next),
    };
  };
