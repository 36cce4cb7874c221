// A run's jobs, read from GitHub's API in as few pages as the question allows: a token has 1,000 requests an hour for all
// jobs of the repository together, and a big fleet's run has a hundred pages.
import { type Job, jobsByTenant, stateOf } from '../fleet/rollout-jobs.ts';
import type { World } from '../world.ts';
import { asking, type GithubRun } from './github-run.ts';

const pageSize = 100;

/** Every job of every attempt. */
export const listJobs = async ({ github, owner, repo, runId }: GithubRun): Promise<readonly Job[]> => {
  const jobs = await github.paginate(github.rest.actions.listJobsForWorkflowRun, {
    owner,
    repo,
    run_id: runId,
    filter: 'all',
    per_page: pageSize,
  });
  return jobs.map(jobOf);
};

const lagMs = 3_000;
const mostLooks = 10;

/**
 * Every job of the run, with those of the tenants that whoever asks has waited for. GitHub's API may show one as running
 * seconds after its dependents were started, so it is asked again for half a minute.
 */
export const settledJobs = async (
  run: GithubRun,
  environment: string,
  { clock }: Pick<World, 'clock'>,
): Promise<readonly Job[]> => {
  for (let looks = 1; ; looks += 1) {
    const listed = await asking('list the jobs of this run', 'actions: read', () => listJobs(run));
    const jobs = jobsByTenant(listed, environment);
    const isLate = [...jobs.values()].some((job) => stateOf(job) === 'running');
    if (!isLate || looks >= mostLooks) return listed;
    await clock.sleep(lagMs);
  }
};

/** The same by tenant of the environment. */
export const endedJobs = async (
  run: GithubRun,
  environment: string,
  world: Pick<World, 'clock'>,
): Promise<ReadonlyMap<string, Job>> => jobsByTenant(await settledJobs(run, environment, world), environment);

/** Jobs of this attempt, the newest pages first (GitHub lists in the order of creation), until it is `enough`. */
export const listAttemptJobs = async (
  run: GithubRun,
  enough: (jobs: readonly Job[]) => boolean,
): Promise<readonly Job[]> => {
  const first = await pageOf(run, 1);
  const jobs = [...first.jobs];
  for (let page = first.last; page > 1 && !enough(jobs); page -= 1)
    jobs.push(...(await pageOf(run, page)).jobs);
  return jobs;
};

const pageOf = async (
  { github, owner, repo, runId, attempt }: GithubRun,
  page: number,
): Promise<{ readonly jobs: readonly Job[]; readonly last: number }> => {
  const { data, headers } = await github.rest.actions.listJobsForWorkflowRunAttempt({
    owner,
    repo,
    run_id: runId,
    attempt_number: attempt,
    per_page: pageSize,
    page,
  });
  const last = /[?&]page=(\d+)[^>]*>; rel="last"/.exec(headers.link ?? '')?.[1];
  return { jobs: data.jobs.map(jobOf), last: Number(last ?? 1) };
};

type Shown = {
  readonly id: number;
  readonly name: string;
  readonly run_attempt?: number | undefined;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly html_url: string | null;
  readonly steps?: readonly { readonly name: string; readonly conclusion: string | null }[] | undefined;
};

const jobOf = (shown: Shown): Job => ({
  id: shown.id,
  name: shown.name,
  attempt: shown.run_attempt ?? 1,
  status: shown.status,
  conclusion: shown.conclusion,
  startedAt: timeOf(shown.started_at),
  endedAt: timeOf(shown.completed_at),
  link: shown.html_url ?? '',
  steps: (shown.steps ?? []).map(({ name, conclusion }) => ({ name, conclusion })),
});

const timeOf = (text: string | null): number | undefined => {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
};
