// A job on its runner: a machine and a token of its own, its time, its steps, and what is left when they are done.
import type { Permissions } from '../hub/types.ts';
import { createMasks } from '../masks.ts';
import { claimsOf } from './claims.ts';
import { messageOf, TemplateInvalid } from './errors.ts';
import { evaluateBoolean, evaluateNumber, evaluateText, evaluateTexts } from './expressions.ts';
import { grantOf, type Outcome } from './frame.ts';
import { readOnly } from './permissions.ts';
import { keyOf, saveEnd } from './record.ts';
import { openRoom } from './room.ts';
import { complain, type Environment, type JobCall, log, type Running, stepScope } from './running.ts';
import { runSteps } from './steps.ts';
import type { JobEnd, Texts } from './types.ts';

type Known = {
  readonly id: number;
  readonly name: string;
  readonly environment: Environment | undefined;
};

const longestMinutes = 360;

/** Rejects with TemplateInvalid where the job's own keys cannot be evaluated. */
export const occupyRunner = async (call: JobCall, known: Known): Promise<Outcome> => {
  const { frame, job, scope } = call;
  const { run } = frame;
  const grant = rightsOf(call);
  const { token, revoke } = run.call.hub.issueToken(grant);
  const idToken =
    grant['id-token'] === 'write'
      ? run.call.hub.issueIdToken(claimsOf(frame, known.environment?.name))
      : undefined;
  const room = await openRoom(run.call.hub.repository.name, run.event);
  const minutes = job.timeoutMinutes ? evaluateNumber(job.timeoutMinutes, scope) : longestMinutes;
  const timeout = new AbortController();
  const running: Running = {
    ...blank(),
    call,
    ...known,
    room,
    masks: createMasks([token, idToken?.token ?? '', ...Object.values(frame.secrets)]),
    token,
    idToken,
    stopped: AbortSignal.any([call.signal, timeout.signal]),
  };
  const timer = setTimeout(() => {
    complain(running, `The job has exceeded the maximum execution time of ${minutes} minutes`);
    timeout.abort();
  }, minutes * run.pace.minuteMs);
  try {
    Object.assign(running.variables, jobVariables(running));
    await runSteps(running);
    return finish(running);
  } finally {
    clearTimeout(timer);
    revoke();
    idToken?.revoke();
    await room.remove();
  }
};

const blank = () => ({
  startedAt: Date.now(),
  variables: {},
  steps: {},
  paths: [],
  posts: [],
  records: [],
  annotations: [],
  lines: [],
  summaries: [],
  status: 'success' as const,
});

/** Of the job; a pull request from a fork may only read. */
const rightsOf = ({ frame, job }: JobCall): Permissions => {
  const grant = { metadata: 'read', ...grantOf(frame, job) } as const;
  return frame.run.fromFork ? readOnly(grant) : grant;
};

const jobVariables = (running: Running): Texts => {
  const { frame, job, scope } = running.call;
  const secrets = { ...frame.secrets, GITHUB_TOKEN: running.token };
  const withSecrets = { ...scope, contexts: { ...scope.contexts, secrets } };
  return { ...evaluateTexts(frame.file.env, withSecrets), ...evaluateTexts(job.env, withSecrets) };
};

const finish = (running: Running): Outcome => {
  const { call, id, name, startedAt } = running;
  const { frame, job, scope, entry } = call;
  const outputs = outputsOf(running);
  const deployment = deploymentOf(running);
  const forgiven = running.status === 'failure' && evaluateBoolean(job.continueOnError, scope);
  const result = forgiven ? 'success' : running.status;
  const end: JobEnd = {
    key: keyOf(frame, entry),
    id,
    name,
    conclusion: running.status,
    result,
    outputs,
    summary: running.summaries.join('\n'),
    lines: running.lines,
    steps: running.records,
    annotations: running.annotations,
    ...(deployment ? { deployment } : {}),
    startedAt,
    completedAt: Date.now(),
  };
  saveEnd(frame.run, end);
  return { result, outputs, fresh: true };
};

const deploymentOf = (running: Running): JobEnd['deployment'] => {
  const { environment } = running;
  if (!environment?.recorded) return undefined;
  try {
    const url = evaluateText(environment.url, stepScope(running, running.variables));
    return { environment: environment.name, url: running.masks.hide(url) };
  } catch (error) {
    complain(running, messageOf(error));
    return { environment: environment.name, url: '' };
  }
};

// GitHub measures them in UTF-16.
const largestOutputs = 1024 * 1024;

const outputsOf = (running: Running): Texts => {
  try {
    const scope = stepScope(running, running.variables);
    const all = Object.entries(evaluateTexts(running.call.job.outputs, scope));
    const kept = all.filter(([name, text]) => {
      const secret = running.masks.holds(text);
      if (secret) log(running, `WARNING: Skip output '${name}' since it may contain secret.`);
      return !secret;
    });
    const size = kept.reduce((sum, [, text]) => sum + 2 * text.length, 0);
    if (size > largestOutputs)
      throw new TemplateInvalid(`The job's outputs have ${size} bytes; GitHub allows ${largestOutputs}`);
    return Object.fromEntries(kept);
  } catch (error) {
    complain(running, messageOf(error));
    running.status = 'failure';
    return {};
  }
};
