// What went wrong first in each job that did not end well, from the annotations that GitHub keeps of it.
import type { TenantResult } from '../fleet/rollout.ts';
import type { Job } from '../fleet/rollout-jobs.ts';
import { isOverdue, type Stop } from '../fleet/rollout-stop.ts';
import { inState } from '../fleet/rollout-verdict.ts';
import { messageOf } from '../report.ts';
import type { World } from '../world.ts';
import { asking, type GithubRun } from './github-run.ts';

/** Requests are scarce, and nobody reads more. */
const most = 60;
/** A cause with its proof and fix. */
const longest = 2_000;

/** The same results with their findings; a finding that cannot be had is a warning. */
export const withFindings = async (
  results: readonly TenantResult[],
  { jobs, run }: { readonly jobs: ReadonlyMap<string, Job>; readonly run: GithubRun },
  world: World,
): Promise<readonly TenantResult[]> => {
  const asked = [...inState(results, 'failed'), ...inState(results, 'cancelled', 'not-started')]
    .filter((result) => {
      const conclusion = jobs.get(result.tenant)?.conclusion;
      const ran = conclusion === 'failure' || (conclusion === 'cancelled' && result.state === 'cancelled');
      return result.run === undefined && ran;
    })
    .slice(0, most);
  const findings = new Map<string, string>();
  try {
    for (const { tenant } of asked) {
      const id = jobs.get(tenant)?.id ?? 0;
      const finding = await asking('list what the jobs said', 'checks: read', () => firstFinding(id, run));
      if (finding) findings.set(tenant, finding);
    }
  } catch (error) {
    world.log.warning(`GitHub did not say what went wrong in every job. ${messageOf(error)}`);
  }
  return results.map((result) => {
    const finding = findings.get(result.tenant);
    return finding === undefined ? result : { ...result, finding };
  });
};

/** A gate that says more than that it was rejected failed: its branch may not deploy to the environment, for example. */
export const withReason = async (stop: Stop, run: GithubRun, { log }: Pick<World, 'log'>): Promise<Stop> => {
  if (stop.kind !== 'gate' || stop.how === 'cancelled') return stop;
  const said = await asking('list what the jobs said', 'checks: read', () =>
    firstFinding(stop.job.id, run),
  ).catch((error: unknown) =>
    log.warning(`GitHub did not say why the approval of ${stop.wave} ended. ${messageOf(error)}`),
  );
  return said === undefined || commonplace.test(said) ? stop : { ...stop, how: 'failed', said };
};

/** GitHub's own lines, which say less than any action's. */
const cancelling = /^The (?:operation|run|job) was cancell?ed/i;
const commonplace = /^(?:Process completed with exit code|The deployment (?:to .* )?was rejected)/;

/** Undefined where the job said nothing but that it was cancelled. */
const firstFinding = async (
  jobId: number,
  { github, owner, repo }: GithubRun,
): Promise<string | undefined> => {
  // A job's id is its check run's.
  const annotations = await github.paginate(github.rest.checks.listAnnotations, {
    owner,
    repo,
    check_run_id: jobId,
    per_page: 100,
  });
  const said = annotations.flatMap(({ annotation_level, message }) =>
    annotation_level === 'failure' && message ? [message] : [],
  );
  const wasCancelled = said.some((message) => cancelling.test(message));
  const finding =
    said.find(isOverdue) ??
    said.find((message) => !commonplace.test(message) && !cancelling.test(message)) ??
    // Whatever a cancelled step's exit code was, the cancelling caused it.
    (wasCancelled ? undefined : said[0]);
  return finding?.slice(0, longest);
};
