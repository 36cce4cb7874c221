// Asking ECS for a one-off task: the answer is 200 even where nothing was started.
import { createHash } from 'node:crypto';
import type { RegisterTaskDefinitionCommandInput, RunTaskCommandInput, Task } from '@aws-sdk/client-ecs';
import { repeatUnknown } from './ensure.ts';
import { Failed } from './errors.ts';
import type { TaskOwner } from './fleet/types.ts';
import { ecsTagList, ecsTagRecord, type Surroundings } from './resources/surroundings.ts';
import type { Aws, Clock, Log } from './world.ts';

/** What running a task takes: no platform, and of the tenant only what marks the task as its own. */
export type Runner = Omit<Surroundings, 'tenant' | 'platform'> & { readonly tenant: TaskOwner };

export type OneOff = {
  readonly definition: RegisterTaskDefinitionCommandInput & { readonly family: string };
  readonly container: string;
  readonly streamPrefix: string;
  readonly securityGroups: readonly string[];
  /** Marks the task as this run's: at most 128 of [A-Za-z0-9-/_]. */
  readonly startedBy: string;
};

type Start = { readonly taskDefinition: string; readonly attempt: number };

/** A task of its owner's. Throws Failed where ECS cannot place it. */
export const startTask = async (
  around: Runner,
  call: OneOff,
  { taskDefinition, attempt }: Start,
): Promise<Task> => {
  const { tenant, clock, runToken } = around;
  const { subnets, assignPublicIp } = tenant.environment.network;
  return askForTask(around, {
    request: {
      cluster: tenant.environment.cluster,
      taskDefinition,
      launchType: 'FARGATE',
      startedBy: call.startedBy,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...subnets],
          securityGroups: [...call.securityGroups],
          assignPublicIp: assignPublicIp ? 'ENABLED' : 'DISABLED',
        },
      },
      tags: ecsTagList(ecsTagRecord(call.definition.tags)),
    },
    token: `${runToken} ${taskDefinition} ${attempt}`,
    patientUntil: clock.now() + 50_000,
    explain: ({ reason, detail }) =>
      new Failed(
        `ECS could not start the task ${call.definition.family}: ${reason} ${detail}`.trim(),
        startFix(reason),
      ),
  });
};

export type StartFailure = { readonly reason: string; readonly detail: string };

export type Asking = {
  readonly request: RunTaskCommandInput;
  /** Different for each task that is wanted; a lost answer is asked for again under the same one. */
  readonly token: string;
  /** Milliseconds since the epoch until which missing capacity is waited for. */
  readonly patientUntil: number;
  /** What is thrown for the first of failures[]. */
  readonly explain: (failure: StartFailure) => Error;
};

/** RunTask answers 200 with failures[]; capacity comes back by itself, everything else does not. */
export const askForTask = async (
  { aws, clock, log }: { readonly aws: Pick<Aws, 'ecs'>; readonly clock: Clock; readonly log: Log },
  { request, token, patientUntil, explain }: Asking,
): Promise<Task> => {
  for (let tries = 1; ; tries++) {
    const clientToken = createHash('sha256').update(`${token} ${tries}`).digest('hex').slice(0, 36);
    const answer = await repeatUnknown(() => aws.ecs.runTask({ ...request, clientToken }));
    const task = answer.tasks?.[0];
    if (task) return task;
    const { reason = 'no reason given', detail = '' } = answer.failures?.[0] ?? {};
    const pause = Math.min(5_000 * tries, 30_000);
    if (!isCapacity(reason) || clock.now() + pause > patientUntil) throw explain({ reason, detail });
    log.info(`ECS has no room for the task yet (${reason}); asking again in ${pause / 1000} s`);
    await clock.sleep(pause);
  }
};

const startFix = (reason: string): string => {
  if (/MISSING|INACTIVE/.test(reason)) return 'Check cluster in the environment manifest.';
  if (isCapacity(reason))
    return 'Fargate has no room in these subnets right now; run again, or add subnets to the environment.';
  return 'Put right what the reason names, then run again.';
};

/** Whether it is for want of room, which comes back by itself. */
export const isCapacity = (reason: string): boolean => /RESOURCE|AGENT|capacity/i.test(reason);
