// Each file of a fleet read and checked by itself, exactly once.
import type { Problem } from '../errors.ts';
import { checkLayer, type Layer } from './check.ts';
import { type EnvironmentFile, environmentFileSchema, environmentOf } from './environment-schema.ts';
import { misnamed } from './misnamed.ts';
import { type File, readManifest } from './reader.ts';
import { tenantFileSchema, tenantSchema } from './tenant-schema.ts';
import { type At, find, mergeAll, type Path, pick, placeOf, plain } from './tree.ts';
import type { Environment } from './types.ts';

/** A value, and everything that is wrong in its file. `value` is undefined where YAML cannot read the file. */
export type Manifest<T> = { readonly value: T | undefined; readonly problems: readonly Problem[] };

export type EnvironmentManifest = {
  /** Undefined where the file is too wrong to know. */
  readonly environment: Environment | undefined;
  readonly defaults: Layer;
  readonly waves: EnvironmentFile['waves'];
  /** The file as it stands, wrong or not, and the places of all that is in it. */
  readonly written: Layer;
};

export type Home = { readonly home: At; readonly override: Layer };
export type TenantManifest = { readonly own: Layer; readonly environments: ReadonlyMap<string, Home> };

export const readDefaults = (file: File): Manifest<Layer> => {
  const { branch, refused, problems } = readManifest(file);
  if (!branch) return { value: undefined, problems };
  const checked = checkLayer(tenantSchema, branch, refused);
  return { value: checked, problems: [...problems, ...checked.problems] };
};

export const readEnvironment = (file: File, name: string): Manifest<EnvironmentManifest> => {
  const { branch, refused, problems } = readManifest(file);
  if (!branch) return { value: undefined, problems };
  const checked = checkLayer(environmentFileSchema, branch, refused);
  // Still whole without what was wrong: then its tenants can be judged as well.
  const parsed = environmentFileSchema.safeParse(plain(mergeAll([checked.branch])));
  const value: EnvironmentManifest = {
    environment: parsed.success ? { ...environmentOf(parsed.data), name } : undefined,
    defaults: layerAt(checked, ['defaults']),
    waves: parsed.success ? parsed.data.waves : undefined,
    written: { branch: mergeAll([branch]), isBroken: checked.isBroken },
  };
  return {
    value,
    problems: [...problems, ...checked.problems, ...misnamed(checked.branch, name, 'environments')],
  };
};

export const readTenant = (file: File, name: string): Manifest<TenantManifest> => {
  const { branch, refused, problems } = readManifest(file);
  if (!branch) return { value: undefined, problems };
  const checked = checkLayer(tenantFileSchema, branch, refused);
  const listed = find(checked.branch, ['environments']);
  const homes = new Map<string, Home>();
  const empties: Problem[] = [];
  for (const [environment, { key, value }] of listed?.kind === 'branch' ? listed.entries : []) {
    if (value.kind === 'leaf') empties.push(emptyHome(environment, key));
    homes.set(environment, { home: key, override: layerAt(checked, ['environments', environment]) });
  }
  const own = {
    branch: pick(checked.branch, (key) => key !== 'name' && key !== 'environments'),
    isBroken: checked.isBroken,
  };
  const wrong = [...problems, ...checked.problems, ...empties, ...misnamed(checked.branch, name, 'tenants')];
  return { value: { own, environments: homes }, problems: wrong };
};

/** `sit:` and nothing more could mean "in sit" or, as everywhere else, "not in sit". */
const emptyHome = (environment: string, key: At): Problem => ({
  what: `\`environments.${environment}\` is empty.`,
  fix: `Write ${environment}: {} for a tenant that needs nothing of its own there, or delete the line.`,
  place: placeOf(key),
});

const layerAt = ({ branch, isBroken }: Layer, path: Path): Layer => {
  const found = find(branch, path);
  return {
    branch: found?.kind === 'branch' ? found : { kind: 'branch', at: branch.at, entries: new Map() },
    isBroken: (inside) => isBroken([...path, ...inside]),
  };
};
