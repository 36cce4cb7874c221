// Whether the deployment under way is still worth trying: counts its failures, trips its breaker, obeys a stop request.
import { afterFailures, afterHealthy, followed, isTripped } from './circuit-breaker.ts';
import { changeCurrent, changePrimary, isOver, isRollingOut, primaryOf } from './deployments.ts';
import { say, texts } from './events.ts';
import type { ServiceRecord } from './records.ts';
import type { GivenUp } from './rollbacks.ts';
import { obeyStopRequest, tripBreaker } from './rollbacks.ts';
import { changeService, tasksOf } from './service-store.ts';
import type { Ecs } from './state.ts';
import { isNewlyHealthy } from './target-health.ts';

export const watchForFailure = (ecs: Ecs, arn: string): void => {
  noteHealthy(ecs, arn);
  countFailures(ecs, arn);
  giveUp(ecs, arn);
};

const noteHealthy = (ecs: Ecs, arn: string): void => {
  const digits = primaryDigits(ecs, arn);
  const anew = tasksOf(ecs, arn).some((task) => isNewlyHealthy(task) && task.service?.digits === digits);
  changeService(ecs, arn, (service) => {
    const breaker = service.configuration.deploymentCircuitBreaker;
    const updated = changeCurrent(service, (current) => {
      if (isOver(current)) return {};
      const { circuitBreaker } = current;
      const counted = anew ? afterHealthy(circuitBreaker, breaker) : circuitBreaker;
      return { circuitBreaker: followed(counted, breaker, service.desiredCount) };
    });
    return anew && isRollingOut(service) ? changePrimary(updated, { failedTasks: 0 }) : updated;
  });
};

const primaryDigits = (ecs: Ecs, arn: string): string | undefined => {
  const service = ecs.services.get(arn);
  return service && primaryOf(service)?.digits;
};

const countFailures = (ecs: Ecs, arn: string): void => {
  const digits = primaryDigits(ecs, arn);
  const failed = tasksOf(ecs, arn).filter((task) => task.stop?.failure && !task.failureCounted);
  for (const task of failed) ecs.tasks.set(task.arn, { ...task, failureCounted: true });
  const count = failed.filter((task) => task.service?.digits === digits).length;
  if (count === 0) return;
  const before = primaryFailures(ecs, arn);
  changeService(ecs, arn, (service) => {
    if (!isRollingOut(service)) return service;
    const failedTasks = (primaryOf(service)?.failedTasks ?? 0) + count;
    const counted = changePrimary(service, { failedTasks, updatedAt: ecs.cloud.clock.now() });
    return changeCurrent(counted, ({ circuitBreaker }) => ({
      circuitBreaker: afterFailures(circuitBreaker, count),
    }));
  });
  if (before < inconsistentFrom && primaryFailures(ecs, arn) >= inconsistentFrom)
    say(ecs, arn, texts.inconsistent);
};

/** Failures in a row from which on ECS complains about the service itself. */
const inconsistentFrom = 3;

const primaryFailures = (ecs: Ecs, arn: string): number => {
  const service = ecs.services.get(arn);
  return (service && primaryOf(service)?.failedTasks) ?? 0;
};

const giveUp = (ecs: Ecs, arn: string): void => {
  const service = ecs.services.get(arn);
  if (service?.status !== 'ACTIVE') return;
  const now = ecs.cloud.clock.now();
  const digits = primaryDigits(ecs, arn) ?? '';
  const obeyed = obeyStopRequest(service, now);
  if (obeyed.service !== service) {
    takeBack(ecs, arn, obeyed);
    return;
  }
  if (!isRollingOut(service) || !isHopeless(service)) return;
  say(ecs, arn, texts.failed(digits));
  takeBack(ecs, arn, tripBreaker(ecs.services.get(arn) ?? service, now));
};

/** A rollback that fails as often as a deployment may is hopeless too. */
const isHopeless = (service: ServiceRecord): boolean => {
  const current = service.serviceDeployments[0];
  if (!current || isOver(current)) return false;
  if (!current.rollback) return isTripped(current.circuitBreaker);
  const failedTasks = primaryOf(service)?.failedTasks ?? 0;
  return (
    service.configuration.deploymentCircuitBreaker?.enable === true &&
    failedTasks >= current.circuitBreaker.threshold
  );
};

const takeBack = (ecs: Ecs, arn: string, { service, target }: GivenUp): void => {
  ecs.services.set(arn, service);
  if (target) say(ecs, arn, texts.rollingBack(target.digits));
};
