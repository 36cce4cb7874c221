// Tasks in the cluster that concern a command: its own of an earlier attempt, and other migrations.
import type { Task } from '@aws-sdk/client-ecs';
import { repeatUnknown } from '../ensure.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';
import { type Call, earlierAttempts, isSameCommand, startedByOf } from './call.ts';
import type { Running } from './running.ts';
import type { Workplace } from './workplace.ts';

type Around = Pick<ApplicationSurroundings, 'aws' | 'application'>;

/**
 * The task that an earlier attempt of this job started and that still runs, or ended well in the same revision: an attempt
 * that lost sight of it must not run it twice. ECS shows ended tasks for an hour or so.
 */
export const findEarlier = async ({ around, call, workplace, world }: Running): Promise<Task | undefined> => {
  for (const attempt of earlierAttempts(world.run)) {
    const startedBy = startedByOf(around.application, call, { ...world.run, attempt });
    const [found] = await runningBy(around, startedBy);
    if (found) return found;
    const ended = await describeListed(around, { startedBy, desiredStatus: 'STOPPED' });
    const through = ended.find((task) => isThrough(task, call, workplace));
    if (through) return through;
  }
  return undefined;
};

const isThrough = (
  { taskDefinitionArn, containers = [] }: Task,
  { container }: Call,
  { definition }: Workplace,
) =>
  taskDefinitionArn === definition.taskDefinitionArn &&
  containers.some(({ name, exitCode }) => name === container && exitCode === 0);

export const runningBy = async (around: Around, startedBy: string): Promise<readonly Task[]> =>
  (await describeListed(around, { startedBy, desiredStatus: 'RUNNING' })).filter(isAlive);

const isAlive = ({ lastStatus }: Task): boolean => lastStatus !== 'STOPPED';

/**
 * Tasks that run the same command in the service's task definition, whatever its revision, whoever started them: a
 * pipeline's own migration, or a person's, meets ours in the same database. One that is being stopped counts still.
 */
export const findSame = async (
  around: Around,
  call: Call,
  { definition }: Workplace,
): Promise<readonly Task[]> => {
  const family = definition.family;
  const listed = [
    ...(await describeListed(around, { family, desiredStatus: 'RUNNING' })),
    ...(await describeListed(around, { family, desiredStatus: 'STOPPED' })),
  ];
  return listed.filter((task) => isAlive(task) && runsCommand(task, call));
};

/** In whichever container: it is the same database. */
const runsCommand = ({ overrides }: Task, { words }: Call): boolean =>
  overrides?.containerOverrides?.some(({ command = [] }) => isSameCommand(command, words)) ?? false;

type Listing = {
  readonly startedBy?: string;
  readonly family?: string | undefined;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
};

const describeListed = async (
  { aws, application: { cluster } }: Around,
  listing: Listing,
): Promise<readonly Task[]> => {
  const found: Task[] = [];
  for await (const { taskArns } of aws.ecs.paginateListTasks({ cluster, ...listing })) {
    if (!taskArns?.length) continue;
    const { tasks = [] } = await aws.ecs.describeTasks({ cluster, tasks: taskArns });
    found.push(...tasks);
  }
  return found;
};

/** Stopping what is gone already is no error. */
export const stopOne = async (
  { aws, application: { cluster } }: Around,
  task: string,
  why: string,
): Promise<void> => {
  try {
    await repeatUnknown(() => aws.ecs.stopTask({ cluster, task, reason: `tenant-actions: ${why}` }));
  } catch (error) {
    if (isNamed(error, 'InvalidParameterException') && /not found/i.test(String(error))) return;
    throw error;
  }
};

export const taskIdOf = (arn = ''): string => arn.split('/').at(-1) ?? '';
