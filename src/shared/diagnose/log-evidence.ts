// The last lines that an application's container wrote, whoever ran it: a service's task, a one-off command, a pipeline's
// migration. The same words mean the same in all three, so the same rules read them.
import { clip } from './clip.ts';
import type { Evidence, StoppedTask } from './evidence.ts';
import type { Facts, Rule, Sighting, WithFacts } from './rule.ts';
import { lastingStops } from './rules/starting.ts';
import { spoken } from './spoken.ts';

export type LogEvidence = WithFacts & {
  readonly by: 'service' | 'command' | 'migration';
  /** Oldest first, clean, not quoted. */
  readonly lines: readonly string[];
  /** Of the container in its task definition; undefined where that was not looked at. */
  readonly settings: Settings | undefined;
};

export type Settings = {
  /** Only names that no secret bears. */
  readonly environment: Readonly<Record<string, string>>;
  /** valueFrom by name. */
  readonly secrets: Readonly<Record<string, string>>;
};

type FactsOf = (found: RegExpExecArray, evidence: LogEvidence) => Facts;

/** The last line that fits, in no visitor's words, with what its groups tell. */
export const lastLine = (
  lines: readonly string[],
  pattern: RegExp,
): { readonly text: string; readonly found: RegExpExecArray } | undefined => {
  for (const text of lines.toReversed()) {
    const found = pattern.test(clip(text)) ? pattern.exec(spoken(text)) : undefined;
    if (found) return { text, found };
  }
  return undefined;
};

/** Sees the last line that fits. */
export const inLines =
  (pattern: RegExp, factsOf?: FactsOf): Rule<LogEvidence>['sees'] =>
  (evidence): Sighting | undefined => {
    const seen = lastLine(evidence.lines, pattern);
    if (!seen) return undefined;
    const proof = [{ from: 'log', text: seen.text }] as const;
    return factsOf ? { proof, facts: factsOf(seen.found, evidence) } : { proof };
  };

/** Sees the last request that fits: a pattern that a visitor's words cannot fit, as a quotation mark of theirs is escaped. */
export const inRequests =
  (pattern: RegExp): Rule<LogEvidence>['sees'] =>
  ({ lines }): Sighting | undefined => {
    const text = lines.findLast((line) => pattern.test(clip(line)));
    return text === undefined ? undefined : { proof: [{ from: 'log', text }] };
  };

/** As one rule about an application's service: silent for tenants, and for tasks that may still be starting. */
export const forService = (rule: Rule<LogEvidence>): Rule<Evidence> => ({
  ...rule,
  sees: (evidence) => {
    const said = logOfService(evidence);
    return said && rule.sees(said);
  },
});

export const logOfService = (evidence: Evidence): LogEvidence | undefined => {
  const { kind, state, facts, logs, definition } = evidence;
  if (kind !== 'application' || state === 'healthy') return undefined;
  const ended = new Set(lastingStops(evidence).map(({ id }) => id));
  const endedWell = new Set(evidence.stopped.filter(isWell).map(({ id }) => id));
  // A program that waits for its database says so, and starts all the same.
  const read = logs.filter(
    ({ taskId }) => !endedWell.has(taskId) && (state !== 'running' || ended.has(taskId)),
  );
  const container = definition?.containers.find(({ name }) => name === facts.container);
  return {
    facts,
    by: 'service',
    lines: read.flatMap(({ lines }) => lines.map(({ text }) => text)),
    settings: container && { environment: container.environment, secrets: container.secrets },
  };
};

/** Nothing that it wrote ended it: one job's error in the log of a worker that has done its share. */
const isWell = ({ reason, containers }: StoppedTask): boolean =>
  !/health checks/i.test(reason) &&
  containers.length > 0 &&
  containers.every(({ exitCode }) => exitCode === 0);
