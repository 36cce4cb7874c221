// Whose logs are read: of tasks that ended, the container that ended badly; of those that run, the newest.
import type { StoppedTask } from '../diagnose/evidence.ts';
import { logOptionsOf } from './definition.ts';
import type { Memory } from './memory.ts';
import type { Scene } from './scene.ts';
import type { LogSpot } from './task-logs.ts';

/** While waiting; as many again at the end. */
const mostLogs = 8;
const mostRunning = 2;

/** Logs of stopped tasks that were not read yet, newest first; a task whose containers never ran wrote none. */
export const unreadStopped = (memory: Memory, scene: Scene): readonly LogSpot[] =>
  memory.stopped
    .filter(({ id }) => memory.previewed.has(id) || !memory.logs.some(({ taskId }) => taskId === id))
    .filter(
      ({ startedAt, containers }) =>
        startedAt !== undefined || containers.some(({ exitCode }) => exitCode !== undefined),
    )
    .slice(0, Math.max(0, mostLogs - (memory.logs.length - memory.previewed.size)))
    .flatMap((task) => spotOf(memory, scene, { id: task.id, container: culpritOf(task) ?? scene.container }));

const mostPreviews = 2;

/** Running tasks that fail their health checks, each once: what their logs say now, ECS's end of them says minutes later. */
export const unreadAiling = (
  memory: Memory,
  scene: Scene,
  unhealthy: readonly string[],
): readonly LogSpot[] =>
  memory.running
    .filter(({ address }) => address !== undefined && unhealthy.includes(address))
    .filter(({ id }) => !memory.logs.some(({ taskId }) => taskId === id))
    .slice(0, Math.max(0, mostPreviews - memory.previewed.size))
    .flatMap(({ id }) => spotOf(memory, scene, { id, container: scene.container }));

/** At the end: what was unread or empty once more (a log arrives seconds after its task ended), and what runs now. */
export const unreadAtEnd = (memory: Memory, scene: Scene): readonly LogSpot[] => {
  const again = memory.logs
    .filter(({ lines }) => !lines.length)
    .map(({ taskId, group, stream }) => ({ taskId, group, stream }));
  const running = memory.running
    .slice(0, mostRunning)
    .flatMap(({ id }) => spotOf(memory, scene, { id, container: scene.container }));
  return [...running, ...again, ...unreadStopped(memory, scene)].slice(0, mostLogs);
};

/** Whether the task definition has to be read before a log can be. */
export const needsDefinition = (memory: Memory, scene: Scene): boolean =>
  scene.logOf === undefined && memory.definition === undefined;

const culpritOf = ({ containers }: StoppedTask): string | undefined =>
  containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0)?.name;

const spotOf = (
  { definition }: Memory,
  { logOf }: Scene,
  { id, container }: { readonly id: string; readonly container: string },
): readonly LogSpot[] => {
  const known = logOf?.(container, id);
  if (known) return [{ taskId: id, ...known }];
  const options = logOptionsOf(definition, container);
  return options
    ? [{ taskId: id, group: options.group, stream: `${options.prefix}/${container}/${id}` }]
    : [];
};
