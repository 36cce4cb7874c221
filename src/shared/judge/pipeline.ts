// Whether one execution is through, and how it ended. Pure: what AWS shows late, or may yet take back, is pending.
import type { ActionRun, End, Progress } from '../pipeline/types.ts';

export type Circumstances = {
  /** For how long the execution has shown this status, in milliseconds. */
  readonly unchangedMs: number;
  /** Stages that the pipeline itself retries once when they fail. */
  readonly selfRetrying: readonly string[];
  /** Failures (`failureKey`) that were answered with a retry: AWS may show them for a while longer. */
  readonly retried: readonly string[];
};

export type Judgement = End | { readonly kind: 'pending' };

const pending: Judgement = { kind: 'pending' };

/** Status and actions come from two calls, and the second may lag behind the first. */
const untilFailureShowsMs = 30_000;
/** How long a retry may take to show: CodePipeline's own, or one that was just asked for. */
const untilRetryShowsMs = 60_000;

export const judgeExecution = (progress: Progress, circumstances: Circumstances): Judgement => {
  const { execution, actions } = progress;
  if (!execution) return pending;
  switch (execution.status) {
    case 'InProgress':
    case 'Stopping':
      return pending;
    case 'Succeeded':
      return { kind: 'succeeded' };
    case 'Stopped':
      return { kind: 'stopped', abandoned: actions.filter(({ status }) => status === 'Abandoned') };
    case 'Cancelled':
      return { kind: 'cancelled' };
    case 'Superseded':
      return { kind: 'superseded', by: undefined };
    case 'Failed':
      return judgeFailure(progress, circumstances);
  }
};

const judgeFailure = (progress: Progress, circumstances: Circumstances): Judgement => {
  const { unchangedMs, retried } = circumstances;
  // Retried by CodePipeline or by somebody: the execution's status follows later.
  if (progress.actions.some(({ status }) => status === 'InProgress')) return pending;
  const failure = failureOf(progress.actions);
  const stage = failure?.stage ?? progress.failedStage;
  if (retried.includes(failureKey({ failure, stage })) && unchangedMs < untilRetryShowsMs) return pending;
  if (failure?.category === 'Approval') return { kind: 'rejected', approval: failure };
  if (stage === undefined && unchangedMs < untilFailureShowsMs) return pending;
  if (retriesItself(progress, stage, circumstances)) return pending;
  return { kind: 'failed', failure, stage };
};

const retriesItself = (
  { actions }: Progress,
  stage: string | undefined,
  { selfRetrying, unchangedMs }: Circumstances,
): boolean => {
  if (stage === undefined || !selfRetrying.includes(stage) || unchangedMs >= untilRetryShowsMs) return false;
  const names = actions.filter((run) => run.stage === stage).map(({ action }) => action);
  // It does so once; an action that ran twice has had it.
  return new Set(names).size === names.length;
};

/** Tells two failures of one execution apart. */
export const failureKey = ({
  failure,
  stage,
}: {
  readonly failure: ActionRun | undefined;
  readonly stage: string | undefined;
}): string => failure?.id ?? `stage ${stage ?? ''}`;

/** The latest run of each action, in the order in which they began. */
export const latestRuns = (actions: readonly ActionRun[]): readonly ActionRun[] => {
  const latest = new Map(actions.map((run) => [`${run.stage}/${run.action}`, run]));
  return actions.filter((run) => latest.get(`${run.stage}/${run.action}`) === run);
};

/** Of the actions whose latest run failed, the one that failed first: the others may only have followed. */
const failureOf = (actions: readonly ActionRun[]): ActionRun | undefined =>
  latestRuns(actions)
    .filter(({ status }) => status === 'Failed')
    .toSorted((one, other) => one.updatedAt - other.updatedAt)[0];
