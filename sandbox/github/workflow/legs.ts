// A job's combinations: fail-fast, max-parallel, concurrency groups, and for each a runner or a called workflow.
import { type Entry as Admission, readWish } from './concurrency.ts';
import type { CallJob, JobDefinition } from './definitions.ts';
import { messageOf } from './errors.ts';
import { evaluateText, type Scope } from './expressions.ts';
import {
  type Frame,
  frameScope,
  grantOf,
  needsContext,
  type Outcome,
  type Settled,
  sourceOf,
  worst,
} from './frame.ts';
import { readCallInputs, readCallSecrets } from './inputs.ts';
import { runJob } from './job.ts';
import { type Leg, readStrategy, type Strategy } from './matrix.ts';
import { carry, fullName, keyOf, recordEnd } from './record.ts';
import { createSlots, type Slots } from './slots.ts';
import type { Texts } from './types.ts';

type Decided = {
  readonly job: JobDefinition;
  readonly frame: Frame;
  readonly needs: ReadonlyMap<string, Settled>;
  /** The job's condition as it stands now: a cancelled run asks again. */
  readonly holds: (signal: AbortSignal) => boolean;
  readonly runCalled: (frame: Frame) => Promise<Outcome>;
};

/** Throws TemplateInvalid where there is no strategy to go by. */
export const runLegs = async (decided: Decided): Promise<Outcome> => {
  const { job, frame, needs } = decided;
  const strategy = readStrategy(job.strategy, frameScope(frame, { needs: needsContext(needs) }));
  const failFast = new AbortController();
  const signal = AbortSignal.any([frame.signal, failFast.signal]);
  const parallel = createSlots(strategy.maxParallel);
  const ended = ({ result }: Outcome): void => {
    if (strategy.failFast && result === 'failure') failFast.abort();
  };
  const outcomes = await Promise.all(
    strategy.legs.map((leg) =>
      runLeg({ ...decided, frame: { ...frame, signal }, leg, strategy, parallel, ended }),
    ),
  );
  return {
    result: worst(outcomes.map(({ result }) => result)),
    outputs: mergeOutputs(outcomes),
    fresh: outcomes.some(({ fresh }) => fresh),
  };
};

/** A combination's empty output does not take another one's away. */
const mergeOutputs = (outcomes: readonly Outcome[]): Texts =>
  Object.fromEntries([
    ...outcomes.flatMap(({ outputs }) => Object.entries(outputs)),
    ...outcomes.flatMap(({ outputs }) => Object.entries(outputs).filter(([, text]) => text)),
  ]);

export type LegCall = Decided & {
  readonly leg: Leg;
  readonly strategy: Strategy;
  readonly parallel: Slots;
  /** Told while the leg still has its place: no other may take it that its failure cancels. */
  readonly ended: (outcome: Outcome) => void;
};

const runLeg = async (call: LegCall): Promise<Outcome> => {
  const { job, frame, leg } = call;
  const { run } = frame;
  const scope = legScope(call);
  const entry = { job, name: nameOf(job, leg, scope), ...(leg.matrix ? { index: leg.index } : {}) };
  const before = run.previous.get(keyOf(frame, entry));
  if (before && !frame.fresh && before.result === 'success') return carry(run, before);
  const stop = new AbortController();
  const unheld = AbortSignal.any([cancellationOf(call), stop.signal]);
  const place = await call.parallel.take(unheld);
  if (!place) return recordEnd(frame, entry, { result: 'cancelled' });
  const outcome = await runPlaced(call, { entry, scope, unheld, stop });
  call.ended(outcome);
  place();
  return outcome;
};

type Placed = {
  readonly entry: Parameters<typeof recordEnd>[1];
  readonly scope: Scope;
  readonly unheld: AbortSignal;
  readonly stop: AbortController;
};

const runPlaced = async (call: LegCall, { entry, scope, unheld, stop }: Placed): Promise<Outcome> => {
  const { job, frame } = call;
  try {
    const admitted = await admit({ ...call, frame: { ...frame, signal: unheld } }, scope, stop);
    if (admitted.kind === 'cancelled')
      return recordEnd(frame, entry, { result: 'cancelled', problem: admitted.why });
    const inside = { ...frame, held: admitted.held };
    try {
      return job.kind === 'call'
        ? await runCall({ ...call, job, frame: inside }, { ...entry, scope }, stop.signal)
        : await runJob({ job, entry, scope, frame: inside, signal: unheld });
    } finally {
      admitted.leave();
    }
  } catch (error) {
    return recordEnd(frame, entry, { result: 'failure', problem: messageOf(error) });
  }
};

/** A cancelled run asks the conditions of its jobs again, and leaves those alone that still hold: always(). */
const cancellationOf = ({ frame: { signal }, holds }: LegCall): AbortSignal => {
  const cancelled = new AbortController();
  const ask = (): void => {
    if (!holds(signal)) cancelled.abort();
  };
  if (signal.aborted) ask();
  else signal.addEventListener('abort', ask, { once: true });
  return cancelled.signal;
};

const legScope = ({ frame, needs, leg, strategy }: LegCall): Scope =>
  frameScope(frame, {
    needs: needsContext(needs),
    matrix: leg.matrix,
    strategy: {
      'fail-fast': strategy.failFast,
      'job-index': leg.index,
      'job-total': strategy.legs.length,
      'max-parallel': Math.min(strategy.maxParallel, strategy.legs.length),
    },
  });

// GitHub adds the combination to a name unless the name is an expression, which is trusted to tell them apart.
const nameOf = (job: JobDefinition, { suffix }: Leg, scope: Scope): string => {
  if (job.name?.isExpression) return evaluateText(job.name, scope) || job.id;
  return `${sourceOf(job.name) || job.id}${suffix}`;
};

type Admitted = Exclude<Admission, { kind: 'entered' }> | Entered;
type Entered = { readonly kind: 'entered'; readonly held: readonly string[]; readonly leave: () => void };

const admit = async (call: LegCall, scope: Scope, stop: AbortController): Promise<Admitted> => {
  const { job, frame } = call;
  const wish = readWish(job.concurrency, scope);
  if (!wish) return { kind: 'entered', held: frame.held, leave: () => {} };
  const group = wish.group.toLowerCase();
  if (frame.held.includes(group))
    throw new Error(
      `Canceling since a deadlock for concurrency group '${wish.group}' was detected between '${frame.prefix || 'top level workflow'}' and '${job.id}'`,
    );
  const entry = await frame.run.concurrency.enter(wish, frame.signal, () => stop.abort());
  return entry.kind === 'entered' ? { ...entry, held: [...frame.held, group] } : entry;
};

type CallLeg = Omit<LegCall, 'job'> & { readonly job: CallJob };

const runCall = (
  { job, frame, runCalled }: CallLeg,
  { scope, ...entry }: { readonly name: string; readonly index?: number; readonly scope: Scope },
  stop: AbortSignal,
): Promise<Outcome> => {
  const withSecrets = { ...scope, contexts: { ...scope.contexts, secrets: frame.secrets } };
  return runCalled({
    ...frame,
    file: job.called,
    prefix: `${fullName(frame, entry)} / `,
    path: `${keyOf(frame, { job, ...entry })}/`,
    inputs: readCallInputs(job.called, job.with, scope),
    secrets: readCallSecrets(job.called, job.secrets, { scope: withSecrets, own: frame.secrets }),
    allowed: grantOf(frame, job),
    // What is called after the cancelling, because its condition says so, is not cancelled.
    signal: frame.signal.aborted ? stop : AbortSignal.any([frame.signal, stop]),
  });
};
