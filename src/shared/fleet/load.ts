// A fleet folder, read through the world's files.
import { type Problem, UserError } from '../errors.ts';
import type { Files as AllFiles } from '../world.ts';
import { type Fleet, parseFleet } from './fleet.ts';
import { isManifest } from './folder.ts';
import type { File } from './reader.ts';

type Files = Pick<AllFiles, 'list' | 'read'>;

/** Thousands of files opened at once would meet the limit on open files. */
const atOnce = 64;

/** Throws UserError with every problem of the folder at once, unless none of them `concerns` who asks. */
export const loadFleet = async (
  files: Files,
  folder: string,
  concerns: (problem: Problem) => boolean = () => true,
): Promise<Fleet> => {
  const parsed = parseFleet(await readFolder(files, folder));
  if (parsed.kind === 'fleet') return parsed.fleet;
  if (parsed.problems.some(concerns)) throw new UserError(parsed.problems);
  return parsed.readable;
};

/** Every manifest of the folder. Throws UserError where there is none. */
export const readFolder = async (files: Files, folder: string): Promise<readonly File[]> => {
  const paths = (await files.list(folder)).filter(isManifest);
  if (paths.length) return readAll(files, paths);
  throw new UserError([
    {
      what: `The folder ${folder} holds no manifests.`,
      fix: 'Check the input `fleet`, and that the job has checked out the repository.',
    },
  ]);
};

const readAll = async (files: Files, paths: readonly string[]): Promise<readonly File[]> => {
  const read: File[] = [];
  for (let start = 0; start < paths.length; start += atOnce) {
    const some = paths.slice(start, start + atOnce);
    read.push(...(await Promise.all(some.map(async (path) => ({ path, text: await files.read(path) })))));
  }
  return read;
};

/** Problems without a place, or in a file that the environment's values come from, and the tenant's where one is meant. */
export const concerning =
  ({ environment, tenant }: { readonly environment: string; readonly tenant: string | undefined }) =>
  ({ place }: Problem): boolean =>
    !place ||
    [
      /defaults\.ya?ml$/,
      new RegExp(`environments/${environment}\\.ya?ml$`),
      ...(tenant === undefined ? [] : [new RegExp(`tenants/${tenant}\\.ya?ml$`)]),
    ].some((file) => file.test(place.file));
