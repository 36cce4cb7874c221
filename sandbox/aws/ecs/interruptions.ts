// What the platform does to running tasks of its own accord.

import type { Stop } from './records.ts';
import { tasksOf } from './service-store.ts';
import type { Ecs } from './state.ts';
import { stopTask } from './tasks.ts';

export type Interruption = 'spot' | 'infrastructure' | 'maintenance';

const stops: Readonly<Record<Interruption, Omit<Stop, 'failure'>>> = {
  spot: { code: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' },
  infrastructure: {
    code: 'InfrastructureHealth',
    reason: 'Task was stopped because the underlying infrastructure is unhealthy.',
  },
  maintenance: {
    code: 'ServiceSchedulerInitiated',
    reason: 'ECS is performing maintenance on the underlying infrastructure hosting the task',
  },
};

/** Stops the service's tasks that run or start; throws where it has none. */
export const interrupt = (ecs: Ecs, serviceName: string, interruption: Interruption): void => {
  const service = ecs.services.values().find(({ name }) => name === serviceName);
  const tasks = service ? tasksOf(ecs, service.arn).filter((task) => task.desiredStatus === 'RUNNING') : [];
  if (tasks.length === 0) throw new Error(`Service ${serviceName} has no task to interrupt.`);
  // Whoever is interrupted has not failed: the circuit breaker does not count it.
  for (const { arn } of tasks) stopTask(ecs, arn, { ...stops[interruption], failure: false });
};
