// What a service's running tasks wrote last, for whoever looks at a healthy application too.
import type { Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { logOf, type Workplace } from '../command/workplace.ts';
import { Cancelled } from '../errors.ts';
import type { ApplicationService } from '../fleet/application.ts';
import { readTail } from '../logs.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { messageOf } from '../report.ts';

/** The last lines of a service's newest running task. What cannot be read is said, never thrown. */
export const readServiceTail = async (
  around: ApplicationSurroundings,
  named: ApplicationService,
  lines: number,
): Promise<readonly string[]> => {
  try {
    const task = await findNewestTask(around, named);
    if (!task) return ['no task runs'];
    const place = await findLog(around, named, task.taskDefinitionArn ?? '');
    if (typeof place === 'string') return [place];
    const tail = await readTail(around, place(task.taskArn?.split('/').at(-1) ?? ''), lines);
    return tail.length ? tail : ['nothing was written yet'];
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return [`not read: ${messageOf(error, 'application')}`];
  }
};

const findNewestTask = async (
  { aws, application: { cluster } }: ApplicationSurroundings,
  { service }: ApplicationService,
): Promise<Task | undefined> => {
  const { taskArns = [] } = await aws.ecs.listTasks({
    cluster,
    serviceName: service,
    desiredStatus: 'RUNNING',
  });
  if (!taskArns.length) return undefined;
  const { tasks = [] } = await aws.ecs.describeTasks({ cluster, tasks: taskArns.slice(0, 100) });
  return tasks.toSorted((a, b) => (b.startedAt?.getTime() ?? 0) - (a.startedAt?.getTime() ?? 0))[0];
};

/** Where each task of a revision logs; a sentence where that cannot be read here. */
const findLog = async (
  { aws, application }: ApplicationSurroundings,
  { container }: ApplicationService,
  taskDefinition: string,
): Promise<Workplace['log']> => {
  const answer = await aws.ecs.describeTaskDefinition({ taskDefinition });
  const found = containerOf(answer.taskDefinition, container);
  return found ? logOf(found, application.environment.region) : `there is no container ${container}`;
};

const containerOf = (definition: TaskDefinition | undefined, wanted: string) =>
  definition?.containerDefinitions?.find(({ name }) => name === wanted);
