// A service's events, newest first, in AWS's words: people and diagnosis rules read them.
import { deploymentId } from './arns.ts';
import type { ServiceRecord } from './records.ts';
import type { Ecs } from './state.ts';

const kept = 100;

/** Appends `(service X) …` to the service's events. */
export const say = (ecs: Ecs, serviceArn: string, text: string): void => {
  const service = ecs.services.get(serviceArn);
  if (!service) return;
  const event = {
    id: ecs.cloud.newId(32),
    at: ecs.cloud.clock.now(),
    message: `(service ${service.name}) ${text}`,
  };
  const events: ServiceRecord['events'] = [event, ...service.events].slice(0, kept);
  ecs.services.set(serviceArn, { ...service, events });
};

const tasksIn = (ids: readonly string[]): string => ids.map((id) => `(task ${id})`).join(' ');

type Unhealthy = { readonly group: string; readonly port: number; readonly reason: string };

export const texts = {
  started: (ids: readonly string[]) => `has started ${ids.length} tasks: ${tasksIn(ids)}.`,
  stopped: (ids: readonly string[]) => `has stopped ${ids.length} running tasks: ${tasksIn(ids)}.`,
  draining: (count: number) => `has begun draining connections on ${count} tasks.`,
  registered: (group: string) => `registered 1 targets in (target-group ${group})`,
  notRegistered: (group: string, reason: string) =>
    `failed to register targets in (target-group ${group}) with (error ${reason})`,
  deregistered: (group: string) => `deregistered 1 targets in (target-group ${group})`,
  unhealthy: (task: string, { group, port, reason }: Unhealthy) =>
    `(task ${task}) (port ${port}) is unhealthy in (target-group ${group}) due to (reason ${reason}).`,
  notLaunched: (reason: string) => `failed to launch a task with (error ${reason}).`,
  notPlaced: (reason: string) => `was unable to place a task. Reason: ${reason}.`,
  noInstances:
    'was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  completed: (digits: string) => `(deployment ${deploymentId(digits)}) deployment completed.`,
  failed: (digits: string) =>
    `(deployment ${deploymentId(digits)}) deployment failed: tasks failed to start.`,
  rollingBack: (digits: string) => `rolling back to deployment ${deploymentId(digits)}.`,
  inconsistent:
    'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  steady: 'has reached a steady state.',
} as const;
