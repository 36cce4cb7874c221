// What was seen when a deployment failed: stopped tasks, service events, the last log lines. Bounded in calls and text.
import type { Task } from '@aws-sdk/client-ecs';
import { containerName } from './fleet/desired.ts';
import { namesOf } from './fleet/names.ts';
import type { Health } from './health.ts';
import { readTail } from './logs.ts';
import type { Prepared } from './prepare.ts';
import { quoteForeign } from './redact.ts';

const mostTasks = 5;

/** Lines for the log and the summary; takes three calls. What cannot be read is said, never thrown. */
export const gatherEvidence = async (
  around: Prepared,
  ours: string,
  health: Health | undefined,
): Promise<readonly string[]> => {
  try {
    const stopped = await listStopped(around, ours);
    const logged =
      stopped.find(({ containers }) => containers?.some(({ exitCode }) => exitCode !== undefined)) ??
      stopped[0];
    const id = logged?.taskArn?.split('/').at(-1);
    const { logGroup } = around.tenant.environment;
    const stream = `${namesOf(around.tenant).logPrefix}/${containerName}/${id}`;
    const tail = id ? await readTail(around, { group: logGroup, stream }, 20) : [];
    return [
      ...targetLines(health),
      ...stopped.map(taskLine),
      ...eventLines(health, ours),
      ...(tail.length
        ? [`log ${logGroup} ${stream}:`, ...tail]
        : id
          ? [`log ${logGroup} ${stream}: nothing was written`]
          : []),
    ];
  } catch (error) {
    return [`The evidence could not be read: ${error instanceof Error ? error.message : String(error)}`];
  }
};

/** Stopped tasks vanish about an hour after they stopped. */
const listStopped = async ({ aws, tenant }: Prepared, ours: string): Promise<readonly Task[]> => {
  const cluster = tenant.environment.cluster;
  const listing = { cluster, serviceName: namesOf(tenant).service, desiredStatus: 'STOPPED' as const };
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
  return quoteForeign(
    `task ${taskArn.split('/').at(-1)} stopped: ${stopCode ?? ''} ${stoppedReason} [${ends}]`,
  );
};

const targetLines = (health: Health | undefined): readonly string[] =>
  (health?.targets ?? []).map(({ Target, TargetHealth }) =>
    quoteForeign(
      `target ${Target?.Id}:${Target?.Port} ${TargetHealth?.State} ${TargetHealth?.Reason ?? ''} ${TargetHealth?.Description ?? ''}`,
    ),
  );

const eventLines = (health: Health | undefined, ours: string): readonly string[] => {
  const since = health?.service?.deployments?.find(({ id }) => id === ours)?.createdAt?.getTime() ?? 0;
  return (health?.service?.events ?? [])
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since)
    .slice(0, 8)
    .map(({ message = '' }) => quoteForeign(message));
};
