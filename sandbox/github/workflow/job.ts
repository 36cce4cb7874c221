// One job before it starts: its environment and the approval that this may want, and a runner.
import type { Token } from './definitions.ts';
import { messageOf, TemplateInvalid } from './errors.ts';
import { evaluate, evaluateBoolean, field } from './expressions.ts';
import type { Frame, Outcome } from './frame.ts';
import { isMapping } from './library.ts';
import { occupyRunner } from './occupation.ts';
import { fullName, recordEnd } from './record.ts';
import type { Environment, JobCall } from './running.ts';
import { isRecord } from './values.ts';

/** Runs it to its end; never rejects for what is wrong with it. */
export const runJob = async (call: JobCall): Promise<Outcome> => {
  const { frame, entry } = call;
  const known = { id: frame.run.nextJobId(), name: fullName(frame, entry) };
  saveWaiting(frame, { ...known, status: 'queued' });
  const own = { ...entry, id: known.id };
  try {
    requireLinux(evaluate(call.job.runsOn, call.scope));
    const environment = environmentOf(call.job.environment, call);
    await passGate(call, { ...known, environment });
    const giveBack = await frame.run.slots.take(call.signal);
    if (!giveBack) return recordEnd(frame, own, { result: 'cancelled' });
    try {
      return await occupyRunner(call, { ...known, environment });
    } finally {
      giveBack();
    }
  } catch (error) {
    return recordEnd(frame, own, { result: 'failure', problem: messageOf(error) });
  }
};

type Waiting = { readonly id: number; readonly name: string };

/** Returns as well where the job is cancelled meanwhile: the runner is not given then. */
const passGate = async (
  { frame, signal }: JobCall,
  { environment, ...known }: Waiting & { readonly environment: Environment | undefined },
): Promise<void> => {
  const { approve, environments } = frame.run.call;
  if (!environment || !environments[environment.name]?.protected) return;
  saveWaiting(frame, { ...known, status: 'waiting' });
  const gate = { environment: environment.name, job: known.name };
  const answer = await untilAborted(approve(gate), signal);
  if (answer === 'rejected') throw new Error(`The deployment to ${environment.name} was rejected`);
};

const saveWaiting = (
  { run }: Frame,
  { id, name, status }: Waiting & { readonly status: 'queued' | 'waiting' },
): void =>
  run.call.hub.saveJob({
    id,
    runId: run.id,
    attempt: run.attempt,
    name,
    status,
    conclusion: null,
    startedAt: undefined,
    completedAt: undefined,
    steps: [],
    annotations: [],
  });

const requireLinux = (label: unknown): void => {
  if (/windows|macos/i.test(JSON.stringify(label)))
    throw new TemplateInvalid(`runs-on ${JSON.stringify(label)}: this runner has Linux only`);
};

const environmentOf = (token: Token, { scope, frame }: JobCall): Environment | undefined => {
  const mapping = token && isMapping(token) ? token : undefined;
  const given = evaluate(mapping ? field(mapping, 'name') : token, scope);
  const name = isRecord(given) ? String(given.name ?? '') : String(given ?? '');
  if (!name) return undefined;
  const known = frame.run.call.environments;
  if (!known[name])
    throw new TemplateInvalid(
      `The environment '${name}' is not among ${Object.keys(known).join(', ') || 'any'}; GitHub would make it, unprotected`,
    );
  const deployment = field(mapping, 'deployment');
  return {
    name,
    url: field(mapping, 'url'),
    recorded: deployment === undefined || evaluateBoolean(deployment, scope),
  };
};

const untilAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> =>
  new Promise((resolve, reject) => {
    const stop = (): void => resolve('aborted');
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
