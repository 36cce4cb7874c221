// Programs of this machine, found without running anything.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Servers live where an ordinary user's PATH does not look.
const serverFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/mysql/bin'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Full path of the first of `names` that PATH, or a folder of servers, has. */
export const findProgram = (...names: readonly string[]): string | undefined => {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...serverFolders];
  return names
    .flatMap((name) => folders.filter((folder) => folder !== '').map((folder) => join(folder, name)))
    .find(isExecutable);
};
