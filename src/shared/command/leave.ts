// A job that ends before its command: a migration is left to its end, since half a migration is worse than a late one;
// any other command is stopped. Both are said, with what to do.
import type { Task } from '@aws-sdk/client-ecs';
import { type Cancelled, Failed } from '../errors.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { type CommandOperation, callName } from './call.ts';
import type { Running } from './running.ts';
import type { Stream } from './stream.ts';
import { runningBy, stopOne, taskIdOf } from './tasks.ts';
import { logCommand, stopCommand, taskPage } from './whereabouts.ts';

/** Names under which main keeps for post what it started. */
export const remembered = {
  startedBy: 'command-started-by',
  /** A command that is the manifest's migration is one, whatever the input says. */
  operation: 'command-operation',
  task: 'command-task',
  done: 'command-done',
} as const;

type Leaving = {
  readonly taskArn: string;
  readonly task: Task | undefined;
  readonly stream: Pick<Stream, 'read' | 'tail'>;
};

/** The deadline has come. Always throws. */
export const beOverdue = async (
  { around, call, workplace, world }: Running,
  { taskArn, task, stream }: Leaving,
): Promise<never> => {
  await stream.read();
  world.remember(remembered.done, 'true');
  const { application } = around;
  const seen = task?.startedAt
    ? 'is still running'
    : `has not started yet (${task?.lastStatus ?? 'not seen'})`;
  const details = [...stream.tail().slice(-15), `task: ${taskPage(application, taskArn)}`];
  const follow = `Follow it: ${logCommand(application, workplace, taskArn)}`;
  if (call.operation === 'migrate')
    throw new Failed(
      `${callName(call)}: it ${seen} at the end of timeout-minutes, and was left to go on: task ${taskArn}.`,
      `${follow}\nRe-run this job: it follows that task to its end and starts no second one. With more timeout-minutes it waits longer. If it hangs: ${stopCommand(application, taskArn)}`,
      details,
    );
  await stopOne(around, taskArn, 'timeout-minutes are over');
  throw new Failed(
    `${callName(call)}: it ${seen} at the end of timeout-minutes, and was stopped: task ${taskArn}.`,
    'Raise timeout-minutes if it only needs longer, or give it less to do at once.',
    details,
  );
};

/** The job is cancelled. Always throws; a call at most, for the runner gives seconds. */
export const giveUp = async (
  { around, call, world }: Running,
  taskArn: string,
  error: Cancelled,
): Promise<never> => {
  await settle(around, call.operation, taskArn);
  world.remember(remembered.done, 'true');
  throw error;
};

const settle = async (
  around: ApplicationSurroundings,
  operation: CommandOperation,
  taskArn: string,
): Promise<void> => {
  if (operation === 'command') {
    around.log.info(`stopping task ${taskArn}: the job was cancelled`);
    await stopOne(around, taskArn, 'its job was cancelled');
    return;
  }
  around.log.warning(
    `The migration goes on: task ${taskArn}. A cancelled job does not stop it, since half a migration is worse than a late one. Re-run the job to follow it; its page: ${taskPage(around.application, taskArn)} To stop it: ${stopCommand(around.application, taskArn)}`,
  );
};

/** Whether main started something and did not see its end. */
export const isLeftBehind = (state: (name: string) => string): boolean =>
  state(remembered.startedBy) !== '' && state(remembered.done) === '';

/** The post step's body, for a main that was killed or failed on the way: the same by what it remembered. */
export const settleRemembered = async (
  around: ApplicationSurroundings,
  state: (name: string) => string,
): Promise<void> => {
  const operation = state(remembered.operation) === 'command' ? 'command' : 'migrate';
  const startedBy = state(remembered.startedBy);
  const known = taskIdOf(state(remembered.task));
  const running = await runningBy(around, startedBy);
  for (const { taskArn = '' } of running)
    if (!known || taskIdOf(taskArn) === known) await settle(around, operation, taskArn);
};
