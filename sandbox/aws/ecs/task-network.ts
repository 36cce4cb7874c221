// Who reaches whom: a task the services of AWS, a load balancer the task, the task its database. Security groups and
// routes are looked at anew for every request, so that a change counts at once.
import type { Connection, DatabaseServer, RunningContainer } from '../containers/runtime.ts';
import type { Target } from '../ports.ts';
import type { TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';

const hanging = (): Promise<never> => new Promise(() => {});

type Way = {
  readonly task: TaskRecord;
  readonly container: RunningContainer;
  readonly group: string;
  readonly target: Target;
};

/** Requests of a load balancer to a task: dropped before a closed group, refused where nothing listens. */
export const requestVia =
  (ecs: Ecs, { task, container, group, target: { port } }: Way): RunningContainer['request'] =>
  async (request) => {
    const { elb, ec2 } = ecs.neighbours;
    const barred = elb
      .senders(group)
      .some(
        ({ securityGroups, subnets: [subnet] }) =>
          !ec2.admits(task.network.securityGroups, { groups: securityGroups, subnet, port }),
      );
    if (barred) return hanging();
    if (container.listens !== undefined && container.listens !== port)
      return { kind: 'no-answer', reason: 'refused' };
    return container.request(request);
  };

const lets = (ecs: Ecs, { network }: TaskRecord, groups: readonly string[], port: number): boolean =>
  ecs.neighbours.ec2.admits(groups, { groups: network.securityGroups, subnet: network.subnet, port });

/** What a program of the task meets at a database's host and port. */
export const connectFrom =
  (ecs: Ecs, task: TaskRecord) =>
  (host: string, port: number): Connection => {
    const instance = ecs.neighbours.rds.instance(host);
    if (!instance) return 'unknown-host';
    if (!lets(ecs, task, instance.securityGroups, port)) return 'timeout';
    return instance.port === port ? 'open' : 'refused';
  };

/** The servers that the task's security groups let it reach. */
export const databasesFor = (ecs: Ecs, task: TaskRecord): readonly DatabaseServer[] =>
  ecs.neighbours.rds.databases.filter(({ host, port }) => connectFrom(ecs, task)(host, port) === 'open');
