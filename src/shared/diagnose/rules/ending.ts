// How a container ended that had started. Deployments and one-off commands have it alike, so they share its rules.
import { clip } from '../clip.ts';
import type { Evidence, StoppedTask } from '../evidence.ts';
import type { Facts, Rule, WithFacts } from '../rule.ts';
import { spoken } from '../spoken.ts';
import { lastingStops, neverRan } from './starting.ts';

/** `facts` as in Evidence; `endedContainer`, `exitCode` and, where it is known, `memory` (MiB) besides. */
export type Ending = WithFacts & {
  readonly exitCode: number;
  /** ECS's words: of the container and of the task. */
  readonly reason: string;
  /** The end of its log, oldest first. */
  readonly lines: readonly string[];
};

type Told = Omit<Rule<Ending>, 'sees'> & {
  /** What the log, or ECS, says. */
  readonly told: RegExp;
  readonly facts?: (groups: readonly string[]) => Facts;
};

/** A rule that goes by what was written. */
export const told = ({ told, facts, ...rule }: Told): Rule<Ending> => ({
  ...rule,
  sees: ({ reason, lines }) => {
    for (const text of [...lines.toReversed().map(spoken), reason].map(clip)) {
      const found = told.exec(text);
      if (!found) continue;
      const proof = [{ from: text === clip(reason) ? 'task' : 'log', text }] as const;
      return facts ? { proof, facts: facts(found.slice(1).map((group) => group ?? '')) } : { proof };
    }
    return undefined;
  },
});

type Coded = Omit<Rule<Ending>, 'sees'> & { readonly code: number };

/** A rule that goes by the exit code. */
export const coded = ({ code, ...rule }: Coded): Rule<Ending> => ({
  ...rule,
  sees: (ending) =>
    ending.exitCode === code && !/OutOfMemory/.test(clip(ending.reason))
      ? { proof: tellEnding(ending) }
      : undefined,
});

/** What ECS says, and the last line that speaks of an error. */
export const tellEnding = ({ exitCode, reason, lines, facts }: Ending) => {
  const last = lines.findLast((line) => errorWords.test(clip(spoken(line)))) ?? lines.at(-1);
  return [
    {
      from: 'task' as const,
      text: clip(
        `container ${facts.endedContainer ?? ''} ended with exit code ${exitCode}. ${reason}`.trim(),
      ),
    },
    ...(last === undefined ? [] : [{ from: 'log' as const, text: clip(last) }]),
  ];
};

const errorWords = /error|exception|fatal|fail|denied|refused|not found|cannot|could not|timed out|no such/i;

/** The rule for a deployment's tasks whose container ended by itself. */
export const ofEnded = (rule: Rule<Ending>): Rule<Evidence> => ({
  ...rule,
  sees: (evidence) => {
    for (const task of lastingStops(evidence)) {
      const ending = endingOf(evidence, task);
      const seen = ending && rule.sees(ending);
      if (seen) return { ...seen, facts: { ...ending.facts, ...seen.facts } };
    }
    return undefined;
  },
});

/** Undefined for a task that never ran, or that somebody else ended: ECS, AWS or a person. */
const endingOf = (evidence: Evidence, task: StoppedTask): Ending | undefined => {
  const wasEnded = /^(?:ServiceScheduler|UserInitiated|Spot|Termination|Infrastructure)/.test(task.stopCode);
  if (wasEnded || neverRan(task)) return undefined;
  const { facts, definition, logs } = evidence;
  const culprit =
    task.containers.find(({ reason }) => /OutOfMemory/i.test(reason)) ??
    task.containers.find(({ exitCode }) => exitCode !== undefined && ![0, 137, 143].includes(exitCode)) ??
    task.containers.find(({ name }) => name === facts.container) ??
    task.containers[0];
  if (culprit?.exitCode === undefined) return undefined;
  const log = logs.find(({ taskId }) => taskId === task.id);
  return {
    facts: {
      ...facts,
      ...(log ? { logGroup: log.group, logStream: log.stream } : {}),
      endedContainer: culprit.name,
      endedImage: definition?.containers.find(({ name }) => name === culprit.name)?.image ?? '<its image>',
      task: task.id,
      exitCode: String(culprit.exitCode),
      ...(definition ? { memory: definition.memory } : {}),
    },
    exitCode: culprit.exitCode,
    reason: [culprit.reason, task.reason].filter(Boolean).join(' '),
    lines: log?.lines.map(({ text }) => text) ?? [],
  };
};
