// Which environments and tenants a plan is for. Pure.
import { type Problem, UserError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { changedTenants } from '../fleet/history.ts';
import { didYouMean } from '../fleet/nearest.ts';
import type { File } from '../fleet/reader.ts';
import type { Environment } from '../fleet/types.ts';

export type Choosing = {
  /** Undefined takes all that have tenants: one that is only being prepared has no roles yet. */
  readonly environment: string | undefined;
  /** Empty lists take all; together they take who is in each. */
  readonly tenants: readonly string[];
  readonly waves: readonly string[];
  /** Manifests of an earlier commit: only tenants that differ from them. */
  readonly before: readonly File[] | undefined;
};

export type Chosen = { readonly environment: Environment; readonly isWanted: (tenant: string) => boolean };

/** Throws UserError for every name that is in none of the chosen environments. */
export const choose = (fleet: Fleet, given: Choosing): readonly Chosen[] => {
  const all = [...fleet.environments.values()];
  const environments = all.filter(({ name }) =>
    given.environment === undefined ? fleet.tenants.get(name)?.size : name === given.environment,
  );
  const names = environments.map(({ name }) => name);
  const problems = [
    ...strangers([given.environment ?? []].flat(), [...fleet.environments.keys()], 'environment'),
    ...strangers(given.tenants, tenantsIn(fleet, names), 'tenant'),
    ...strangers(given.waves, wavesIn(fleet, names), 'wave'),
  ];
  if (problems.length) throw new UserError(problems);
  return environments.map((environment) => ({ environment, isWanted: wantedIn(fleet, environment, given) }));
};

const wantedIn = (
  fleet: Fleet,
  { name }: Environment,
  { tenants, waves, before }: Choosing,
): Chosen['isWanted'] => {
  const changed = before && new Set(changedTenants(before, fleet, name));
  const members = new Set(
    (fleet.waves.get(name) ?? []).filter((wave) => waves.includes(wave.name)).flatMap((wave) => wave.tenants),
  );
  return (tenant) =>
    (!tenants.length || tenants.includes(tenant)) &&
    (!waves.length || members.has(tenant)) &&
    (changed?.has(tenant) ?? true);
};

const tenantsIn = ({ tenants }: Fleet, names: readonly string[]): readonly string[] =>
  names.flatMap((name) => [...(tenants.get(name)?.keys() ?? [])]);

const wavesIn = ({ waves }: Fleet, names: readonly string[]): readonly string[] =>
  names.flatMap((name) => (waves.get(name) ?? []).map((wave) => wave.name));

const strangers = (
  given: readonly string[],
  known: readonly string[],
  kind: 'environment' | 'tenant' | 'wave',
): readonly Problem[] =>
  given
    .filter((name) => !known.includes(name))
    .map((name) => ({
      what: `There is no ${kind} ${name}.`,
      fix: didYouMean(name, known, `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}s`),
    }));
