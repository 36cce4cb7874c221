// What the end of a followed execution leads to: nothing more, a stage returned, an execution stopped, a newer one followed,
// and in the end the message. Only our own execution is acted on.
import { Diagnosed, Failed } from '../errors.ts';
import { type Facts, rerun, retryNext, tellEnd, type Untold } from './end.ts';
import { type Explained, explainFailure, withNext } from './failure.ts';
import { type Followed, followExecution } from './follow.ts';
import { endOfOutcome } from './journal.ts';
import { executionUrl } from './links.ts';
import { originOf } from './origin.ts';
import type { Job } from './policies.ts';
import { rollbackStage } from './rollback.ts';
import { stopOwn } from './stop-own.ts';
import { readStopReason } from './stop-reason.ts';
import { findSuperseding } from './superseded.ts';
import type { Execution } from './types.ts';

/** Returns where the release counts as done; throws Failed otherwise. */
export const conclude = async (job: Job, executionId: string, followed: Followed): Promise<void> => {
  const { outcome } = followed;
  switch (outcome.kind) {
    case 'succeeded':
      return;
    case 'superseded':
      return concludeSuperseded(job, executionId, followed);
    case 'failed':
    case 'rejected':
      return concludeFailure(job, executionId, followed);
    default:
      throw tell(outcome, await factsOf(job, executionId, followed));
  }
};

const tell = (outcome: Untold, facts: Facts): Failed => {
  const { what, fix } = tellEnd(outcome, facts);
  return new Failed(what, fix);
};

const concludeFailure = async (job: Job, executionId: string, followed: Followed): Promise<never> => {
  const { failed, retry } = await explain(job, executionId, followed);
  const { outcome, refusal } = followed;
  const stage = outcome.kind === 'failed' ? outcome.stage : undefined;
  const returned = await returnStage(job, executionId, stage);
  const facts = await factsOf(job, executionId, followed);
  const next =
    returned.kind === 'returned'
      ? 'With the stage returned this execution cannot be retried: to release, start a new run of the workflow.'
      : retry === 'useless'
        ? ''
        : (refusal?.fix ?? retryNext(facts, stage, job.policies.retryFailedStage));
  throw withNext(failed, {
    what: `${failed.what}${retriedBefore(job)}${refusal ? ` ${refusal.what}` : ''}${returned.told}`,
    next,
    seen: [...(refusal?.details ?? []), ...returned.details],
  });
};

const retriedBefore = ({ journal }: Job): string => {
  const retries = journal.read().steps.filter(({ action }) => action === 'retry').length;
  return retries ? ` That is after ${retries === 1 ? 'a retry' : `${retries} retries`} by this job.` : '';
};

/** Of a failure or a rejection. */
const explain = async (
  { around, pipeline }: Job,
  executionId: string,
  { outcome, progress }: Followed,
): Promise<Explained> => {
  const { execution = unseen(executionId) } = progress;
  if (outcome.kind === 'rejected') {
    const { approval } = outcome;
    return explainFailure(around, { pipeline, execution, failure: approval, stage: approval.stage });
  }
  if (outcome.kind !== 'failed') throw new Error(`${outcome.kind} is no failure`);
  const { failure, stage } = outcome;
  return explainFailure(around, { pipeline, execution, failure, stage });
};

const unseen = (id: string): Execution => ({
  id,
  status: 'Failed',
  statusSummary: undefined,
  mode: 'SUPERSEDED',
  type: 'STANDARD',
});

/** Of the job's own execution; a timeout stops it here, where that is the policy. */
const factsOf = async (job: Job, executionId: string, followed: Followed): Promise<Facts> => {
  const { timeoutMinutes, onTimeout } = job.policies;
  const facts = await bareFacts(job, executionId, followed);
  if (followed.outcome.kind !== 'timed-out' || onTimeout !== 'stop') return facts;
  const why = `timeout-minutes (${timeoutMinutes}) ran out`;
  const { status } = await stopOwn(job, executionId, { how: 'stop', why });
  return { ...facts, afterStop: status };
};

const bareFacts = async (job: Job, executionId: string, { outcome, progress }: Followed): Promise<Facts> => {
  const { around, pipeline, world, policies } = job;
  const which = { pipeline: pipeline.pipeline, executionId };
  return {
    application: around.application,
    ...which,
    progress,
    run: world.run,
    timeoutMinutes: policies.timeoutMinutes,
    afterStop: undefined,
    origin: originOf(job),
    stopReason: outcome.kind === 'stopped' ? await readStopReason(around, which) : undefined,
    now: around.clock.now(),
  };
};

