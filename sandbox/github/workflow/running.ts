// A job while it runs: what its steps share and leave, and the contexts and variables that each step gets of it.
import type { Annotation, Conclusion, StepRecord } from '../hub/types.ts';
import type { Masks } from '../masks.ts';
import type { StepsJob, Token } from './definitions.ts';
import type { Functions, Scope } from './expressions.ts';
import type { Frame } from './frame.ts';
import { hashFiles } from './hash-files.ts';
import { type Entry, runnersOwn } from './record.ts';
import type { Room } from './room.ts';
import type { Texts } from './types.ts';
import { isRecord, textOf, type Value, type Values } from './values.ts';

export type JobCall = {
  readonly job: StepsJob;
  readonly frame: Frame;
  readonly entry: Entry;
  /** Contexts of the job's own keys: needs, matrix, strategy. */
  readonly scope: Scope;
  readonly signal: AbortSignal;
};

export type StepResult = {
  readonly outputs: Texts;
  /** Before `continue-on-error`. */
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
};

export type Post = {
  readonly name: string;
  readonly condition: string;
  /** Resolves with the exit code. */
  readonly run: (signal: AbortSignal) => Promise<number | null>;
};

export type Environment = {
  readonly name: string;
  readonly url: Token;
  /** Whether GitHub keeps a deployment of it. */
  readonly recorded: boolean;
};

/** Grows as the job goes on. */
export type Running = {
  readonly call: JobCall;
  readonly id: number;
  readonly name: string;
  readonly startedAt: number;
  readonly room: Room;
  readonly masks: Masks;
  readonly token: string;
  readonly environment: Environment | undefined;
  readonly idToken: { readonly url: string; readonly token: string } | undefined;
  /** Aborted by a cancelling or by the job's timeout. */
  readonly stopped: AbortSignal;
  /** The job's `env`, and what steps add to it. */
  readonly variables: Record<string, string>;
  readonly steps: Record<string, StepResult>;
  readonly paths: string[];
  readonly posts: Post[];
  readonly records: StepRecord[];
  readonly annotations: Annotation[];
  readonly lines: string[];
  readonly summaries: string[];
  status: 'success' | 'failure' | 'cancelled';
};

export const log = (running: Running, line: string): void => {
  const shown = running.masks.hide(line);
  running.lines.push(shown);
  running.call.frame.run.call.onLine?.(running.name, shown);
};

/** An error of the runner's own: a line, and an annotation on the job's page. */
export const complain = (running: Running, message: string): void => {
  log(running, `ERROR: ${message}`);
  running.annotations.push(runnersOwn(running.masks.hide(message)));
};

/** What expressions of a step may name; `env` is with the step's own. */
export const stepScope = (running: Running, env: Texts): Scope => {
  const { frame, scope } = running.call;
  return {
    file: frame.file.origin.path,
    contexts: {
      ...scope.contexts,
      github: githubOf(running),
      secrets: { ...frame.secrets, GITHUB_TOKEN: running.token },
      job: jobContext(running),
      runner: runnerContext(running.room),
      // Contexts are immutable, and these grow.
      steps: { ...running.steps },
      env: { ...env },
    },
    functions: stepFunctions(running),
  };
};

const stepFunctions = (running: Running): Functions => ({
  success: () => running.status === 'success',
  failure: () => running.status === 'failure',
  cancelled: () => running.status === 'cancelled',
  always: () => true,
  hashFiles: (...patterns) => hashFiles(running.room.workspace, patterns.map(String)),
});

const jobContext = ({ call, status, id }: Running): Values => {
  const { origin } = call.frame.file;
  return {
    status,
    check_run_id: id,
    workflow_ref: `${origin.repository}/${origin.path}@${origin.ref}`,
    workflow_sha: origin.sha,
    workflow_repository: origin.repository,
    workflow_file_path: origin.path,
  };
};

const runnerContext = ({ temp, toolCache }: Room): Values => ({
  name: 'GitHub Actions 1',
  os: 'Linux',
  arch: 'X64',
  temp,
  tool_cache: toolCache,
  debug: '',
  environment: 'github-hosted',
});

const githubOf = ({ call, token, room }: Running): Values => ({
  ...(isRecord(call.scope.contexts.github) ? call.scope.contexts.github : {}),
  token,
  job: call.job.id,
  workspace: room.workspace,
  event_path: room.eventPath,
  job_workflow_sha: call.frame.file.origin.sha,
});

// Parts of the github context that GitHub gives no variable for.
const withoutVariable = new Set(['event', 'token', 'env', 'path', 'job_workflow_sha', 'repositoryUrl']);

/** Variables of every process of the job. Of this process only PATH is passed on. */
export const processVariables = (running: Running, env: Texts): Texts => {
  const { room, call, paths, idToken } = running;
  const github = Object.entries(githubOf(running))
    .filter(([name]) => !withoutVariable.has(name))
    .map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, textOf(value as Value) ?? '']);
  return {
    HOME: room.home,
    ...call.frame.run.call.env,
    ...env,
    ...Object.fromEntries(github),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    RUNNER_NAME: 'GitHub Actions 1',
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
    RUNNER_TEMP: room.temp,
    RUNNER_TOOL_CACHE: room.toolCache,
    RUNNER_ENVIRONMENT: 'github-hosted',
    ...(idToken
      ? { ACTIONS_ID_TOKEN_REQUEST_URL: idToken.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: idToken.token }
      : {}),
    PATH: [...[...paths].reverse(), process.env.PATH ?? ''].join(':'),
  };
};
