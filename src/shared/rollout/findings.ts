// What went wrong first in each job that did not end well, from the annotations that GitHub keeps of it.
import type { TenantResult } from '../fleet/rollout.ts';
import type { Job } from '../fleet/rollout-jobs.ts';
import { inState } from '../fleet/rollout-verdict.ts';
import { messageOf } from '../report.ts';
import type { World } from '../world.ts';
import { asking, type GithubRun } from './github-run.ts';

/** Requests are scarce, and nobody reads more. */
const most = 60;
const longest = 1_000;

/** The same results with their findings; a finding that cannot be had is a warning. */
export const withFindings = async (
  results: readonly TenantResult[],
  { jobs, run }: { readonly jobs: ReadonlyMap<string, Job>; readonly run: GithubRun },
  world: World,
): Promise<readonly TenantResult[]> => {
  const asked = [...inState(results, 'failed'), ...inState(results, 'cancelled', 'not-started')]
    .filter((result) => result.run === undefined && jobs.get(result.tenant)?.conclusion === 'failure')
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
  // The runner's own line says less than any action's.
  return (said.find((message) => !/^Process completed with exit code/.test(message)) ?? said[0])?.slice(
    0,
    longest,
  );
};
