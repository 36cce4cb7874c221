// A tenant's job as GitHub shows it, and what it means for the rollout. Pure.
import { admissionStep, jobNames, type PlannedWave, type TenantState } from './rollout.ts';

export type Job = {
  readonly id: number;
  readonly name: string;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly link: string;
  readonly steps: readonly { readonly name: string; readonly conclusion: string | null }[];
};

export const tenantsOf = ({ chunks }: Pick<PlannedWave, 'chunks'>): readonly string[] =>
  chunks.flatMap(({ tenants }) => tenants);

/** By tenant of the environment, the job of the latest attempt: a re-run lists again only what it runs again. */
export const jobsByTenant = (jobs: readonly Job[], environment: string): ReadonlyMap<string, Job> => {
  const deploys = jobNames.deploy(environment);
  const found = new Map<string, Job>();
  for (const job of jobs) {
    const [tenant, name] = job.name.split(' / ').slice(-2);
    if (tenant === undefined || name !== deploys) continue;
    const known = found.get(tenant);
    if (!known || job.attempt > known.attempt) found.set(tenant, job);
  }
  return found;
};

/**
 * The wave's job of this name, a gate or a judge, of the latest attempt. Its name does not say the environment: in a run that
 * deploys several, those called from where another environment's tenants are do not count.
 */
export const waveJob = (
  jobs: readonly Job[],
  name: string,
  { environment, since }: { readonly environment: string; readonly since: number },
): Job | undefined => {
  const deploys = jobs.filter((job) => / \/ deploy to [^/]+$/.test(job.name));
  const [own, others] = [true, false].map((isOwn) => {
    const those = deploys.filter((job) => job.name.endsWith(` / ${jobNames.deploy(environment)}`) === isOwn);
    return new Set(those.map((job) => callerOf(job.name)));
  });
  return jobs
    .filter(
      (job) => job.attempt >= since && job.name.split(' / ').at(-1) === name && / \/ |^wave /.test(job.name),
    )
    .filter((job) => own?.has(callerOf(job.name)) || !(own?.size || others?.has(callerOf(job.name))))
    .toSorted((one, other) => one.attempt - other.attempt)
    .at(-1);
};

/** What stands before `wave 2 / …`. */
const callerOf = (name: string): string => name.replace(/(?:^| \/ )wave \d+ \/ .*$/, '');

export const stateOf = (job: Job | undefined): TenantState => {
  if (!job || job.conclusion === 'skipped') return 'not-started';
  if (job.status !== 'completed') return job.status === 'in_progress' ? 'running' : 'not-started';
  if (job.conclusion === 'success') return 'healthy';
  if (!wasAdmitted(job)) return 'not-started';
  return job.conclusion === 'cancelled' ? 'cancelled' : 'failed';
};

/** A job whose steps GitHub does not tell (those of older attempts) counts as admitted, unless it was never run. */
const wasAdmitted = ({ steps, startedAt, conclusion }: Job): boolean => {
  const admission = steps.find(({ name }) => name === admissionStep);
  if (admission) return admission.conclusion === 'success';
  return conclusion !== 'cancelled' || (steps.length > 0 && startedAt !== undefined);
};
