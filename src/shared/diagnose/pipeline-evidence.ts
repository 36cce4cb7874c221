// What was seen of one failed action of a pipeline: what AWS says of it, and the end of its build where it is one.
// Here `lasts` tells whether the same revision can be tried again: permanent where only another revision or answer helps.
import { clip } from './clip.ts';
import type { LogEvidence } from './log-evidence.ts';
import type { Rule, Sighting, Source, WithFacts } from './rule.ts';

export type PipelineEvidence = WithFacts & {
  readonly part: Part;
  readonly isBuild: boolean;
  /** Error code, message and summary of the action, clean. */
  readonly said: string;
  /** Whether somebody answered an approval. */
  readonly isAnswered: boolean;
  /** Undefined where the action is no build. */
  readonly build: BuildSeen | undefined;
};

/** What the action is for: a migration is a build to CodePipeline. */
export type Part = 'source' | 'build' | 'migration' | 'approval' | 'deploy' | 'other';

export type BuildSeen = {
  /** FAILED, TIMED_OUT, STOPPED, FAULT …; undefined where the build could not be read. */
  readonly status: string | undefined;
  /** A line each: "BUILD FAILED: COMMAND_EXECUTION_ERROR: …". */
  readonly failedPhases: readonly string[];
  /** The end of its log, oldest first. */
  readonly tail: readonly string[];
};

type Sees = Rule<PipelineEvidence>['sees'];

const seen = (from: Source, text: string): Sighting => ({ proof: [{ from, text }] });

/** In what AWS says of the action itself. */
export const says =
  (pattern: RegExp): Sees =>
  ({ said }) =>
    pattern.test(clip(said)) ? seen('pipeline', said) : undefined;

/** In the error or the build's own words, the last of them first. */
export const showsIn =
  (pattern: RegExp): Sees =>
  (evidence) => {
    const { tail = [], failedPhases = [] } = evidence.build ?? {};
    const line = [...failedPhases, ...tail].findLast((each) => pattern.test(clip(each)));
    return line === undefined ? says(pattern)(evidence) : seen('build', line);
  };

const speaksOfError =
  /\b(errors?|fail(ed|ures?|ing|s)?|fatal|panic|exception|cannot|could not)\b|\w(Error|Exception)\b|[✕✗×✖]/i;
/** What comes after any failure, and counts that are none. */
const isAftermath =
  /\[Container\]|exit(ed)?\b.*\b(code|status)|non-zero|\bnpm (err!|error)|\bcommand failed|failed to (solve|resolve)|\*\*\* \[|ELIFECYCLE|\b(0|no) (errors?|fail\w*)/i;
const isOfNetwork =
  /network|connect|registry|proxy|\bretr(y|ie)|timed? ?out|too ?many ?requests|ETIMEDOUT|ECONN/i;

/**
 * As showsIn, but a line of the log counts only where no later one speaks of another error: tools repeat by themselves
 * what failed on the network, and go on.
 */
export const showsLastIn =
  (pattern: RegExp): Sees =>
  (evidence) => {
    const { tail = [], failedPhases = [] } = evidence.build ?? {};
    const phase = failedPhases.find((line) => pattern.test(clip(line)));
    if (phase !== undefined) return seen('build', phase);
    if (pattern.test(clip(evidence.said))) return seen('pipeline', evidence.said);
    const at = tail.findLastIndex((line) => pattern.test(clip(line)));
    const isLast =
      at >= 0 &&
      !tail
        .slice(at + 1)
        .some(
          (line) =>
            speaksOfError.test(clip(line)) && !isAftermath.test(clip(line)) && !isOfNetwork.test(clip(line)),
        );
    return isLast ? seen('build', tail[at] ?? '') : undefined;
  };

export const hasBuildStatus =
  (status: string): Sees =>
  ({ build, said }) => {
    if (build?.status === status) return seen('build', status);
    return new RegExp(`\\b${status}\\b`).test(clip(said)) ? seen('pipeline', said) : undefined;
  };

/** Neither phases nor log of a build that failed could be read, so nothing is known but that. */
export const isUnread: Sees = ({ isBuild, build, said }) =>
  isBuild && !build?.failedPhases.length && !build?.tail.length
    ? seen('pipeline', said || 'no reason given')
    : undefined;

/** The rule for actions of these kinds alone. */
export const about =
  (...parts: readonly Part[]) =>
  (rule: Rule<PipelineEvidence>): Rule<PipelineEvidence> => ({
    ...rule,
    sees: (evidence) => (parts.includes(evidence.part) ? rule.sees(evidence) : undefined),
  });

/** Where none of the others sees anything. */
export const otherwise =
  (others: readonly Rule<PipelineEvidence>[], sees: Sees): Sees =>
  (evidence) =>
    others.some((rule) => rule.sees(evidence)) ? undefined : sees(evidence);

/** Whatever it says. */
export const anything: Sees = ({ said, build }) =>
  said ? seen('pipeline', said) : seen('build', build?.tail.at(-1) ?? build?.status ?? 'no reason given');

/** The last line of a build's log that speaks of an error, else its last; else the phase that failed, or what AWS says. */
export const lastError: Sees = (evidence) => {
  const { tail = [], failedPhases = [] } = evidence.build ?? {};
  const own = tail.filter((each) => !isAftermath.test(clip(each)));
  const line = own.findLast((each) => speaksOfError.test(clip(each))) ?? own.at(-1) ?? failedPhases.at(-1);
  return line === undefined ? anything(evidence) : seen('build', line);
};

/** A rule about an application's log, for the log of a pipeline's migration. */
export const forMigration = (rule: Rule<LogEvidence>): Rule<PipelineEvidence> => ({
  ...rule,
  sees: ({ part, build, said, facts }) => {
    if (part !== 'migration') return undefined;
    const lines = [...(said ? [said] : []), ...(build?.failedPhases ?? []), ...(build?.tail ?? [])];
    return rule.sees({ facts, by: 'migration', lines, settings: undefined });
  },
});
