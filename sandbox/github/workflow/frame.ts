// One workflow file being run: the top one, or one that a job calls, with what its caller gave it.
import type { JobDefinition, Token, WorkflowFile } from './definitions.ts';
import type { Functions, Scope } from './expressions.ts';
import { defaultGrant, type Grant } from './permissions.ts';
import type { Result, Run, Texts } from './types.ts';
import type { Value, Values } from './values.ts';

export type Frame = {
  readonly run: Run;
  readonly file: WorkflowFile;
  /** Names of the calling jobs, each with ` / ` behind it. */
  readonly prefix: string;
  /** Keys of the calling jobs, each with `/` behind it. */
  readonly path: string;
  readonly inputs: Values;
  readonly secrets: Texts;
  /** What the caller leaves of a token's rights; undefined at the top. */
  readonly allowed: Grant | undefined;
  /** Aborted where the run, or a matrix that this is part of, is cancelled. */
  readonly signal: AbortSignal;
  /** Concurrency groups that this run holds above, lower case. */
  readonly held: readonly string[];
  /** Whether everything runs even in a re-run of failed jobs: something above ran anew. */
  readonly fresh: boolean;
};

/** How a job ended for those that need it. */
export type Outcome = {
  readonly result: Result;
  readonly outputs: Texts;
  /** Whether any of it ran in this attempt. */
  readonly fresh: boolean;
};

/** A job's own outcome, and those of everything it waited for, by id. */
export type Settled = Outcome & { readonly ancestors: ReadonlyMap<string, Result> };

export const frameScope = (frame: Frame, more: Values = {}): Scope => ({
  file: frame.file.origin.path,
  contexts: {
    github: frame.run.github,
    inputs: frame.inputs,
    vars: frame.run.call.variables ?? {},
    ...more,
  },
  functions: {},
});

export const needsContext = (needs: ReadonlyMap<string, Settled>): Values =>
  Object.fromEntries([...needs].map(([id, { result, outputs }]) => [id, { result, outputs }]));

/** success() and its kin for a job: they look at every job before it, however far. */
export const jobFunctions = (needs: ReadonlyMap<string, Settled>, signal: AbortSignal): Functions => {
  const results = ancestorsOf(needs);
  const among = (ids: readonly Value[]): readonly Result[] =>
    ids.length > 0 ? ids.map((id) => results.get(String(id)) ?? 'skipped') : [...results.values()];
  return {
    success: (...ids) => !signal.aborted && among(ids).every((result) => result === 'success'),
    failure: (...ids) => !signal.aborted && among(ids).some((result) => result === 'failure'),
    cancelled: () => signal.aborted,
    always: () => true,
  };
};

export const ancestorsOf = (needs: ReadonlyMap<string, Settled>): ReadonlyMap<string, Result> =>
  new Map([...needs].flatMap(([id, { result, ancestors }]) => [...ancestors, [id, result] as const]));

/** Rights of a job's token: its own block, else its file's, else what its caller leaves. */
export const grantOf = (frame: Frame, job: JobDefinition): Grant =>
  job.permissions ?? frame.file.permissions ?? frame.allowed ?? defaultGrant;

/** Of several, as `needs` sees them together. */
export const worst = (results: readonly Result[]): Result => {
  if (results.length > 0 && results.every((result) => result === 'skipped')) return 'skipped';
  return (
    results.find((result) => result === 'failure') ?? results.find((r) => r === 'cancelled') ?? 'success'
  );
};

/** The name as the file has it, for a job that never had its matrix. */
export const sourceOf = (token: Token): string | undefined => {
  if (token === undefined) return undefined;
  const source = token.isExpression && 'source' in token ? token.source : undefined;
  return typeof source === 'string' ? source : token.toString();
};
