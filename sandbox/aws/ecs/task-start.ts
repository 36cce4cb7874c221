// A task's way up: PROVISIONING, PENDING, ACTIVATING, RUNNING, on the cloud's clock. A task that was asked to stop
// meanwhile goes no further.
import type {
  ContainerDefinition,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  Tag,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import { containerArn, taskArn } from './arns.ts';
import { say, texts } from './events.ts';
import type { ClusterRecord, DefinitionRecord, TaskRecord } from './records.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { Ecs } from './state.ts';
import { notFound, pullProblem } from './task-image.ts';
import { launch } from './task-launch.ts';
import type { SecretValues } from './task-resources.ts';
import { fetchResources } from './task-resources.ts';
import { changeTask, definitionOf, moment, stopTask } from './tasks.ts';
import { timing } from './timing.ts';

export type TaskPlan = {
  readonly cluster: ClusterRecord;
  readonly definition: DefinitionRecord;
  readonly service: TaskRecord['service'];
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly launchType: LaunchType | undefined;
  readonly capacityProvider: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly overrides: TaskOverride;
  readonly tags: readonly Tag[];
  readonly network: NetworkConfiguration | undefined;
};

export const startTask = (ecs: Ecs, plan: TaskPlan): TaskRecord => {
  const task = newTask(ecs, plan);
  ecs.tasks.set(task.arn, task);
  const { service } = plan;
  if (service) ecs.serviceTasks.set(service.arn, [...(ecs.serviceTasks.get(service.arn) ?? []), task.arn]);
  ecs.cloud.clock.after(timing.provisioning, () => attach(ecs, task.arn));
  return task;
};

const networkOf = (
  ecs: Ecs,
  id: string,
  network: NetworkConfiguration | undefined,
): TaskRecord['network'] => {
  const { subnets = [], securityGroups = [], assignPublicIp } = network?.awsvpcConfiguration ?? {};
  return {
    attachmentId: ecs.cloud.newId(32),
    interfaceId: `eni-${ecs.cloud.newId(17)}`,
    subnet: subnets[Number.parseInt(id.slice(-4), 16) % subnets.length] ?? '',
    securityGroups,
    isPublic: assignPublicIp === 'ENABLED',
    address: ecs.nextAddress(),
  };
};

const newTask = (ecs: Ecs, { definition, network, ...plan }: TaskPlan): TaskRecord => {
  const id = ecs.cloud.newId(32);
  return {
    ...plan,
    arn: taskArn(ecs.cloud, plan.cluster.name, id),
    id,
    definition: definition.arn,
    network: networkOf(ecs, id, network),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    containers: (definition.content.containerDefinitions ?? []).map((container) => ({
      arn: containerArn(ecs.cloud, plan.cluster.name, `${id}/${ecs.cloud.newId(32)}`),
      name: container.name ?? '',
      image: container.image ?? '',
      runtimeId: undefined,
      lastStatus: 'PENDING',
      exitCode: undefined,
      reason: undefined,
    })),
    stop: undefined,
    looks: { running: 0, healthy: 0 },
    failureCounted: false,
    version: 1,
    createdAt: ecs.cloud.clock.now(),
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
  };
};

/** The task, unless it was asked to stop. */
const wanted = (ecs: Ecs, arn: string): TaskRecord | undefined => {
  const task = ecs.tasks.get(arn);
  return task?.desiredStatus === 'RUNNING' ? task : undefined;
};

const attach = (ecs: Ecs, arn: string): void => {
  const task = wanted(ecs, arn);
  if (!task) return;
  const { subnet, isPublic } = task.network;
  if (subnet !== '' && !ecs.neighbours.ec2.hasAddresses(subnet)) {
    failToStart(ecs, task, noAddress(subnet, isPublic));
    return;
  }
  changeTask(ecs, arn, { lastStatus: 'PENDING' });
  ecs.cloud.clock.after(timing.initialising, () => initialise(ecs, arn));
};

const noAddress = (subnet: string, isPublic: boolean): string =>
  `Unexpected EC2 error while attempting to Create Network Interface with public IP assignment ${isPublic ? 'enabled' : 'disabled'} in subnet '${subnet}': InsufficientFreeAddressesInSubnet`;

const initialise = (ecs: Ecs, arn: string): void => {
  const task = wanted(ecs, arn);
  if (!task) return;
  const resources = fetchResources(requestOf(ecs, task));
  if (resources.kind === 'refused') {
    failToStart(ecs, task, resources.reason);
    return;
  }
  if (resources.kind === 'unreachable') {
    giveUpLate(ecs, task, () => failToStart(ecs, task, resources.reason));
    return;
  }
  changeTask(ecs, arn, { pullStartedAt: ecs.cloud.clock.now() });
  ecs.cloud.clock.after(timing.pulling, async () => {
    pull(ecs, arn, resources.secrets);
    await moment();
  });
};

/** What cannot be reached fails only when all attempts have timed out. */
const giveUpLate = (ecs: Ecs, { arn }: TaskRecord, fail: () => void): void => {
  ecs.cloud.clock.after(timing.unreachable, () => {
    if (wanted(ecs, arn)) fail();
  });
};

const requestOf = (ecs: Ecs, task: TaskRecord): ResourceRequest => {
  const definition = definitionOf(ecs, task);
  return {
    neighbours: ecs.neighbours,
    definition,
    executionRole: task.overrides.executionRoleArn ?? definition.executionRoleArn,
    cloud: ecs.cloud,
    task,
  };
};

const pull = (ecs: Ecs, arn: string, secrets: SecretValues): void => {
  const task = wanted(ecs, arn);
  if (!task) return;
  const request = requestOf(ecs, task);
  for (const container of request.definition.containerDefinitions ?? []) {
    const problem = pullProblem(request, container.image ?? '');
    if (!problem) continue;
    const fail = (): void => failToPull(ecs, task, { container, reason: problem.reason });
    if (problem.kind === 'unreachable') giveUpLate(ecs, task, fail);
    else fail();
    return;
  }
  const unknown = launch(ecs, task, secrets);
  if (unknown) failToPull(ecs, task, { container: unknown, reason: notFound(unknown.image ?? '') });
};

const failToStart = (ecs: Ecs, task: TaskRecord, reason: string): void => {
  if (task.service) say(ecs, task.service.arn, texts.notPlaced(reason));
  stopTask(ecs, task.arn, { code: 'TaskFailedToStart', reason, failure: true });
};

const failToPull = (
  ecs: Ecs,
  task: TaskRecord,
  { container, reason }: { readonly container: ContainerDefinition; readonly reason: string },
): void => {
  const containers = task.containers.map((known) =>
    known.name === container.name ? { ...known, reason } : known,
  );
  changeTask(ecs, task.arn, { containers, pullStoppedAt: ecs.cloud.clock.now() });
  failToStart(ecs, task, reason);
};
