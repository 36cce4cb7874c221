// The tenant's ECS service. One UpdateService per change: two calls would be two deployments.

import { createHash } from 'node:crypto';
import type { CreateServiceCommandInput, Service } from '@aws-sdk/client-ecs';
import { Failed } from '../errors.ts';
import { containerName } from '../fleet/desired.ts';
import { namesOf, tagsOf } from '../fleet/names.ts';
import type { Tags, Tenant } from '../fleet/types.ts';
import { type Difference, type Resource, unknownYet } from '../resource.ts';
import { ecsTagList, ecsTagRecord, isNamed, orAbsent, type Surroundings } from './surroundings.ts';

type Have = { readonly service: Service; readonly tags: Tags };
type Ids = { readonly taskDefinitionArn: string; readonly targetGroupArn: string };
type Spec = ReturnType<typeof changeable> & Ids;

export const service = (around: Surroundings): Resource<Spec, Have> => {
  const { tenant, aws } = around;
  return {
    step: 'service',
    kind: 'service',
    name: namesOf(tenant).service,
    needs: ['taskDefinitionArn', 'targetGroupArn'],
    observe: () => observe(around),
    tags: (have) => have.tags,
    want: (refs) => {
      const ids = {
        taskDefinitionArn: refs.taskDefinitionArn ?? unknownYet,
        targetGroupArn: refs.targetGroupArn ?? unknownYet,
      };
      return { ...changeable(tenant, ids), ...ids };
    },
    differs,
    create: (want) => create(around, want),
    update: (want, have, differences) => update(around, { want, have, differences }),
    tag: async (have, tags) => {
      await aws.ecs.tagResource({ resourceArn: have.service.serviceArn, tags: ecsTagList(tags) });
    },
    destroy: () => destroy(around),
    refs: ({ service: { serviceArn, deployments } }) => ({
      ...(serviceArn ? { serviceArn } : {}),
      ...deploymentOf(deployments),
    }),
    isTaken: (error) => isNamed(error, 'InvalidParameterException') && /not idempotent/.test(String(error)),
  };
};

const deploymentOf = (deployments: Service['deployments']) => {
  const id = deployments?.find(({ status }) => status === 'PRIMARY')?.id;
  return id ? { deploymentId: id } : {};
};

/** What UpdateService can change. */
const changeable = (tenant: Tenant, { taskDefinitionArn, targetGroupArn }: Ids) => ({
  taskDefinition: taskDefinitionArn,
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

const observe = async ({ aws, tenant }: Surroundings): Promise<Have | undefined> => {
  const answer = await aws.ecs.describeServices({
    cluster: tenant.environment.cluster,
    services: [namesOf(tenant).service],
    include: ['TAGS'],
  });
  const found = answer.services?.[0];
  // INACTIVE services stay visible for a while after their deletion.
  if (!found || found.status === 'INACTIVE') return undefined;
  return { service: found, tags: ecsTagRecord(found.tags) };
};

const differs = (want: Spec, { service: have }: Have): readonly Difference[] => {
  if (have.status === 'DRAINING')
    return [{ field: 'status', from: 'DRAINING', to: 'ACTIVE, made anew', how: 'replace' }];
  const wanted = comparable(want);
  const found = comparable(have);
  return Object.keys(wanted)
    .filter((field) => wanted[field] !== found[field])
    .map((field) => ({ field, from: found[field] ?? '', to: wanted[field] ?? '', how: 'update' }));
};

const comparable = (of: Omit<Service, 'tags'> | Spec): Readonly<Record<string, string>> => {
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
    propagateTags: of.propagateTags ?? 'NONE',
  };
};

const create = async (around: Surroundings, want: Spec): Promise<Have> => {
  const { aws, tenant, runToken, clock } = around;
  const { taskDefinitionArn, targetGroupArn, ...settings } = want;
  const tags = tagsOf(tenant);
  const input: CreateServiceCommandInput = {
    ...settings,
    cluster: tenant.environment.cluster,
    serviceName: namesOf(tenant).service,
    launchType: 'FARGATE',
    // At most 36 characters; another specification must not meet an old token.
    clientToken: createHash('sha256')
      .update(`${runToken} ${JSON.stringify(want)}`)
      .digest('hex')
      .slice(0, 36),
    tags: ecsTagList(tags),
  };
  for (let attempt = 1; ; attempt++) {
    try {
      const made = await aws.ecs.createService(input);
      return { service: made.service ?? {}, tags };
    } catch (error) {
      if (!isSettling(error) || attempt >= 60) throw explainCreate(error, tenant);
      await clock.sleep(5_000);
    }
  }
};

/** Refusals that pass by themselves: the old service drains, a rule or a role written just now is not seen yet. */
const isSettling = (error: unknown): boolean =>
  isNamed(error, 'InvalidParameterException') &&
  /still Draining|does not have an associated load balancer|service linked role/i.test(String(error));

const explainCreate = (error: unknown, { environment }: Tenant): unknown =>
  isNamed(error, 'ClusterNotFoundException')
    ? new Failed(
        `There is no ECS cluster named ${environment.cluster} in ${environment.region} of account ${environment.accountId}.`,
        `Correct cluster in environments/${environment.name}.yml.`,
      )
    : error;

type Change = { readonly want: Spec; readonly have: Have; readonly differences: readonly Difference[] };

const update = async ({ aws, tenant }: Surroundings, { want, have }: Change): Promise<Have> => {
  const { taskDefinitionArn, targetGroupArn, ...settings } = want;
  const changed = await aws.ecs.updateService({
    ...settings,
    cluster: tenant.environment.cluster,
    service: namesOf(tenant).service,
  });
  return { ...have, service: changed.service ?? have.service };
};

/** Scales to zero, deletes, and waits until the name is free and the tasks are gone. */
const destroy = async (around: Surroundings): Promise<void> => {
  const { aws, tenant, clock, log } = around;
  const cluster = tenant.environment.cluster;
  const name = namesOf(tenant).service;
  const gone = async () => {
    const found = await observe(around);
    return found?.service.status !== 'ACTIVE' && found?.service.status !== 'DRAINING';
  };
  const status = (await observe(around))?.service.status;
  if (status === 'ACTIVE') {
    await orAbsent(
      aws.ecs.updateService({ cluster, service: name, desiredCount: 0 }),
      'ServiceNotActiveException',
    );
    await orAbsent(
      aws.ecs.deleteService({ cluster, service: name, force: true }),
      'ServiceNotFoundException',
    );
  }
  for (let looks = 1; !(await gone()); looks++) {
    if (looks === 1) log.info(`service ${name}: draining; its tasks stop within minutes`);
    if (looks >= 200)
      throw new Failed(
        `Service ${name} is still draining.`,
        'Look at its tasks in the ECS console; run again to go on from here.',
      );
    await clock.sleep(Math.min(1_000 * looks, 5_000));
  }
};
