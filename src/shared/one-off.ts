// A task that runs once and ends: registered for the run, watched to its end, removed again, whatever happens.
import { createHash } from 'node:crypto';
import type { RegisterTaskDefinitionCommandInput, Task } from '@aws-sdk/client-ecs';
import { repeatUnknown } from './ensure.ts';
import { Failed } from './errors.ts';
import { isOurs } from './fleet/names.ts';
import { type Ended, isSecretDenied, judgeTask } from './judge/task.ts';
import { readTail } from './logs.ts';
import type { Prepared } from './prepare.ts';
import { messageOf } from './report.ts';
import { ecsTagList, ecsTagRecord } from './resources/surroundings.ts';
import { deleteFamily } from './resources/task-definition.ts';
import { waitUntil } from './wait.ts';

export type OneOff = {
  readonly definition: RegisterTaskDefinitionCommandInput & { readonly family: string };
  readonly container: string;
  readonly streamPrefix: string;
  readonly securityGroups: readonly string[];
  /** Marks the task as this run's: at most 128 of [A-Za-z0-9-/_]. */
  readonly startedBy: string;
};

export type Finished = Ended & { readonly taskArn: string; readonly logTail: readonly string[] };

/** Runs to STOPPED and answers exit code, reason and log tail. Throws Failed where ECS cannot place the task. */
export const runOneOff = async (around: Prepared, call: OneOff): Promise<Finished> => {
  const { family } = call.definition;
  await sweepOneOff(around, family, 'left by an earlier run');
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
  { log }: Pick<Prepared, 'log'>,
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

const runPatiently = async (around: Prepared, call: OneOff): Promise<Finished> => {
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
export const sweepOneOff = async (around: Prepared, family: string, why: string): Promise<void> => {
  const { aws, tenant, log } = around;
  const cluster = tenant.environment.cluster;
  for (const task of await listOwn(around, family)) {
    log.info(`stopping task ${task}: ${why}`);
    await repeatUnknown(() => aws.ecs.stopTask({ cluster, task, reason: `tenant-actions: ${why}` }));
  }
  await repeatUnknown(() => deleteFamily(around, family));
};

const listOwn = async ({ aws, tenant, log }: Prepared, family: string): Promise<readonly string[]> => {
  const cluster = tenant.environment.cluster;
  const owner = { environment: tenant.environment.name, tenant: tenant.name };
  const own: string[] = [];
  for await (const page of aws.ecs.paginateListTasks({ cluster, family, desiredStatus: 'RUNNING' })) {
    if (!page.taskArns?.length) continue;
    const { tasks = [] } = await aws.ecs.describeTasks({ cluster, tasks: page.taskArns, include: ['TAGS'] });
    for (const { taskArn = '', tags } of tasks) {
      if (isOurs(ecsTagRecord(tags), owner)) own.push(taskArn);
      else log.info(`task ${taskArn} of ${family} is left alone: it is not tagged as this tenant's`);
    }
  }
  return own;
};

const runRegistered = async (around: Prepared, call: OneOff, attempt: number): Promise<Finished> => {
  const definition = await repeatUnknown(() => around.aws.ecs.registerTaskDefinition(call.definition));
  const taskDefinition = definition.taskDefinition?.taskDefinitionArn ?? '';
  const task = await start(around, call, { taskDefinition, attempt });
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
  return {
    ...ended,
    taskArn,
    logTail: await readTail(around, { group: around.tenant.environment.logGroup, stream }),
  };
};

const describeTask = async ({ aws, tenant }: Prepared, task: string): Promise<Task | undefined> => {
  const { tasks } = await aws.ecs.describeTasks({ cluster: tenant.environment.cluster, tasks: [task] });
  return tasks?.[0];
};

type Start = { readonly taskDefinition: string; readonly attempt: number };

/** RunTask answers 200 with failures[]; capacity comes back by itself, everything else does not. */
const start = async (around: Prepared, call: OneOff, { taskDefinition, attempt }: Start): Promise<Task> => {
  const { aws, tenant, clock, runToken } = around;
  const { subnets, assignPublicIp } = tenant.environment.network;
  for (let tries = 1; ; tries++) {
    const answer = await repeatUnknown(() =>
      aws.ecs.runTask({
        cluster: tenant.environment.cluster,
        taskDefinition,
        launchType: 'FARGATE',
        clientToken: createHash('sha256')
          .update(`${runToken} ${taskDefinition} ${attempt} ${tries}`)
          .digest('hex')
          .slice(0, 36),
        startedBy: call.startedBy,
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: [...subnets],
            securityGroups: [...call.securityGroups],
            assignPublicIp: assignPublicIp ? 'ENABLED' : 'DISABLED',
          },
        },
        tags: ecsTagList(ecsTagRecord(call.definition.tags)),
      }),
    );
    const task = answer.tasks?.[0];
    if (task) return task;
    const { reason = 'no reason given', detail = '' } = answer.failures?.[0] ?? {};
    if (!/RESOURCE|AGENT|capacity/i.test(reason) || tries >= 5)
      throw new Failed(
        `ECS could not start the task ${call.definition.family}: ${reason} ${detail}`.trim(),
        /MISSING|INACTIVE/.test(reason)
          ? 'Check cluster in the environment manifest.'
          : 'Fargate has no room in these subnets right now; run again, or add subnets to the environment.',
      );
    await clock.sleep(5_000 * tries);
  }
};
