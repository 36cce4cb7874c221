// The service scheduler: one look at a service per tick, and the next tick only while something is in transition.
// A settled service has no timer; a change of its tasks or an operation wakes it.
import { completeDeployment, isPlaceable, primaryOf, startDeployment, workloadOf } from './deployments.ts';
import { say, texts } from './events.ts';
import { watchForFailure } from './failure-watch.ts';
import type { ServiceRecord } from './records.ts';
import { scale } from './scaling.ts';
import { changeService, isLive, tasksOf } from './service-store.ts';
import type { Ecs } from './state.ts';
import { isHealthy, isSettled, judgeHealth, needsLook } from './target-health.ts';
import { timing } from './timing.ts';

export const wakeScheduler = (ecs: Ecs, serviceArn: string): void => {
  if (ecs.armed.has(serviceArn)) return;
  ecs.armed.add(serviceArn);
  ecs.cloud.clock.after(timing.schedulerTick, () => {
    ecs.armed.delete(serviceArn);
    tick(ecs, serviceArn);
    if (isBusy(ecs, serviceArn)) wakeScheduler(ecs, serviceArn);
  });
};

const tick = (ecs: Ecs, arn: string): void => {
  const service = ecs.services.get(arn);
  if (!service || service.status === 'INACTIVE') return;
  changeService(ecs, arn, (known) => startDeployment(known, ecs.cloud.clock.now()));
  judgeHealth(ecs, arn, tasksOf(ecs, arn));
  watchForFailure(ecs, arn);
  scale(ecs, arn);
  forgetReplaced(ecs, arn);
  settle(ecs, arn);
  if (service.status === 'DRAINING') finishDraining(ecs, arn);
};

/** Replaced deployments are shown until the last of their tasks has stopped. */
const forgetReplaced = (ecs: Ecs, arn: string): void => {
  const left = new Set(
    tasksOf(ecs, arn)
      .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
      .map((task) => task.service?.digits),
  );
  changeService(ecs, arn, (service) => {
    const deployments = service.deployments.filter(
      ({ status, digits }) => status === 'PRIMARY' || left.has(digits),
    );
    return deployments.length === service.deployments.length ? service : { ...service, deployments };
  });
};

const settle = (ecs: Ecs, arn: string): void => {
  const service = ecs.services.get(arn);
  const primary = service && primaryOf(service);
  if (!service || !primary || service.status !== 'ACTIVE') return;
  if (!isSteady(ecs, service)) {
    if (service.steady) ecs.services.set(arn, { ...service, steady: false });
    return;
  }
  const completes = primary.rolloutState === 'IN_PROGRESS';
  if (completes) {
    ecs.services.set(arn, completeDeployment(service, ecs.cloud.clock.now()));
    say(ecs, arn, texts.completed(primary.digits));
  }
  if (completes || !service.steady) say(ecs, arn, texts.steady);
  changeService(ecs, arn, (known) => ({ ...known, steady: true }));
};

/** As many tasks as desired, all of the PRIMARY deployment and healthy for a while, and none on its way out. */
const isSteady = (ecs: Ecs, service: ServiceRecord): boolean => {
  const primary = primaryOf(service);
  const tasks = tasksOf(ecs, service.arn).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  return (
    primary?.rolloutState !== 'FAILED' &&
    tasks.length === service.desiredCount &&
    tasks.every((task) => isLive(task) && task.service?.digits === primary?.digits && isSettled(task))
  );
};

const finishDraining = (ecs: Ecs, arn: string): void => {
  if (tasksOf(ecs, arn).some(({ lastStatus }) => lastStatus !== 'STOPPED')) return;
  changeService(ecs, arn, (service) => ({
    ...service,
    status: 'INACTIVE',
    deployments: [],
    serviceDeployments: [],
    inactiveAt: ecs.cloud.clock.now(),
  }));
};

/** Whether time alone will change something: not for a service that is steady, gone, failed or impossible to place. */
const isBusy = (ecs: Ecs, arn: string): boolean => {
  const service = ecs.services.get(arn);
  if (!service || service.status === 'INACTIVE') return false;
  const tasks = tasksOf(ecs, arn).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const moves = tasks.some((task) => !isLive(task) || !isHealthy(task) || needsLook(ecs, task));
  if (moves) return true;
  if (service.status === 'DRAINING' || service.deployments.length > 1) return true;
  if (primaryOf(service)?.rolloutState === 'FAILED') return false;
  return !service.steady && (isPlaceable(workloadOf(service)) || service.desiredCount === 0);
};

/** A settled service is looked at when somebody asks about it: a target may have turned unhealthy since. */
export const lookAgain = (ecs: Ecs, serviceArn: string): void => {
  if (tasksOf(ecs, serviceArn).some((task) => needsLook(ecs, task))) wakeScheduler(ecs, serviceArn);
};
