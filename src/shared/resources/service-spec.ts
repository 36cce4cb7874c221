// What a tenant's service should be, and in which settings a found one differs. Pure.
import type { Service } from '@aws-sdk/client-ecs';
import { containerName } from '../fleet/desired.ts';
import type { Tenant } from '../fleet/types.ts';
import { primaryOf } from '../judge/deployment.ts';
import type { Difference } from '../resource.ts';

type Ids = { readonly taskDefinition: string; readonly targetGroupArn: string };

/** What UpdateService can change. */
export const serviceSpec = (tenant: Tenant, { taskDefinition, targetGroupArn }: Ids) => ({
  taskDefinition,
  desiredCount: tenant.desiredCount,
  healthCheckGracePeriodSeconds: tenant.healthCheck.gracePeriodSeconds,
  deploymentConfiguration: {
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    // AWS's own threshold is never under 3 failures, half an hour for one task that takes ten minutes to fail.
    deploymentCircuitBreaker: {
      enable: true,
      rollback: tenant.circuitBreaker.rollback,
      thresholdConfiguration: { type: 'COUNT' as const, value: tenant.circuitBreaker.threshold },
    },
  },
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: [...tenant.environment.network.subnets],
      securityGroups: [...tenant.environment.network.securityGroups],
      assignPublicIp: tenant.environment.network.assignPublicIp
        ? ('ENABLED' as const)
        : ('DISABLED' as const),
    },
  },
  loadBalancers: [{ targetGroupArn, containerName, containerPort: tenant.containerPort }],
  propagateTags: 'SERVICE' as const,
  enableECSManagedTags: true,
});

export type ServiceSpec = ReturnType<typeof serviceSpec>;

/** The field that says a new deployment has to be forced: nothing else in the service need differ. */
export const deploymentField = 'deployment';

/** Fields that UpdateService would change; a draining service cannot be changed, only made anew. */
export const differingSettings = (want: ServiceSpec, have: Service): readonly Difference[] => {
  if (have.status === 'DRAINING')
    return [{ field: 'status', from: 'DRAINING', to: 'ACTIVE, made anew', how: 'replace' }];
  const wanted = comparable(want);
  const found = comparable(have);
  const fixed = differingLaunchType(have);
  if (fixed) return [fixed];
  const settings = Object.keys(wanted)
    .filter((field) => wanted[field] !== found[field])
    .map((field) => ({ field, from: found[field] ?? '', to: wanted[field] ?? '', how: 'update' as const }));
  return [...settings, ...givenUp(have)];
};

/** ECS starts no task of a deployment that it gave up: mending what it failed by brings nothing back. */
export const givenUp = (have: Service): readonly Difference[] =>
  primaryOf(have)?.rolloutState === 'FAILED'
    ? [{ field: deploymentField, from: 'failed', to: 'new', how: 'update' }]
    : [];

const comparable = (of: Service | ServiceSpec): Readonly<Record<string, string>> => {
  const network = of.networkConfiguration?.awsvpcConfiguration;
  const breaker = of.deploymentConfiguration?.deploymentCircuitBreaker;
  const balancer = of.loadBalancers?.[0];
  return {
    taskDefinition: of.taskDefinition ?? '',
    desiredCount: String(of.desiredCount),
    healthCheckGracePeriodSeconds: String(of.healthCheckGracePeriodSeconds),
    subnets: [...(network?.subnets ?? [])].sort().join(' '),
    securityGroups: [...(network?.securityGroups ?? [])].sort().join(' '),
    assignPublicIp: network?.assignPublicIp ?? 'DISABLED',
    loadBalancer: `${balancer?.targetGroupArn} ${balancer?.containerName}:${balancer?.containerPort}`,
    circuitBreaker: `${breaker?.enable ? 'on' : 'off'}, rollback ${breaker?.rollback ? 'on' : 'off'}, after ${breaker?.thresholdConfiguration?.value ?? 'default'} ${breaker?.thresholdConfiguration?.type ?? ''}`,
    percents: `${of.deploymentConfiguration?.minimumHealthyPercent} to ${of.deploymentConfiguration?.maximumPercent}`,
    propagateTags: of.propagateTags ?? 'NONE',
    enableECSManagedTags: String(of.enableECSManagedTags ?? false),
  };
};

const differingLaunchType = ({ launchType, capacityProviderStrategy }: Service): Difference | undefined =>
  launchType === 'FARGATE' && !capacityProviderStrategy?.length
    ? undefined
    : {
        field: 'launchType',
        from:
          launchType ??
          capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider).join(' ') ??
          '',
        to: 'FARGATE',
        how: 'refuse',
        why: 'A running service keeps how it was launched. Run rollback-tenant with mode teardown (it keeps files, and the database unless asked), then provision again.',
      };
