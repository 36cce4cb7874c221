// DescribeTasks and ListTasks: both lag behind writes, and a task just started may be missing.
import type {
  DescribeTasksCommandInput,
  DescribeTasksResponse,
  ListTasksCommandInput,
  ListTasksResponse,
} from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import { nameOf, serviceArn, taskArn } from './arns.ts';
import { clusterOf } from './clusters.ts';
import { pageOf } from './pages.ts';
import { refuse } from './placement-checks.ts';
import type { TaskRecord } from './records.ts';
import { lookAgain } from './scheduler.ts';
import { shown } from './service-reads.ts';
import type { Ecs } from './state.ts';
import { describeTask } from './task-answers.ts';
import { isShown } from './tasks.ts';

export const describeTasks =
  (ecs: Ecs) =>
  ({ cluster, tasks = [], include }: DescribeTasksCommandInput): DescribeTasksResponse => {
    const { name } = clusterOf(ecs, cluster);
    if (tasks.length === 0) refuse('Tasks cannot be empty.');
    if (tasks.length > 100) refuse('tasks can have at most 100 items.');
    const found = tasks.map((reference) => {
      const arn = taskArn(ecs.cloud, name, nameOf(reference));
      const task = ecs.tasks.read(arn);
      return { arn, task: task && isShown(ecs, task) ? task : undefined };
    });
    for (const service of new Set(found.map(({ task }) => task?.service?.arn)))
      if (service) lookAgain(ecs, service);
    return {
      tasks: found.flatMap(({ task }) =>
        task ? [describeTask(ecs, task, include?.includes('TAGS') ?? false)] : [],
      ),
      failures: found.flatMap(({ arn, task }) => (task ? [] : [{ arn, reason: 'MISSING' }])),
    };
  };

export const listTasks =
  (ecs: Ecs) =>
  (input: ListTasksCommandInput): ListTasksResponse => {
    const cluster = clusterOf(ecs, input.cluster);
    if (input.startedBy !== undefined && (input.serviceName ?? input.family) !== undefined)
      refuse('startedBy must be the only filter that is used.');
    const service = serviceOf(ecs, cluster.name, input.serviceName);
    if (service) lookAgain(ecs, service);
    const desiredStatus = input.desiredStatus ?? 'RUNNING';
    const listed = ecs.tasks
      .readValues()
      .filter((task) => task.cluster.arn === cluster.arn && isShown(ecs, task))
      .filter((task) => task.desiredStatus === desiredStatus)
      .filter((task) => service === undefined || task.service?.arn === service)
      .filter((task) => input.startedBy === undefined || task.startedBy === input.startedBy)
      .filter((task) => input.family === undefined || familyOf(task) === input.family)
      .filter((task) => input.launchType === undefined || task.launchType === input.launchType);
    const { items, nextToken } = pageOf(ecs.cloud, listed, {
      operation: 'ListTasks',
      maxResults: input.maxResults,
      nextToken: input.nextToken,
      standard: 100,
    });
    return { taskArns: items.map(({ arn }) => arn), nextToken };
  };

const serviceOf = (ecs: Ecs, cluster: string, reference: string | undefined): string | undefined => {
  if (reference === undefined) return undefined;
  const arn = serviceArn(ecs.cloud, cluster, nameOf(reference));
  if (!shown(ecs, arn)) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  return arn;
};

const familyOf = ({ definition }: TaskRecord): string => nameOf(definition).split(':')[0] ?? '';
