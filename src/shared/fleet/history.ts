// Two versions of one fleet compared: who has gone without having retired, and whose manifest says something else.
import type { Problem } from '../errors.ts';
import { tenantOf } from './draft.ts';
import type { Fleet } from './fleet.ts';
import { layerFleet } from './layers.ts';
import type { File } from './reader.ts';
import { placeOf } from './tree.ts';
import type { Environment, Tenant } from './types.ts';

/**
 * One problem for each tenant and environment that `before` has, not retired, and `now` has not. Its place is
 * that of the earlier version. `before` may be a fleet with problems of its own; `now` must be a sound one.
 */
export const removedWithoutRetirement = (before: readonly File[], now: Fleet): readonly Problem[] =>
  layerFleet(before)
    .drafts.filter(
      ({ environmentName, tenant, values }) =>
        values.state === 'active' && !now.tenants.get(environmentName)?.has(tenant),
    )
    .map(({ environmentName, tenant, home }) => {
      const place = placeOf(home);
      return {
        what: `${tenant} was removed from ${environmentName} before it retired: nobody would delete what it has there.`,
        fix: `Put it back into ${place.file} with state: retired, roll it back with rollback-tenant, then delete it.`,
        place,
      };
    });

/**
 * Names of the tenants of `after` whose effective manifest differs from `before`'s, or that are new there, in
 * alphabetical order. Of the environment only what a tenant's resources are made of counts: not its waves and pace.
 */
export const changedTenants = (
  before: readonly File[],
  after: Fleet,
  environment: string,
): readonly string[] => {
  const old = new Map(
    layerFleet(before)
      .drafts.filter(({ environmentName }) => environmentName === environment)
      .map((draft) => [draft.tenant, tenantOf(draft)]),
  );
  return [...(after.tenants.get(environment)?.values() ?? [])]
    .filter((tenant) => {
      const was = old.get(tenant.name);
      return !was || reaching(was) !== reaching(tenant);
    })
    .map(({ name }) => name)
    .toSorted();
};

/** The order of keys means nothing, so it is no difference; that of a list may. */
const reaching = ({ environment, ...tenant }: Tenant): string =>
  JSON.stringify({ ...tenant, environment: platformOf(environment) }, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );

const platformOf = ({
  protected: _protected,
  domain: _domain,
  basicAuthSecret: _basicAuthSecret,
  roles: _roles,
  github: _github,
  promotesFrom: _promotesFrom,
  rollout: _rollout,
  ...platform
}: Environment) => platform;
