// A deployment's own tasks: those that run, and those that stopped, which ECS forgets after about an hour.
import type { Task } from '@aws-sdk/client-ecs';
import type { Evidence, StoppedTask } from '../diagnose/evidence.ts';
import { clean } from './clean.ts';
import type { Reading } from './reading.ts';
import type { Around, Scene } from './scene.ts';

export type TasksSeen = {
  readonly stopped: readonly StoppedTask[];
  readonly running: Evidence['running'];
  /** On their way out: what they end with is not known yet. */
  readonly stopping: readonly StoppedTask[];
  /** ARN of the task definition that they were made from. */
  readonly definition: string | undefined;
  /** Ids of all stopped tasks that were described, ours or not. */
  readonly described: readonly string[];
};

/** Undefined where they could not be read. Takes three calls; `known` ids are not described again. */
export const readTasks = async (
  { aws }: Around,
  { cluster, service, ours }: Scene,
  { reading, known }: { readonly reading: Reading; readonly known: ReadonlySet<string> },
): Promise<TasksSeen | undefined> => {
  const list = (desiredStatus: 'RUNNING' | 'STOPPED') =>
    reading.read(`the service's ${desiredStatus.toLowerCase()} tasks`, () =>
      aws.ecs.listTasks({ cluster, serviceName: service, desiredStatus, maxResults: 100 }),
    );
  const [running, stopped] = await Promise.all([list('RUNNING'), list('STOPPED')]);
  if (!running || !stopped) return undefined;
  const listed = [...(running.taskArns ?? []), ...(stopped.taskArns ?? [])];
  const asked = listed.filter((arn) => !known.has(idOf(arn))).slice(0, 100);
  if (!asked.length) return sort([], ours);
  const answer = await reading.read("the tasks' details", () =>
    aws.ecs.describeTasks({ cluster, tasks: asked }),
  );
  return answer && sort(answer.tasks ?? [], ours);
};

const sort = (all: readonly Task[], ours: string): TasksSeen => {
  const tasks = all.filter(({ startedBy }) => startedBy === ours);
  const leaving = tasks.filter(({ desiredStatus }) => desiredStatus === 'STOPPED');
  const ended = leaving.filter(isOver);
  return {
    stopped: ended.map(stoppedTask),
    running: tasks
      .filter(({ desiredStatus, lastStatus }) => desiredStatus !== 'STOPPED' && lastStatus === 'RUNNING')
      .map((task) => ({
        id: idOf(task.taskArn),
        address: addressOf(task),
        startedAt: (task.startedAt ?? task.createdAt)?.getTime() ?? 0,
      }))
      .toSorted((a, b) => b.startedAt - a.startedAt),
    stopping: leaving.filter((task) => !isOver(task)).map(stoppedTask),
    definition: tasks[0]?.taskDefinitionArn,
    described: all
      .filter((task) => task.desiredStatus === 'STOPPED' && isOver(task))
      .map(({ taskArn }) => idOf(taskArn)),
  };
};

/**
 * Exit codes are there once every container has stopped; what follows only takes the network away. Of a task that never
 * started, or that failed its health checks, all is known as soon as ECS stops it: the rest is draining.
 */
const isOver = ({ lastStatus, stopCode, stoppedReason = '', containers = [] }: Task): boolean =>
  lastStatus === 'STOPPED' ||
  (stopCode === 'TaskFailedToStart' && stoppedReason !== '') ||
  (stopCode === 'ServiceSchedulerInitiated' && /failed .*health checks/.test(stoppedReason)) ||
  (lastStatus === 'DEPROVISIONING' && containers.every((container) => container.lastStatus === 'STOPPED'));

const stoppedTask = (task: Task): StoppedTask => ({
  id: idOf(task.taskArn),
  stopCode: task.stopCode ?? '',
  reason: clean(task.stoppedReason ?? ''),
  address: addressOf(task),
  createdAt: task.createdAt?.getTime(),
  startedAt: task.startedAt?.getTime(),
  stoppedAt: (task.stoppedAt ?? task.stoppingAt ?? task.createdAt)?.getTime() ?? 0,
  containers: (task.containers ?? []).map(({ name = '', exitCode, reason = '' }) => ({
    name,
    exitCode,
    reason: clean(reason),
  })),
});

/** ECS stopped it only because fewer are wanted, or to make room for the next deployment. */
export const isScaledIn = ({ reason }: StoppedTask): boolean => reason.startsWith('Scaling activity');

const idOf = (arn = ''): string => arn.split('/').at(-1) ?? '';

const addressOf = ({ attachments = [] }: Task): string | undefined =>
  attachments.flatMap(({ details = [] }) => details).find(({ name }) => name === 'privateIPv4Address')?.value;
