// Has a one-off task ended, and how?
import type { Task } from '@aws-sdk/client-ecs';
import type { Verdict } from '../wait.ts';

export type Ended = {
  /** Undefined: the container never started. */
  readonly exitCode: number | undefined;
  /** Why it ended, as ECS says it. */
  readonly reason: string;
  readonly stopCode: string;
};

/** `container` is the one whose exit code counts. */
export const judgeTask = (task: Task | undefined, container: string): Verdict<Ended> => {
  // DescribeTasks is eventually consistent: a task started just now may be MISSING.
  if (!task) return { kind: 'pending', why: 'ECS does not show the task yet' };
  if (task.lastStatus !== 'STOPPED')
    return { kind: 'pending', why: (task.lastStatus ?? 'starting').toLowerCase() };
  const watched = task.containers?.find(({ name }) => name === container);
  const reason = [task.stoppedReason, watched?.reason].filter(Boolean).join(' ');
  return { kind: 'ready', value: { exitCode: watched?.exitCode, reason, stopCode: task.stopCode ?? '' } };
};

/** A policy written seconds ago may not hold yet; the task that asked too early says so like this. */
export const isSecretDenied = ({ exitCode, reason }: Ended): boolean =>
  exitCode === undefined && /AccessDenied/.test(reason) && /secretsmanager|secret/i.test(reason);

/** How a command came to its end: its task stopped; or it is done, and other containers keep the task alive; or too late. */
export type CommandEnd =
  | { readonly kind: 'stopped'; readonly task: Task }
  | { readonly kind: 'lingering'; readonly task: Task }
  | { readonly kind: 'overdue'; readonly task: Task | undefined };

export type CommandLook = { readonly task: Task | undefined; readonly now: number };

/** `isEssential`: whether the container's end is the task's. Never fails: what an end means is told with the log. */
export const judgeCommand = (
  { task, now }: CommandLook,
  {
    container,
    isEssential,
    deadline,
  }: { readonly container: string; readonly isEssential: boolean; readonly deadline: number },
): Verdict<CommandEnd> => {
  if (task?.lastStatus === 'STOPPED') return { kind: 'ready', value: { kind: 'stopped', task } };
  const watched = task?.containers?.find(({ name }) => name === container);
  if (task && !isEssential && watched?.lastStatus === 'STOPPED' && watched.exitCode !== undefined)
    return { kind: 'ready', value: { kind: 'lingering', task } };
  if (now >= deadline) return { kind: 'ready', value: { kind: 'overdue', task } };
  const ended = judgeTask(task, container);
  return ended.kind === 'ready' ? { kind: 'pending', why: 'stopped' } : ended;
};
