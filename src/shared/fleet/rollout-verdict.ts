// What the jobs say of a rollout's tenants, and whether the next wave may start. Pure.
import type { PlannedWave, RolloutRecord, TenantResult, TenantState } from './rollout.ts';
import { type Job, stateOf } from './rollout-jobs.ts';

/** What is known of a tenant, with what its job says; without a job it stays as it is. */
export const withJob = (known: TenantResult, job: Job | undefined): TenantResult => {
  if (!job) return known;
  const { tenant, wave, image } = known;
  const state = stateOf(job);
  const began = state !== 'not-started' && job.startedAt !== undefined;
  return {
    tenant,
    wave,
    state,
    image,
    ...(began ? { startedAt: job.startedAt } : {}),
    ...(began && job.endedAt !== undefined ? { endedAt: job.endedAt } : {}),
    ...(job.link ? { link: job.link } : {}),
  };
};

/** The record as the jobs complete it; what an earlier run left healthy stays as it is. */
export const completeRecord = (record: RolloutRecord, jobs: ReadonlyMap<string, Job>): RolloutRecord => ({
  ...record,
  tenants: record.tenants.map((known) =>
    known.run === undefined ? withJob(known, jobs.get(known.tenant)) : known,
  ),
});

export const inState = (
  results: readonly TenantResult[],
  ...states: readonly TenantState[]
): readonly TenantResult[] => results.filter(({ state }) => states.includes(state));

export type WaveVerdict =
  | { readonly kind: 'proceed' }
  /** Each reason begins with a number: `2 failed (ironpeak, lenslight), and the failure budget is 0`. */
  | { readonly kind: 'halt'; readonly reasons: readonly string[] };

/** A wave is done when everybody was deployed and no more failed than its budget allows; a cancelled tenant was not. */
export const judgeWave = (
  { failureBudget }: Pick<PlannedWave, 'failureBudget'>,
  results: readonly TenantResult[],
): WaveVerdict => {
  const failed = inState(results, 'failed');
  const missing = (['cancelled', 'not-started', 'running'] as const).flatMap((state) => {
    const those = inState(results, state);
    return those.length ? [`${those.length} ${stateWords[state]} (${namesOf(those)})`] : [];
  });
  const reasons = [
    ...(failed.length > failureBudget
      ? [`${failed.length} failed (${namesOf(failed)}), and the failure budget is ${failureBudget}`]
      : []),
    ...missing,
  ];
  return reasons.length ? { kind: 'halt', reasons } : { kind: 'proceed' };
};

export const stateWords: Readonly<Record<TenantState, string>> = {
  healthy: 'healthy',
  failed: 'failed',
  cancelled: 'cancelled',
  'not-started': 'not started',
  running: 'still running',
};

const shown = 10;
export const namesOf = (results: readonly { readonly tenant: string }[]): string =>
  results
    .slice(0, shown)
    .map(({ tenant }) => tenant)
    .join(', ') + (results.length > shown ? ` and ${results.length - shown} more` : '');
