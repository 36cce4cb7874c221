// Is there any sense in waiting on? Two tasks that stopped for the same permanent reason will be followed by a third; but
// those that were made before anybody waited may have stopped for what was mended since.
import type { DeploymentSeen, Evidence, StoppedTask } from './evidence.ts';
import { findOf } from './narrow.ts';
import type { Finding, Rule } from './rule.ts';
import { lastingStops } from './rules/starting.ts';

export type Hopeless = { readonly finding: Finding; readonly tasks: readonly string[] };

/** What IAM was told moments ago holds everywhere after about a minute. */
const settlingMs = 90_000;

/**
 * The reason that at least two stopped tasks of this deployment share, one of them made since the wait began, where it is a
 * cause that lasts and no later task got over it; undefined while waiting may still help. A slow start stops no task, so it is never called hopeless.
 */
export const findHopeless = (rules: readonly Rule<Evidence>[], evidence: Evidence): Hopeless | undefined => {
  const tasksById = new Map<string, { readonly finding: Finding; readonly tasks: StoppedTask[] }>();
  for (const task of lastingStops(evidence))
    for (const finding of foremost(findOf(rules, evidence, task), evidence)) {
      const known = tasksById.get(finding.id) ?? { finding, tasks: [] };
      known.tasks.push(task);
      tasksById.set(finding.id, known);
    }
  const shared = [...tasksById.values()].find(
    ({ tasks }) => tasks.length >= 2 && tasks.some((task) => isNew(task, evidence)),
  );
  return shared && { finding: shared.finding, tasks: shared.tasks.map(({ id }) => id) };
};

const isNew = (
  { createdAt, startedAt, stoppedAt }: StoppedTask,
  { watchedSince = Number.NEGATIVE_INFINITY }: Evidence,
): boolean => (createdAt ?? startedAt ?? stoppedAt) >= watchedSince;

/** The lasting causes that nothing surer, and nothing more specific that may pass, stands before. */
const foremost = (findings: readonly Finding[], evidence: Evidence): readonly Finding[] => {
  const surest = findings.filter(({ sure }) => sure === findings[0]?.sure);
  const end = surest.findIndex((finding) => !isLasting(finding, evidence));
  return end < 0 ? surest : surest.slice(0, end);
};

const isLasting = ({ level, lasts, sure }: Finding, { deployment, now }: Evidence): boolean => {
  if (level !== 'cause' || sure === 'possible') return false;
  return (
    lasts === 'permanent' || (lasts === 'settling' && now - (deployment?.createdAt ?? now) >= settlingMs)
  );
};

/** What happened, for whoever reads the cause beside it; `fix` has the cause's steps. */
export const tellHopeless = (
  { finding, tasks }: Hopeless,
  { facts, deployment }: Evidence,
): { readonly what: string; readonly fix: string } => ({
  what: `The deployment of ${facts.service} cannot succeed, so waiting ended early: ${tasks.length} of its tasks stopped for this same reason. ${goingOn(deployment)}`,
  fix: finding.fix.join('\n'),
});

const goingOn = (deployment: DeploymentSeen | undefined): string => {
  const { breaker, onFailure, isFirst } = deployment ?? {};
  if (onFailure === 'goes-on')
    return 'It has no circuit breaker: ECS goes on starting tasks until a corrected deployment takes its place.';
  // It counts tasks that never ran and those that fail health checks, not those that ran and then ended.
  if ((breaker?.failures ?? deployment?.failedTasks) === 0)
    return 'Its circuit breaker counts none of them, since they ran before they ended: ECS goes on starting tasks until a corrected deployment takes its place.';
  const left = breaker && Math.max(0, breaker.threshold - breaker.failures);
  const until =
    left === undefined
      ? 'until its circuit breaker ends it'
      : `until its circuit breaker has counted ${left} more (${breaker?.failures} of ${breaker?.threshold} so far)`;
  return `ECS goes on by itself ${until}; ${afterwards(isFirst, onFailure)}. A corrected deployment takes its place at once.`;
};

const afterwards = (isFirst = false, onFailure: DeploymentSeen['onFailure'] = undefined): string => {
  if (isFirst) return 'there is no earlier revision to go back to then';
  switch (onFailure) {
    case 'rollback':
      return 'then it goes back to the last revision that worked';
    case 'stays':
      return 'then it stays as it is, since rollback is not switched on: tasks of the revision before serve on where they still run';
    default:
      return 'then the deployment is ended';
  }
};
