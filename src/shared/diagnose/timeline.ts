// Everything that was seen of a deployment, in the order in which a person understands it: what happened when, what visitors
// got, what the containers wrote, how it was set up, what could not be looked at. Pure.
import type { Answer, Evidence, StoppedTask, TaskLog, Visit } from './evidence.ts';
import { foldLines, type Repeated, rulesAround } from './fold.ts';

/** One line: `label` in our words, `text` foreign, clean but not quoted. */
export type Entry = { readonly label: string; readonly text: string };

export const timelineOf = (evidence: Evidence): readonly Entry[] => [
  ...deploymentEntries(evidence),
  ...happenings(evidence),
  ...evidence.visits.map((visit) => ({ label: `visit (${visit.by})`, text: visitText(visit) })),
  ...evidence.logs.flatMap(logEntries),
  ...definitionEntries(evidence),
  ...targetGroupEntries(evidence),
  ...listenerEntries(evidence),
  ...networkEntries(evidence),
  ...secretEntries(evidence),
  ...evidence.unread.map((text) => ({ label: 'could not be read', text })),
];

const deploymentEntries = ({ deployment, facts }: Evidence): readonly Entry[] => {
  if (!deployment) return [];
  const { id, createdAt, status, reason, rolloutState, breaker } = deployment;
  const { desired, runningCount, failedTasks, gracePeriodSeconds } = deployment;
  const text = [
    `${id} of ${facts.service ?? 'the service'}, created ${clock(createdAt)}: ${status ?? rolloutState ?? 'no state'}`,
    `${desired} wanted, ${runningCount} running, ${failedTasks} failed`,
    `grace period ${gracePeriodSeconds} s`,
    ...(breaker ? [`circuit breaker ${breaker.failures} of ${breaker.threshold}`] : []),
    ...(reason ? [reason] : []),
  ].join('; ');
  return [{ label: 'deployment', text }];
};

type Happened = { readonly at: number; readonly label: string; readonly text: string };

/** Oldest first; each with the time of day in UTC. */
const happenings = ({ events, stopped, running, targets }: Evidence): readonly Entry[] => {
  const all: readonly Happened[] = [
    ...events.map(({ at, text }) => ({ at, label: 'event', text })),
    ...stopped.flatMap(taskHappenings),
    ...running.map(({ id, address, startedAt }) => ({
      at: startedAt,
      label: `task ${id}`,
      text: `started${address ? ` at ${address}` : ''}, and runs`,
    })),
    ...targets.map(({ at, address, port, state, reason, description }) => ({
      at,
      label: `target ${address}:${port}`,
      text: [state, reason, description].filter(Boolean).join(' '),
    })),
  ];
  return all
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, label, text }) => ({ label: `${clock(at)} ${label}`, text }));
};

const taskHappenings = (task: StoppedTask): readonly Happened[] => {
  const { id, address, startedAt, stoppedAt, stopCode, reason, containers } = task;
  const unended = startedAt === undefined ? 'never started' : 'being stopped';
  const ends = containers
    .map((container) => {
      const end = container.exitCode === undefined ? unended : `exit code ${container.exitCode}`;
      return `${container.name}: ${end}${container.reason ? ` (${container.reason})` : ''}`;
    })
    .join(', ');
  const label = `task ${id}`;
  const stop = { at: stoppedAt, label, text: `stopped: ${stopCode} ${reason} [${ends}]` };
  if (startedAt === undefined) return [stop];
  return [{ at: startedAt, label, text: `started${address ? ` at ${address}` : ''}` }, stop];
};

const visitText = ({ hops }: Visit): string =>
  hops.map(({ url, answer }) => `${url}: ${answerText(answer)}`).join(' → ');

const answerText = (answer: Answer): string => {
  if (answer.kind === 'no-answer') return answer.reason;
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `HTTP ${answer.status}`,
    ...(answer.location === undefined ? [] : [`to ${answer.location}`]),
    ...(headers.length ? [`(${headers.join(', ')})`] : []),
    ...(answer.excerpt ? [`"${answer.excerpt}"`] : []),
  ].join(' ');
};

