// One comment per pull request, found again by a hidden mark and edited, so that the newest plan is the only one.
import { repeatUnknown } from '../ensure.ts';
import { UserError } from '../errors.ts';
import { explainGithub, isRefusal } from '../github-errors.ts';
import { messageOf } from '../report.ts';
import { type GithubRun, openRun } from '../rollout/github-run.ts';
import type { World } from '../world.ts';

/** GitHub counts 65,536 characters; bytes are never fewer. */
export const commentBytes = 65_000;

/** Hidden in what is written, to know it again. `about` is told apart from others of the same kind. */
export const markOf = (kind: string, about: Readonly<Record<string, string>>): string => {
  const words = Object.entries(about).map(([name, value]) => `${name}=${value.replace(/[^\w./,-]/g, '-')}`);
  return `<!-- tenant-actions ${[kind, ...words].join(' ')} -->`;
};

/** Written by an app, such as the job's own token: what people write stays theirs, even with our mark in it. */
export const isOwn = (
  { body, user }: { readonly body?: string | null; readonly user: { readonly type: string } | null },
  mark: string,
): boolean => user?.type === 'Bot' && (body ?? '').startsWith(mark);

export type Pull = { readonly number: number; readonly head: string };

/** The pull request that the run is for; undefined for other events. Throws UserError for an event that says none. */
export const pullOf = async ({ run, files }: Pick<World, 'run' | 'files'>): Promise<Pull | undefined> => {
  if (run.event !== 'pull_request') return undefined;
  const event = JSON.parse(await files.read(run.eventPath)) as {
    readonly pull_request?: { readonly number?: number; readonly head?: { readonly sha?: string } };
  };
  const { number, head } = event.pull_request ?? {};
  if (number !== undefined) return { number, head: head?.sha ?? run.sha };
  throw new UserError([
    { what: 'The event of this run names no pull request.', fix: 'Start it on: pull_request.' },
  ]);
};

export type Comment = {
  readonly pull: Pull;
  readonly mark: string;
  /** Below `commentBytes`, the mark not counted. */
  readonly markdown: string;
  readonly token: string;
  readonly until: number;
};

/** Writes the comment or edits the one that is there. A token that may not is a warning: a fork's never may. */
export const keepComment = async (comment: Comment, world: World): Promise<void> => {
  const { pull, token, until } = comment;
  const run = await openRun({ token, until }, world);
  try {
    // Looks first each time, so that one whose answer was lost is found, not written twice.
    const did = await repeatUnknown(() => write(comment, run));
    world.log.info(`${did} on pull request #${pull.number}`);
  } catch (error) {
    if (!isRefusal(error) || ![403, 404].includes(error.status)) throw error;
    const needs = { to: `comment on pull request #${pull.number}`, permissions: ['pull-requests: write'] };
    world.log.warning(messageOf(explainGithub(error, needs)));
  }
};

const write = async (
  { pull, mark, markdown }: Comment,
  { github, owner, repo }: GithubRun,
): Promise<string> => {
  const body = `${mark}\n${markdown}`;
  const comments = await github.paginate(github.rest.issues.listComments, {
    owner,
    repo,
    issue_number: pull.number,
    per_page: 100,
  });
  const old = comments.find((one) => isOwn(one, mark));
  if (!old) {
    await github.rest.issues.createComment({ owner, repo, issue_number: pull.number, body });
    return 'commented';
  }
  if (old.body === body) return 'the comment says it already';
  await github.rest.issues.updateComment({ owner, repo, comment_id: old.id, body });
  return 'edited the comment';
};
