// One tenant in one environment, layered and with its names filled in, but not yet judged.
import * as z from 'zod';
import type { Layer } from './check.ts';
import { expand } from './fields.ts';
import type { Touches } from './paths.ts';
import { ownSchema, type TenantValues } from './tenant-schema.ts';
import { type At, type Branch, find, mergeAll, type Path, plain } from './tree.ts';
import type { Environment, Tenant } from './types.ts';

export type Draft = {
  readonly tenant: string;
  readonly environmentName: string;
  /** Undefined where the environment's own file is wrong. */
  readonly environment: Environment | undefined;
  /** Where the tenant's file says that the tenant lives in this environment. */
  readonly home: At;
  /** The effective manifest; every value in it knows the layer that set it. */
  readonly tree: Branch;
  readonly isBroken: Touches;
  readonly values: TenantValues;
};

type Membership = Pick<Draft, 'tenant' | 'environmentName' | 'environment' | 'home'>;

/** Layers from the lowest to the highest. */
export const draftOf = (membership: Membership, layers: readonly Layer[]): Draft => {
  const [lowest, ...higher] = layers.map(({ branch }) => branch);
  const tree = mergeAll([lowest ?? emptyAt(membership.home), ...higher]);
  return {
    ...membership,
    tree,
    isBroken: (path) => layers.some((layer) => layer.isBroken(path)),
    values: withNames(z.parse(ownSchema, plain(tree)), membership),
  };
};

const emptyAt = (at: At): Branch => ({ kind: 'branch', at, entries: new Map() });

/** MySQL would want quotes around a hyphen wherever somebody types the name. */
const underscored = (name: string): string => name.replaceAll('-', '_');

const withNames = (
  values: TenantValues,
  { tenant, environmentName, environment }: Membership,
): TenantValues => {
  const names = {
    tenant,
    environment: environmentName,
    ...(environment && { domain: environment.domain }),
  };
  const host = expand(values.host, names);
  const forDatabase = { tenant: underscored(tenant), environment: underscored(environmentName) };
  return {
    ...values,
    host,
    variables: Object.fromEntries(
      Object.entries(values.variables).map(([key, value]) => [key, expand(value, { ...names, host })]),
    ),
    storage: { ...values.storage, path: expand(values.storage.path, names) },
    database: {
      name: expand(values.database.name, forDatabase),
      user: expand(values.database.user, forDatabase),
    },
  };
};

/** Undefined where something is still missing; the rules have said so. */
export const tenantOf = ({ tenant, environment, values }: Draft): Tenant | undefined =>
  environment && values.image
    ? {
        ...values,
        name: tenant,
        environment,
        image: values.image,
        priority: values.priority,
      }
    : undefined;

/** Where the value at the path was set, or else where the tenant says that it lives here. */
export const setAt = ({ tree, home }: Draft, path: Path): At =>
  (path.length ? find(tree, path)?.at : undefined) ?? home;
