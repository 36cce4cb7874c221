// Repositories as folders: which commit a ref means, and a commit's files laid out beside the checkout they come from.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const git = (folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  }).trim();

/** Whether the folder is the root of a git checkout; a plain folder has one commit, whatever it is called. */
export const hasHistory = (folder: string): boolean => existsSync(join(folder, '.git'));

/** A ref as `uses:` names it, in the form of `job_workflow_ref`, and its commit: always what the folder holds. */
export const resolveRef = (folder: string, ref: string): { readonly ref: string; readonly sha: string } => {
  if (/^[0-9a-f]{40}$/.test(ref)) return { ref, sha: ref };
  const full = ref.startsWith('refs/') ? ref : /^v?\d/.test(ref) ? `refs/tags/${ref}` : `refs/heads/${ref}`;
  const sha = hasHistory(folder)
    ? git(folder, ['rev-parse', 'HEAD'])
    : createHash('sha1').update(`${folder}@${ref}`).digest('hex');
  return { ref: full, sha };
};

/** The commit of a branch, tag or SHA. Throws where a checkout has none; a plain folder has whatever is asked for. */
export const commitOf = (folder: string, ref: string): string => {
  if (!hasHistory(folder)) return ref;
  for (const name of [ref, `refs/heads/${ref}`, `refs/tags/${ref}`]) {
    try {
      return git(folder, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    } catch {
      // The next form may be the one.
    }
  }
  throw new Error(`A branch or tag with the name '${ref}' could not be found`);
};

export type Snapshot = { readonly folder: string; readonly remove: () => Promise<void> };

/** The files of a commit in a folder of their own; the checkout is left as it is. Throws where it has no such commit. */
export const snapshotOf = async (folder: string, sha: string): Promise<Snapshot> => {
  const made = await mkdtemp(join(tmpdir(), 'snapshot-'));
  const remove = () => rm(made, { recursive: true, force: true });
  try {
    await layOut(folder, sha, join(made, 'files'));
    return { folder: join(made, 'files'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
};

/** The files of a commit, without a .git. */
export const layOut = async (folder: string, sha: string, target: string): Promise<void> => {
  if (!hasHistory(folder)) return cp(folder, target, { recursive: true, verbatimSymlinks: true });
  const index = { GIT_INDEX_FILE: `${target}.index` };
  git(folder, ['read-tree', sha], index);
  git(folder, ['checkout-index', '--all', `--prefix=${target}/`], index);
  await rm(`${target}.index`, { force: true });
};

/** Paths that differ between two commits; undefined where the folder cannot tell. */
export const changedBetween = (folder: string, from: string, to: string): readonly string[] | undefined => {
  if (!hasHistory(folder)) return undefined;
  try {
    return git(folder, ['diff', '--name-only', '-z', `${from}...${to}`])
      .split('\0')
      .filter(Boolean);
  } catch {
    return undefined;
  }
};

/** A clone at a commit, its history `depth` commits deep, 0 for all. */
export const cloneAt = (
  folder: string,
  sha: string,
  { target, depth }: { target: string; depth: number },
): void => {
  git(target, ['init', '--quiet']);
  git(target, ['remote', 'add', 'origin', `file://${folder}`]);
  // A server lets nobody fetch an unnamed commit unless told to; GitHub does.
  const upload = ['--upload-pack', 'git -c uploadpack.allowAnySHA1InWant=true upload-pack'];
  const shallow = depth > 0 ? ['--no-tags', `--depth=${depth}`] : ['--tags'];
  const wanted = depth > 0 ? [sha] : ['+refs/heads/*:refs/remotes/origin/*', sha];
  git(target, ['fetch', '--quiet', ...upload, ...shallow, 'origin', ...wanted]);
  git(target, ['checkout', '--quiet', '--detach', sha]);
};
