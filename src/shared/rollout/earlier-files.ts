// The fleet's folder as it was at another commit, in two git processes however many files it has.
import { UserError } from '../errors.ts';
import { isManifest } from '../fleet/folder.ts';
import type { File } from '../fleet/reader.ts';
import type { World } from '../world.ts';
import { git, missing } from './git.ts';

type Entry = { readonly path: string; readonly id: string };

/**
 * Manifests of `folder` at a commit, tag or branch, with today's paths; none where the folder did not exist then. Throws
 * UserError where the checkout does not hold it.
 */
export const earlierFiles = async (
  { folder, commit }: { readonly folder: string; readonly commit: string },
  world: Pick<World, 'exec' | 'unique'>,
): Promise<readonly File[]> => {
  refuseName(commit);
  const listed = await git({ folder, args: ['ls-tree', '-r', '-z', commit] }, world);
  if (listed.exitCode !== 0) throw missing(commit);
  const entries = entriesOf(listed.output).filter(({ path }) => isManifest(path));
  if (!entries.length) return [];
  // Sizes count bytes, and the output is text already: a word that no file can hold parts the files.
  const mark = `${world.unique.replaceAll(/[^\w-]/g, '-')}-end-of-file`;
  const args = ['cat-file', `--batch=${mark} %(objectname)`, '--buffer'];
  const input = entries.map(({ id }) => `${id}\n`).join('');
  const { exitCode, output } = await git({ folder, args, input }, world);
  const texts = output.split(new RegExp(`^${mark} [0-9a-f]+\n`, 'm')).slice(1);
  if (exitCode !== 0 || texts.length !== entries.length) throw missing(commit);
  const root = folder.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  return entries.map(({ path }, index) => ({
    path: root === '' || root === '.' ? path : `${root}/${path}`,
    // Each file is followed by a line end of git's.
    text: (texts[index] ?? '').replace(/\n$/, ''),
  }));
};

const refuseName = (commit: string): void => {
  if (/^0+$/.test(commit))
    throw new UserError([
      {
        what: `${commit} is no commit: GitHub names it where a branch is new.`,
        fix: 'Leave `since` empty for the first push of a branch.',
      },
    ]);
  // Git would take a leading hyphen for an option.
  if (!/^[\w][\w./@^~{}-]*$/.test(commit))
    throw new UserError([
      { what: `'${commit}' names no commit.`, fix: 'Write a commit, a tag or a branch, e.g. origin/main.' },
    ]);
};

const entriesOf = (listing: string): readonly Entry[] =>
  listing.split('\0').flatMap((line) => {
    const [, id, path] = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
    return id !== undefined && path !== undefined ? [{ id, path }] : [];
  });
