// One command for one container, and the marks by which its task is found again.
import { createHash } from 'node:crypto';
import type { Application } from '../fleet/application.ts';
import { managedBy } from '../fleet/names.ts';
import type { Tags } from '../fleet/types.ts';
import { maskCredentials } from '../redact-patterns.ts';
import type { Run } from '../world.ts';
import { shownCommand } from './words.ts';

export const commandOperations = ['command', 'migrate'] as const;
export type CommandOperation = (typeof commandOperations)[number];

export type Call = {
  readonly operation: CommandOperation;
  /** Short name of the service. */
  readonly service: string;
  readonly container: string;
  readonly words: readonly string[];
};

/** "Migration `php artisan migrate --force` in api", to begin a sentence with. */
export const callName = ({ operation, service, words }: Call): string =>
  `${operation === 'migrate' ? 'Migration' : 'Command'} \`${shownWords(words)}\` in ${service}`;

export const isSameCommand = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((word, index) => word === other[index]);

/** In one line. Nobody should have put a secret there; if somebody did, it is not printed once more. */
export const shownWords = (words: readonly string[]): string => {
  const shown = maskCredentials(shownCommand(words)).replace(/\s*\n\s*/g, ' ⏎ ');
  return shown.length > 300 ? `${shown.slice(0, 300)} …` : shown;
};

/**
 * Who started a task: this run, this attempt, this command. ECS allows 128 of [A-Za-z0-9-/_], and lists tasks by it, so
 * that a job that lost its runner finds its task again.
 */
export const startedByOf = (
  { name, environment }: Application,
  call: Call,
  { id, attempt }: Pick<Run, 'id' | 'attempt'>,
): string => {
  const { service, container, words } = call;
  const what = createHash('sha256').update(
    JSON.stringify([name, environment.name, service, container, words]),
  );
  return `${managedBy}/${id || 'local'}/${attempt || '1'}/${what.digest('hex').slice(0, 16)}`;
};

/** Attempts of this run before this one that may have left a task, newest first. */
export const earlierAttempts = ({ attempt }: Pick<Run, 'attempt'>): readonly string[] => {
  const current = Number(attempt) || 1;
  return Array.from({ length: Math.min(current - 1, mostEarlier) }, (_, back) => String(current - 1 - back));
};

/** A task lives through few attempts of a job; each costs a call. */
const mostEarlier = 5;

export const tagsOfCall = ({ name, environment }: Application, { operation }: Call, run: Run): Tags => ({
  ManagedBy: managedBy,
  Application: name,
  Environment: environment.name,
  Operation: operation,
  ...(run.id ? { Run: `${run.repository}/actions/runs/${run.id}` } : {}),
});
