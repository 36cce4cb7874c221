// Tasks in the cluster that concern a command: its own of an earlier attempt, and other migrations.
import type { Task } from '@aws-sdk/client-ecs';
import { repeatUnknown } from '../ensure.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';
import type { Run } from '../world.ts';
import { type Call, earlierAttempts, startedByOf } from './call.ts';
import type { Workplace } from './workplace.ts';

type Around = Pick<ApplicationSurroundings, 'aws' | 'application'>;

/** The task that an earlier attempt of this job started and that still runs. */
export const findEarlier = async (around: Around, call: Call, run: Run): Promise<Task | undefined> => {
  for (const attempt of earlierAttempts(run)) {
    const startedBy = startedByOf(around.application, call, { ...run, attempt });
    const [found] = await runningBy(around, startedBy);
    if (found) return found;
  }
  return undefined;
};

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

const runsCommand = ({ overrides }: Task, { container, words }: Call): boolean => {
  const { command = [] } = overrides?.containerOverrides?.find(({ name }) => name === container) ?? {};
  return command.length === words.length && command.every((word, index) => word === words[index]);
};

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
