// A release's jobs among those of its run, by the names that release-application.yml gives them. Pure.
import type { Job } from '../fleet/rollout-jobs.ts';

export type PipelineJobs = { readonly release: Job | undefined; readonly migrate: Job | undefined };

export type ReleaseJobs = {
  readonly gate: Job | undefined;
  /** In GitHub's order, by the pipelines' short names. */
  readonly pipelines: ReadonlyMap<string, PipelineJobs>;
  readonly redeploy: Job | undefined;
  readonly validate: Job | undefined;
};

const gateNames = (application: string): readonly string[] =>
  ['release', 'rollback'].map((operation) => `approve ${operation} of ${application}`);

/** Names of the workflow's own jobs, which no leg of a matrix has. */
const own = new Set(['plan', 'redeploy', 'validate', 'report']);

/** What stands before the last `parts` parts of a name. */
const callerOf = (name: string, parts: number): string => name.split(' / ').slice(0, -parts).join(' / ');

/** Each job as its latest attempt has it: a re-run lists again only what it runs again. */
export const releaseJobs = (listed: readonly Job[], application: string): ReleaseJobs => {
  const jobs = latest(listed);
  const callers = callersIn(jobs, application);
  const mine = (caller: string): boolean => callers.size === 0 || callers.has(caller);
  const named = (name: string): Job | undefined =>
    jobs.find((job) => job.name.split(' / ').at(-1) === name && mine(callerOf(job.name, 1)));
  const pipelines = new Map<string, PipelineJobs>();
  for (const job of jobs) {
    const part = pipelinePart(job, mine);
    if (!part) continue;
    const known = pipelines.get(part.pipeline) ?? { release: undefined, migrate: undefined };
    // A leg that was cancelled before its workflow was called has no job inside.
    if (part.name === 'leg' && known.release) continue;
    pipelines.set(part.pipeline, { ...known, [part.name === 'migrate' ? 'migrate' : 'release']: job });
  }
  return {
    gate: gateNames(application).map(named).find(Boolean),
    pipelines,
    redeploy: named('redeploy'),
    validate: named('validate'),
  };
};

const latest = (jobs: readonly Job[]): readonly Job[] => {
  const found = new Map<string, Job>();
  for (const job of jobs) {
    const known = found.get(job.name);
    if (!known || job.attempt >= known.attempt) found.set(job.name, job);
  }
  return [...found.values()];
};

/**
 * A run may release an application several times, into several environments: where it does, the one that this job reports is
 * the one whose report goes on.
 */
const callersIn = (jobs: readonly Job[], application: string): ReadonlySet<string> => {
  const names = gateNames(application);
  const gates = jobs.filter((job) => names.includes(job.name.split(' / ').at(-1) ?? ''));
  const callers = new Set(gates.map(({ name }) => callerOf(name, 1)));
  if (callers.size < 2) return callers;
  const reporting = jobs.filter(
    ({ name, status }) => name.split(' / ').at(-1) === 'report' && status === 'in_progress',
  );
  const going = new Set(reporting.map(({ name }) => callerOf(name, 1)).filter((each) => callers.has(each)));
  return going.size ? going : callers;
};

type Part = { readonly pipeline: string; readonly name: 'release' | 'migrate' | 'leg' };

const pipelinePart = ({ name }: Job, mine: (caller: string) => boolean): Part | undefined => {
  const parts = name.split(' / ');
  const last = parts.at(-1) ?? '';
  if (last === 'release' || last === 'migrate') {
    const pipeline = parts.at(-2);
    if (pipeline !== undefined && mine(callerOf(name, 2))) return { pipeline, name: last };
  }
  const isLeg = /^[a-z0-9][a-z0-9-]*$/.test(last) && !own.has(last) && last !== 'release';
  return isLeg && mine(callerOf(name, 1)) ? { pipeline: last, name: 'leg' } : undefined;
};
