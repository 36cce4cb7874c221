// Starting a command's task, and never two migrations at once.
import type { RunTaskCommandInput, Task } from '@aws-sdk/client-ecs';
import { Failed, Refused } from '../errors.ts';
import { askForTask } from '../one-off-start.ts';
import { ecsTagList, isNamed } from '../resources/surroundings.ts';
import { callName, startedByOf, tagsOfCall } from './call.ts';
import { remembered } from './leave.ts';
import { explainStart } from './never-started.ts';
import type { Running } from './running.ts';
import { findSame, stopOne } from './tasks.ts';
import { logCommand, stopCommand } from './whereabouts.ts';

export type Starting = { readonly tries: number; readonly patientUntil: number };

/** Throws Refused where the same migration runs already, Failed where ECS cannot place the task. */
export const startCommand = async (running: Running, { tries, patientUntil }: Starting): Promise<Task> => {
  const { around, call, world } = running;
  if (call.operation === 'migrate') await refuseSecond(running);
  const startedBy = startedByOf(around.application, call, world.run);
  // Before the call: a job that dies in it finds its task by this.
  world.remember(remembered.operation, call.operation);
  world.remember(remembered.startedBy, startedBy);
  const task = await askForTask(around, {
    request: requestOf(running, startedBy),
    token: `${around.runToken} ${startedBy} ${tries}`,
    patientUntil,
    explain: ({ reason, detail }) => cannotStart(running, `${reason} ${detail}`.trim()),
  }).catch((error: unknown) => {
    throw isNamed(error, 'ClientException') || /reached the limit on the number of/i.test(String(error))
      ? cannotStart(running, String(error))
      : error;
  });
  if (call.operation === 'migrate') await yieldToElder(running, task);
  return task;
};

/** The override is the command alone: environment and secrets are the service's own. */
const requestOf = (
  { around: { application }, call, workplace, world }: Running,
  startedBy: string,
): RunTaskCommandInput => ({
  cluster: application.cluster,
  taskDefinition: workplace.definition.taskDefinitionArn,
  ...workplace.run,
  overrides: { containerOverrides: [{ name: call.container, command: [...call.words] }] },
  startedBy,
  tags: ecsTagList(tagsOfCall(application, call, world.run)),
});

const cannotStart = ({ around: { application }, call, workplace }: Running, reason: string): Failed => {
  if (/TaskDefinition is inactive/i.test(reason))
    return new Failed(
      `${callName(call)}: it was not started. The service's task definition has been deregistered.`,
      'Release again, so that the service gets one that can be run.',
      [`ECS: ${reason}`],
    );
  const { what, fix } = explainStart(reason, { application, workplace });
  return new Failed(`${callName(call)}: it was not started, and nothing ran. ${what}`, fix, [
    `ECS: ${reason}`,
  ]);
};

/** Ours tell their run in it; a person's task has none, a service's its deployment. */
const starterOf = (startedBy = ''): string => {
  const [, run, attempt] = /^tenant-actions\/([^/]+)\/(\d+)\//.exec(startedBy) ?? [];
  return run ? `run ${run} (attempt ${attempt}) of GitHub Actions` : startedBy || 'somebody who left no name';
};

const refuseSecond = async (running: Running): Promise<void> => {
  const [other] = await findSame(running.around, running.call, running.workplace);
  if (other) throw alreadyRuns(running, other);
};

const alreadyRuns = ({ around: { application }, call, workplace }: Running, other: Task): Refused => {
  const { taskArn = '', startedBy, createdAt } = other;
  return new Refused(
    `${callName(call)}: the same migration runs already, as task ${taskArn}, started ${createdAt?.toISOString() ?? ''} by ${starterOf(startedBy)}. Two at once would meet in one database, so this one was not started.`,
    `Follow it: ${logCommand(application, workplace, taskArn)}\nRun this again when it is through. If it hangs: ${stopCommand(application, taskArn)}`,
  );
};

/** Two jobs that looked at the same time saw nobody. The elder task wins; the other stops itself before it runs. */
const yieldToElder = async (running: Running, own: Task): Promise<void> => {
  const { around, call, workplace } = running;
  await around.clock.sleep(lagMs);
  const same = await findSame(around, call, workplace);
  const elder = same.find((one) => one.taskArn !== own.taskArn && isElder(one, own));
  if (!elder) return;
  await stopOne(around, own.taskArn ?? '', 'another migration runs already');
  throw alreadyRuns(running, elder);
};

/** ECS lists a new task after a moment; Fargate takes several times as long to start it. */
const lagMs = 4_000;

const isElder = (one: Task, other: Task): boolean => {
  const [first, second] = [one.createdAt?.getTime() ?? 0, other.createdAt?.getTime() ?? 0];
  return first === second ? (one.taskArn ?? '') < (other.taskArn ?? '') : first < second;
};
