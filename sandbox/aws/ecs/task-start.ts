// A task's way up: PROVISIONING, PENDING, ACTIVATING, RUNNING, on the cloud's clock. A task that was asked to stop
// meanwhile goes no further.
import type { ContainerDefinition, LaunchType, LoadBalancer, Tag, TaskOverride } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import type { RunningContainer } from '../containers/runtime.ts';
import { containerArn, taskArn } from './arns.ts';
import { startContainer } from './container-start.ts';
import { say, texts } from './events.ts';
import type { ClusterRecord, ContainerRecord, DefinitionRecord, TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';
import type { SecretValues } from './task-resources.ts';
import { fetchResources } from './task-resources.ts';
import { changeTask, definitionOf, moment, noteExit, stopTask, targetsOf } from './tasks.ts';
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
  readonly subnets: readonly string[];
};

export const startTask = (ecs: Ecs, plan: TaskPlan): TaskRecord => {
  const task = newTask(ecs, plan);
  ecs.tasks.set(task.arn, task);
  const { service } = plan;
  if (service) ecs.serviceTasks.set(service.arn, [...(ecs.serviceTasks.get(service.arn) ?? []), task.arn]);
  ecs.cloud.clock.after(timing.provisioning, () => attach(ecs, task.arn));
  return task;
};

const newTask = (ecs: Ecs, { definition, subnets, ...plan }: TaskPlan): TaskRecord => {
  const id = ecs.cloud.newId(32);
  return {
    ...plan,
    arn: taskArn(ecs.cloud, plan.cluster.name, id),
    id,
    definition: definition.arn,
    network: {
      attachmentId: ecs.cloud.newId(32),
      interfaceId: `eni-${ecs.cloud.newId(17)}`,
      subnet: subnets[Number.parseInt(id.slice(-4), 16) % subnets.length] ?? '',
      address: ecs.nextAddress(),
    },
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
  if (!wanted(ecs, arn)) return;
  changeTask(ecs, arn, { lastStatus: 'PENDING' });
  ecs.cloud.clock.after(timing.initialising, () => initialise(ecs, arn));
};

const initialise = (ecs: Ecs, arn: string): void => {
  const task = wanted(ecs, arn);
  if (!task) return;
  const definition = definitionOf(ecs, task);
  const resources = fetchResources({
    neighbours: ecs.neighbours,
    definition,
    executionRole: task.overrides.executionRoleArn ?? definition.executionRoleArn,
    accountId: ecs.cloud.accountId,
    taskId: task.id,
  });
  if (resources.kind === 'refused') {
    failToStart(ecs, task, resources.reason);
    return;
  }
  changeTask(ecs, arn, { pullStartedAt: ecs.cloud.clock.now() });
  ecs.cloud.clock.after(timing.pulling, async () => {
    run(ecs, arn, resources.secrets);
    await moment();
  });
};

const failToStart = (ecs: Ecs, task: TaskRecord, reason: string): void => {
  if (task.service) say(ecs, task.service.arn, texts.notPlaced(reason));
  stopTask(ecs, task.arn, { code: 'TaskFailedToStart', reason, failure: true });
};

const run = (ecs: Ecs, arn: string, secrets: SecretValues): void => {
  const task = wanted(ecs, arn);
  if (!task) return;
  const running = new Map<string, RunningContainer>();
  for (const container of definitionOf(ecs, task).containerDefinitions ?? []) {
    const started = startContainer(ecs, { task, container, secrets });
    if (!started) {
      failToPull(ecs, task, container, running);
      return;
    }
    running.set(container.name ?? '', started);
  }
  const now = ecs.cloud.clock.now();
  ecs.containers.set(arn, running);
  const containers = task.containers.map(
    (known): ContainerRecord => ({
      ...known,
      lastStatus: 'RUNNING',
      runtimeId: `${task.id}-${ecs.cloud.newId(10)}`,
    }),
  );
  const registers = task.loadBalancers.length > 0;
  const change = { containers, pullStoppedAt: now };
  if (registers) {
    register(ecs, changeTask(ecs, arn, { ...change, lastStatus: 'ACTIVATING' }), running);
    ecs.cloud.clock.after(timing.activating, () => activate(ecs, arn));
  } else changeTask(ecs, arn, { ...change, lastStatus: 'RUNNING', startedAt: now });
  for (const [container, { exited }] of running)
    void exited.then((exit) => noteExit(ecs, { arn, container, exit }));
};

const activate = (ecs: Ecs, arn: string): void => {
  if (wanted(ecs, arn)) changeTask(ecs, arn, { lastStatus: 'RUNNING', startedAt: ecs.cloud.clock.now() });
};

const failToPull = (
  ecs: Ecs,
  task: TaskRecord,
  { name, image }: ContainerDefinition,
  others: ReadonlyMap<string, RunningContainer>,
): void => {
  for (const other of others.values()) other.stop();
  const reason = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`;
  const containers = task.containers.map((known) => (known.name === name ? { ...known, reason } : known));
  changeTask(ecs, task.arn, { containers, pullStoppedAt: ecs.cloud.clock.now() });
  failToStart(ecs, task, reason);
};

const register = (ecs: Ecs, task: TaskRecord, running: ReadonlyMap<string, RunningContainer>): void => {
  const targets = targetsOf(task);
  task.loadBalancers.forEach(({ containerName = '' }, index) => {
    const found = targets[index];
    const container = running.get(containerName);
    if (!found || !container) return;
    try {
      ecs.neighbours.elb.register(found.group, { ...found.target, request: container.request });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failToRegister(ecs, task, texts.notRegistered(found.group, error.message));
      return;
    }
    if (task.service) say(ecs, task.service.arn, texts.registered(found.group));
  });
};

/** The target group went away while the task was starting. */
const failToRegister = (ecs: Ecs, task: TaskRecord, event: string): void => {
  if (task.service) say(ecs, task.service.arn, event);
  stopTask(ecs, task.arn, { code: 'ServiceSchedulerInitiated', reason: `Task ${event}`, failure: true });
};
