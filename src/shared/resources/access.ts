// How a tenant's tasks come to read its secret: what that takes under the environment's strategy, and what the tenant
// may still have from another one.
import { type Ensuring, piece } from '../ensure.ts';
import type { Access } from '../fleet/types.ts';
import type { Outcome, Piece, Sight } from '../resource.ts';
import { accessPolicy, sharedAccessPolicy } from './access-policy.ts';
import { executionPolicy, executionRole } from './execution-role.ts';
import { foreignAmong, type Tagged } from './ownership.ts';
import type { Surroundings } from './surroundings.ts';

/** Each after what it needs. */
export const accessResources = (around: Surroundings, ensuring: Ensuring): readonly Piece[] => {
  switch (around.tenant.environment.access.strategy) {
    case 'inline-policy':
      return [piece(accessPolicy(around), ensuring)];
    case 'path-wildcard':
      return [piece(sharedAccessPolicy(around), ensuring)];
    // The database step reads the master's secret as well, which no tenant's role may: it keeps the environment's role.
    case 'role-per-tenant':
      return [
        piece(sharedAccessPolicy(around), ensuring),
        piece(executionRole(around), ensuring),
        piece(executionPolicy(around), ensuring),
        piece(accessPolicy(around), ensuring),
      ];
  }
};

/** What only another strategy gives a tenant. Tasks that started under it need it until the last of them is gone. */
export const otherAccess = (around: Surroundings, ensuring: Ensuring): readonly Piece[] => {
  const { access, executionRole: shared } = around.tenant.environment;
  const by: Readonly<Partial<Record<Access['strategy'], () => Piece>>> = {
    'inline-policy': () => piece(accessPolicy(around, shared), ensuring),
    'role-per-tenant': () => piece(executionRole(around), ensuring),
  };
  return Object.entries(by).flatMap(([strategy, make]) => (strategy === access.strategy ? [] : [make()]));
};

/** Those of `others` that are there and this tenant's. `sights` are all of the tenant's. */
export const leftoversAmong = (
  around: Surroundings,
  {
    sights,
    others,
    tags,
  }: { readonly sights: readonly Sight[]; readonly others: readonly Sight[]; readonly tags: Tagged },
): readonly Sight[] => {
  const foreign = foreignAmong(around, [...sights, ...others], tags);
  return others.filter((sight) => sight.found && !foreign.includes(sight));
};

export const leftoverOutcome = ({ step, kind, name }: Sight): Outcome => ({
  step,
  kind,
  name,
  action: 'keep',
  differences: [],
  note: 'left from another access strategy; running tasks and the way back may need it. rollback-tenant with mode teardown removes it',
});
