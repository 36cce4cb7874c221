// Quotas that a fleet meets, as they stand and as they would stand after the plan. Pure.
import { accessPolicyDocument } from '../fleet/desired.ts';
import { namesOf } from '../fleet/names.ts';
import type { Environment, Tenant } from '../fleet/types.ts';
import type { Inventory } from './inventory.ts';
import type { Headroom, TenantPlan } from './types.ts';

/** Characters over all inline policies of a role, spaces not counted; AWS raises it for nobody. */
const policyCharacters = 10_240;
/** What every account starts with; AWS raises it on request. */
const accessPointsPerFileSystem = 10_000;
const servicesPerCluster = 5_000;

export type Counting = {
  readonly environment: Environment;
  readonly inventory: Inventory;
  readonly plans: readonly TenantPlan[];
  /** Those of the plans. */
  readonly tenants: ReadonlyMap<string, Tenant>;
};

export const headroomOf = (counting: Counting): readonly Headroom[] => {
  const { environment, inventory, plans } = counting;
  const balancer = environment.loadBalancer.name;
  return [
    count('rules', {
      of: balancer,
      now: inventory.rules.length,
      change: balance(plans, 'listener rule'),
      limit: inventory.limits.rules,
      remedy:
        'Ask for more under Service Quotas, Elastic Load Balancing, "Rules per Application Load Balancer".',
    }),
    targetGroups(counting),
    ...policies(counting),
    count('access points', {
      of: environment.fileSystem,
      now: inventory.accessPoints,
      change: balance(plans, 'access point'),
      limit: accessPointsPerFileSystem,
      remedy: 'Ask for more under Service Quotas, Elastic File System, or use a second file system.',
    }),
    count('services', {
      of: environment.cluster,
      now: inventory.services.length,
      change: balance(plans, 'service'),
      limit: servicesPerCluster,
      remedy: 'Ask for more under Service Quotas, Elastic Container Service, or use a second cluster.',
    }),
  ];
};

type Count = {
  readonly of: string;
  readonly now: number;
  readonly change: number;
  readonly limit: number;
  readonly remedy: string;
};

const count = (quota: string, { of, now, change, limit, remedy }: Count): Headroom => {
  const after = now + change;
  return { quota, of, now, after, limit, unit: '', room: Math.max(0, limit - after), remedy };
};

/** Made minus deleted. A refused tenant is neither. */
const balance = (plans: readonly TenantPlan[], kind: string): number =>
  feasible(plans)
    .flatMap(({ outcomes }) => outcomes)
    .filter((outcome) => outcome.kind === kind)
    .reduce((sum, { action }) => sum + Number(action === 'create') - Number(action === 'delete'), 0);

const feasible = (plans: readonly TenantPlan[]): readonly TenantPlan[] =>
  plans.filter(({ outcomes }) => outcomes.every(({ refused }) => refused === undefined));

/** Different groups that the load balancer's rules send to: a group counts from its first rule on. */
const targetGroups = ({ environment, inventory, plans }: Counting): Headroom => {
  const used = new Set(
    inventory.targetGroups
      .filter(({ LoadBalancerArns = [] }) => LoadBalancerArns.includes(inventory.loadBalancerArn))
      .map(({ TargetGroupName }) => TargetGroupName ?? ''),
  );
  const after = new Set(used);
  for (const { name, state } of feasible(plans)) {
    const { targetGroup } = namesOf({ name, environment });
    if (state === 'active') after.add(targetGroup);
    else after.delete(targetGroup);
  }
  return count('target groups', {
    of: environment.loadBalancer.name,
    now: used.size,
    change: after.size - used.size,
    limit: inventory.limits.targetGroups,
    remedy: 'AWS raises this for nobody: put further tenants into an environment with another load balancer.',
  });
};

/** Only where each tenant adds a policy to the role that all of them share. */
const policies = ({ environment, inventory, plans, tenants }: Counting): readonly Headroom[] => {
  if (environment.access.strategy !== 'inline-policy') return [];
  const after = new Map([...inventory.policies].map(([name, text]) => [name, sizeOf(text)]));
  const now = total(after);
  const sizes = [...tenants.values()].map((tenant) => sizeOf(JSON.stringify(accessPolicyDocument(tenant))));
  for (const { name, state } of feasible(plans)) {
    const tenant = tenants.get(name);
    const { accessPolicy } = namesOf({ name, environment });
    if (state === 'retired') after.delete(accessPolicy);
    else if (tenant) after.set(accessPolicy, sizeOf(JSON.stringify(accessPolicyDocument(tenant))));
  }
  const taken = total(after);
  // The longest of them: a promise of room must hold for the next tenant too.
  const each = Math.max(0, ...sizes);
  return [
    {
      quota: 'inline policies',
      of: environment.executionRole,
      now,
      after: taken,
      limit: policyCharacters,
      unit: 'characters',
      room: each ? Math.max(0, Math.floor((policyCharacters - taken) / each)) : 0,
      remedy:
        'AWS raises this for nobody: set access.strategy in the environment manifest to path-wildcard or role-per-tenant.',
    },
  ];
};

const sizeOf = (text: string): number => text.replace(/\s/g, '').length;

const total = (sizes: ReadonlyMap<string, number>): number =>
  [...sizes.values()].reduce((sum, size) => sum + size, 0);
