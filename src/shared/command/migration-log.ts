// What a migration's log says of its steps: Laravel's, in its two ways of writing.

export type MigrationLog = {
  /** Names of the steps that were done, in order. */
  readonly done: readonly string[];
  /** The step that was under way at the end, or said that it failed. */
  readonly open: string | undefined;
  readonly nothingToDo: boolean;
};

const name = String.raw`(\d{4}_\d{2}_\d{2}_\d{6}_\w+)`;
/** `2026_01_05_090000_create_orders_table ..... 12.34ms DONE`, and RUNNING or FAIL at its end. */
const dotted = new RegExp(String.raw`${name}\s*\.{2,}.*?\b(DONE|FAIL|RUNNING)\b`);
/** Before Laravel 9.21: `Migrating: <name>`, `Migrated:  <name> (12ms)`. */
const worded = new RegExp(String.raw`\b(Migrating|Migrated):\s+${name}`);
/** A line that has got no further than the name when the program died. */
const begun = new RegExp(String.raw`${name}\s*\.{2,}\s*$`);

type Step = { readonly name: string; readonly isDone: boolean };

const stepOf = (line: string): Step | undefined => {
  const [, dottedName, state] = dotted.exec(line) ?? [];
  if (dottedName) return { name: dottedName, isDone: state === 'DONE' };
  const [, word, wordedName] = worded.exec(line) ?? [];
  if (wordedName) return { name: wordedName, isDone: word === 'Migrated' };
  const [, begunName] = begun.exec(line) ?? [];
  return begunName ? { name: begunName, isDone: false } : undefined;
};

/** A log line taken into account; starts from `noMigrations`. */
export const addMigrationLine = (log: MigrationLog, line: string): MigrationLog => {
  if (/\bNothing to migrate\b/i.test(line)) return { ...log, nothingToDo: true };
  const step = stepOf(line);
  if (!step) return log;
  return step.isDone
    ? { ...log, done: [...log.done, step.name], open: log.open === step.name ? undefined : log.open }
    : { ...log, open: step.name };
};

export const noMigrations: MigrationLog = { done: [], open: undefined, nothingToDo: false };

/** Which step failed and which was done last, in a sentence; empty where the log does not say. */
export const tellMigrations = ({ done, open }: MigrationLog): string => {
  const last = done.at(-1);
  const before =
    last === undefined
      ? 'none was done before it in this run'
      : `${done.length} ${done.length === 1 ? 'was' : 'were'} done before it in this run, the last of them ${last}`;
  if (open !== undefined) return `Migration ${open} was not done; ${before}.`;
  return last === undefined ? '' : `The last migration that was done is ${last}.`;
};
