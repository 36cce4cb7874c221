// What the end of a followed execution leads to: nothing more, a stage returned, an execution stopped, a newer one followed,
// and in the end the message. Only our own execution is acted on.
import { Failed } from '../errors.ts';
import { afterFailure, type Facts, tellEnd } from './end.ts';
import { explainFailure } from './failure.ts';
import { type Followed, followExecution } from './follow.ts';
import { executionUrl } from './links.ts';
import type { Job } from './policies.ts';
import { rollbackStage } from './rollback.ts';
import { stopExecution, stopReason } from './stop.ts';
import { readStopReason } from './stop-reason.ts';
import { findSuperseding } from './superseded.ts';
import type { Execution } from './types.ts';

/** Returns where the release counts as done; throws Failed otherwise. */
export const conclude = async (job: Job, executionId: string, followed: Followed): Promise<void> => {
  const { outcome } = followed;
  if (outcome.kind === 'succeeded') return;
  if (outcome.kind === 'superseded') return concludeSuperseded(job, executionId, followed);
  if (outcome.kind === 'timed-out' && job.policies.onTimeout === 'stop')
    await stopAtTimeout(job, executionId);
  const failed = await explain(job, executionId, followed);
  if (outcome.kind !== 'failed' && outcome.kind !== 'rejected') throw failed;
  const returned = outcome.kind === 'failed' ? await returnStage(job, outcome.stage) : '';
  const facts = await factsOf(job, executionId, followed);
  const next = afterFailure(outcome, facts, job.policies.retryFailedStage);
  throw new Failed(
    `${failed.what}${retriedBefore(job)}${returned}`,
    `${failed.fix}\n${next}`,
    failed.details,
  );
};

const retriedBefore = ({ journal }: Job): string => {
  const retries = journal.read().steps.filter(({ action }) => action === 'retry').length;
  return retries ? ` That is after ${retries === 1 ? 'a retry' : `${retries} retries`} by this job.` : '';
};

const originOf = ({ policies, journal }: Job): Facts['origin'] => {
  if (policies.executionId !== undefined) return 'resumed';
  if (policies.startAgain) return 'started-again';
  return journal.read().steps.some(({ action }) => action === 'follow') ? 'earlier-attempt' : 'started';
};

const explain = async (job: Job, executionId: string, followed: Followed): Promise<Failed> => {
  const { around, pipeline } = job;
  const { outcome, progress } = followed;
  if (outcome.kind === 'failed' || outcome.kind === 'rejected') {
    const failure = outcome.kind === 'failed' ? outcome.failure : outcome.approval;
    const stage = outcome.kind === 'failed' ? outcome.stage : outcome.approval.stage;
    const { execution = unseen(executionId) } = progress;
    return explainFailure(around, { pipeline, execution, failure, stage });
  }
  if (outcome.kind === 'succeeded') throw new Error('a success has nothing to explain');
  const { what, fix } = tellEnd(outcome, await factsOf(job, executionId, followed));
  return new Failed(what, fix);
};

const unseen = (id: string): Execution => ({
  id,
  status: 'Failed',
  statusSummary: undefined,
  mode: 'SUPERSEDED',
  type: 'STANDARD',
});

const factsOf = async (job: Job, executionId: string, { outcome, progress }: Followed): Promise<Facts> => {
  const { around, pipeline, world, policies } = job;
  const which = { pipeline: pipeline.pipeline, executionId };
  return {
    application: around.application,
    ...which,
    progress,
    run: world.run,
    timeoutMinutes: policies.timeoutMinutes,
    onTimeout: policies.onTimeout,
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

/** Where the failed stage is the one to return. Answers what came of it, for the message. */
const returnStage = async (job: Job, stage: string | undefined): Promise<string> => {
  const { around, pipeline, policies, journal, world } = job;
  if (stage === undefined || stage !== policies.rollbackStage || policies.operation === 'rollback') return '';
  try {
    const target = policies.targetExecutionId;
    const rolled = await rollbackStage(around, { pipeline, stage, target });
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
    return ` ${came} (${executionUrl(around.application, which)}).`;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return ` Nor could stage ${stage} be returned: ${error.what} ${error.fix}`;
  }
};

const stopAtTimeout = async (job: Job, executionId: string): Promise<void> => {
  const { around, world, pipeline, policies, journal } = job;
  const reason = stopReason(`timeout-minutes (${policies.timeoutMinutes}) ran out`, world.run);
  await stopExecution(around, { pipeline, executionId, how: 'stop', reason });
  journal.did({ step: 'execution', action: 'stop', name: executionId });
};

const concludeSuperseded = async (job: Job, executionId: string, followed: Followed): Promise<void> => {
  const { around, policies, journal, pipeline, world } = job;
  const by = await findSuperseding(around, { pipeline, executionId });
  const { what, fix } = tellEnd({ kind: 'superseded', by }, await factsOf(job, executionId, followed));
  if (policies.onSuperseded === 'neutral') {
    around.log.warning(what);
    return journal.note(what);
  }
  if (policies.onSuperseded === 'fail' || by === undefined) throw new Failed(what, fix);
  around.log.warning(`${what} on-superseded: follow: from here on the newer one is followed.`);
  journal.add({ followedExecutionId: by });
  world.output('followed-execution-id', by);
  const newer = await followOnly(job, by);
  if (newer.outcome.kind === 'superseded') return concludeSuperseded(job, by, newer);
  journal.note(`Superseded by ${by}, which was followed instead: ${newer.outcome.kind}`);
  if (newer.outcome.kind === 'succeeded') return;
  const failed = await explain(job, by, newer);
  throw new Failed(`${what} The newer one was followed, and: ${failed.what}`, failed.fix, failed.details);
};
