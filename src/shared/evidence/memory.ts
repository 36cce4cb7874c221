// What a witness has seen so far, as plain values: each look adds to it, nothing that AWS forgets is lost.
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  Evidence,
  ListenerSeen,
  NetworkSeen,
  StoppedTask,
  TargetGroupSeen,
  TargetSeen,
  Visit,
} from '../diagnose/evidence.ts';
import type { Facts } from '../diagnose/rule.ts';
import { clean } from './clean.ts';
import { definitionSeen } from './definition.ts';
import type { Scene, Sight } from './scene.ts';
import { beginning, deploymentSeen, eventsSince } from './service.ts';
import { reachedBy, shownBy } from './shown.ts';
import { isScaledIn, type TasksSeen } from './tasks.ts';

export type Memory = Pick<
  Evidence,
  'deployment' | 'events' | 'stopped' | 'running' | 'targets' | 'visits' | 'logs'
> & {
  /** Ids of every stopped task that was described, ours or not: none is described twice. */
  readonly described: ReadonlySet<string>;
  /** Ids of tasks whose log was read while they still ran: there is more of it once they stopped. */
  readonly previewed: ReadonlySet<string>;
  /** ARN of our deployment's task definition. */
  readonly definitionArn: string | undefined;
  readonly targetGroupArn: string | undefined;
  /** Names that the service's own answer gives: where its tasks are, and what sends them requests. */
  readonly shown: Facts;
  /** ISO time; undefined where nobody looked. */
  readonly secretChanged: string | undefined;
  readonly definition: TaskDefinition | undefined;
  readonly targetGroup: TargetGroupSeen | undefined;
  readonly listener: ListenerSeen | undefined;
  readonly network: NetworkSeen | undefined;
};

export const nothingSeen: Memory = {
  deployment: undefined,
  events: [],
  stopped: [],
  running: [],
  targets: [],
  visits: [],
  logs: [],
  described: new Set(),
  previewed: new Set(),
  definitionArn: undefined,
  targetGroupArn: undefined,
  shown: {},
  secretChanged: undefined,
  definition: undefined,
  targetGroup: undefined,
  listener: undefined,
  network: undefined,
};

/** What DescribeServices and the history of deployments said. */
export const withSight = (
  memory: Memory,
  scene: Scene,
  { sight, now }: { readonly sight: Sight; readonly now: number },
): Memory => {
  const { service } = sight;
  const mine = service?.deployments?.find(({ id }) => id === scene.ours);
  const deployment = deploymentSeen(scene, sight, { last: memory.deployment, now });
  return {
    ...memory,
    deployment,
    events: service
      ? eventsSince(service, { ours: scene.ours, since: deployment?.createdAt ?? beginning(now) })
      : memory.events,
    definitionArn: mine?.taskDefinition ?? memory.definitionArn,
    targetGroupArn: service?.loadBalancers?.[0]?.targetGroupArn ?? memory.targetGroupArn,
    shown: { ...memory.shown, ...(service && shownBy(service, scene.ours)) },
    visits: sight.visit ? withVisit(memory, sight.visit).visits : memory.visits,
  };
};

const mostVisits = 3;

/** A visit that went as the last one did takes its place. */
export const withVisit = (memory: Memory, visit: Visit): Memory => {
  const [last, ...earlier] = memory.visits;
  const others = last && wayOf(last) === wayOf(visit) ? earlier : memory.visits;
  return { ...memory, visits: [visit, ...others].slice(0, mostVisits) };
};

const wayOf = ({ hops }: Visit): string =>
  hops
    .map(({ url, answer }) => `${url} ${answer.kind === 'answer' ? answer.status : answer.reason}`)
    .join('\n');

export const mostStopped = 20;

/** What was added is told newest first, as all the rest. */
export const withTasks = (memory: Memory, tasks: TasksSeen): Memory => ({
  ...memory,
  running: tasks.running,
  stopped: merge(tasks.stopped, memory.stopped),
  described: new Set([...memory.described, ...tasks.described]),
  definitionArn: memory.definitionArn ?? tasks.definition,
});

/** At the end nothing is waited for any more: tasks on their way out count as they are. */
export const withLeaving = (memory: Memory, leaving: readonly StoppedTask[]): Memory => ({
  ...memory,
  stopped: merge(leaving, memory.stopped),
});

const merge = (fresh: readonly StoppedTask[], known: readonly StoppedTask[]): readonly StoppedTask[] =>
  [...fresh.filter((task) => !isScaledIn(task)), ...known]
    .toSorted((a, b) => b.stoppedAt - a.stoppedAt)
    .slice(0, mostStopped);

const mostTargets = 60;

/** Only states that are new, of addresses that were ever our tasks'. */
export const newTargetStates = (
  { targets, running, stopped }: Memory,
  described: readonly TargetHealthDescription[],
  at: number,
): readonly TargetSeen[] => {
  const ours = new Set([...running, ...stopped].map(({ address }) => address));
  return described
    .map(({ Target, TargetHealth }) => ({
      at,
      address: Target?.Id ?? '',
      port: Target?.Port ?? 0,
      state: TargetHealth?.State ?? '',
      reason: TargetHealth?.Reason ?? '',
      description: clean(TargetHealth?.Description ?? ''),
    }))
    .filter(({ address }) => ours.has(address))
    .filter((target) => {
      const last = targets.find(({ address, port }) => address === target.address && port === target.port);
      return !last || textOf(last) !== textOf(target);
    });
};

const textOf = ({ state, reason, description }: TargetSeen): string =>
  [state, reason, description].join('\n');

export const withTargets = (memory: Memory, fresh: readonly TargetSeen[]): Memory => ({
  ...memory,
  targets: [...fresh, ...memory.targets].slice(0, mostTargets),
});

/** One log a task: a later reading replaces an earlier one. */
export const withLogs = (memory: Memory, logs: Evidence['logs']): Memory => {
  const read = new Set(logs.map(({ taskId }) => taskId));
  const running = new Set(memory.running.map(({ id }) => id));
  const previewed = new Set([...memory.previewed, ...read].filter((id) => !read.has(id) || running.has(id)));
  return { ...memory, previewed, logs: [...memory.logs.filter(({ taskId }) => !read.has(taskId)), ...logs] };
};

export const evidenceOf = (
  {
    described: _,
    previewed: _previewed,
    definitionArn: _arn,
    targetGroupArn: _group,
    shown,
    secretChanged,
    definition,
    ...seen
  }: Memory,
  scene: Scene,
  told: Pick<Evidence, 'state' | 'now' | 'watchedSince' | 'unread'>,
): Evidence => ({
  ...seen,
  ...told,
  definition: definition && definitionSeen(definition),
  kind: scene.kind,
  facts: {
    ...shown,
    ...reachedBy(seen.network),
    ...scene.facts,
    deployment: scene.ours,
    ...(secretChanged && { secretChanged }),
  },
});
