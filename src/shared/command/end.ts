// How a command's task ended, as one of the few things that it can mean.
import type { Container, ContainerDefinition, Task } from '@aws-sdk/client-ecs';

export type Neighbour = { readonly name: string; readonly exitCode: number; readonly reason: string };

export type End =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'never-started'; readonly reason: string }
  /** Killed by the kernel; `isTold`: ECS says so itself, and it is not only likely. */
  | { readonly kind: 'out-of-memory'; readonly exitCode: number; readonly isTold: boolean }
  /** Another essential container ended, and took the task along. */
  | { readonly kind: 'neighbour-died'; readonly exitCode: number | undefined; readonly neighbour: Neighbour }
  /** AWS or a person stopped the task. */
  | {
      readonly kind: 'stopped';
      readonly exitCode: number | undefined;
      readonly by: string;
      readonly reason: string;
    };

export const exitCodeOf = (end: End): number | undefined =>
  end.kind === 'never-started' ? undefined : end.exitCode;

/** SIGKILL and SIGTERM: what a container ends with that was ended. */
const signals = [137, 143];

/** Stops that are no consequence of what ran in the task. */
const fromOutside = [
  'UserInitiated',
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
  'ServiceSchedulerInitiated',
];

/** `container` is the command's own. */
export const readEnd = (task: Task, container: string, definitions: readonly ContainerDefinition[]): End => {
  const { containers = [], stopCode = '', stoppedReason = '' } = task;
  const own = containers.find(({ name }) => name === container);
  const exitCode = own?.exitCode;
  if (exitCode !== undefined && /OutOfMemory/i.test(`${own?.reason} ${stoppedReason}`))
    return { kind: 'out-of-memory', exitCode, isTold: true };
  if (fromOutside.includes(stopCode))
    return { kind: 'stopped', exitCode, by: stopCode, reason: stoppedReason };
  const neighbour = deadNeighbour(containers, container, definitions);
  const wasEnded =
    exitCode === undefined ? stopCode === 'EssentialContainerExited' : signals.includes(exitCode);
  if (wasEnded && neighbour) return { kind: 'neighbour-died', exitCode, neighbour };
  if (exitCode === undefined) return { kind: 'never-started', reason: reasonsOf(task) };
  return exitCode === 137 ? { kind: 'out-of-memory', exitCode, isTold: false } : { kind: 'exited', exitCode };
};

const deadNeighbour = (
  containers: readonly Container[],
  own: string,
  definitions: readonly ContainerDefinition[],
): Neighbour | undefined => {
  const essential = new Set(definitions.filter((one) => one.essential !== false).map(({ name }) => name));
  for (const { name = '', exitCode, reason = '' } of containers)
    if (name !== own && essential.has(name) && exitCode !== undefined && !signals.includes(exitCode))
      return { name, exitCode, reason };
  return undefined;
};

/** ECS tells it of the task, of a container, or of both. */
const reasonsOf = ({ stoppedReason = '', containers = [] }: Task): string => {
  const others = containers.flatMap(({ name, reason }) =>
    reason && !stoppedReason.includes(reason) ? [`${name}: ${reason}`] : [],
  );
  return [stoppedReason, ...others].filter(Boolean).join(' ') || 'no reason given';
};
