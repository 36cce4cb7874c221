// A task's way down: from wanted to STOPPED. Whatever ends a task, a scheduler, a person or its program, comes here.
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Exit } from '../containers/runtime.ts';
import type { Target } from '../ports.ts';
import { say, texts } from './events.ts';
import type { ContainerRecord, Stop, TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { timing } from './timing.ts';

export const tasksStarting = ({ lastStatus }: TaskRecord): boolean =>
  lastStatus === 'PROVISIONING' || lastStatus === 'PENDING' || lastStatus === 'ACTIVATING';

export const definitionOf = (ecs: Ecs, task: TaskRecord): TaskDefinition => {
  const known = ecs.definitions.get(task.definition);
  if (!known) throw new Error(`task ${task.arn} runs ${task.definition}, which was never registered`);
  return known.content;
};

/** Writes the change and lets the service's scheduler know. */
export const changeTask = (ecs: Ecs, arn: string, change: Partial<TaskRecord>): TaskRecord => {
  const task = ecs.tasks.get(arn);
  if (!task) throw new Error(`there is no task ${arn}`);
  const changed = { ...task, ...change, version: task.version + 1 };
  ecs.tasks.set(arn, changed);
  if (task.service) ecs.wake(task.service.arn);
  return changed;
};

/** Asks a task to stop; does nothing where that was asked before. */
export const stopTask = (ecs: Ecs, arn: string, stop: Stop): void => {
  const task = ecs.tasks.get(arn);
  if (!task || task.desiredStatus === 'STOPPED') return;
  const registered = task.lastStatus === 'ACTIVATING' || task.lastStatus === 'RUNNING';
  const stoppingAt = ecs.cloud.clock.now();
  if (!registered || task.loadBalancers.length === 0) {
    changeTask(ecs, arn, { desiredStatus: 'STOPPED', stop, stoppingAt });
    stopContainers(ecs, arn);
    return;
  }
  changeTask(ecs, arn, { desiredStatus: 'STOPPED', stop, stoppingAt, lastStatus: 'DEACTIVATING' });
  deregister(ecs, task);
  // A program that is gone answers nobody: waiting for its connections is pointless.
  if (stop.code === 'EssentialContainerExited') stopContainers(ecs, arn);
  else waitForDrain(ecs, arn);
};

export const targetsOf = (task: TaskRecord): readonly { readonly group: string; readonly target: Target }[] =>
  task.loadBalancers.map(({ targetGroupArn = '', containerPort = 0 }) => ({
    group: targetGroupArn,
    target: { id: task.network.address, port: containerPort },
  }));

const deregister = (ecs: Ecs, task: TaskRecord): void => {
  for (const { group, target } of targetsOf(task)) {
    ecs.neighbours.elb.deregister(group, target);
    if (task.service) say(ecs, task.service.arn, texts.deregistered(group));
  }
  if (task.service) say(ecs, task.service.arn, texts.draining(1));
};

const waitForDrain = (ecs: Ecs, arn: string): void => {
  ecs.cloud.clock.after(timing.drainPoll, () => {
    const task = ecs.tasks.get(arn);
    if (task?.lastStatus !== 'DEACTIVATING') return;
    const draining = targetsOf(task).some(
      ({ group, target }) => ecs.neighbours.elb.health(group, target)?.state === 'draining',
    );
    if (draining) waitForDrain(ecs, arn);
    else stopContainers(ecs, arn);
  });
};

const stopContainers = (ecs: Ecs, arn: string): void => {
  const task = changeTask(ecs, arn, { lastStatus: 'STOPPING' });
  if (task.containers.every(({ lastStatus }) => lastStatus !== 'RUNNING')) {
    deprovision(ecs, arn);
    return;
  }
  const patience = Math.max(
    ...(definitionOf(ecs, task).containerDefinitions ?? []).map(
      ({ stopTimeout }) => (stopTimeout ?? 0) * 1000 || timing.stopTimeout,
    ),
  );
  ecs.kills.set(
    arn,
    ecs.cloud.clock.after(patience, () => killContainers(ecs, arn)),
  );
  ecs.cloud.clock.after(0, () => terminateContainers(ecs, arn));
};

const terminateContainers = async (ecs: Ecs, arn: string): Promise<void> => {
  for (const { name, lastStatus } of ecs.tasks.get(arn)?.containers ?? [])
    if (lastStatus === 'RUNNING') ecs.containers.get(arn)?.get(name)?.stop();
  await moment();
};

/** A virtual clock leaps on as soon as a timer's body ends, so a body waits for what takes no time. */
export const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const killContainers = (ecs: Ecs, arn: string): void => {
  const task = ecs.tasks.get(arn);
  for (const { name, lastStatus } of task?.containers ?? [])
    if (lastStatus === 'RUNNING') noteExit(ecs, { arn, container: name, exit: { code: 137 } });
};

export type ContainerExit = { readonly arn: string; readonly container: string; readonly exit: Exit };

/** A container's program has ended: the end of the task, if it was essential or the last one. */
export const noteExit = (ecs: Ecs, { arn, container, exit }: ContainerExit): void => {
  const before = ecs.tasks.get(arn);
  const running = before?.containers.find(({ name }) => name === container)?.lastStatus === 'RUNNING';
  if (!before || !running) return;
  const containers = before.containers.map((known) =>
    known.name === container
      ? { ...known, lastStatus: 'STOPPED' as const, exitCode: exit.code, reason: exit.reason }
      : known,
  );
  const task = changeTask(ecs, arn, { containers });
  if (task.lastStatus === 'STOPPING') {
    if (allStopped(containers)) deprovision(ecs, arn);
    return;
  }
  if (allStopped(containers) || isEssential(definitionOf(ecs, task), container))
    stopTask(ecs, arn, {
      code: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
      failure: true,
    });
};

const allStopped = (containers: readonly ContainerRecord[]): boolean =>
  containers.every(({ lastStatus }) => lastStatus === 'STOPPED');

const isEssential = ({ containerDefinitions = [] }: TaskDefinition, container: string): boolean =>
  containerDefinitions.find(({ name }) => name === container)?.essential !== false;

const deprovision = (ecs: Ecs, arn: string): void => {
  ecs.kills.get(arn)?.();
  ecs.kills.delete(arn);
  ecs.containers.delete(arn);
  changeTask(ecs, arn, { lastStatus: 'DEPROVISIONING', executionStoppedAt: ecs.cloud.clock.now() });
  ecs.cloud.clock.after(timing.deprovisioning, () => {
    const task = ecs.tasks.get(arn);
    changeTask(ecs, arn, {
      lastStatus: 'STOPPED',
      stoppedAt: ecs.cloud.clock.now(),
      containers: (task?.containers ?? []).map((known) => ({ ...known, lastStatus: 'STOPPED' })),
    });
  });
};

/** Everything still shown: stopped tasks vanish about an hour later. */
export const isShown = (ecs: Ecs, { stoppedAt }: TaskRecord): boolean =>
  stoppedAt === undefined || stoppedAt + timing.stoppedTaskShown > ecs.cloud.clock.now();
