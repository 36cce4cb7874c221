// What was seen when a deployment failed: stopped tasks, service events, the last log lines. Bounded in calls and text.
import type { Service, Task } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Cancelled } from './errors.ts';
import { type LogPlace, printable, readTail } from './logs.ts';
import { messageOf } from './report.ts';
import type { Aws } from './world.ts';

const mostTasks = 5;

/** One deployment of one service, and what was seen of it already. */
export type Scene = {
  readonly cluster: string;
  /** The ECS service's name. */
  readonly service: string;
  /** Id of the deployment, `ecs-svc/…`. */
  readonly ours: string;
  readonly seen: {
    readonly service: Service | undefined;
    readonly targets: readonly TargetHealthDescription[];
  };
  /** Where a task's log is; undefined where that is not known. */
  readonly logOf: (taskId: string) => LogPlace | undefined;
};

/** Lines for the log and the summary; takes three calls. What cannot be read is said, never thrown. */
export const gatherEvidence = async (
  aws: Pick<Aws, 'ecs' | 'logs'>,
  scene: Scene,
): Promise<readonly string[]> => {
  try {
    const stopped = await listStopped(aws, scene);
    const logged =
      stopped.find(({ containers }) => containers?.some(({ exitCode }) => exitCode !== undefined)) ??
      stopped[0];
    const id = logged?.taskArn?.split('/').at(-1);
    return [
      ...targetLines(scene),
      ...stopped.map(taskLine),
      ...eventLines(scene),
      ...(id ? await logLines(aws, scene.logOf(id)) : []),
    ];
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return [`The evidence could not be read: ${messageOf(error)}`];
  }
};

const logLines = async (aws: Pick<Aws, 'logs'>, place: LogPlace | undefined): Promise<readonly string[]> => {
  if (!place) return [];
  const tail = await readTail({ aws }, place, 20);
  const named = `log ${place.group} ${place.stream}:`;
  return tail.length ? [named, ...tail] : [`${named} nothing was written`];
};

/** Stopped tasks vanish about an hour after they stopped. */
const listStopped = async (
  aws: Pick<Aws, 'ecs'>,
  { cluster, service, ours }: Scene,
): Promise<readonly Task[]> => {
  const listing = { cluster, serviceName: service, desiredStatus: 'STOPPED' as const };
  const { taskArns = [] } = await aws.ecs.listTasks(listing);
  if (!taskArns.length) return [];
  const { tasks = [] } = await aws.ecs.describeTasks({ cluster, tasks: taskArns });
  return tasks
    .filter(
      ({ startedBy, stoppedReason = '' }) =>
        startedBy === ours && !stoppedReason.startsWith('Scaling activity'),
    )
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
    .slice(0, mostTasks);
};

const taskLine = ({ taskArn = '', stopCode, stoppedReason = '', containers = [] }: Task): string => {
  const ends = containers
    .map(
      ({ name, exitCode, reason }) =>
        `${name}: ${exitCode === undefined ? 'never started' : `exit code ${exitCode}`}${reason ? ` (${reason})` : ''}`,
    )
    .join(', ');
  return printable(`task ${taskArn.split('/').at(-1)} stopped: ${stopCode ?? ''} ${stoppedReason} [${ends}]`);
};

const targetLines = ({ seen }: Scene): readonly string[] =>
  seen.targets.map(({ Target, TargetHealth }) =>
    printable(
      `target ${Target?.Id}:${Target?.Port} ${TargetHealth?.State} ${TargetHealth?.Reason ?? ''} ${TargetHealth?.Description ?? ''}`,
    ),
  );

const eventLines = ({ seen: { service }, ours }: Scene): readonly string[] => {
  const since = service?.deployments?.find(({ id }) => id === ours)?.createdAt?.getTime() ?? 0;
  return (service?.events ?? [])
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since)
    .slice(0, 8)
    .map(({ message = '' }) => printable(message));
};
