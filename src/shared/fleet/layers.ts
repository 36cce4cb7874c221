// A fleet folder's files read, each once, and each tenant layered once per environment that it lives in.
import type { Problem } from '../errors.ts';
import type { Layer } from './check.ts';
import { type Draft, draftOf } from './draft.ts';
import { type Folder, sortFolder } from './folder.ts';
import {
  type EnvironmentManifest,
  type Manifest,
  readDefaults,
  readEnvironment,
  readTenant,
  type TenantManifest,
} from './manifests.ts';
import { didYouMean } from './nearest.ts';
import type { File } from './reader.ts';
import { placeOf } from './tree.ts';

type Read = {
  readonly defaults: Manifest<Layer> | undefined;
  /** `undefined` where the file cannot be read. */
  readonly environments: ReadonlyMap<string, EnvironmentManifest | undefined>;
  readonly tenants: ReadonlyMap<string, TenantManifest | undefined>;
};

export type LayeredFleet = Omit<Read, 'defaults'> & {
  readonly drafts: readonly Draft[];
  /** What is wrong in single files, and environments that do not exist. */
  readonly problems: readonly Problem[];
};

export const layerFleet = (files: readonly File[]): LayeredFleet => {
  const folder = sortFolder(files);
  const defaults = folder.defaults && readDefaults(folder.defaults);
  const environments = readAll(folder.environments, readEnvironment);
  const tenants = readAll(folder.tenants, readTenant);
  const read = { defaults, environments: valuesOf(environments), tenants: valuesOf(tenants) };
  return {
    environments: read.environments,
    tenants: read.tenants,
    drafts: draftAll(read),
    problems: [
      ...folder.problems,
      ...(defaults?.problems ?? []),
      ...problemsOf(environments),
      ...problemsOf(tenants),
      ...(folder.environments.size || isOfApplications(folder) ? [] : [noEnvironment]),
      ...strangers(read),
    ],
  };
};

const readAll = <T>(
  files: ReadonlyMap<string, File>,
  read: (file: File, name: string) => Manifest<T>,
): ReadonlyMap<string, Manifest<T>> => new Map([...files].map(([name, file]) => [name, read(file, name)]));

const valuesOf = <T>(manifests: ReadonlyMap<string, Manifest<T>>): ReadonlyMap<string, T | undefined> =>
  new Map([...manifests].map(([name, { value }]) => [name, value]));

const problemsOf = <T>(manifests: ReadonlyMap<string, Manifest<T>>): readonly Problem[] =>
  [...manifests.values()].flatMap(({ problems }) => problems);

/** Applications have their environments in their own files. */
const isOfApplications = ({ applications, tenants, defaults }: Folder<File>): boolean =>
  applications.size > 0 && tenants.size === 0 && !defaults;

const noEnvironment: Problem = {
  what: 'The fleet has no environment.',
  fix: 'Write environments/<name>.yml; docs/manifests.md shows one.',
};

/** Environments that tenants name and that have no file. */
const strangers = ({ environments, tenants }: Read): readonly Problem[] =>
  [...tenants.values()].flatMap((tenant) =>
    [...(tenant?.environments ?? [])]
      .filter(([name]) => !environments.has(name))
      .map(([name, { home }]) => ({
        what: `There is no environment ${name}.`,
        fix: didYouMean(name, [...environments.keys()], 'Environments'),
        place: placeOf(home),
      })),
  );

/** Nobody can tell what a tenant is whose lower layers cannot be read: it is left out. */
const draftAll = (read: Read): readonly Draft[] => {
  if (read.defaults && !read.defaults.value) return [];
  const defaults = read.defaults?.value;
  return [...read.tenants].flatMap(([tenant, manifest]) =>
    manifest
      ? [...manifest.environments].flatMap(([name, { home, override }]) => {
          const environment = read.environments.get(name);
          if (!environment) return [];
          const layers = [...(defaults ? [defaults] : []), environment.defaults, manifest.own, override];
          return [
            draftOf({ tenant, environmentName: name, environment: environment.environment, home }, layers),
          ];
        })
      : [],
  );
};
