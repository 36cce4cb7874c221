// A fleet folder's files to the fleet, or to everything that is wrong with them. Pure: each file is read
// once, each tenant layered once per environment, and every check across tenants is one pass.
import { type Problem, UserError } from '../errors.ts';
import { findClashes } from './across.ts';
import { tenantOf } from './draft.ts';
import { judgeEnvironments } from './environment-rules.ts';
import { type LayeredFleet, layerFleet } from './layers.ts';
import type { EnvironmentManifest } from './manifests.ts';
import { nearest } from './nearest.ts';
import { inOrder } from './order.ts';
import type { File } from './reader.ts';
import { judgeDraft } from './rules.ts';
import { find } from './tree.ts';
import type { Environment, Tenant } from './types.ts';
import { checkWaves } from './wave-rules.ts';
import { resolveWaves, type Wave } from './waves.ts';

export type Fleet = {
  readonly environments: ReadonlyMap<string, Environment>;
  /** By environment, then by tenant. Every environment has an entry. */
  readonly tenants: ReadonlyMap<string, ReadonlyMap<string, Tenant>>;
  /** By environment, in their order. Retired tenants are in none. */
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
  const layered = layerFleet(files);
  const problems = [
    ...layered.problems,
    ...judgeEnvironments(layered.environments),
    ...[...layered.environments].flatMap(([name, manifest]) =>
      manifest ? checkWaves(name, manifest, layered.tenants) : [],
    ),
    ...layered.drafts.flatMap(judgeDraft),
    ...findClashes(layered.drafts),
  ];
  const fleet = fleetOf(layered);
  return problems.length
    ? { kind: 'problems', problems: inOrder(problems), readable: fleet }
    : { kind: 'fleet', fleet };
};

const fleetOf = ({ environments, drafts }: LayeredFleet): Fleet => {
  const tenants = new Map<string, Map<string, Tenant>>(
    [...environments.keys()].map((name) => [name, new Map()]),
  );
  for (const draft of drafts) {
    const tenant = tenantOf(draft);
    if (tenant) tenants.get(draft.environmentName)?.set(draft.tenant, tenant);
  }
  const known = [...environments].flatMap(([name, manifest]) =>
    manifest?.environment ? [{ name, manifest, environment: manifest.environment }] : [],
  );
  return {
    environments: new Map(known.map(({ name, environment }) => [name, environment])),
    tenants,
    waves: new Map(
      known.map(({ name, manifest, environment }) => [
        name,
        wavesOf(manifest, environment, [...(tenants.get(name)?.values() ?? [])]),
      ]),
    ),
  };
};

/** Written waves that cannot be understood are none, and not the one wave of whom writes none. */
const wavesOf = (
  { waves, written }: EnvironmentManifest,
  { rollout }: Environment,
  tenants: readonly Tenant[],
): readonly Wave[] => {
  if (!waves && find(written.branch, ['waves'])) return [];
  const active = tenants.flatMap(({ name, state }) => (state === 'active' ? [name] : []));
  return resolveWaves(waves, rollout, active);
};

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
