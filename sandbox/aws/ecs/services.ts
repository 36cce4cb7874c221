// CreateService, UpdateService, DeleteService. The scheduler does the rest.
import type {
  CreateServiceCommandInput,
  CreateServiceResponse,
  DeleteServiceCommandInput,
  DeleteServiceResponse,
  UpdateServiceCommandInput,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs';
import type { CallContext } from '../cloud.ts';
import { AwsError } from '../cloud.ts';
import { nameOf, newDigits, pathOfService, serviceArn, serviceDeploymentArn } from './arns.ts';
import { canonical, same } from './canonical.ts';
import { clusterOf } from './clusters.ts';
import { beginDeployment, workloadOf } from './deployments.ts';
import { checkLaunchType, checkLoadBalancers, checkNetwork, refuse } from './placement-checks.ts';
import type { ServiceRecord, Workload } from './records.ts';
import { describeService } from './service-answers.ts';
import { checkCreation, createdWith, updatedConfiguration, updatedWorkload } from './service-settings.ts';
import { tasksOf } from './service-store.ts';
import type { Ecs } from './state.ts';
import { runnableDefinition } from './task-definitions.ts';

export const createService =
  (ecs: Ecs) =>
  (input: CreateServiceCommandInput, call: CallContext): CreateServiceResponse => {
    checkCreation(input);
    const cluster = clusterOf(ecs, input.cluster);
    const name = input.serviceName ?? '';
    const arn = serviceArn(ecs.cloud, cluster.name, name);
    const request = canonical({ ...input, clientToken: undefined });
    const known = ecs.services.get(arn);
    if (known?.status === 'DRAINING') refuse('Unable to Start a service that is still Draining.');
    if (known?.status === 'ACTIVE') return repeat(ecs, known, { token: input.clientToken, request });
    const definition = runnableDefinition(ecs, input.taskDefinition ?? '');
    const { workload, ...settings } = createdWith(input, definition.arn);
    checkWorkload(ecs, workload);
    const service: ServiceRecord = {
      ...settings,
      arn,
      name,
      cluster,
      status: 'ACTIVE',
      deployments: [],
      serviceDeployments: [],
      revisions: [],
      events: [],
      steady: false,
      creation: { token: input.clientToken, request },
      createdAt: ecs.cloud.clock.now(),
      createdBy: call.caller,
      inactiveAt: undefined,
    };
    return { service: begin(ecs, service, workload) };
  };

/** A repeated CreateService is answered only to whoever can prove that it is a repetition. */
const repeat = (
  ecs: Ecs,
  known: ServiceRecord,
  creation: ServiceRecord['creation'],
): CreateServiceResponse => {
  if (creation.token === undefined || !same(known.creation, creation))
    refuse('Creation of service was not idempotent.');
  return { service: answer(ecs, known) };
};

const begin = (ecs: Ecs, service: ServiceRecord, workload: Workload) => {
  const begun = beginDeployment(service, {
    digits: newDigits(ecs.cloud),
    serviceDeploymentArn: serviceDeploymentArn(ecs.cloud, pathOfService(service.arn), ecs.cloud.newId(21)),
    workload,
    at: ecs.cloud.clock.now(),
  });
  return write(ecs, begun);
};

const write = (ecs: Ecs, service: ServiceRecord) => {
  ecs.services.set(service.arn, service);
  ecs.wake(service.arn);
  return answer(ecs, service);
};

const answer = (ecs: Ecs, service: ServiceRecord) =>
  describeService(ecs, { service, tasks: tasksOf(ecs, service.arn), tags: true });

const checkWorkload = (ecs: Ecs, workload: Workload): void => {
  const { content } = runnableDefinition(ecs, workload.taskDefinition);
  checkLaunchType(content, workload.launchType);
  checkNetwork(ecs.neighbours, content, workload.networkConfiguration);
  checkLoadBalancers(ecs.neighbours, content, workload.loadBalancers);
};

export const updateService =
  (ecs: Ecs) =>
  (input: UpdateServiceCommandInput): UpdateServiceResponse => {
    const service = activeService(ecs, input.cluster, input.service);
    const before = workloadOf(service);
    const taskDefinition =
      input.taskDefinition === undefined
        ? before.taskDefinition
        : runnableDefinition(ecs, input.taskDefinition).arn;
    const workload = updatedWorkload(before, input, taskDefinition);
    if ((input.desiredCount ?? 0) < 0) refuse('desiredCount must not be negative.');
    const updated: ServiceRecord = {
      ...service,
      desiredCount: input.desiredCount ?? service.desiredCount,
      configuration: updatedConfiguration(service.configuration, input.deploymentConfiguration),
      healthCheckGracePeriodSeconds: gracePeriod(input, workload) ?? service.healthCheckGracePeriodSeconds,
      availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? service.availabilityZoneRebalancing,
      steady: service.steady && (input.desiredCount ?? service.desiredCount) === service.desiredCount,
    };
    if (same(workload, before) && !input.forceNewDeployment) return { service: write(ecs, updated) };
    checkWorkload(ecs, workload);
    return { service: begin(ecs, updated, workload) };
  };

const gracePeriod = (input: UpdateServiceCommandInput, { loadBalancers }: Workload): number | undefined => {
  if (input.healthCheckGracePeriodSeconds && loadBalancers.length === 0)
    refuse('Health check grace period is only valid for services configured to use load balancers');
  return input.healthCheckGracePeriodSeconds;
};

export const deleteService =
  (ecs: Ecs) =>
  (input: DeleteServiceCommandInput): DeleteServiceResponse => {
    const service = foundService(ecs, input.cluster, input.service);
    if (service.status === 'DRAINING') return { service: answer(ecs, service) };
    if (!input.force && service.desiredCount > 0)
      refuse('The service cannot be stopped while it is scaled above 0.');
    if (!input.force && service.deployments.length > 1)
      refuse('The service cannot be stopped while deployments are active.');
    return { service: write(ecs, { ...service, status: 'DRAINING', desiredCount: 0, steady: false }) };
  };

/** By name or ARN, as writes see it: at once. ServiceNotFoundException for what is INACTIVE too. */
export const foundService = (
  ecs: Ecs,
  cluster: string | undefined,
  reference: string | undefined,
): ServiceRecord => {
  const { name } = clusterOf(ecs, cluster);
  const service = ecs.services.get(serviceArn(ecs.cloud, name, nameOf(reference ?? '')));
  if (!service || service.status === 'INACTIVE')
    throw new AwsError('ServiceNotFoundException', 'Service not found.');
  return service;
};

const activeService = (
  ecs: Ecs,
  cluster: string | undefined,
  reference: string | undefined,
): ServiceRecord => {
  const { name } = clusterOf(ecs, cluster);
  const known = ecs.services.get(serviceArn(ecs.cloud, name, nameOf(reference ?? '')));
  if (!known) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (known.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  return known;
};
