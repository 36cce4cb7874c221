// How the scheduler reads its tasks' health: a task is healthy once it runs and all its targets are,
// and it is stopped when a target turns unhealthy after the grace period.
import type { Target } from '../ports.ts';
import { say, texts } from './events.ts';
import type { ServiceRecord, TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { stopTask, targetsOf } from './tasks.ts';
import { timing } from './timing.ts';

export const judgeHealth = (ecs: Ecs, serviceArn: string, tasks: readonly TaskRecord[]): void => {
  const service = ecs.services.get(serviceArn);
  if (!service) return;
  for (const task of tasks) {
    if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') continue;
    const unhealthy = unhealthyTarget(ecs, task);
    if (unhealthy && isGraceOver(service, task)) stopUnhealthy(ecs, { service, task, ...unhealthy });
    else noteLook(ecs, task);
  }
};

// Looks are counted, not milliseconds: a sped-up clock shortens delays but shows the machine's time.
const noteLook = (ecs: Ecs, task: TaskRecord): void => {
  const healthy = isHealthy(task) || allHealthy(ecs, task);
  const looks = { running: task.looks.running + 1, healthy: task.looks.healthy + (healthy ? 1 : 0) };
  ecs.tasks.set(task.arn, { ...task, looks });
};

const isGraceOver = (service: ServiceRecord, task: TaskRecord): boolean =>
  isHealthy(task) ||
  task.looks.running * timing.schedulerTick >= service.healthCheckGracePeriodSeconds * 1000;

export const isHealthy = ({ looks }: TaskRecord): boolean => looks.healthy > 0;

/** Healthy for the first time, as the scheduler has just seen. */
export const isNewlyHealthy = ({ desiredStatus, looks }: TaskRecord): boolean =>
  desiredStatus === 'RUNNING' && looks.healthy === 1;

/** Healthy for long enough to call a deployment steady. */
export const isSettled = ({ looks }: TaskRecord): boolean =>
  looks.healthy * timing.schedulerTick > timing.settling;

/** Whether a task of a settled service needs the scheduler's eye. */
export const needsLook = (ecs: Ecs, task: TaskRecord): boolean =>
  task.lastStatus === 'RUNNING' && unhealthyTarget(ecs, task) !== undefined;

const allHealthy = (ecs: Ecs, task: TaskRecord): boolean =>
  targetsOf(task).every(({ group, target }) => ecs.neighbours.elb.health(group, target)?.state === 'healthy');

const unhealthyTarget = (ecs: Ecs, task: TaskRecord) =>
  targetsOf(task).find(
    ({ group, target }) => ecs.neighbours.elb.health(group, target)?.state === 'unhealthy',
  );

type Unhealthy = {
  readonly service: ServiceRecord;
  readonly task: TaskRecord;
  readonly group: string;
  readonly target: Target;
};

const stopUnhealthy = (ecs: Ecs, { service, task, group, target }: Unhealthy): void => {
  const reason = ecs.neighbours.elb.health(group, target)?.description ?? 'Health checks failed';
  say(ecs, service.arn, texts.unhealthy(task.id, { group, port: target.port, reason }));
  stopTask(ecs, task.arn, {
    code: 'ServiceSchedulerInitiated',
    reason: `Task failed ELB health checks in (target-group ${group})`,
    failure: true,
  });
  say(ecs, service.arn, texts.stopped([task.id]));
};
