// The steps of a job, one after the other, and then the post steps, last in first out.
import type { Conclusion } from '../hub/types.ts';
import type { StepDefinition } from './definitions.ts';
import { messageOf } from './errors.ts';
import {
  evaluateBoolean,
  evaluateCondition,
  evaluateExpression,
  evaluateNumber,
  evaluateText,
  evaluateTexts,
  type Scope,
} from './expressions.ts';
import { saveProgress } from './progress.ts';
import { complain, log, type Running, stepScope } from './running.ts';
import { runStepProgram, type StepProgramEnd } from './step-program.ts';
import type { Texts } from './types.ts';

export const runSteps = async (running: Running): Promise<void> => {
  const watch = (): void => {
    running.status = 'cancelled';
  };
  if (running.stopped.aborted) watch();
  else running.stopped.addEventListener('abort', watch, { once: true });
  record(running, 'Set up job', 'success');
  for (const step of running.call.job.steps) await runOne(running, step);
  await runPosts(running);
  record(running, 'Complete job', 'success');
  running.stopped.removeEventListener('abort', watch);
};

const record = (running: Running, name: string, conclusion: Conclusion | null): void => {
  const number = running.records.length + 1;
  const status = conclusion === null ? 'in_progress' : 'completed';
  running.records.push({ number, name: running.masks.hide(name), status, conclusion });
  saveProgress(running);
};

const complete = (running: Running, conclusion: Conclusion): void => {
  const last = running.records.pop();
  if (last) running.records.push({ ...last, status: 'completed', conclusion });
  saveProgress(running);
};

// The parser gives steps without an id one that begins so.
const unnamed = '__';

const runOne = async (running: Running, step: StepDefinition): Promise<void> => {
  const end = await attempt(running, step);
  const { conclusion } = end;
  if (!step.id.startsWith(unnamed)) running.steps[step.id] = end;
  if (conclusion === 'failure' && running.status === 'success') running.status = 'failure';
  if (conclusion === 'cancelled') running.status = 'cancelled';
};

type End = Running['steps'][string];

const attempt = async (running: Running, step: StepDefinition): Promise<End> => {
  const none = { outputs: {} };
  let scope = stepScope(running, running.variables);
  try {
    const own = evaluateTexts(step.env, scope);
    const env = { ...running.variables, ...own };
    scope = stepScope(running, env);
    if (!evaluateCondition(step.condition, scope)) {
      record(running, nameOf(step, scope), 'skipped');
      return { ...none, outcome: 'skipped', conclusion: 'skipped' };
    }
    record(running, nameOf(step, scope), null);
    const end = await runTimed(running, step, { env, scope });
    const outcome = end.conclusion;
    const forgiven = outcome === 'failure' && evaluateBoolean(step.continueOnError, stepScope(running, env));
    const conclusion = forgiven ? 'success' : outcome;
    complete(running, conclusion);
    return { outputs: end.outputs, outcome, conclusion };
  } catch (error) {
    complain(running, messageOf(error));
    if (running.records.at(-1)?.status !== 'in_progress') record(running, step.id, null);
    complete(running, 'failure');
    return { ...none, outcome: 'failure', conclusion: 'failure' };
  }
};

/** As the log shows it: the name, or what is run. */
const nameOf = ({ name, does }: StepDefinition, scope: Scope): string => {
  const given = name && evaluateText(name, scope);
  if (given) return given;
  if (does.kind === 'uses') return `Run ${does.uses}`;
  return `Run ${evaluateText(does.script, scope).trim().split('\n')[0]}`;
};

type Context = { readonly env: Texts; readonly scope: Scope };

const runTimed = async (
  running: Running,
  step: StepDefinition,
  { env, scope }: Context,
): Promise<StepProgramEnd> => {
  const { pace } = running.call.frame.run;
  const minutes = step.timeoutMinutes ? evaluateNumber(step.timeoutMinutes, scope) : undefined;
  const stop = new AbortController();
  let timedOut = false;
  const timer =
    minutes === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop.abort();
        }, minutes * pace.minuteMs);
  // A cancelled job asks the running step's condition again, and lets it go on where that still holds.
  const cancel = (): void => {
    if (!evaluateCondition(step.condition, stepScope(running, env))) stop.abort();
  };
  const name = running.records.at(-1)?.name ?? step.id;
  log(running, `▸ ${name}`);
  if (!running.stopped.aborted) running.stopped.addEventListener('abort', cancel, { once: true });
  const hard = endAfterCancelling(running, stop);
  try {
    const end = await runStepProgram(running, step, { env, scope, name, signal: stop.signal });
    if (timedOut) {
      complain(running, `The action '${name}' has timed out after ${minutes} minutes.`);
      return { ...end, conclusion: 'failure' };
    }
    if (!stop.signal.aborted) return end;
    complain(running, 'The operation was canceled.');
    return { ...end, conclusion: 'cancelled' };
  } finally {
    clearTimeout(timer);
    running.stopped.removeEventListener('abort', cancel);
    hard();
  }
};

// What still runs after a cancelling has five minutes.
const minutesAfterCancelling = 5;

const endAfterCancelling = (running: Running, stop: AbortController): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    timer = setTimeout(() => stop.abort(), minutesAfterCancelling * running.call.frame.run.pace.minuteMs);
  };
  if (running.stopped.aborted) arm();
  else running.stopped.addEventListener('abort', arm, { once: true });
  return () => {
    running.stopped.removeEventListener('abort', arm);
    clearTimeout(timer);
  };
};

const runPosts = async (running: Running): Promise<void> => {
  for (const post of [...running.posts].reverse()) {
    const name = `Post ${post.name}`;
    if (!holdsPost(running, post.condition)) {
      record(running, name, 'skipped');
      continue;
    }
    record(running, name, null);
    log(running, `▸ ${name}`);
    const stop = new AbortController();
    const done = endAfterCancelling(running, stop);
    const exitCode = await post.run(stop.signal).catch((error: unknown) => {
      complain(running, messageOf(error));
      return 1;
    });
    done();
    complete(running, exitCode === 0 ? 'success' : 'failure');
    if (exitCode !== 0 && running.status === 'success') running.status = 'failure';
  }
};

const holdsPost = (running: Running, condition: string): boolean =>
  Boolean(evaluateExpression(condition, stepScope(running, running.variables)));
