// A command that did not end well: what happened, to what, and what to do next; the end of its log as evidence.
import { Failed } from '../errors.ts';
import { printable } from '../logs.ts';
import { type Call, callName } from './call.ts';
import type { End } from './end.ts';
import { hintsIn, lastErrors } from './log-hints.ts';
import { type MigrationLog, tellMigrations } from './migration-log.ts';
import { explainStart, type Meaning } from './never-started.ts';
import type { Workplace } from './workplace.ts';

export type Evidence = {
  readonly call: Call;
  readonly workplace: Workplace;
  /** The log's last lines, as printed. */
  readonly tail: readonly string[];
  readonly migrations: MigrationLog;
  /** Where a person looks on: the task's page, its log. */
  readonly places: readonly string[];
};

/** Throws nothing: answers the error to throw. */
export const explainCommand = (end: End, evidence: Evidence): Failed => {
  const { call, tail, migrations, places } = evidence;
  const { what, fix } = meaningOf(end, evidence);
  const ofSteps =
    call.operation === 'migrate' && end.kind !== 'never-started' ? tellMigrations(migrations) : '';
  const said = end.kind === 'exited' ? saidLast(tail) : '';
  const hints = end.kind === 'exited' ? hintsIn(call.operation, tail) : [];
  return new Failed(
    [`${callName(call)}: ${what}`, ofSteps, said].filter(Boolean).join(' '),
    [...hints, fix].join('\n'),
    [...seenOf(end), ...lastErrors(tail, 15), ...places],
  );
};

const seenOf = (end: End): readonly string[] => {
  if (end.kind === 'never-started') return [printable(`ECS: ${end.reason}`)];
  if (end.kind === 'stopped') return [printable(`ECS: ${end.by} ${end.reason}`)];
  if (end.kind === 'neighbour-died' && end.neighbour.reason)
    return [printable(`ECS: ${end.neighbour.name}: ${end.neighbour.reason}`)];
  return [];
};

const saidLast = (tail: readonly string[]): string => {
  const [last] = lastErrors(tail, 1);
  return last === undefined
    ? 'It wrote nothing.'
    : `Its log ends in: ${last.replace(/^\|\s+/, '').trimEnd()}`;
};

const again = ({ operation }: Call): string =>
  operation === 'migrate'
    ? 'Run it again once that is put right: it goes on behind the last migration that is done. Look first at what the one that was not done has left: MySQL takes no table change back.'
    : 'Run it again once that is put right.';

const meaningOf = (end: End, evidence: Evidence): Meaning => {
  const { call, workplace } = evidence;
  switch (end.kind) {
    case 'never-started': {
      const { what, fix } = explainStart(end.reason);
      return { what: `it never started, and nothing ran. ${what}`, fix };
    }
    case 'out-of-memory':
      return outOfMemory(end, evidence);
    case 'neighbour-died':
      return {
        what: `it was ended because container ${end.neighbour.name} of the same task ended with exit code ${end.neighbour.exitCode}${end.exitCode === undefined ? ', before it had started' : ''}.`,
        fix: `That container is essential, so its end is the task's: see its log, or set essential to false for it in the task definition. ${again(call)}`,
      };
    case 'stopped':
      return stopped(end, call);
    case 'exited': {
      const { what, fix } = exits[end.exitCode] ?? { what: '', fix: '' };
      return {
        what: `container ${workplace.container.name} ended with exit code ${end.exitCode}${what ? `: ${what}` : '.'}`,
        fix: [fix, again(call)].filter(Boolean).join(' '),
      };
    }
  }
};

/** Exit codes that mean the same everywhere. */
const exits: Readonly<Record<number, Meaning>> = {
  126: {
    what: 'its program may not be executed.',
    fix: "Run it through its interpreter (php artisan …), or set the file's mode in the image.",
  },
  127: { what: 'its program is not in the image.', fix: "Correct the command's first word." },
  134: { what: 'it aborted itself.', fix: '' },
  139: {
    what: 'it crashed (segmentation fault).',
    fix: 'Mostly a PHP extension does that: see what changed in the image.',
  },
  143: { what: 'it was asked to end (SIGTERM).', fix: '' },
  255: { what: 'PHP stopped at an error that nothing caught.', fix: '' },
};

const outOfMemory = (
  end: Extract<End, { kind: 'out-of-memory' }>,
  { call, workplace: { container, definition } }: Evidence,
): Meaning => {
  const limit = container.memory ?? definition.memory;
  const size = limit === undefined ? '' : ` (${limit} MiB${container.memory ? ' for this container' : ''})`;
  const raise = `Raise memory${size} in the task definition of ${definition.family}, or do the work in smaller pieces.`;
  return end.isTold
    ? {
        what: `it was killed: it needed more memory than it may have${size}. Exit code 137.`,
        fix: `${raise} ${again(call)}`,
      }
    : {
        what: 'it was killed (SIGKILL), exit code 137. ECS gives no reason; mostly it is for want of memory.',
        fix: `${raise} ${again(call)}`,
      };
};

const stopped = (end: Extract<End, { kind: 'stopped' }>, call: Call): Meaning => {
  const code =
    end.exitCode === undefined
      ? 'Its container had not started.'
      : `Its container ended with exit code ${end.exitCode}; whether it was done is not known.`;
  if (/Spot|Termination/.test(end.by))
    return {
      what: `AWS took the Spot capacity back that it ran on. ${code}`,
      fix: `${again(call)} What must not be interrupted wants FARGATE in the service's capacity providers, not FARGATE_SPOT alone.`,
    };
  if (end.by === 'InfrastructureHealth')
    return { what: `the machine under it became unhealthy, and AWS stopped it. ${code}`, fix: again(call) };
  return {
    what: `somebody stopped its task: ${end.reason || 'no reason given'}. ${code}`,
    fix: `Who it was stands in CloudTrail (StopTask). ${again(call)}`,
  };
};
