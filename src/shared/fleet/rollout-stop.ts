// Why a rollout ended before everybody had a turn: a wave's failures, a reviewer, or whoever cancelled the run. Pure.
import { jobNames, type RolloutRecord, type TenantResult } from './rollout.ts';
import { type Job, jobsByTenant, waveJob } from './rollout-jobs.ts';

export type Stop =
  | { readonly kind: 'none' }
  /** While tenants of the wave were deployed, or after them. */
  | { readonly kind: 'halted' | 'cancelled'; readonly place: 'in' | 'after'; readonly wave: string }
  /** Before the wave: its approval was rejected, or waited for when the run was cancelled, or could not be asked for. */
  | {
      readonly kind: 'gate';
      readonly how: 'rejected' | 'cancelled' | 'failed';
      readonly wave: string;
      readonly job: Job;
      /** What the job said of it; undefined where that is nothing more than `how`. */
      readonly said?: string;
    };

/** `record` with its findings: a tenant's job that ran out of time ends as cancelled too, and says so. */
export const stopOf = ({ tenants, environment }: RolloutRecord, jobs: readonly Job[]): Stop => {
  const here = tenants.filter(({ run }) => run === undefined);
  const own = jobsByTenant(jobs, environment);
  const cut = here.find((result) => wasCancelled(result, own.get(result.tenant)));
  if (cut) return { kind: 'cancelled', place: 'in', wave: cut.wave };
  const asked = { environment, since: Math.max(1, ...[...own.values()].map(({ attempt }) => attempt)) };
  const [pending] = wavesWithout(here);
  const job = pending === undefined ? undefined : waveJob(jobs, jobNames.gate(pending), asked);
  const how = job && stopAtGate(job);
  if (pending !== undefined && job && how) return { kind: 'gate', how, wave: pending, job };
  const last = here.findLast(({ startedAt }) => startedAt !== undefined)?.wave;
  if (last === undefined || !here.some(({ state }) => state === 'not-started')) return { kind: 'none' };
  const judged = waveJob(jobs, jobNames.judge(last), asked)?.conclusion;
  const isWhole = here.every(({ wave, state }) => wave !== last || state === 'healthy');
  const kind = judged === 'cancelled' ? 'cancelled' : 'halted';
  return { kind, place: isWhole ? 'after' : 'in', wave: last };
};

const wasCancelled = ({ state, finding }: TenantResult, job: Job | undefined): boolean =>
  state !== 'healthy' && job?.conclusion === 'cancelled' && !isOverdue(finding);

/** What GitHub says of a job that was ended by its timeout-minutes. */
export const isOverdue = (finding: string | undefined): boolean =>
  /exceeded .*maximum execution time/i.test(finding ?? '');

/** Waves of which nobody was started. */
const wavesWithout = (results: readonly TenantResult[]): readonly string[] =>
  [...Map.groupBy(results, ({ wave }) => wave)].flatMap(([wave, those]) =>
    those.every(({ state }) => state === 'not-started') ? [wave] : [],
  );

/** GitHub ends a rejected gate as failed without having run a step of it. */
const stopAtGate = ({ status, conclusion, steps }: Job): 'rejected' | 'cancelled' | 'failed' | undefined => {
  if (conclusion === 'success') return undefined;
  // A run is reported after its gates: one that still seems to wait is shown late, and only cancelling ends it so.
  if (status !== 'completed' || conclusion === 'cancelled' || conclusion === 'skipped') return 'cancelled';
  return steps.length ? 'failed' : 'rejected';
};
