// A service as DescribeServices shows it. Counts are derived from the tasks given, which may lag.
import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { deploymentId, pathOfService, revisionArn } from './arns.ts';
import { primaryOf, revisionOf, workloadOf } from './deployments.ts';
import type { DeploymentRecord, ServiceRecord, TaskRecord } from './records.ts';
import { isLive } from './service-store.ts';
import type { Ecs } from './state.ts';
import { tasksStarting } from './tasks.ts';

export type ServiceView = {
  readonly service: ServiceRecord;
  readonly tasks: readonly TaskRecord[];
  readonly tags: boolean;
};

export const describeService = (ecs: Ecs, { service, tasks, tags }: ServiceView): Service => {
  const { capacityProviderStrategy, taskDefinition, ...workload } = workloadOf(service);
  const counts = countTasks(tasks);
  const primary = primaryOf(service);
  return {
    ...workload,
    ...(capacityProviderStrategy ? { capacityProviderStrategy } : {}),
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    ...counts,
    platformFamily: 'Linux',
    taskDefinition,
    deploymentConfiguration: service.configuration,
    deployments: service.deployments.map((deployment) => describeDeployment(service, deployment, tasks)),
    roleArn: `arn:aws:iam::${ecs.cloud.accountId}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events.map(({ id, at, message }) => ({ id, createdAt: new Date(at), message })),
    createdAt: new Date(service.createdAt),
    createdBy: service.createdBy,
    ...(service.serviceDeployments[0] ? { currentServiceDeployment: service.serviceDeployments[0].arn } : {}),
    currentServiceRevisions: primary ? [describeCounts(ecs, { service, digits: primary.digits, tasks })] : [],
    placementConstraints: [],
    placementStrategy: [],
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    ...(tags ? { tags: [...service.tags] } : {}),
  };
};

const countTasks = (tasks: readonly TaskRecord[]) => ({
  runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
  pendingCount: tasks.filter(tasksStarting).length,
});

const describeDeployment = (
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
): Deployment => {
  const { digits, createdAt, updatedAt, ...shown } = deployment;
  const mine = tasks.filter((task) => task.service?.digits === digits);
  const workload = revisionOf(service, digits)?.workload;
  const { launchType, capacityProviderStrategy } = workload ?? {};
  return {
    ...shown,
    id: deploymentId(digits),
    taskDefinition: workload?.taskDefinition,
    desiredCount: desiredOf(service, deployment, mine),
    ...countTasks(mine),
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
    ...(launchType ? { launchType } : {}),
    ...(capacityProviderStrategy ? { capacityProviderStrategy } : {}),
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    networkConfiguration: workload?.networkConfiguration,
  };
};

const desiredOf = (
  service: ServiceRecord,
  { status }: DeploymentRecord,
  mine: readonly TaskRecord[],
): number => (status === 'PRIMARY' ? service.desiredCount : mine.filter(isLive).length);

export type RevisionView = {
  readonly service: ServiceRecord;
  readonly digits: string;
  readonly tasks: readonly TaskRecord[];
};

/** A revision with its task counts, as services and service deployments carry it. */
export const describeCounts = (ecs: Ecs, { service, digits, tasks }: RevisionView) => {
  const mine = tasks.filter((task) => task.service?.digits === digits);
  const { runningCount, pendingCount } = countTasks(mine);
  const deployment = service.deployments.find((candidate) => candidate.digits === digits);
  return {
    arn: revisionArn(ecs.cloud, pathOfService(service.arn), digits),
    requestedTaskCount: deployment ? desiredOf(service, deployment, mine) : 0,
    runningTaskCount: runningCount,
    pendingTaskCount: pendingCount,
  };
};
