// A task as DescribeTasks shows it.
import type { Attachment, Container, Tag, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { ContainerRecord, TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { definitionOf } from './tasks.ts';

export const describeTask = (ecs: Ecs, task: TaskRecord, tags: boolean): Task => {
  const definition = definitionOf(ecs, task);
  return {
    attachments: [describeInterface(task)],
    attributes: [{ name: 'ecs.cpu-architecture', value: architectureOf(definition) }],
    availabilityZone: `${ecs.cloud.region}a`,
    ...(task.capacityProvider ? { capacityProviderName: task.capacityProvider } : {}),
    clusterArn: task.cluster.arn,
    ...(isAttached(task) ? { connectivity: 'CONNECTED', connectivityAt: dated(task.createdAt) } : {}),
    containers: task.containers.map((container) => describeContainer(task, container, definition)),
    cpu: task.overrides.cpu ?? definition.cpu,
    memory: task.overrides.memory ?? definition.memory,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: definition.ephemeralStorage ?? { sizeInGiB: 20 },
    group: task.group,
    healthStatus: 'UNKNOWN',
    lastStatus: task.lastStatus,
    ...(task.launchType ? { launchType: task.launchType } : {}),
    overrides: task.overrides,
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    ...(task.startedBy ? { startedBy: task.startedBy } : {}),
    ...(task.stop ? { stopCode: task.stop.code, stoppedReason: task.stop.reason } : {}),
    tags: tags ? ([...task.tags] satisfies Tag[]) : [],
    taskArn: task.arn,
    taskDefinitionArn: task.definition,
    version: task.version,
    ...times(task),
  };
};

const dated = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

const times = (task: TaskRecord) => ({
  createdAt: dated(task.createdAt),
  pullStartedAt: dated(task.pullStartedAt),
  pullStoppedAt: dated(task.pullStoppedAt),
  startedAt: dated(task.startedAt),
  stoppingAt: dated(task.stoppingAt),
  executionStoppedAt: dated(task.executionStoppedAt),
  stoppedAt: dated(task.stoppedAt),
});

const isAttached = ({ lastStatus }: TaskRecord): boolean => lastStatus !== 'PROVISIONING';

const interfaceStatus = ({ lastStatus }: TaskRecord): string => {
  if (lastStatus === 'PROVISIONING') return 'PRECREATED';
  return lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED';
};

const describeInterface = (task: TaskRecord): Attachment => {
  const { attachmentId, interfaceId, subnet, address } = task.network;
  const attached = [
    { name: 'networkInterfaceId', value: interfaceId },
    { name: 'macAddress', value: `0a:${(interfaceId.slice(4, 14).match(/../g) ?? []).join(':')}` },
    { name: 'privateDnsName', value: `ip-${address.replaceAll('.', '-')}.ec2.internal` },
    { name: 'privateIPv4Address', value: address },
  ];
  return {
    id: attachmentId,
    type: 'ElasticNetworkInterface',
    status: interfaceStatus(task),
    details: [{ name: 'subnetId', value: subnet }, ...(isAttached(task) ? attached : [])],
  };
};

const describeContainer = (
  task: TaskRecord,
  { arn, ...container }: ContainerRecord,
  { containerDefinitions = [] }: TaskDefinition,
): Container => {
  const definition = containerDefinitions.find(({ name }) => name === container.name);
  const { attachmentId, address } = task.network;
  return {
    containerArn: arn,
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    lastStatus: container.lastStatus,
    ...(container.runtimeId ? { runtimeId: container.runtimeId } : {}),
    ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(container.reason === undefined ? {} : { reason: container.reason }),
    networkBindings: [],
    networkInterfaces: isAttached(task) ? [{ attachmentId, privateIpv4Address: address }] : [],
    healthStatus: 'UNKNOWN',
    managedAgents: [],
    cpu: String(definition?.cpu ?? 0),
    ...(definition?.memory ? { memory: String(definition.memory) } : {}),
    ...(definition?.memoryReservation ? { memoryReservation: String(definition.memoryReservation) } : {}),
  };
};

const architectureOf = ({ runtimePlatform }: TaskDefinition): string =>
  runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64';
