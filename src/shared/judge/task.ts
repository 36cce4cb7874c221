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
