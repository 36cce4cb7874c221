// The last lines that an application's container wrote, whoever ran it: a service's task, a one-off command, a pipeline's
// migration. The same words mean the same in all three, so the same rules read them.
import { clip } from './clip.ts';
import type { Evidence } from './evidence.ts';
import type { Facts, Rule, Sighting, WithFacts } from './rule.ts';
import { lastingStops } from './rules/starting.ts';

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

/** The last line that fits, with what its groups tell. */
export const lastLine = (
  lines: readonly string[],
  pattern: RegExp,
): { readonly text: string; readonly found: RegExpExecArray } | undefined => {
  for (const text of lines.toReversed()) {
    const found = pattern.exec(clip(text));
    if (found) return { text, found };
  }
  return undefined;
};

/** Sees the last line that fits. */
export const inLog =
  (pattern: RegExp, factsOf?: FactsOf): Rule<LogEvidence>['sees'] =>
  (evidence): Sighting | undefined => {
    const seen = lastLine(evidence.lines, pattern);
    if (!seen) return undefined;
    const proof = [{ from: 'log', text: seen.text }] as const;
    return factsOf ? { proof, facts: factsOf(seen.found, evidence) } : { proof };
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
  // A program that waits for its database says so, and starts all the same.
  const read = state === 'running' ? logs.filter(({ taskId }) => ended.has(taskId)) : logs;
  const container = definition?.containers.find(({ name }) => name === facts.container);
  return {
    facts,
    by: 'service',
    lines: read.flatMap(({ lines }) => lines.map(({ text }) => text)),
    settings: container && { environment: container.environment, secrets: container.secrets },
  };
};
