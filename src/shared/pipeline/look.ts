// One look at one execution: its status, the runs of its actions, and why it does not move. What other executions of the
// same pipeline do is told only where ours waits for it.
import type { StageState } from '@aws-sdk/client-codepipeline';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { listActionRuns, readExecution } from './executions.ts';
import type { ActionRun, Approval, Blocked, Execution, Progress } from './types.ts';

export type Looking = { readonly pipeline: ApplicationPipeline; readonly executionId: string };
type Around = Pick<ApplicationSurroundings, 'aws'>;

/**
 * Two calls and one for each further hundred actions; one more where nothing runs or an approval waits.
 * An execution that AWS does not know is undefined in the answer, not an error.
 */
export const lookAtExecution = async (around: Around, looking: Looking): Promise<Progress> => {
  // In this order: an execution that ended is never seen with actions from before its end.
  const which = { pipeline: looking.pipeline.pipeline, executionId: looking.executionId };
  const execution = await readExecution(around, which);
  const actions = execution ? await listActionRuns(around, which) : [];
  const running = actions.filter(({ status }) => status === 'InProgress');
  const waiting = running.filter(({ category }) => category === 'Approval');
  const seen = { execution, actions, blocked: undefined, approval: undefined };
  if (!execution || !needsState(execution, { actions, running, waiting })) return seen;
  if (execution.mode === 'PARALLEL') return { ...seen, approval: parallelApproval(waiting) };
  const { stageStates = [] } = await around.aws.codepipeline.getPipelineState({
    name: looking.pipeline.pipeline,
  });
  const failedStage = failedStageOf(stageStates, looking.executionId);
  return {
    ...seen,
    blocked: running.length ? undefined : blockedOf(stageStates, looking.executionId),
    approval: approvalOf(stageStates, { ...looking, waiting }),
    ...(execution.status === 'Failed' && failedStage !== undefined ? { failedStage } : {}),
  };
};

type Actions = {
  readonly actions: readonly ActionRun[];
  readonly running: readonly ActionRun[];
  readonly waiting: readonly ActionRun[];
};

const needsState = ({ status }: Execution, { actions, running, waiting }: Actions): boolean =>
  status === 'InProgress'
    ? running.length === 0 || waiting.length > 0
    : status === 'Failed' && !actions.some((run) => run.status === 'Failed');

/** GetPipelineState tells no token in this mode: the approval's run itself carries it. */
const parallelApproval = ([run]: readonly ActionRun[]): Approval | undefined =>
  run?.externalId === undefined
    ? undefined
    : { stage: run.stage, action: run.action, token: run.externalId, customData: run.externalSummary };

const approvalOf = (
  states: readonly StageState[],
  { executionId, waiting }: { readonly executionId: string; readonly waiting: readonly ActionRun[] },
): Approval | undefined =>
  states
    .filter(({ latestExecution }) => latestExecution?.pipelineExecutionId === executionId)
    .flatMap(({ stageName = '', actionStates = [] }) =>
      actionStates.flatMap(({ actionName = '', latestExecution: latest }) => {
        const isOurs = waiting.some(({ stage, action }) => stage === stageName && action === actionName);
        if (!isOurs || latest?.status !== 'InProgress' || latest.token === undefined) return [];
        return [{ stage: stageName, action: actionName, token: latest.token, customData: latest.summary }];
      }),
    )[0];

const failedStageOf = (states: readonly StageState[], ours: string): string | undefined =>
  states.find(
    ({ latestExecution }) =>
      latestExecution?.pipelineExecutionId === ours && latestExecution.status === 'Failed',
  )?.stageName;

/** The stage before which ours stands, and what holds it there. */
const blockedOf = (states: readonly StageState[], ours: string): Blocked | undefined => {
  const state = states.find(({ inboundExecution, inboundExecutions = [] }) =>
    [inboundExecution, ...inboundExecutions].some((each) => each?.pipelineExecutionId === ours),
  );
  if (!state) return undefined;
  const { stageName: stage = '', inboundTransitionState: transition, latestExecution } = state;
  if (transition?.enabled === false)
    return {
      kind: 'transition-disabled',
      stage,
      reason: transition.disabledReason ?? '',
      by: transition.lastChangedBy ?? '',
    };
  const isBusy = latestExecution?.status === 'InProgress' || latestExecution?.status === 'Stopping';
  const behind = isBusy ? latestExecution.pipelineExecutionId : undefined;
  if (behind !== undefined && behind !== ours) return { kind: 'queued', stage, behind };
  // A condition does not tell whose it is; one that is being judged while ours stands before it can be nobody else's.
  return state.beforeEntryConditionState?.latestExecution?.status === 'InProgress'
    ? { kind: 'condition', stage, summary: conditionSummary(state) }
    : undefined;
};

const conditionSummary = ({ beforeEntryConditionState: state }: StageState): string =>
  [
    state?.latestExecution?.status,
    state?.latestExecution?.summary,
    ...(state?.conditionStates ?? []).map(({ latestExecution }) => latestExecution?.summary),
  ]
    .filter(Boolean)
    .join(': ');
