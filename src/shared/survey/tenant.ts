// What would become of one tenant, by the same list of resources that provisioning and the rollback walk.
import type { Outcome, Sight } from '../resource.ts';
import { leftoverOutcome, leftoversAmong } from '../resources/access.ts';
import { foreignAmong, foreignLine, isAnothers, readTags, type Tagged } from '../resources/ownership.ts';
import type { Surroundings } from '../resources/surroundings.ts';
import { isGoing, lookAll } from '../resources/teardown.ts';
import { observeAll, planAll, tenantLeftovers, tenantResources } from '../resources/tenant.ts';
import type { PlannedOutcome, TenantPlan } from './types.ts';

/** Looks only. A retired tenant's outcomes are what is left of it. */
export const planTenant = async (around: Surroundings, wave: string | undefined): Promise<TenantPlan> => {
  const { name, state, host } = around.tenant;
  const outcomes = state === 'retired' ? await planRemoval(around) : await planMaking(around);
  return { name, wave, state, host, outcomes };
};

const planMaking = async (around: Surroundings): Promise<readonly PlannedOutcome[]> => {
  const [sights, others] = await Promise.all([
    observeAll(tenantResources(around)),
    observeAll(tenantLeftovers(around)),
  ]);
  const tags = await readTags(around, [...sights, ...others]);
  const foreign = foreignAmong(around, sights, tags);
  const { outcomes } = planAll(sights, { tags, chosen: sights });
  const planned = outcomes.map((outcome, index) => {
    const sight = sights[index];
    const refused = sight && foreign.includes(sight) ? whyForeign(sight, tags) : whyUnchangeable(outcome);
    return refused ? { ...outcome, refused } : outcome;
  });
  return [...planned, ...leftoversAmong(around, { sights, others, tags }).map(leftoverOutcome)];
};

const whyForeign = (sight: Sight, tags: Tagged): string =>
  `${foreignLine(sight, tags)} ${
    isAnothers(sight, tags)
      ? 'It is never adopted; remove it there first.'
      : 'To take it over, run provision-tenant with adopt: true.'
  }`;

const whyUnchangeable = ({ differences }: Outcome): string | undefined =>
  differences
    .filter(({ how }) => how === 'refuse')
    .map(({ field, from, to, why }) => `${field} is ${from}, the manifest says ${to}. ${why ?? ''}`.trim())
    .join(' ') || undefined;

const planRemoval = async (around: Surroundings): Promise<readonly PlannedOutcome[]> => {
  const { sights, tags } = await lookAll(around, { purgeSecret: false });
  const foreign = foreignAmong(around, sights, tags);
  return sights
    .filter((sight) => sight.found && !isGoing(sight))
    .map((sight) => {
      const { step, kind, name } = sight;
      if (!foreign.includes(sight)) return { step, kind, name, action: 'delete', differences: [] };
      const refused = `${foreignLine(sight, tags)} Only what is tagged as this tenant's is ever deleted.`;
      return { step, kind, name, action: 'keep', differences: [], refused };
    });
};
