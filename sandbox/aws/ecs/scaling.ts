// Carries out the next step of a rolling update: stops what is surplus, starts what is missing.
import { deploymentId } from './arns.ts';
import { isPlaceable, primaryOf, workloadOf } from './deployments.ts';
import { say, texts } from './events.ts';
import type { ServiceRecord } from './records.ts';
import { nextStep } from './rollout.ts';
import { isLive, tasksOf } from './service-store.ts';
import { startServiceTask } from './service-tasks.ts';
import type { Ecs } from './state.ts';
import { isHealthy } from './target-health.ts';
import { roleProblem, rolesOf } from './task-roles.ts';
import { stopTask } from './tasks.ts';
import { timing } from './timing.ts';

export const scale = (ecs: Ecs, arn: string): void => {
  const service = ecs.services.get(arn);
  const primary = service && primaryOf(service);
  if (!service || !primary) return;
  const step = nextStep({
    desiredCount: service.desiredCount,
    minimumHealthyPercent: service.configuration.minimumHealthyPercent ?? 100,
    maximumPercent: service.configuration.maximumPercent ?? 200,
    primary: { digits: primary.digits, failed: primary.rolloutState === 'FAILED' },
    tasks: tasksOf(ecs, arn)
      .filter(isLive)
      .map((task) => ({
        arn: task.arn,
        digits: task.service?.digits ?? '',
        healthy: isHealthy(task),
        createdAt: task.createdAt,
      })),
  });
  scaleDown(ecs, arn, step.stop);
  scaleUp(ecs, service, step.start);
};

const scaleDown = (
  ecs: Ecs,
  arn: string,
  surplus: readonly { readonly arn: string; readonly digits: string }[],
): void => {
  for (const task of surplus)
    stopTask(ecs, task.arn, {
      code: 'ServiceSchedulerInitiated',
      reason: `Scaling activity initiated by (deployment ${deploymentId(task.digits)})`,
      failure: false,
    });
  if (surplus.length > 0)
    say(ecs, arn, texts.stopped(surplus.map((task) => task.arn.split('/').at(-1) ?? '')));
};

const scaleUp = (ecs: Ecs, service: ServiceRecord, count: number): void => {
  if (count === 0) return;
  if (!isPlaceable(workloadOf(service))) {
    say(ecs, service.arn, texts.noInstances);
    return;
  }
  if (ecs.placementRefusal !== undefined) {
    sayNotLaunched(ecs, service, texts.notPlaced(ecs.placementRefusal));
    return;
  }
  const definition = ecs.definitions.get(workloadOf(service).taskDefinition);
  const problem = definition && roleProblem(ecs, rolesOf(definition));
  if (problem !== undefined) {
    sayNotLaunched(ecs, service, texts.notLaunched(problem));
    return;
  }
  const ids = Array.from({ length: count }, () => startServiceTask(ecs, service).id);
  say(ecs, service.arn, texts.started(ids));
};

/** The scheduler tries on, and says so every half minute. */
const sayNotLaunched = (ecs: Ecs, service: ServiceRecord, text: string): void => {
  const [last] = service.events;
  const said = last?.message.endsWith(text) && last.at + timing.launchComplaint > ecs.cloud.clock.now();
  if (!said) say(ecs, service.arn, text);
};
