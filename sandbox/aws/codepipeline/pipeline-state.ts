// GetPipelineState: what each stage of a pipeline shows, of whoever was there last. It is pipeline-wide: a stage may show
// one execution and its actions another, because an action keeps what it last did until it runs again.
import type {
  ActionExecution,
  ActionState,
  GetPipelineStateInput,
  StageExecution,
  StageState,
  TransitionState,
} from '@aws-sdk/client-codepipeline';
import { optional } from '../services/pages.ts';
import { summaryOf } from './action-reads.ts';
import type { SeededAction, SeededStage } from './definitions.ts';
import { externalUrlOf } from './facts.ts';
import {
  type ActionRun,
  type ExecutionRecord,
  isInside,
  isWaitingAt,
  type PipelineRecord,
  type StageVisit,
  visitOf,
} from './records.ts';
import { isApproval } from './runs.ts';
import { needPipeline, type State, visibleExecutions } from './state.ts';

type Scene = {
  readonly state: State;
  readonly pipeline: PipelineRecord;
  readonly executions: readonly ExecutionRecord[];
};

/** In PARALLEL mode AWS shows no token here. */
const tokenOf = ({ pipeline }: Scene, { action, status, externalId }: ActionRun): string | undefined =>
  isApproval(action) && status === 'InProgress' && pipeline.definition.mode !== 'PARALLEL'
    ? externalId
    : undefined;

const describeRun = (scene: Scene, run: ActionRun): ActionExecution => ({
  actionExecutionId: run.id,
  status: run.status,
  ...optional('summary', summaryOf(run)),
  lastStatusChange: new Date(run.updatedAt),
  ...optional('token', tokenOf(scene, run)),
  ...optional('lastUpdatedBy', run.updatedBy),
  ...optional('externalExecutionId', isApproval(run.action) ? undefined : run.externalId),
  ...optional('externalExecutionUrl', externalUrlOf(scene.state.cloud, run)),
  ...optional('errorDetails', run.error),
});

const revisionOf = (run: ActionRun | undefined): ActionState['currentRevision'] =>
  run?.action.category === 'Source' && run.status === 'Succeeded'
    ? { revisionId: run.externalId, revisionChangeId: run.id, created: new Date(run.updatedAt) }
    : undefined;

const describeAction = (scene: Scene, stage: string, { name }: SeededAction): ActionState => {
  const latest = scene.executions
    .flatMap(({ runs }) => runs)
    .filter((run) => run.stage === stage && run.action.name === name)
    .sort((a, b) => a.order - b.order)
    .at(-1);
  return {
    actionName: name,
    ...optional('currentRevision', revisionOf(latest)),
    ...optional('latestExecution', latest && describeRun(scene, latest)),
    ...optional('entityUrl', latest && externalUrlOf(scene.state.cloud, latest)),
  };
};

/** The first stage has no transition into it. */
const transitionInto = ({ pipeline }: Scene, stage: string): TransitionState | undefined => {
  if (stage === pipeline.definition.stages[0]?.name) return undefined;
  const known = pipeline.transitions.get(stage);
  if (!known) return { enabled: true };
  return {
    enabled: known.kind === 'enabled',
    lastChangedBy: known.by,
    lastChangedAt: new Date(known.at),
    ...optional('disabledReason', known.kind === 'disabled' ? known.reason : undefined),
  };
};

const stageStatus = (execution: ExecutionRecord, { stage, status }: StageVisit): StageExecution['status'] =>
  isInside(execution, stage) && execution.status === 'Stopping' ? 'Stopping' : status;

const latestIn = ({ executions }: Scene, stage: string) =>
  executions
    .flatMap((execution) => {
      const visit = visitOf(execution, stage);
      return visit ? [{ execution, visit }] : [];
    })
    .sort((a, b) => a.visit.order - b.visit.order)
    .at(-1);

const inboundOf = ({ executions }: Scene, stage: string): StageExecution[] =>
  executions
    .filter((execution) => isWaitingAt(execution, stage))
    .map(({ id, status, kind }) => ({
      pipelineExecutionId: id,
      status: status === 'Stopping' ? 'Stopping' : 'InProgress',
      type: kind.type,
    }));

const describeStage = (scene: Scene, { name, actions }: SeededStage): StageState => {
  const latest = latestIn(scene, name);
  const inbound = inboundOf(scene, name);
  return {
    stageName: name,
    ...optional('inboundExecution', inbound[0]),
    ...(inbound.length > 0 ? { inboundExecutions: inbound } : {}),
    ...optional('inboundTransitionState', transitionInto(scene, name)),
    actionStates: actions.map((action) => describeAction(scene, name, action)),
    ...optional(
      'latestExecution',
      latest && {
        pipelineExecutionId: latest.execution.id,
        status: stageStatus(latest.execution, latest.visit),
        type: latest.execution.kind.type,
      },
    ),
    ...(latest && latest.visit.retries > 0
      ? {
          retryStageMetadata: {
            manualStageRetryAttempt: latest.visit.retries,
            latestRetryTrigger: 'ManualStageRetry',
          },
        }
      : {}),
  };
};

export const getPipelineState =
  (state: State) =>
  ({ name }: GetPipelineStateInput) => {
    const pipeline = needPipeline(state, name);
    const { definition, version, createdAt, updatedAt } = pipeline;
    const scene: Scene = { state, pipeline, executions: visibleExecutions(state, definition.name) };
    return {
      pipelineName: definition.name,
      pipelineVersion: version,
      stageStates: definition.stages.map((stage) => describeStage(scene, stage)),
      created: new Date(createdAt),
      updated: new Date(updatedAt),
    };
  };