const logEntries = ({ taskId, group, stream, kind, lines }: TaskLog): readonly Entry[] => {
  const head = { label: `log of task ${taskId}`, text: `${group} ${stream}` };
  if (kind === 'missing')
    return [{ ...head, text: `${head.text}: does not exist, so the container wrote nothing` }];
  if (kind === 'unread') return [{ ...head, text: `${head.text}: could not be read` }];
  if (!lines.length) return [{ ...head, text: `${head.text}: nothing was written` }];
  return [head, ...foldLines(lines).map(lineEntry)];
};

const lineEntry = ({ at, text, since, times }: Repeated): Entry => ({
  label: times === 1 ? `  ${clock(at)}` : `  ${clock(at)} (×${times} since ${clock(since)})`,
  text,
});

const definitionEntries = ({ definition }: Evidence): readonly Entry[] => {
  if (!definition) return [];
  const { arn, cpu, memory, architecture, executionRole } = definition;
  const label = 'task definition';
  return [
    { label, text: `${arn}: cpu ${cpu}, memory ${memory}, ${architecture}, execution role ${executionRole}` },
    ...definition.containers.map(({ name, image, ports, secrets, mounts }) => ({
      label: `container ${name}`,
      text: [
        image,
        `ports ${ports.join(', ') || 'none'}`,
        ...Object.entries(secrets).map(([key, from]) => `${key} from ${from}`),
        ...mounts.map((mount) => `${mount.path} from ${mount.fileSystem} ${mount.accessPoint}`.trim()),
      ].join('; '),
    })),
  ];
};

const targetGroupEntries = ({ targetGroup }: Evidence): readonly Entry[] => {
  if (!targetGroup) return [];
  const { name, port, path, matcher, intervalSeconds, unhealthyThreshold, loadBalancers } = targetGroup;
  const { healthPort, timeoutSeconds, healthyThreshold, deregistrationDelaySeconds } = targetGroup;
  const text = [
    `${name}: port ${port}`,
    `asks for ${path}${healthPort === undefined ? '' : ` on port ${healthPort}`} every ${intervalSeconds} s, waits ${timeoutSeconds} s and wants ${matcher}`,
    `healthy after ${healthyThreshold}, unhealthy after ${unhealthyThreshold}`,
    `deregistration takes ${deregistrationDelaySeconds} s`,
    loadBalancers.length ? `used by ${loadBalancers.join(', ')}` : 'no rule sends it requests',
  ].join('; ');
  return [{ label: 'target group', text }];
};

const listenerEntries = (evidence: Evidence): readonly Entry[] => {
  const { rules, others } = rulesAround(evidence);
  return [
    ...rules.map(({ priority, hosts, paths, targetGroups }) => ({
      label: `listener rule ${priority}`,
      text: `${[...hosts, ...paths].join(', ') || 'anything'} → ${targetGroups.join(', ') || 'no target group'}`,
    })),
    ...(others ? [{ label: 'listener', text: `and ${others} other rules, for other hosts` }] : []),
  ];
};

const networkEntries = ({ network }: Evidence): readonly Entry[] => [
  ...(network
    ? [
        {
          label: 'network',
          text: `public address: ${network.assignPublicIp ? 'yes' : 'no'}; security groups of the load balancer: ${network.loadBalancerGroups.join(', ') || 'none seen'}`,
        },
      ]
    : []),
  ...(network?.subnets ?? []).map(({ id, freeAddresses, defaultRoute, endpoints }) => ({
    label: `subnet ${id}`,
    text: `default route: ${defaultRoute}; ${freeAddresses} free addresses; endpoints: ${endpoints ? endpoints.join(', ') || 'none' : 'not read'}`,
  })),
  ...(network?.taskGroups ?? []).map(({ id, ingress }) => ({
    label: `security group ${id}`,
    text: ingress
      .map(({ fromPort, toPort, sources }) => `${ports(fromPort, toPort)} from ${sources.join(', ')}`)
      .join('; '),
  })),
];

const secretEntries = ({ facts: { secret, secretChanged } }: Evidence): readonly Entry[] =>
  secretChanged ? [{ label: `secret ${secret ?? ''}`.trim(), text: `last changed ${secretChanged}` }] : [];

const ports = (from: number, to: number): string => {
  if (from === -1) return 'any port';
  return from === to ? `port ${from}` : `ports ${from} to ${to}`;
};

/** `10:02:13`, UTC. */
const clock = (at: number): string =>
  Number.isFinite(at) && Math.abs(at) < 8e15 ? new Date(at).toISOString().slice(11, 19) : '--:--:--';
