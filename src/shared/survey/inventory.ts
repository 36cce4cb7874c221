// Everything in an environment that could be a tenant's, listed once: quotas are counted on it, orphans found in it.
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Environment } from '../fleet/types.ts';
import type { Platform } from '../platform.ts';
import { type ListedRule, listRules } from '../resources/rule-listing.ts';
import { isNamed } from '../resources/surroundings.ts';
import type { Aws } from '../world.ts';

export type Inventory = {
  /** Of every listener of the load balancer, default rules left out. */
  readonly rules: readonly ListedRule[];
  /** Of the whole region. */
  readonly targetGroups: readonly TargetGroup[];
  readonly loadBalancerArn: string;
  readonly services: readonly string[];
  readonly accessPoints: number;
  /** Inline policies of the environment's execution role, with their text. */
  readonly policies: ReadonlyMap<string, string>;
  readonly limits: { readonly rules: number; readonly targetGroups: number };
};

type Place = { readonly environment: Environment; readonly platform: Platform; readonly aws: Aws };

export const takeInventory = async (place: Place): Promise<Inventory> => {
  const [routing, targetGroups, services, accessPoints, policies, limits] = await Promise.all([
    listRouting(place),
    listTargetGroups(place),
    listServices(place),
    countAccessPoints(place),
    listPolicies(place),
    readLimits(place),
  ]);
  return { ...routing, targetGroups, services, accessPoints, policies, limits };
};

const listRouting = async ({ environment, platform, aws }: Place) => {
  const { LoadBalancers } = await aws.elb.describeLoadBalancers({ Names: [environment.loadBalancer.name] });
  const loadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const rules: ListedRule[] = [];
  for await (const page of aws.elb.paginateDescribeListeners({ LoadBalancerArn: loadBalancerArn }))
    for (const { ListenerArn: listenerArn = '' } of page.Listeners ?? [])
      rules.push(...(await listRules({ aws, platform: { ...platform, listenerArn } })));
  return { loadBalancerArn, rules: rules.filter(({ isDefault }) => !isDefault) };
};

const listTargetGroups = async ({ aws }: Place): Promise<readonly TargetGroup[]> => {
  const groups: TargetGroup[] = [];
  for await (const page of aws.elb.paginateDescribeTargetGroups({}))
    groups.push(...(page.TargetGroups ?? []));
  return groups;
};

const listServices = async ({ environment, aws }: Place): Promise<readonly string[]> => {
  const names: string[] = [];
  const pages = aws.ecs.paginateListServices({ cluster: environment.cluster, maxResults: 100 });
  for await (const page of pages)
    names.push(...(page.serviceArns ?? []).map((arn) => arn.split('/').at(-1) ?? ''));
  return names;
};

const countAccessPoints = async ({ environment, aws }: Place): Promise<number> => {
  let count = 0;
  const pages = aws.efs.paginateDescribeAccessPoints({ FileSystemId: environment.fileSystem });
  for await (const page of pages) count += page.AccessPoints?.length ?? 0;
  return count;
};

/** A role that does not exist holds none; provisioning says what is wrong with it. */
const listPolicies = async ({ environment, aws }: Place): Promise<ReadonlyMap<string, string>> => {
  const RoleName = environment.executionRole.split('/').at(-1) ?? '';
  const policies = new Map<string, string>();
  try {
    for await (const page of aws.iam.paginateListRolePolicies({ RoleName }))
      for (const PolicyName of page.PolicyNames ?? []) {
        const { PolicyDocument = '' } = await aws.iam.getRolePolicy({ RoleName, PolicyName });
        policies.set(PolicyName, decodeURIComponent(PolicyDocument));
      }
  } catch (error) {
    if (!isNamed(error, 'NoSuchEntityException')) throw error;
  }
  return policies;
};

/** What the account was given; 100 of each is what every account starts with. */
const readLimits = async ({ aws }: Place): Promise<Inventory['limits']> => {
  const { Limits } = await aws.elb.describeAccountLimits({});
  const limit = (name: string): number => Number(Limits?.find(({ Name }) => Name === name)?.Max ?? 100);
  return {
    rules: limit('rules-per-application-load-balancer'),
    targetGroups: limit('target-groups-per-application-load-balancer'),
  };
};
