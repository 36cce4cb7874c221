// Asking ECS for a one-off task: the answer is 200 even where nothing was started.
import { createHash } from 'node:crypto';
import type { RegisterTaskDefinitionCommandInput, Task } from '@aws-sdk/client-ecs';
import { repeatUnknown } from './ensure.ts';
import { Failed } from './errors.ts';
import type { Prepared } from './prepare.ts';
import { ecsTagList, ecsTagRecord } from './resources/surroundings.ts';

export type OneOff = {
  readonly definition: RegisterTaskDefinitionCommandInput & { readonly family: string };
  readonly container: string;
  readonly streamPrefix: string;
  readonly securityGroups: readonly string[];
  /** Marks the task as this run's: at most 128 of [A-Za-z0-9-/_]. */
  readonly startedBy: string;
};

type Start = { readonly taskDefinition: string; readonly attempt: number };

/** RunTask answers 200 with failures[]; capacity comes back by itself, everything else does not. */
export const startTask = async (
  around: Prepared,
  call: OneOff,
  { taskDefinition, attempt }: Start,
): Promise<Task> => {
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
    if (!isCapacity(reason) || tries >= 5)
      throw new Failed(
        `ECS could not start the task ${call.definition.family}: ${reason} ${detail}`.trim(),
        startFix(reason),
      );
    await clock.sleep(5_000 * tries);
  }
};

const startFix = (reason: string): string => {
  if (/MISSING|INACTIVE/.test(reason)) return 'Check cluster in the environment manifest.';
  if (isCapacity(reason))
    return 'Fargate has no room in these subnets right now; run again, or add subnets to the environment.';
  return 'Put right what the reason names, then run again.';
};

const isCapacity = (reason: string): boolean => /RESOURCE|AGENT|capacity/i.test(reason);
