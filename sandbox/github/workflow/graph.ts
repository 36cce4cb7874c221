// The jobs of one workflow file as a graph: each starts when those it needs are settled, and its condition decides.
import type { JobDefinition } from './definitions.ts';
import { messageOf } from './errors.ts';
import { evaluateCondition, evaluateText } from './expressions.ts';
import {
  ancestorsOf,
  type Frame,
  frameScope,
  jobFunctions,
  needsContext,
  type Outcome,
  type Settled,
  sourceOf,
  worst,
} from './frame.ts';
import { runLegs } from './legs.ts';
import { recordEnd } from './record.ts';

/** Runs the file to its end; never rejects for what its jobs do. */
export const runGraph = async (frame: Frame): Promise<Outcome> => {
  const jobs = new Map(frame.file.jobs.map((job) => [job.id, job]));
  const started = new Map<string, Promise<Settled>>();
  const start = (id: string): Promise<Settled> => {
    const running = started.get(id) ?? settle(jobs.get(id) as JobDefinition, frame, start);
    started.set(id, running);
    return running;
  };
  const settled = new Map(
    await Promise.all([...jobs.keys()].map(async (id) => [id, await start(id)] as const)),
  );
  const outcomes = [...settled.values()];
  return {
    result: worst(outcomes.map(({ result }) => result)),
    outputs: outputsOf(frame, settled),
    fresh: outcomes.some(({ fresh }) => fresh),
  };
};

const settle = async (
  job: JobDefinition,
  frame: Frame,
  start: (id: string) => Promise<Settled>,
): Promise<Settled> => {
  const needs = new Map<string, Settled>();
  for (const id of job.needs) needs.set(id, await start(id));
  const fresh = frame.fresh || [...needs.values()].some((need) => need.fresh);
  const outcome = await decide(job, { ...frame, fresh }, needs);
  return { ...outcome, ancestors: ancestorsOf(needs) };
};

const decide = async (
  job: JobDefinition,
  frame: Frame,
  needs: ReadonlyMap<string, Settled>,
): Promise<Outcome> => {
  const holds = (signal: AbortSignal): boolean =>
    evaluateCondition(job.condition, {
      ...frameScope(frame, { needs: needsContext(needs) }),
      functions: jobFunctions(needs, signal),
    });
  try {
    if (holds(frame.signal)) return await runLegs({ job, frame, needs, holds, runCalled: runGraph });
    return recordEnd(frame, { job, name: sourceOf(job.name) ?? job.id }, { result: 'skipped' });
  } catch (error) {
    const problem = messageOf(error);
    return recordEnd(frame, { job, name: sourceOf(job.name) ?? job.id }, { result: 'failure', problem });
  }
};

const outputsOf = (frame: Frame, settled: ReadonlyMap<string, Settled>): Outcome['outputs'] => {
  const jobs = Object.fromEntries([...settled].map(([id, { result, outputs }]) => [id, { result, outputs }]));
  return Object.fromEntries(
    Object.entries(frame.file.events.callOutputs).map(([name, token]) => [
      name,
      evaluateText(token, frameScope(frame, { jobs })),
    ]),
  );
};
