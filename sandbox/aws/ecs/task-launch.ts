// A task whose images are there: its containers run, and where the service has a load balancer they become targets.
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import type { RunningContainer } from '../containers/runtime.ts';
import { startContainer } from './container-start.ts';
import { say, texts } from './events.ts';
import type { ContainerRecord, TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { requestVia } from './task-network.ts';
import type { SecretValues } from './task-resources.ts';
import { changeTask, definitionOf, noteExit, stopTask, targetsOf } from './tasks.ts';
import { timing } from './timing.ts';

/** Answers the container whose image the runtime does not know, if there is one; then nothing runs. */
export const launch = (
  ecs: Ecs,
  task: TaskRecord,
  secrets: SecretValues,
): ContainerDefinition | undefined => {
  const { arn } = task;
  const running = new Map<string, RunningContainer>();
  for (const container of definitionOf(ecs, task).containerDefinitions ?? []) {
    const started = startContainer(ecs, { task, container, secrets });
    if (!started) {
      for (const other of running.values()) other.stop();
      return container;
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
  return undefined;
};

const activate = (ecs: Ecs, arn: string): void => {
  if (ecs.tasks.get(arn)?.desiredStatus === 'RUNNING')
    changeTask(ecs, arn, { lastStatus: 'RUNNING', startedAt: ecs.cloud.clock.now() });
};

const register = (ecs: Ecs, task: TaskRecord, running: ReadonlyMap<string, RunningContainer>): void => {
  const targets = targetsOf(task);
  task.loadBalancers.forEach(({ containerName = '' }, index) => {
    const found = targets[index];
    const container = running.get(containerName);
    if (!found || !container) return;
    try {
      ecs.neighbours.elb.register(found.group, {
        ...found.target,
        request: requestVia(ecs, { task, container, ...found }),
      });
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
