// A fleet folder's files to the fleet, or to everything that is wrong with them. Pure: each file is read
// once, each tenant layered once per environment, and every check across tenants is one pass.
import { type Problem, UserError } from '../errors.ts';
import { findClashes } from './across.ts';
import type { Layer } from './check.ts';
import { type Draft, draftOf, tenantOf } from './draft.ts';
import { sortFolder } from './folder.ts';
import {
  type EnvironmentManifest,
  type Manifest,
  readDefaults,
  readEnvironment,
  readTenant,
  type TenantManifest,
} from './manifests.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { File } from './reader.ts';
import { judgeDraft } from './rules.ts';
import { placeOf } from './tree.ts';
import type { Environment, Tenant } from './types.ts';
import { checkWaves, type Wave } from './waves.ts';

export type Fleet = {
  readonly environments: ReadonlyMap<string, Environment>;
  /** By environment, then by tenant. Every environment has an entry. */
  readonly tenants: ReadonlyMap<string, ReadonlyMap<string, Tenant>>;
  /** By environment, in their order; no entry where the environment names none. */
  readonly waves: ReadonlyMap<string, readonly Wave[]>;
};

export type ParsedFleet =
  | { readonly kind: 'fleet'; readonly fleet: Fleet }
  | {
      readonly kind: 'problems';
      readonly problems: readonly Problem[];
      /** What could be read all the same; of use only to who knows which of the problems concern him. */
      readonly readable: Fleet;
    };

/** Paths are shown in problems as they are given; what is not YAML by its name is passed over. */
export const parseFleet = (files: readonly File[]): ParsedFleet => {
  const folder = sortFolder(files);
  const defaults = folder.defaults && readDefaults(folder.defaults);
  const environments = readAll(folder.environments, readEnvironment);
  const tenants = readAll(folder.tenants, readTenant);
  const read = { defaults, environments: valuesOf(environments), tenants: valuesOf(tenants) };
  const drafts = draftAll(read);
  const problems = [
    ...folder.problems,
    ...(defaults?.problems ?? []),
    ...problemsOf(environments),
    ...problemsOf(tenants),
    ...(folder.environments.size ? [] : [noEnvironment]),
    ...strangers(read),
    ...[...read.environments].flatMap(([name, manifest]) =>
      manifest ? checkWaves(name, manifest, read.tenants) : [],
    ),
    ...drafts.flatMap(judgeDraft),
    ...findClashes(drafts),
  ];
  const fleet = fleetOf(read, drafts);
  return problems.length
    ? { kind: 'problems', problems: inOrder(problems), readable: fleet }
    : { kind: 'fleet', fleet };
};

type ReadFleet = {
  readonly defaults: Manifest<Layer> | undefined;
  readonly environments: ReadonlyMap<string, EnvironmentManifest | undefined>;
  readonly tenants: ReadonlyMap<string, TenantManifest | undefined>;
};

const readAll = <T>(
  files: ReadonlyMap<string, File>,
  read: (file: File, name: string) => Manifest<T>,
): ReadonlyMap<string, Manifest<T>> => new Map([...files].map(([name, file]) => [name, read(file, name)]));

const valuesOf = <T>(manifests: ReadonlyMap<string, Manifest<T>>): ReadonlyMap<string, T | undefined> =>
  new Map([...manifests].map(([name, { value }]) => [name, value]));

const problemsOf = <T>(manifests: ReadonlyMap<string, Manifest<T>>): readonly Problem[] =>
  [...manifests.values()].flatMap(({ problems }) => problems);

const noEnvironment: Problem = {
  what: 'The fleet has no environment.',
  fix: 'Write environments/<name>.yml; docs/manifests.md shows one.',
};

/** Environments that tenants name and that have no file. */
const strangers = ({ environments, tenants }: ReadFleet): readonly Problem[] =>
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
const draftAll = (read: ReadFleet): readonly Draft[] => {
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

const fleetOf = ({ environments }: ReadFleet, drafts: readonly Draft[]): Fleet => {
  const tenants = new Map<string, Map<string, Tenant>>(
    [...environments.keys()].map((name) => [name, new Map()]),
  );
  for (const draft of drafts) {
    const tenant = tenantOf(draft);
    if (tenant) tenants.get(draft.environmentName)?.set(draft.tenant, tenant);
  }
  const known = [...environments].flatMap(([name, manifest]) => (manifest ? [{ name, manifest }] : []));
  return {
    environments: new Map(
      known.flatMap(({ name, manifest: { environment } }) =>
        environment ? [[name, environment] as const] : [],
      ),
    ),
    tenants,
    waves: new Map(known.flatMap(({ name, manifest: { waves } }) => (waves ? [[name, waves] as const] : []))),
  };
};

/** By file, line and column, each once: what is wrong in a shared layer shows up in each tenant. */
const inOrder = (problems: readonly Problem[]): readonly Problem[] => {
  const once = new Map(
    problems.map((problem) => [JSON.stringify([problem.place, problem.what, problem.fix]), problem]),
  );
  return [...once.values()].toSorted(
    ({ place: one }, { place: other }) =>
      compare(one?.file ?? '', other?.file ?? '') ||
      (one?.line ?? 0) - (other?.line ?? 0) ||
      (one?.column ?? 0) - (other?.column ?? 0),
  );
};

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Throws UserError with what there is where the environment or the tenant in it is unknown. */
export const selectTenant = (
  { tenants }: Fleet,
  { environment, tenant }: { readonly environment: string; readonly tenant: string },
): Tenant => {
  const there = tenants.get(environment);
  if (!there) throw unknown(environment, `environment ${environment}`, [...tenants.keys()]);
  const found = there.get(tenant);
  if (!found) throw unknown(tenant, `tenant ${tenant} in ${environment}`, [...there.keys()]);
  return found;
};

const unknown = (given: string, subject: string, known: readonly string[]): UserError => {
  const all = known.length ? `There are: ${known.join(', ')}.` : 'There is none.';
  const guess = nearest(given, known);
  return new UserError([
    { what: `There is no ${subject}.`, fix: guess ? `Did you mean ${guess}? ${all}` : all },
  ]);
};
