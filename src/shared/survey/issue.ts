// One open issue per environment as long as AWS differs from the manifests; closed by itself when nothing does any more.
import { repeatUnknown } from '../ensure.ts';
import { explainGithub } from '../github-errors.ts';
import { type GithubRun, openRun } from '../rollout/github-run.ts';
import type { World } from '../world.ts';
import { isOwn } from './comment.ts';

export type DriftIssue = {
  readonly environment: string;
  readonly mark: string;
  readonly title: string;
  /** Undefined: nothing differs. */
  readonly markdown: string | undefined;
  readonly token: string;
  readonly until: number;
};

/** Opens, edits or closes it. Throws Failed where the token may not. */
export const keepIssue = async (issue: DriftIssue, world: World): Promise<void> => {
  const { environment, token, until } = issue;
  const run = await openRun({ token, until }, world);
  try {
    // Looks first each time, so that one whose answer was lost is found, not opened twice.
    const did = await repeatUnknown(() => keep(issue, run, world.run.url));
    if (did) world.log.info(`${environment}: ${did}`);
  } catch (error) {
    throw explainGithub(error, { to: `keep the issue about ${environment}`, permissions: ['issues: write'] });
  }
};

const keep = async (
  { mark, title, markdown }: DriftIssue,
  { github, owner, repo }: GithubRun,
  link: string,
): Promise<string | undefined> => {
  const place = { owner, repo };
  const open = await github.paginate(github.rest.issues.listForRepo, {
    ...place,
    state: 'open',
    per_page: 100,
  });
  // GitHub lists pull requests as issues.
  const old = open.find((one) => !one.pull_request && isOwn(one, mark));
  if (markdown === undefined) {
    if (!old) return undefined;
    const issue = { ...place, issue_number: old.number };
    const body = `Nothing differs any more: AWS is as the manifests say. [The run that saw it](${link}).`;
    await github.rest.issues.update({ ...issue, state: 'closed', state_reason: 'completed' });
    await github.rest.issues.createComment({ ...issue, body });
    return `closed issue #${old.number}`;
  }
  const text = { ...place, title, body: `${mark}\n${markdown}` };
  if (!old) return `opened issue #${(await github.rest.issues.create(text)).data.number}`;
  await github.rest.issues.update({ ...text, issue_number: old.number });
  return `edited issue #${old.number}`;
};
