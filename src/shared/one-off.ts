// A task that runs once and ends: registered for the run, watched to its end, removed again, whatever happens.
import type { Task } from '@aws-sdk/client-ecs';
import { repeatUnknown } from './ensure.ts';
import { Cancelled } from './errors.ts';
import { isOurs } from './fleet/names.ts';
import { type Ended, isSecretDenied, judgeTask } from './judge/task.ts';
import { type LogPlace, readTail } from './logs.ts';
import { type OneOff, type Runner, startTask } from './one-off-start.ts';
import { quoteForeign } from './redact.ts';
import { messageOf } from './report.ts';
import { ecsTagRecord } from './resources/surroundings.ts';
import { deleteFamily } from './resources/task-definition.ts';
import { seek, waitUntil } from './wait.ts';

export type Finished = Ended & { readonly taskArn: string; readonly logTail: readonly string[] };

/** Runs to STOPPED and answers exit code, reason and log tail. Throws Failed where ECS cannot place the task. */
export const runOneOff = async (around: Runner, call: OneOff): Promise<Finished> => {
  const { family } = call.definition;
  await sweepOneOff(around, family, 'left by an earlier run');
  await waitForOrphans(around, family);
  return andThen(
    () => runPatiently(around, call),
    () => sweepOneOff(around, family, 'this run ended'),
    around,
  );
};

/** Cleans up whatever `body` comes to. An error of the clean-up must not hide the one that made it necessary. */
export const andThen = async <T>(
  body: () => Promise<T>,
  cleanUp: () => Promise<void>,
  { log }: Pick<Runner, 'log'>,
): Promise<T> => {
  let result: T;
  try {
    result = await body();
  } catch (error) {
    await cleanUp().catch((second: unknown) =>
      log.warning(`Cleaning up failed too (${messageOf(second)}); the next run does it.`),
    );
    throw error;
  }
  await cleanUp();
  return result;
};

const runPatiently = async (around: Runner, call: OneOff): Promise<Finished> => {
  const first = await runRegistered(around, call, 1);
  if (!isSecretDenied(first)) return first;
  around.log.info(
    'The role was not allowed to read the secret yet; IAM changes take seconds to hold. Running once more.',
  );
  await around.clock.sleep(15_000);
  return runRegistered(around, call, 2);
};

/**
 * Stops running tasks of the family that are tagged as this tenant's, and removes its revisions. Also what `post` does
 * after a killed main.
 */
export const sweepOneOff = async (around: Runner, family: string, why: string): Promise<void> => {
  const { aws, tenant, log } = around;
  const cluster = tenant.environment.cluster;
  for (const task of await listOwn(around, family)) {
    log.info(`stopping task ${task}: ${why}`);
    await repeatUnknown(() => aws.ecs.stopTask({ cluster, task, reason: `tenant-actions: ${why}` }));
  }
  await repeatUnknown(() => deleteFamily(around, family));
};

/** A shell lives on for its stop timeout after StopTask; two of them must not work on one database. */
const waitForOrphans = (around: Runner, family: string): Promise<undefined> =>
  waitUntil<readonly Task[], undefined>(
    {
      what: `tasks of ${family} of an earlier run`,
      observe: async () => [
        ...(await listTasks(around, family, 'RUNNING')),
        ...(await listTasks(around, family, 'STOPPED')),
      ],
      judge: (tasks) =>
        tasks.every(({ lastStatus }) => lastStatus === 'STOPPED')
          ? { kind: 'ready', value: undefined }
          : { kind: 'pending', why: 'stopping' },
      deadline: around.deadline,
      pause: [1_000, 5_000],
    },
    around,
  );

const listOwn = async (around: Runner, family: string): Promise<readonly string[]> =>
  (await listTasks(around, family, 'RUNNING')).map(({ taskArn = '' }) => taskArn);

/** Tasks of the family that are tagged as this tenant's; `desired` is what ECS wants of them, not what they are yet. */
const listTasks = async (
  { aws, tenant, log }: Runner,
  family: string,
  desired: 'RUNNING' | 'STOPPED',
): Promise<readonly Task[]> => {
  const cluster = tenant.environment.cluster;
  const owner = { environment: tenant.environment.name, tenant: tenant.name };
  const own: Task[] = [];
  for await (const page of aws.ecs.paginateListTasks({ cluster, family, desiredStatus: desired })) {
    if (!page.taskArns?.length) continue;
    const { tasks = [] } = await aws.ecs.describeTasks({ cluster, tasks: page.taskArns, include: ['TAGS'] });
    for (const task of tasks) {
      if (isOurs(ecsTagRecord(task.tags), owner)) own.push(task);
      else if (desired === 'RUNNING')
        log.info(`task ${task.taskArn} of ${family} is left alone: it is not tagged as this tenant's`);
    }
  }
  return own;
};

const runRegistered = async (around: Runner, call: OneOff, attempt: number): Promise<Finished> => {
  const definition = await repeatUnknown(() => around.aws.ecs.registerTaskDefinition(call.definition));
  const taskDefinition = definition.taskDefinition?.taskDefinitionArn ?? '';
  const task = await startTask(around, call, { taskDefinition, attempt });
  const taskArn = task.taskArn ?? '';
  around.log.info(`task ${taskArn} started`);
  const ended = await waitUntil(
    {
      what: `task ${call.definition.family}`,
      observe: () => describeTask(around, taskArn),
      judge: (found) => judgeTask(found, call.container),
      deadline: around.deadline,
      pause: [1_000, 5_000],
    },
    around,
  );
  const stream = `${call.streamPrefix}/${call.container}/${taskArn.split('/').at(-1)}`;
  const place = { group: around.tenant.environment.logGroup, stream };
  return { ...ended, taskArn, logTail: await readEnd(around, place, ended) };
};

/** What the container said last. A log that cannot be read must not hide how the task ended. */
const readEnd = async (around: Runner, place: LogPlace, { exitCode }: Ended): Promise<readonly string[]> => {
  const look = async (): Promise<readonly string[] | undefined> => {
    const lines = await readTail(around, place);
    return lines.length ? lines : undefined;
  };
  try {
    // Lines arrive seconds after they were written; a container that never started wrote none.
    return (await (exitCode === undefined ? look() : seek(look, around.clock))) ?? [];
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return [quoteForeign(`the log could not be read: ${messageOf(error)}`)];
  }
};

const describeTask = async ({ aws, tenant }: Runner, task: string): Promise<Task | undefined> => {
  const { tasks } = await aws.ecs.describeTasks({ cluster: tenant.environment.cluster, tasks: [task] });
  return tasks?.[0];
};
