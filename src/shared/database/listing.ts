// What a database server holds, against what the fleet's manifests say it should. Pure.
import type { Fleet } from '../fleet/fleet.ts';
import type { Environment, Tenant } from '../fleet/types.ts';
import { listEnd } from './sql.ts';

/** Names as the server has them; of an account `user@host`. */
export type Listing = { readonly databases: readonly string[]; readonly users: readonly Account[] };
export type Account = { readonly user: string; readonly host: string };

/** Undefined where the end is missing: the log has not arrived as a whole. */
export const parseListing = (lines: readonly string[]): Listing | undefined => {
  if (!lines.includes(listEnd)) return undefined;
  return {
    databases: lines.flatMap((line) => /^database ([\s\S]+)$/.exec(line)?.[1] ?? []).map(unescaped),
    users: lines.flatMap((line) => {
      const [, user, host] = /^user '([\s\S]*)'@'([\s\S]*)'$/.exec(line) ?? [];
      return user === undefined || host === undefined ? [] : { user: unescaped(user), host: unescaped(host) };
    }),
  };
};

/** The client's batch mode writes these letters so. */
const unescaped = (text: string): string =>
  text.replace(/\\([nt0\\])/g, (_, letter: string) => letters[letter] ?? letter);

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', '\\': '\\' };

/**
 * present: on the server and in a manifest. missing: in a manifest only. nobodys: on the server only, so nothing here
 * made it, or its tenant's manifest is gone.
 */
export type Standing = 'present' | 'missing' | 'nobodys';

export type Entry = {
  readonly kind: 'database' | 'user';
  /** An account that is nobody's is told with its host: `someone@10.%`. */
  readonly name: string;
  readonly state: Standing;
  /** Empty where it is nobody's. */
  readonly tenant: string;
  readonly environment: string;
};

/** Databases before users, what is missing before what is nobody's before what is there. */
export const compareListing = (found: Listing, fleet: Fleet, environment: Environment): readonly Entry[] => {
  const owners = ownersOf(fleet, environment);
  const accounts = found.users.map(({ user, host }) => (host === '%' ? user : `${user}@${host}`));
  return [
    ...compare('database', found.databases, new Map(owners.map((one) => [one.database.name, one]))),
    ...compare('user', accounts, new Map(owners.map((one) => [one.database.user, one]))),
  ].filter(({ state, environment: name }) => state !== 'missing' || name === environment.name);
};

const compare = (
  kind: Entry['kind'],
  names: readonly string[],
  wanted: ReadonlyMap<string, Tenant>,
): readonly Entry[] => {
  const there = new Set(names);
  const entries = [...new Set([...wanted.keys(), ...there])].flatMap((name): readonly Entry[] => {
    const owner = wanted.get(name);
    if (!owner) return [{ kind, name, state: 'nobodys', tenant: '', environment: '' }];
    // A retired tenant's may be gone: that is what it retired for.
    if (!there.has(name) && owner.state === 'retired') return [];
    const state = there.has(name) ? 'present' : 'missing';
    return [{ kind, name, state, tenant: owner.name, environment: owner.environment.name }];
  });
  return entries.toSorted((a, b) => order[a.state] - order[b.state] || (a.name < b.name ? -1 : 1));
};

const order: Readonly<Record<Standing, number>> = { missing: 0, nobodys: 1, present: 2 };

/** Environments may share a server: their tenants' databases are not nobody's. */
const ownersOf = ({ tenants, environments }: Fleet, { database }: Environment): readonly Tenant[] =>
  [...environments.values()]
    .filter((other) => other.database.host === database.host && other.database.port === database.port)
    .flatMap(({ name }) => [...(tenants.get(name)?.values() ?? [])]);
