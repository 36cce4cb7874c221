// How a release that did not succeed is told: what happened, and the one thing to do next. Pure.
import type { Application } from '../fleet/application.ts';
import type { Run } from '../world.ts';
import type { Outcome } from './follow.ts';
import { executionUrl, pipelineUrl } from './links.ts';
import { retryCommand, stopCommand } from './places.ts';
import type { RetryPolicy } from './policies.ts';
import { foreign, whereItStands } from './progress.ts';
import type { ActionRun, ExecutionStatus, Origin, Progress } from './types.ts';

export type Facts = {
  readonly application: Application;
  /** CodePipeline's name. */
  readonly pipeline: string;
  readonly executionId: string;
  readonly progress: Progress;
  readonly run: Pick<Run, 'id' | 'attempt' | 'repository'>;
  readonly timeoutMinutes: number;
  /** What it was after on-timeout: stop; undefined where it was left alone. */
  readonly afterStop: ExecutionStatus | undefined;
  readonly origin: Origin;
  /** What who stopped it gave as a reason. */
  readonly stopReason: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type Message = { readonly what: string; readonly fix: string };

/** The ends that `explainFailure` is not for. */
export type Untold = Exclude<Outcome, { readonly kind: 'succeeded' | 'failed' | 'rejected' }>;

export const tellEnd = (outcome: Untold, facts: Facts): Message => {
  switch (outcome.kind) {
    case 'stopped':
      return tellStopped(outcome.abandoned, facts);
    case 'cancelled':
      return tellCancelled(facts);
    case 'superseded':
      return tellSuperseded(outcome.by, facts);
    case 'timed-out':
      return tellTimeout(facts);
    case 'approval-waits':
      return tellWaiting(outcome, facts);
  }
};

const urlOf = ({ application, pipeline, executionId }: Facts): string =>
  executionUrl(application, { pipeline, executionId });

const nameOf = ({ pipeline, executionId }: Facts): string => `Execution ${executionId} of ${pipeline}`;

/** How the job is run again: the command, where the run is known. */
export const rerun = ({ id, repository }: Pick<Run, 'id' | 'repository'>): string =>
  id ? `re-run this job (gh run rerun ${id} --failed --repo ${repository})` : 'run this job again';

const anew = 'To release, start a new run of the workflow; re-running this job starts nothing.';

/** What leads to a new execution where this one is over. */
export const afresh = (origin: Origin, run: Facts['run']): string => {
  if (origin === 'rollback')
    return 'To return the stage, start a new run of the workflow; re-running this job starts nothing.';
  return origin === 'started-again'
    ? `To release, ${rerun(run)}: it starts a new execution (start-again: true).`
    : anew;
};

const again = (facts: Facts): string => `${afresh(facts.origin, facts.run)}\nConsole: ${urlOf(facts)}`;

const summaryOf = ({ progress: { execution } }: Facts): string =>
  execution?.statusSummary ? ` CodePipeline says: ${foreign(execution.statusSummary)}.` : '';

const tellStopped = (abandoned: readonly ActionRun[], facts: Facts): Message => {
  const left = abandoned
    // Nothing is half done in a question.
    .filter(({ category }) => category !== 'Approval')
    .map(({ stage, action }) => `${stage}/${action}`)
    .join(', ');
  const reason = facts.stopReason ? `, with the reason: ${foreign(facts.stopReason)}` : ', without a reason';
  return {
    what: `${nameOf(facts)} was stopped${reason}.${left ? ` Abandoned while it ran: ${left}.` : ''}${summaryOf(facts)}`,
    fix: `${left ? `See what ${left} left half done before releasing again. ` : ''}${again(facts)}`,
  };
};

const tellCancelled = (facts: Facts): Message => {
  const { region } = facts.application.environment;
  return {
    what: `${nameOf(facts)} was cancelled by CodePipeline: the pipeline's definition was changed while it ran.${summaryOf(facts)}`,
    fix: `${again(facts)}\nWho changed it: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdatePipeline --region ${region}`,
  };
};

const tellSuperseded = (by: string | undefined, facts: Facts): Message => {
  const { application, pipeline, progress } = facts;
  const newer = by === undefined ? 'a newer execution, which cannot be told' : `the newer execution ${by}`;
  const page =
    by === undefined
      ? pipelineUrl(application, pipeline)
      : executionUrl(application, { pipeline, executionId: by });
  const last = progress.actions.at(-1)?.stage;
  return {
    what: `${nameOf(facts)} was superseded by ${newer}${last ? `, after ${last}` : ''}: in mode SUPERSEDED a newer release takes over between stages. Nothing of ours was deployed after that.`,
    fix: `See whether the newer one holds this change too: ${page}\nIf it does, nothing is left to do. If it does not: ${lowered(afresh(facts.origin, facts.run))}`,
  };
};

const lowered = (text: string): string => text.replace(/^To/, 'to');

const tellTimeout = (facts: Facts): Message => {
  const { application, pipeline, executionId, progress, timeoutMinutes, afterStop, origin, now } = facts;
  const what = `${nameOf(facts)} was not through after timeout-minutes (${timeoutMinutes}): ${whereItStands(progress, { now })}.`;
  if (afterStop !== undefined)
    return {
      what: `${what} ${stopWords(afterStop)} (on-timeout: stop).`,
      fix: afterStopping(afterStop, facts),
    };
  const page = pipelineUrl(application, pipeline);
  const stop =
    origin === 'newer' ? '' : `\nTo end it instead: ${stopCommand(application, { pipeline, executionId })}`;
  const open = progress.approval ? `Answer it (${page}). ` : progress.blocked ? `See ${page}. ` : '';
  return {
    what: `${what} It goes on without this job.`,
    fix: `${open}${followFurther(facts)}${stop}\nConsole: ${urlOf(facts)}`,
  };
};

/** Of an execution that was asked to stop. */
export const stopWords = (status: ExecutionStatus): string => {
  if (status === 'Stopping') return 'It is stopping: what runs ends first, and nothing further begins';
  return status === 'Stopped' ? 'It is stopped' : `It was over before it could be stopped: it is ${status}`;
};

const afterStopping = (status: ExecutionStatus, facts: Facts): string => {
  if (status === 'Stopping' || status === 'Stopped')
    return `If it only needed longer, raise timeout-minutes. ${again(facts)}`;
  return `Then ${rerun(facts.run)}: it ends as the execution did.\nConsole: ${urlOf(facts)}`;
};

const followFurther = ({ origin, run, executionId }: Facts): string =>
  origin === 'started-again'
    ? `To follow it further: a job with execution-id: ${executionId}.`
    : `To follow it further, ${rerun(run)}: it follows the same execution.`;

const tellWaiting = (
  { approval }: Extract<Outcome, { readonly kind: 'approval-waits' }>,
  facts: Facts,
): Message => ({
  what: `${nameOf(facts)}: ${whereItStands({ ...facts.progress, blocked: undefined, approval }, facts)}. It is left waiting, as approval: fail says.`,
  fix: `Answer it in CodePipeline (${pipelineUrl(facts.application, facts.pipeline)}). ${followFurther(facts)}`,
});

/** What leads on from a failed stage, where a retry of it may help and the stage is still this execution's. */
export const retryNext = (facts: Facts, stage: string | undefined, policy: RetryPolicy): string => {
  const { application, run, origin, pipeline, executionId } = facts;
  if (origin === 'rollback') return 'To try again, start a new run of the workflow.';
  if (origin === 'started-again') return `Then ${rerun(run)}: it starts a new execution (start-again: true).`;
  if (policy === 0 && stage !== undefined)
    return `Then retry the stage (retry-failed-stage is 0, so that no job does): ${retryCommand(application, { pipeline, executionId }, stage)}\nA re-run of this job follows that.`;
  return `Then ${rerun(run)}: it retries the failed stage of the same execution.`;
};
