// No rollout takes a tenant back to an older commit: what waited at a gate, or is resumed, may have been overtaken.
// GitHub's deployments, which report-rollout keeps, say which commit the tenant is of.
import { Failed } from '../errors.ts';
import { isRefusal } from '../github-errors.ts';
import type { World } from '../world.ts';
import { asking, type GithubRun } from './github-run.ts';
import { deploymentEnvironment, payloadOf, statusesOf } from './promotion.ts';

/** Description of the status `inactive` that a teardown leaves; GitHub's own `inactive` has none. */
export const removed = 'Removed';

export type Candidate = {
  readonly tenant: string;
  readonly environment: string;
  /** The rollout's. */
  readonly commit: string;
};

/**
 * Throws Failed ("Not started: …") where the tenant was deployed or removed from a commit that came after the rollout's.
 * Warns where nobody can tell which of the two is newer.
 */
export const requireNotOvertaken = async (
  candidate: Candidate,
  run: GithubRun,
  { log }: Pick<World, 'log'>,
): Promise<void> => {
  for (const mark of await marksOf(candidate, run)) {
    const relation = await relationOf(candidate.commit, mark.commit, run);
    // Every one of these was admitted itself: what is older than the last that was admitted is no newer than it.
    if (relation === 'identical' || relation === 'behind') return;
    const end = await endOf(mark, run);
    if (end === undefined) continue;
    if (relation === 'ahead') throw overtaken(candidate, mark, end);
    log.warning(unrelated(candidate, mark, { end, relation }));
    return;
  }
};

type Mark = { readonly id: number; readonly commit: string; readonly run: string };
/** What became of the tenant; undefined where a deployment was not finished. */
type End = 'deployed' | 'removed';
type Relation = 'identical' | 'ahead' | 'behind' | 'diverged' | 'unknown';

/** The newest first. */
const marksOf = async (
  { tenant, environment }: Candidate,
  { github, owner, repo }: GithubRun,
): Promise<readonly Mark[]> => {
  const { data } = await asking('list the deployments of the tenant', 'deployments: read', () =>
    github.rest.repos.listDeployments({
      owner,
      repo,
      environment: deploymentEnvironment(environment, tenant),
      per_page: 30,
    }),
  );
  return data.flatMap(({ id, payload }) => {
    const { commit, run } = payloadOf(payload);
    // Others' deployments may carry anything.
    return typeof commit === 'string' && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)
      ? [{ id, commit, run: String(run) }]
      : [];
  });
};

/** How the deployed commit stands to the rollout's: `ahead` came after it. */
const relationOf = async (
  rollout: string,
  deployed: string,
  { github, owner, repo }: GithubRun,
): Promise<Relation> => {
  if (rollout === deployed) return 'identical';
  return asking('compare two commits', 'contents: read', async () => {
    try {
      const { data } = await github.rest.repos.compareCommitsWithBasehead({
        owner,
        repo,
        basehead: `${rollout}...${deployed}`,
        per_page: 1,
      });
      return data.status;
    } catch (error) {
      // The commit is gone, or the two have no history in common.
      if (isRefusal(error) && error.status === 404) return 'unknown';
      throw error;
    }
  });
};

const endOf = async ({ id }: Mark, run: GithubRun): Promise<End | undefined> => {
  const statuses = await asking('list the statuses of a deployment', 'deployments: read', () =>
    statusesOf(id, run),
  );
  if (statuses.some(({ state, description }) => state === 'inactive' && description === removed))
    return 'removed';
  // A later success has made it `inactive`; that it was one stays in its history.
  return statuses.some(({ state }) => state === 'success') ? 'deployed' : undefined;
};

const short = (commit: string): string => commit.slice(0, 7);

const overtaken = ({ tenant, commit }: Candidate, mark: Mark, end: End): Failed =>
  new Failed(
    `Not started: ${tenant} was ${end} from ${short(mark.commit)} by run ${mark.run}, which is newer than this rollout's ${short(commit)}.`,
    'Start a rollout of the newer commit; to go back on purpose, revert the change in git, or use rollback-tenant.',
  );

const unrelated = (
  { tenant, commit }: Candidate,
  mark: Mark,
  { end, relation }: { readonly end: End; readonly relation: 'diverged' | 'unknown' },
): string => {
  const [theirs, own] = [short(mark.commit), short(commit)];
  const why =
    relation === 'diverged'
      ? `neither of ${theirs} and this rollout's ${own} holds the other: what ${theirs} changed alone is taken back.`
      : `GitHub no longer knows how ${theirs} stands to this rollout's ${own}, as after a force push; it goes on as if ${own} were newer.`;
  return `${tenant} was ${end} from ${theirs} by run ${mark.run}; ${why}`;
};