/** Somebody else's execution, or one that returns a stage: looked at, never answered, retried or stopped. */
const followOnly = (job: Job, executionId: string): Promise<Followed> =>
  followExecution(job.around, {
    pipeline: job.pipeline,
    executionId,
    approval: job.policies.approval === 'fail' ? 'fail' : 'wait',
    approvalSummary: '',
    retries: 0,
    retryMode: 'failed-actions',
    definition: job.definition,
    did: () => {},
    saw: () => {},
  });

type Returned = {
  readonly kind: 'returned' | 'not-returned';
  /** For the message; empty where nothing was to be returned. */
  readonly told: string;
  readonly details: readonly string[];
};

/** Where the failed stage is the one to return, and still this execution's. */
const returnStage = async (job: Job, executionId: string, stage: string | undefined): Promise<Returned> => {
  const { pipeline, policies, journal, world, around, definition } = job;
  const nothing: Returned = { kind: 'not-returned', told: '', details: [] };
  if (stage === undefined || stage !== policies.rollbackStage || policies.operation === 'rollback')
    return nothing;
  try {
    const rolled = await rollbackStage(around, {
      pipeline,
      stage,
      target: policies.targetExecutionId,
      from: executionId,
      definition,
    });
    journal.did({ step: 'stage', action: 'rollback', name: stage });
    journal.add({ rollbackExecutionId: rolled.executionId });
    world.output('rollback-execution-id', rolled.executionId);
    const { outcome } = await followOnly(job, rolled.executionId);
    const which = { pipeline: pipeline.pipeline, executionId: rolled.executionId };
    const came =
      outcome.kind === 'succeeded'
        ? `Stage ${stage} is back at execution ${rolled.target}`
        : `Stage ${stage} was to return to execution ${rolled.target}, but that is ${outcome.kind}: look at it now`;
    journal.note(came);
    return { ...nothing, kind: 'returned', told: ` ${came} (${executionUrl(around.application, which)}).` };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { ...nothing, told: ` ${error.what}`, details: error.details };
  }
};

const concludeSuperseded = async (job: Job, executionId: string, followed: Followed): Promise<void> => {
  const { around, policies, journal, pipeline, world } = job;
  const by = await findSuperseding(around, { pipeline, executionId });
  const failed = tell({ kind: 'superseded', by }, await bareFacts(job, executionId, followed));
  if (policies.onSuperseded === 'neutral') {
    around.log.warning(failed.what);
    return journal.note(failed.what);
  }
  if (policies.onSuperseded === 'fail' || by === undefined) throw failed;
  around.log.warning(`${failed.what} on-superseded: follow: from here on the newer one is followed.`);
  journal.add({ followed: { executionId: by, end: 'in-progress' } });
  world.output('followed-execution-id', by);
  const newer = await followOnly(job, by);
  journal.add({ followed: { executionId: by, end: endOfOutcome(newer.outcome) } });
  if (newer.outcome.kind === 'superseded') return concludeSuperseded(job, by, newer);
  journal.note(`Superseded by ${by}, which was followed instead: ${newer.outcome.kind}`);
  if (newer.outcome.kind === 'succeeded') return;
  const told = await tellNewer(job, by, newer);
  const what = `${failed.what} The newer one was followed, and: ${told.what}`;
  throw told instanceof Diagnosed
    ? withNext(told, { what, next: '', seen: [] })
    : new Failed(what, told.fix, told.details);
};

/** It is not this job's: nothing was done to it, and a re-run does nothing to it either. */
const tellNewer = async (job: Job, by: string, newer: Followed): Promise<Failed> => {
  const { outcome } = newer;
  if (outcome.kind === 'failed' || outcome.kind === 'rejected') {
    const { failed } = await explain(job, by, newer);
    const next = `Whoever released it goes on with it. To follow that, ${rerun(job.world.run)}.`;
    return withNext(failed, { what: failed.what, next, seen: [] });
  }
  if (outcome.kind === 'succeeded') throw new Error('a success has nothing to explain');
  return tell(outcome, { ...(await bareFacts(job, by, newer)), origin: 'newer' });
};
