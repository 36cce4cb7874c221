// What ECS says of a task that never ran. Deployments and one-off commands have it alike, so they share its rules.
import { clip } from '../clip.ts';
import type { Evidence, NetworkSeen, StoppedTask } from '../evidence.ts';
import type { Facts, Rule, WithFacts } from '../rule.ts';

/** `facts` as in Evidence, as far as they are known. */
export type Start = WithFacts & {
  /** ECS's own words: of the task, and of its containers where they differ. */
  readonly reason: string;
  /** `valueFrom` of every secret that the task definition names. */
  readonly secrets: readonly string[];
  readonly network: NetworkSeen | undefined;
};

type Said = Omit<Rule<Start>, 'sees'> & {
  /** All of them must be found in what ECS said; `facts` gets the first one's groups. */
  readonly said: readonly [RegExp, ...RegExp[]];
  readonly facts?: (start: Start, groups: readonly string[]) => Facts;
};

/** A rule that goes by ECS's words alone. */
export const said = ({ said: [first, ...others], facts, ...rule }: Said): Rule<Start> => ({
  ...rule,
  sees: (start) => {
    const reason = clip(start.reason);
    const found = first.exec(reason);
    if (!found || !others.every((other) => other.test(reason))) return undefined;
    const groups = found.slice(1).map((group) => group ?? '');
    const proof = [{ from: 'task', text: reason }] as const;
    return facts ? { proof, facts: facts({ ...start, reason }, groups) } : { proof };
  },
});

/** The rule for a deployment's tasks that never ran, and for the service's events about tasks that were never placed. */
export const ofService = (rule: Rule<Start>): Rule<Evidence> => ({
  ...rule,
  sees: (evidence) => {
    const maySpeak = evidence.state !== 'running' || (rule.level === 'cause' && rule.lasts !== 'passing');
    if (evidence.state === 'healthy' || !maySpeak) return undefined;
    for (const { from, reason } of startsOf(evidence)) {
      const facts = { ...knownOf(evidence), ...evidence.facts };
      const start = { facts, reason: clip(reason), secrets: secretsOf(evidence), network: evidence.network };
      const seen = rule.sees(start);
      if (seen)
        return { ...seen, proof: seen.proof.map((one) => (one.from === 'task' ? { ...one, from } : one)) };
    }
    return undefined;
  },
});

/** What an application's manifest does not say. */
const knownOf = ({ definition, facts }: Evidence): Facts => {
  const { image, mounts = [] } = definition?.containers.find(({ name }) => name === facts.container) ?? {};
  const accessPoint = mounts.find((mount) => mount.accessPoint)?.accessPoint;
  return {
    ...(definition && { executionRole: definition.executionRole }),
    ...(image && { image }),
    ...(accessPoint && { accessPoint }),
  };
};

const secretsOf = ({ definition }: Evidence): readonly string[] =>
  definition?.containers.flatMap(({ secrets }) => Object.values(secrets)) ?? [];

const startsOf = (evidence: Evidence) => [
  ...lastingStops(evidence)
    .filter(neverRan)
    .map((task) => ({ from: 'task' as const, reason: reasonOf(task) })),
  ...evidence.events
    .filter(({ at, text }) => at >= outlivedBefore(evidence) && notPlaced.test(clip(text)))
    .map(({ text }) => ({ from: 'event' as const, reason: text })),
];

/** What a later task of the same deployment got over is no cause while that task still runs. */
const outlivedBefore = ({ state, running }: Evidence): number =>
  state === 'running' ? Math.max(0, ...running.map(({ startedAt }) => startedAt)) : 0;

/** A later task runs, and has for longer than this one did: whatever ended this one did not end that. */
const isOutlived = ({ state, running, now }: Evidence, task: StoppedTask): boolean => {
  const { startedAt = task.stoppedAt, stoppedAt } = task;
  const lived = neverRan(task) ? 0 : stoppedAt - startedAt;
  const hasLived = (since: number): boolean => lived === 0 || now - since > lived;
  return (
    state === 'running' && running.some((later) => later.startedAt > stoppedAt && hasLived(later.startedAt))
  );
};

/** Stopped tasks that may tell why, newest first: none of a deployment that is through. */
export const lastingStops = (evidence: Evidence): readonly StoppedTask[] =>
  evidence.state === 'healthy' ? [] : evidence.stopped.filter((task) => !isOutlived(evidence, task));

const notPlaced = /was unable to (?:place|start) a task|failed to launch a task/;

export const neverRan = ({ stopCode, startedAt, containers }: StoppedTask): boolean =>
  stopCode === 'TaskFailedToStart' ||
  containers.some(({ reason }) => reason.startsWith('Cannot')) ||
  (startedAt === undefined &&
    !/^(?:ServiceScheduler|UserInitiated|Spot|Termination|Infrastructure)/.test(stopCode) &&
    containers.every(({ exitCode }) => exitCode === undefined));

/** ECS tells it of the task, of a container, or of both. */
export const reasonOf = ({ reason, containers }: StoppedTask): string =>
  [
    reason,
    ...containers.flatMap((one) =>
      one.reason && !reason.includes(one.reason) ? [`${one.name}: ${one.reason}`] : [],
    ),
  ]
    .filter(Boolean)
    .join(' ');

/** The secret that ECS names, else the one of the task definition that fits, else the tenant's own. */
export const secretIn = ({ reason, secrets, facts }: Start, fits = (_: string) => true): string =>
  /arn:aws[\w-]*:(?:secretsmanager|ssm):[^\s:]+:\d+:(?:secret:|parameter\/)[\w/+=.@!-]*\w/.exec(
    reason,
  )?.[0] ??
  bare(secrets.find(fits)) ??
  facts.secret ??
  '<secret>';

/** Without JSON key, stage and version. */
const bare = (valueFrom: string | undefined): string | undefined =>
  valueFrom?.split(':').slice(0, 7).join(':');

export const roleIn = ({ reason, facts }: Start): string =>
  /assumed-role\/([\w+=,.@-]+)\//.exec(reason)?.[1] ??
  /\brole '?arn:aws[\w-]*:iam::\d+:role\/([\w+=,.@/-]+)/.exec(reason)?.[1] ??
  facts.executionRole?.split('/').at(-1) ??
  '<role>';

export const imageIn = ({ reason, facts }: Start): string =>
  /\b(?:ref|for|pull)\s+['"]?([\w.-]+(?::\d+)?\/[\w./-]+(?:[:@][\w:.-]*\w)?|[\w.-]+[:@][\w:.-]*\w)/.exec(
    reason,
  )?.[1] ??
  facts.image ??
  '<image>';

/** AWS's, Go's and containerd's ways to say that nobody answered. */
export const unreachable =
  /context deadline exceeded|i\/o timeout|connection issue|RequestError: send request failed|request canceled|signal: killed|network is unreachable|no route to host|connection timed out/i;
