// Whether a tenant of a running wave may start. Pure. Jobs are ranked by when they started, ties by the wave's order, and
// each asks only about those before it: so the first unfinished one never waits, whatever order GitHub starts them in, and
// what has failed and what is in flight are together never more than the budget and one.
import type { Verdict } from '../wait.ts';
import type { PlannedWave } from './rollout.ts';
import { type Job, stateOf, tenantsOf } from './rollout-jobs.ts';

export type Contest = {
  readonly tenant: string;
  readonly wave: PlannedWave;
  /** Of this run's attempt, by tenant. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When it was first asked. */
  readonly askedAt: number;
};

/** A job that started earlier may show this much later, in milliseconds. */
export const settleMs = 3_000;
/** A job must have shown itself after this, in milliseconds. */
const showMs = 60_000;

/** However the wave goes, no more than the budget and one of it can fail: nobody needs to ask. */
export const cannotOverspend = (wave: PlannedWave): boolean =>
  tenantsOf(wave).length <= wave.failureBudget + 1;

export const judgeAdmission = (contest: Contest, runId: string): Verdict => {
  const { tenant, wave, jobs, now, askedAt } = contest;
  const failed = failedIn(contest);
  if (failed.length > wave.failureBudget) return refused(contest, failed, runId);
  const own = jobs.get(tenant);
  if (own?.status !== 'in_progress' || own.startedAt === undefined)
    return now - askedAt < showMs
      ? { kind: 'pending', why: "GitHub's API does not show this job yet" }
      : lost(contest);
  // With one in flight GitHub itself keeps the others waiting.
  const settled = Math.min(own.startedAt, askedAt) + settleMs;
  if (wave.inFlight > 1 && now < settled)
    return { kind: 'pending', why: 'started just now; looking whether others started before' };
  const ahead = aheadOf(contest, own.startedAt);
  if (failed.length + ahead.length <= wave.failureBudget) return { kind: 'ready', value: undefined };
  const others = ahead.slice(0, 5).join(', ') + (ahead.length > 5 ? ', …' : '');
  return {
    kind: 'pending',
    why: `${failed.length} of the wave failed, its budget is ${wave.failureBudget}; waiting for ${others}`,
  };
};

/** A tenant cancelled half-way has spent budget as a failed one has. */
const failedIn = ({ tenant, wave, jobs }: Contest): readonly string[] =>
  tenantsOf(wave).filter(
    (other) => other !== tenant && ['failed', 'cancelled'].includes(stateOf(jobs.get(other))),
  );

const aheadOf = ({ tenant, wave, jobs }: Contest, startedAt: number): readonly string[] => {
  const order = tenantsOf(wave);
  const own = order.indexOf(tenant);
  return order.filter((other, rank) => {
    const job = jobs.get(other);
    if (rank === own || job?.status !== 'in_progress' || job.startedAt === undefined) return false;
    return job.startedAt < startedAt || (job.startedAt === startedAt && rank < own);
  });
};

const refused = ({ tenant, wave }: Contest, failed: readonly string[], runId: string): Verdict => ({
  kind: 'failed',
  what: `Not started: ${tenant}. ${failed.length} of wave ${wave.name} failed (${failed.slice(0, 10).join(', ')}${failed.length > 10 ? ', …' : ''}), and its failure budget is ${wave.failureBudget}.`,
  fix: `See the failed jobs. Then choose "Re-run failed jobs" in this run, or, with corrected manifests, start the rollout again with resume-from ${runId} and resume-commit newer.`,
});

const lost = ({ tenant, wave }: Contest): Verdict => ({
  kind: 'failed',
  what: `Not started: ${tenant}. None of this run's jobs is that of ${tenant} in wave ${wave.name}.`,
  fix: 'Keep the job names of deploy-fleet.yml: `wave <slot> / chunk <number> / <tenant> / deploy to <environment>`.',
});
