// A service's record and tasks, as the scheduler reads and changes them.
import type { ServiceRecord, TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';

export const tasksOf = (ecs: Ecs, serviceArn: string): readonly TaskRecord[] =>
  (ecs.serviceTasks.get(serviceArn) ?? []).flatMap((arn) => ecs.tasks.get(arn) ?? []);

/** The same as reads see them: behind by the lag. */
export const shownTasksOf = (ecs: Ecs, serviceArn: string): readonly TaskRecord[] =>
  (ecs.serviceTasks.get(serviceArn) ?? []).flatMap((arn) => ecs.tasks.read(arn) ?? []);

/** Wanted: starting or running, not on its way out. */
export const isLive = ({ desiredStatus }: TaskRecord): boolean => desiredStatus === 'RUNNING';

export const changeService = (
  ecs: Ecs,
  arn: string,
  step: (service: ServiceRecord) => ServiceRecord,
): void => {
  const service = ecs.services.get(arn);
  const next = service && step(service);
  if (next && next !== service) ecs.services.set(arn, next);
};
