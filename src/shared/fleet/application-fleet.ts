// All applications of a fleet folder, or everything that is wrong with them.
import type { Problem } from '../errors.ts';
import type { Application } from './application.ts';
import { findApplicationClashes, findSharedGates } from './application-across.ts';
import { readApplication } from './application-manifest.ts';
import { sortFolder } from './folder.ts';
import type { File } from './reader.ts';
import type { Environment } from './types.ts';

export type ParsedApplications = {
  /** By application, then by environment, as far as they are right. */
  readonly applications: readonly Application[];
  readonly problems: readonly Problem[];
};

/** `environments` are the tenants'. Files that are no application's are passed over. */
export const parseApplications = (
  files: readonly File[],
  environments: Iterable<Environment>,
): ParsedApplications => {
  const read = [...sortFolder(files).applications].map(([name, file]) => readApplication(file, name));
  const drafts = read.flatMap((manifest) => manifest.drafts);
  return {
    applications: drafts.flatMap(({ value }) => value ?? []),
    problems: [
      ...read.flatMap(({ problems }) => problems),
      ...findApplicationClashes(drafts),
      ...findSharedGates(drafts, environments),
    ],
  };
};
