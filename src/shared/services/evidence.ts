// What was seen of a service whose deployment did not come through, and what its running tasks wrote last.
import type { Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { logOf, type Workplace } from '../command/workplace.ts';
import { clusterPage } from '../console.ts';
import { Cancelled } from '../errors.ts';
import { gatherEvidence } from '../evidence.ts';
import type { ApplicationService } from '../fleet/application.ts';
import { readTail } from '../logs.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { messageOf } from '../report.ts';
import type { Followed } from './follow.ts';

/** Lines for the log and the summary. What cannot be read is said, never thrown. */
export const gatherServiceEvidence = async (
  around: ApplicationSurroundings,
  { named, ours, service }: Followed,
): Promise<readonly string[]> => {
  const { aws, application } = around;
  const place = await orSaid(findLog(around, named, service?.taskDefinition));
  const targets = await describeAllTargets(around, service).catch(ignoreUnlessCancelled);
  const lines = await gatherEvidence(aws, {
    cluster: application.cluster,
    service: named.service,
    ours: ours.id,
    seen: { service, targets },
    logOf: typeof place === 'string' ? () => undefined : place,
  });
  return [
    `${named.name}: ${clusterPage(application, `services/${named.service}/deployments`)}`,
    ...lines,
    ...(typeof place === 'string' ? [`log of ${named.name}: ${place}`] : []),
  ];
};

const ignoreUnlessCancelled = (error: unknown): readonly [] => {
  if (error instanceof Cancelled) throw error;
  return [];
};

const describeAllTargets = async (
  { aws }: ApplicationSurroundings,
  service: Service | undefined,
): Promise<readonly TargetHealthDescription[]> => {
  const arns = (service?.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const answers = await Promise.all(arns.map((arn) => aws.elb.describeTargetHealth({ TargetGroupArn: arn })));
  return answers.flatMap(({ TargetHealthDescriptions }) => TargetHealthDescriptions ?? []);
};

/** Where each task of a revision logs; a sentence where that cannot be read here. */
const findLog = async (
  { aws, application }: ApplicationSurroundings,
  { container }: ApplicationService,
  taskDefinition: string | undefined,
): Promise<Workplace['log']> => {
  if (!taskDefinition) return 'the service has no task definition';
  const answer = await aws.ecs.describeTaskDefinition({ taskDefinition });
  const found = containerOf(answer.taskDefinition, container);
  return found ? logOf(found, application.environment.region) : `there is no container ${container}`;
};

const containerOf = (definition: TaskDefinition | undefined, wanted: string) =>
  definition?.containerDefinitions?.find(({ name }) => name === wanted);

const orSaid = async (place: Promise<Workplace['log']>): Promise<Workplace['log']> => {
  try {
    return await place;
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return messageOf(error, 'application');
  }
};

/** The last lines of a service's newest running task. What cannot be read is said, never thrown. */
export const readServiceTail = async (
  around: ApplicationSurroundings,
  named: ApplicationService,
  lines: number,
): Promise<readonly string[]> => {
  try {
    const task = await findNewestTask(around, named);
    if (!task) return ['no task runs'];
    const place = await findLog(around, named, task.taskDefinitionArn);
    if (typeof place === 'string') return [place];
    const tail = await readTail(around, place(task.taskArn?.split('/').at(-1) ?? ''), lines);
    return tail.length ? tail : ['nothing was written yet'];
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return [`not read: ${messageOf(error, 'application')}`];
  }
};

const findNewestTask = async (
  { aws, application: { cluster } }: ApplicationSurroundings,
  { service }: ApplicationService,
): Promise<Task | undefined> => {
  const { taskArns = [] } = await aws.ecs.listTasks({
    cluster,
    serviceName: service,
    desiredStatus: 'RUNNING',
  });
  if (!taskArns.length) return undefined;
  const { tasks = [] } = await aws.ecs.describeTasks({ cluster, tasks: taskArns.slice(0, 100) });
  return tasks.toSorted((a, b) => (b.startedAt?.getTime() ?? 0) - (a.startedAt?.getTime() ?? 0))[0];
};
