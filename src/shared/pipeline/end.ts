// How a release that did not succeed is told: what happened, and what to do next. Pure.
import type { Application } from '../fleet/application.ts';
import type { Run } from '../world.ts';
import type { Outcome } from './follow.ts';
import { executionUrl, pipelineUrl } from './links.ts';
import { stopCommand } from './places.ts';
import type { RetryPolicy } from './policies.ts';
import { foreign, whereItStands } from './progress.ts';
import type { ActionRun, Progress } from './types.ts';

export type Facts = {
  readonly application: Application;
  /** CodePipeline's name. */
  readonly pipeline: string;
  readonly executionId: string;
  readonly progress: Progress;
  readonly run: Pick<Run, 'id' | 'attempt' | 'repository'>;
  readonly timeoutMinutes: number;
  readonly onTimeout: 'leave' | 'stop';
  /** How this job came by the execution; only `start-again` makes a re-run start another. */
  readonly origin: 'started' | 'started-again' | 'earlier-attempt' | 'resumed';
  /** What who stopped it gave as a reason. */
  readonly stopReason: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type Message = { readonly what: string; readonly fix: string };

/** The ends that H5's explanation of failures is not for. */
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

/** Command that runs the job again, or words where no run is known. */
export const rerun = ({ id, repository }: Facts['run']): string =>
  id ? `gh run rerun ${id} --failed --repo ${repository}` : 'run this job again';

const again = (facts: Facts): string => `${afresh[facts.origin]} Console: ${urlOf(facts)}`;

const anew = 'To release, start a new run of the workflow, or set start-again: true.';

/** What leads to a new execution where this one is over. */
const afresh: Readonly<Record<Facts['origin'], string>> = {
  started: `Re-running this job follows the same execution and starts nothing. ${anew}`,
  'earlier-attempt': `Re-running this job follows the same execution and starts nothing. ${anew}`,
  'started-again': 'Re-running this job starts a new one (start-again: true).',
  resumed: 'To release, start a new run of the workflow without execution-id.',
};

const summaryOf = ({ progress: { execution } }: Facts): string =>
  execution?.statusSummary ? ` CodePipeline says: ${foreign(execution.statusSummary)}.` : '';

const tellStopped = (abandoned: readonly ActionRun[], facts: Facts): Message => {
  const left = abandoned.map(({ stage, action }) => `${stage}/${action}`).join(', ');
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
    fix: `Who changed it: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdatePipeline --region ${region}. ${again(facts)}`,
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
    fix: `See whether the newer one holds this change too: ${page}. on-superseded: follow follows it, neutral takes it for no failure. ${again(facts)}`,
  };
};

const tellTimeout = (facts: Facts): Message => {
  const { application, pipeline, executionId, progress, timeoutMinutes, onTimeout, now } = facts;
  const what = `${nameOf(facts)} was not through after timeout-minutes (${timeoutMinutes}): ${whereItStands(progress, { now })}.`;
  if (onTimeout === 'stop')
    return {
      what: `${what} It was asked to stop (on-timeout: stop); what runs ends first.`,
      fix: `If it only needed longer, raise timeout-minutes. ${again(facts)}`,
    };
  const page = pipelineUrl(application, pipeline);
  const open = progress.approval ? `Answer it (${page}). ` : progress.blocked ? `See ${page}. ` : '';
  return {
    what: `${what} It goes on without this job (on-timeout: leave).`,
    fix: `${open}To follow it further: ${rerun(facts.run)}, which follows the same execution, or a job with execution-id: ${executionId}; raise timeout-minutes if it needs longer. To end it: ${stopCommand(application, { pipeline, executionId })}. Console: ${urlOf(facts)}`,
  };
};

const tellWaiting = (
  { approval }: Extract<Outcome, { readonly kind: 'approval-waits' }>,
  facts: Facts,
): Message => ({
  what: `${nameOf(facts)}: ${whereItStands({ ...facts.progress, blocked: undefined, approval }, facts)}. It is left waiting, as approval: fail says.`,
  fix: `Go on with a job that has execution-id: ${facts.executionId} and approval: approve (or reject); or answer it in CodePipeline (${pipelineUrl(facts.application, facts.pipeline)}) and follow with approval: wait.`,
});

/** What may be done with the failed execution, or instead of it; goes with the failure's own remedy. */
export const afterFailure = (
  outcome: Extract<Outcome, { readonly kind: 'failed' | 'rejected' }>,
  facts: Facts,
  policy: RetryPolicy,
): string => {
  const { run, executionId, origin } = facts;
  if (outcome.kind === 'rejected') return again(facts);
  if (origin === 'resumed')
    return `To retry its failed stage in a job: execution-id: ${executionId} with retry-failed-stage: 1. ${afresh.resumed}`;
  if (origin === 'started-again')
    return `To retry its failed stage in a job: execution-id: ${executionId} with retry-failed-stage: 1, and start-again: false. ${afresh[origin]}`;
  if (origin === 'earlier-attempt' && policy === 0)
    return `This re-run followed execution ${executionId}, which an earlier attempt had started, and retried nothing. To retry its failed stage: retry-failed-stage: 1. ${anew}`;
  const does = policy === 0 ? 'retries nothing (retry-failed-stage: 0)' : 'retries its failed stage';
  return `A re-run (${rerun(run)}) follows the same execution and ${does}. ${anew}`;
};
