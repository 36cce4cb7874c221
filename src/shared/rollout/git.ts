// What git knows of the checkout, asked in the fleet's folder: the repository may lie below the workspace.
import { UserError } from '../errors.ts';
import type { ExecResult, World } from '../world.ts';

type Given = { readonly folder: string; readonly args: readonly string[]; readonly input?: string };

/** A runner without git answers as a folder without a repository does. */
export const git = async (
  { folder, args, input = '' }: Given,
  { exec }: Pick<World, 'exec'>,
): Promise<ExecResult> => {
  try {
    // Without replace refs and lazy fetches: git answers from what was checked out, or not at all.
    return await exec({
      command: 'git',
      args: ['-C', folder, ...args],
      env: { LC_ALL: 'C', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' },
      input,
    });
  } catch (error) {
    if (!/locate executable/.test(String(error))) throw error;
    return { exitCode: 127, output: 'there is no git on this runner' };
  }
};

/** The commit that is checked out; where there is no repository (no git on the runner), the one the run is for. */
export const checkedOutCommit = async (
  folder: string,
  world: Pick<World, 'exec' | 'run'>,
): Promise<string> => {
  const { exitCode, output } = await git({ folder, args: ['rev-parse', '--verify', 'HEAD'] }, world);
  const commit = exitCode === 0 ? output.trim() : world.run.sha;
  if (/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) return commit;
  throw new UserError([
    {
      what: `Nobody can tell which commit the manifests in ${folder} are of: it is in no git repository.`,
      fix: 'Check the repository out with actions/checkout before this step.',
    },
  ]);
};

/** Whether `commit` is `earlier` or came after it. Throws UserError where the checkout does not hold both. */
export const isDescendant = async (
  { folder, commit, earlier }: Readonly<Record<'folder' | 'commit' | 'earlier', string>>,
  world: Pick<World, 'exec'>,
): Promise<boolean> => {
  const { exitCode } = await git({ folder, args: ['merge-base', '--is-ancestor', earlier, commit] }, world);
  if (exitCode > 1) throw missing(earlier);
  return exitCode === 0;
};

export const missing = (commit: string): UserError =>
  new UserError([
    {
      what: `The checkout does not hold the commit ${commit}.`,
      fix: 'Check out with `fetch-depth: 0`; a commit that was force-pushed away is in no checkout.',
    },
  ]);
