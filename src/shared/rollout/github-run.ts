// This run as GitHub's API names it, and the client to ask about it.
import { UserError } from '../errors.ts';
import { explainGithub } from '../github-errors.ts';
import type { Github, World } from '../world.ts';

export type GithubRun = {
  readonly github: Github;
  readonly owner: string;
  readonly repo: string;
  readonly runId: number;
  readonly attempt: number;
};

/** `until`: milliseconds since the epoch to which rate limits are waited for. Throws UserError outside a run or without a token. */
export const openRun = async (
  { token, until }: { readonly token: string; readonly until?: number },
  { run, log, github }: Pick<World, 'run' | 'log' | 'github'>,
): Promise<GithubRun> => {
  const [owner = '', repo = ''] = run.repository.split('/');
  const problems = [
    ...(token ? [] : [{ what: 'Input token is empty.', fix: 'Leave it out: it is the job’s own token.' }]),
    ...(owner && repo && /^\d+$/.test(run.id)
      ? []
      : [{ what: 'This is no run of GitHub Actions.', fix: 'Run the action in a workflow.' }]),
  ];
  if (problems.length) throw new UserError(problems);
  log.secret(token);
  return {
    github: await github(token, until),
    owner,
    repo,
    runId: Number(run.id),
    attempt: Number(run.attempt || '1'),
  };
};

/** Calls GitHub; a refusal is Failed and names the permission that is missing. */
export const asking = async <T>(to: string, permission: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    throw explainGithub(error, { to, permissions: [permission] });
  }
};
