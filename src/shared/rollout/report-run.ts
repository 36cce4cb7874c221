// `report-rollout` mode run: the whole run's summary, and rollout.json, which a resumed run starts from.
import { UserError } from '../errors.ts';
import type { RolloutRecord } from '../fleet/rollout.ts';
import { jobsByTenant } from '../fleet/rollout-jobs.ts';
import { stopOf } from '../fleet/rollout-stop.ts';
import { readRecord, recordText } from '../fleet/rollout-texts.ts';
import { completeRecord } from '../fleet/rollout-verdict.ts';
import type { World } from '../world.ts';
import { withFindings, withReason } from './findings.ts';
import { type GithubRun, openRun } from './github-run.ts';
import { settledJobs } from './run-jobs.ts';
import { runSummary } from './run-summary.ts';

export type RunGiven = {
  readonly environment: string;
  /** Path of the record that plan-fleet opened for this run. */
  readonly record: string;
  readonly token: string;
};

export type RunReport = { readonly record: RolloutRecord; readonly summary: string };

/** Writes the completed record to `record`. Throws UserError where it is not this run's. */
export const reportRun = async (given: RunGiven, world: World): Promise<RunReport> => {
  const opened = await open(given, world);
  const run = await openRun({ token: given.token, until: world.clock.now() + 3_700_000 }, world);
  const listed = await settledJobs(run, given.environment, world);
  const jobs = jobsByTenant(listed, given.environment);
  const completed = completeRecord(opened, jobs);
  const tenants = await withFindings(completed.tenants, { jobs, run }, world);
  const record = { ...completed, attempt: run.attempt, tenants };
  await world.files.write(given.record, recordText(record));
  const workflow = await workflowOf(run, world);
  const stop = await withReason(stopOf(record, listed), run, world);
  const summary = runSummary({ record, stop, link: world.run.url, workflow, now: world.clock.now() });
  return { record, summary };
};

const open = async ({ environment, record }: RunGiven, world: World): Promise<RolloutRecord> => {
  const found = await recordAt(record, world);
  if (found?.runId === world.run.id && found.environment === environment) return found;
  throw new UserError([
    {
      what: `${record} is not the record of this run's rollout to ${environment}.`,
      fix: `Download this run's artifact rollout-${environment}, which the job with plan-fleet keeps, before this step.`,
    },
  ]);
};

const recordAt = async (
  path: string,
  { files }: Pick<World, 'files'>,
): Promise<RolloutRecord | undefined> => {
  const text = await files.read(path).catch(() => undefined);
  return text === undefined ? undefined : readRecord(text, path);
};

/** The file that a person started, for the command to resume; undefined where it was started by something else. */
const workflowOf = async (
  { github, owner, repo, runId }: GithubRun,
  { log }: Pick<World, 'log'>,
): Promise<string | undefined> => {
  try {
    const { data } = await github.rest.actions.getWorkflowRun({ owner, repo, run_id: runId });
    if (data.event !== 'workflow_dispatch') return undefined;
    return data.path?.split('@')[0]?.split('/').at(-1) ?? data.name ?? undefined;
  } catch {
    log.info('GitHub did not say which workflow this run is of.');
    return undefined;
  }
};
