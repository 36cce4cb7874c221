// A command in a service's task definition: one task, watched to its end, its log printed while it is written.
import type { Task } from '@aws-sdk/client-ecs';
import { Cancelled } from '../errors.ts';
import { type CommandEnd, judgeCommand } from '../judge/task.ts';
import { duration } from '../rollout/words.ts';
import { waitUntil } from '../wait.ts';
import { type End, exitCodeOf, readEnd } from './end.ts';
import { explainCommand } from './explain.ts';
import { beOverdue, giveUp, remembered } from './leave.ts';
import { addMigrationLine, type MigrationLog, noMigrations } from './migration-log.ts';
import { mayComeBack } from './never-started.ts';
import type { Running } from './running.ts';
import { startCommand } from './start.ts';
import { openStream, type Stream } from './stream.ts';
import { findEarlier, stopOne, taskIdOf } from './tasks.ts';
import { logCommand, taskPage } from './whereabouts.ts';
import { logOf } from './workplace.ts';

export type Ran = {
  readonly taskArn: string;
  readonly migrations: MigrationLog;
  /** The log's last lines, as printed. */
  readonly tail: readonly string[];
};

/**
 * Ends where the command's container ended with exit code 0. Throws Failed for every other end, Refused where another
 * migration runs, Cancelled with the job. Follows the task of an earlier attempt of this job where that runs still, or
 * ended well.
 */
export const runCommand = async (running: Running): Promise<Ran> => {
  const { around } = running;
  const earlier = await findEarlier(running);
  if (earlier) around.log.info(followWords(earlier));
  const patientUntil = Math.min(around.deadline, around.clock.now() + patienceMs);
  for (let tries = 1; ; tries++) {
    const task = tries === 1 && earlier ? earlier : await startCommand(running, { tries, patientUntil });
    const followed = await follow(running, task);
    const { end } = followed;
    const pause = Math.min(10_000 * tries, 60_000);
    const comesBack = end.kind === 'never-started' && mayComeBack(end.reason);
    if (!comesBack || around.clock.now() + pause > patientUntil) return conclude(running, followed);
    around.log.info(`no room for the task (${end.reason}); starting it again in ${duration(pause)}`);
    await around.clock.sleep(pause);
  }
};

/** How long missing capacity is waited for. */
const patienceMs = 10 * 60_000;

const followWords = ({ taskArn, startedBy = '', desiredStatus }: Task): string => {
  const found = `task ${taskArn}, which attempt ${startedBy.split('/')[2] ?? ''} of this job started`;
  return desiredStatus === 'STOPPED'
    ? `${found}, ended well: it is not run again. A new run of the workflow would.`
    : `following ${found}`;
};

type Followed = {
  readonly end: End;
  readonly taskArn: string;
  readonly stream: Pick<Stream, 'tail'>;
  readonly migrations: MigrationLog;
};

const follow = async (running: Running, { taskArn = '', startedBy = '' }: Task): Promise<Followed> => {
  const { around, call, workplace, world } = running;
  world.output('task-arn', taskArn);
  // An earlier attempt's task has that attempt's mark.
  world.remember(remembered.operation, call.operation);
  if (startedBy) world.remember(remembered.startedBy, startedBy);
  world.remember(remembered.task, taskArn);
  around.log.info(`task ${taskArn}\n${taskPage(around.application, taskArn)}`);
  let migrations = noMigrations;
  const stream = streamOf(running, taskArn, (line) => {
    migrations = addMigrationLine(migrations, line);
  });
  const ended = await watch(running, taskArn, stream).catch((error: unknown) => {
    if (error instanceof Cancelled) return giveUp(running, taskArn, error);
    throw error;
  });
  if (ended.kind === 'overdue') return beOverdue(running, { taskArn, task: ended.task, stream });
  if (ended.kind === 'lingering') {
    around.log.info(`container ${call.container} is done; stopping the others of its task`);
    await stopOne(around, taskArn, 'its command is done');
  }
  const end = readEnd(ended.task, call.container, workplace.definition.containerDefinitions ?? []);
  world.output('exit-code', String(exitCodeOf(end) ?? ''));
  await (end.kind === 'never-started' ? stream.read() : stream.drain());
  return { end, taskArn, stream, migrations };
};

const streamOf = (
  { around, workplace }: Running,
  taskArn: string,
  onLine: (line: string) => void,
): Stream => {
  const { log } = workplace;
  if (typeof log !== 'string')
    return openStream({
      around,
      place: log(taskIdOf(taskArn)),
      onLine,
      elsewhere: logCommand(around.application, workplace, taskArn),
    });
  around.log.warning(`Its log cannot be shown here: ${log}.`);
  const nothing = async (): Promise<void> => {};
  return { read: nothing, drain: nothing, tail: () => [] };
};

const watch = (
  { around, call, workplace }: Running,
  taskArn: string,
  stream: Stream,
): Promise<CommandEnd> => {
  const { aws, application, clock, deadline } = around;
  const isEssential = workplace.container.essential !== false;
  return waitUntil(
    {
      what: `task ${taskIdOf(taskArn)}`,
      observe: async () => {
        const { tasks } = await aws.ecs.describeTasks({ cluster: application.cluster, tasks: [taskArn] });
        if (tasks?.[0]?.startedAt) await stream.read();
        return { task: tasks?.[0], now: clock.now() };
      },
      judge: (look) => judgeCommand(look, { container: call.container, isEssential, deadline }),
      // The judge ends it: at the deadline there is more to say than that it has come.
      deadline: deadline + 60_000,
      pause: [1_000, 5_000],
    },
    around,
  );
};

const conclude = (running: Running, { end, taskArn, stream, migrations }: Followed): Ran => {
  const { call, workplace, world } = running;
  world.remember(remembered.done, 'true');
  const tail = stream.tail();
  if (end.kind === 'exited' && end.exitCode === 0) return { taskArn, migrations, tail };
  const places = placesOf(running, end, taskArn);
  const { application } = running.around;
  throw explainCommand(end, { application, call, workplace, tail, migrations, places });
};

/** Where to look on: the task, the logs that there are. */
const placesOf = (
  { around: { application }, workplace }: Running,
  end: End,
  taskArn: string,
): readonly string[] => {
  const page = `task: ${taskPage(application, taskArn)}`;
  if (end.kind === 'never-started') return [page];
  const own = `its log: ${logCommand(application, workplace, taskArn)}`;
  if (end.kind !== 'neighbour-died') return [page, own];
  const { name } = end.neighbour;
  const neighbour = workplace.definition.containerDefinitions?.find((one) => one.name === name) ?? {};
  const log = logOf(neighbour, application.environment.region);
  return [page, own, `log of ${name}: ${logCommand(application, { log }, taskArn)}`];
};
