// The tenant's ECS service. One UpdateService per change: two calls would be two deployments.

import { createHash } from 'node:crypto';
import type { CreateServiceCommandInput, Service } from '@aws-sdk/client-ecs';
import { Failed } from '../errors.ts';
import { namesOf, tagsOf } from '../fleet/names.ts';
import type { Tags } from '../fleet/types.ts';
import { primaryOf } from '../judge/deployment.ts';
import { messageOf } from '../report.ts';
import { type Difference, type Resource, unknownYet } from '../resource.ts';
import { deploymentField, differingSettings, type ServiceSpec as Spec, serviceSpec } from './service-spec.ts';
import { ecsTagList, ecsTagRecord, isNamed, orAbsent, type Surroundings } from './surroundings.ts';

type Have = { readonly service: Service; readonly tags: Tags };

export const service = (around: Surroundings): Resource<Spec, Have> => {
  const { tenant, aws } = around;
  return {
    step: 'service',
    kind: 'service',
    name: namesOf(tenant).service,
    // A target group without a rule has no load balancer, and CreateService refuses it.
    needs: ['taskDefinitionArn', 'targetGroupArn', 'ruleArn'],
    observe: () => observe(around),
    tags: (have) => have.tags,
    want: (refs) => {
      const taskDefinition = refs.taskDefinitionArn ?? unknownYet;
      return serviceSpec(tenant, { taskDefinition, targetGroupArn: refs.targetGroupArn ?? unknownYet });
    },
    differs: (want, have) => differingSettings(want, have.service),
    create: (want) => create(around, want),
    update: (want, have, differences) => update(around, { want, have, differences }),
    tag: async (have, tags) => {
      await aws.ecs.tagResource({ resourceArn: have.service.serviceArn, tags: ecsTagList(tags) });
    },
    destroy: () => destroy(around),
    refs: ({ service: { serviceArn, deployments } }) => ({
      ...(serviceArn ? { serviceArn } : {}),
      ...deploymentOf({ deployments }),
    }),
    isTaken: (error) => isNamed(error, 'InvalidParameterException') && /not idempotent/.test(String(error)),
  };
};

const deploymentOf = (service: Pick<Service, 'deployments'>) => {
  const id = primaryOf(service)?.id;
  return id ? { deploymentId: id } : {};
};

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

const create = async (around: Surroundings, want: Spec): Promise<Have> => {
  const { aws, tenant, runToken, clock, log } = around;
  const tags = tagsOf(tenant);
  const input: CreateServiceCommandInput = {
    ...want,
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
  for (;;) {
    try {
      const made = await aws.ecs.createService(input);
      return { service: made.service ?? {}, tags };
    } catch (error) {
      if (!isSettling(error) || clock.now() >= around.deadline) throw error;
      log.info(`service ${input.serviceName}: ${messageOf(error)}; trying again`);
      await clock.sleep(5_000);
    }
  }
};

/** Refusals that pass by themselves: the old service drains, a rule or a role written just now is not seen yet. */
const isSettling = (error: unknown): boolean =>
  isNamed(error, 'InvalidParameterException') &&
  /still Draining|does not have an associated load balancer|service linked role/i.test(String(error));

type Change = { readonly want: Spec; readonly have: Have; readonly differences: readonly Difference[] };

const update = async (around: Surroundings, { want, have, differences }: Change): Promise<Have> => {
  const { aws, tenant, log } = around;
  const name = namesOf(tenant).service;
  const isGivenUp = differences.some(({ field }) => field === deploymentField);
  if (isGivenUp)
    log.info(
      `service ${name}: ECS gave deployment ${primaryOf(have.service)?.id} up and starts no more tasks of it; starting a new one`,
    );
  const changed = await aws.ecs.updateService({
    ...want,
    cluster: tenant.environment.cluster,
    service: name,
    ...(isGivenUp && { forceNewDeployment: true }),
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
    if (clock.now() >= around.deadline)
      throw new Failed(
        `Service ${name} is still draining.`,
        'Look at its tasks in the ECS console; run again to go on from here.',
      );
    await clock.sleep(Math.min(1_000 * looks, 5_000));
  }
};
