// `report-rollout` mode release: the summary of one application's release, from the pipelines' records and the run's jobs.
import type { Job } from '../fleet/rollout-jobs.ts';
import { asking, type GithubRun, openRun } from '../rollout/github-run.ts';
import { listJobs } from '../rollout/run-jobs.ts';
import type { World } from '../world.ts';
import { releaseFacts } from './report-facts.ts';
import { type ReleaseJobs, releaseJobs } from './report-jobs.ts';
import { readRecords } from './report-records.ts';
import { releaseSummary } from './report-summary.ts';

export type ReleaseGiven = {
  readonly application: string;
  readonly environment: string;
  /** Folder with the records. */
  readonly records: string;
  readonly token: string;
};

/** The summary. Throws Failed where GitHub does not tell the jobs; records that cannot be read are told in it. */
export const reportRelease = async (given: ReleaseGiven, world: World): Promise<string> => {
  const { application, environment } = given;
  const { records, unread } = await readRecords({ ...given, folder: given.records }, world);
  for (const { path, why } of unread) world.log.warning(`The record ${path} was left out: ${why}.`);
  const run = await openRun({ token: given.token, until: world.clock.now() + 3_700_000 }, world);
  const jobs = await settledJobs(run, application, world);
  const { id: runId, repository, url: link } = world.run;
  const facts = releaseFacts(jobs, records);
  return releaseSummary({
    application,
    environment,
    facts,
    unread,
    link,
    runId,
    repository,
    now: world.clock.now(),
  });
};

const lagMs = 3_000;
const mostLooks = 10;

/** The jobs before the report are over, but GitHub's API may say so seconds later: it is asked again for half a minute. */
const settledJobs = async (
  run: GithubRun,
  application: string,
  { clock }: Pick<World, 'clock'>,
): Promise<ReleaseJobs> => {
  for (let looks = 1; ; looks += 1) {
    const listed = await asking('list the jobs of this run', 'actions: read', () => listJobs(run));
    const jobs = releaseJobs(listed, application);
    if (looks >= mostLooks || !all(jobs).some(({ status }) => status === 'in_progress')) return jobs;
    await clock.sleep(lagMs);
  }
};

const all = ({ gate, pipelines, redeploy, validate }: ReleaseJobs): readonly Job[] =>
  [
    gate,
    redeploy,
    validate,
    ...[...pipelines.values()].flatMap(({ release, migrate }) => [release, migrate]),
  ].filter((job) => job !== undefined);
