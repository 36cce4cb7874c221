// What the hub and the run's end keep of a job: its record while it goes on, and its end under its key.
import type { Annotation } from '../hub/types.ts';
import type { JobDefinition } from './definitions.ts';
import type { Frame, Outcome } from './frame.ts';
import type { JobEnd, Result, Run } from './types.ts';

/** Which entry of the run: a job, or one combination of its matrix. */
export type Entry = {
  readonly job: JobDefinition;
  /** Without the names of the calling jobs. */
  readonly name: string;
  readonly index?: number;
  /** Where it has one already. */
  readonly id?: number;
};

export const keyOf = (frame: Frame, { job, index }: Pick<Entry, 'job' | 'index'>): string =>
  `${frame.path}${job.id}${index === undefined ? '' : `[${index}]`}`;

// GitHub cuts each job's own name.
const longestName = 100;

export const fullName = (frame: Frame, { name }: Pick<Entry, 'name'>): string =>
  `${frame.prefix}${name.length > longestName ? `${name.slice(0, longestName - 3)}...` : name}`;

export const saveEnd = (run: Run, end: JobEnd): void => {
  run.ends.set(end.key, end);
  const { id, name, conclusion, startedAt, completedAt, steps, annotations } = end;
  run.call.hub.saveJob({
    id,
    runId: run.id,
    attempt: run.attempt,
    name,
    status: 'completed',
    conclusion,
    startedAt,
    completedAt,
    steps,
    annotations,
  });
};

type Ending = { readonly result: Result; readonly problem?: string };

/** A job that ended without a runner: skipped, cancelled while it waited, or its file is wrong for it. */
export const recordEnd = (frame: Frame, entry: Entry, { result, problem }: Ending): Outcome => {
  const { run } = frame;
  const key = keyOf(frame, entry);
  const before = run.previous.get(key);
  if (before && !frame.fresh && before.result === result) return carry(run, before);
  const name = fullName(frame, entry);
  const lines = problem === undefined ? [] : [`ERROR: ${problem}`];
  for (const line of lines) run.call.onLine?.(name, line);
  saveEnd(run, {
    key,
    id: entry.id ?? run.nextJobId(),
    name,
    conclusion: result,
    result,
    outputs: {},
    summary: '',
    lines,
    steps: [],
    annotations: problem === undefined ? [] : [runnersOwn(problem)],
    startedAt: undefined,
    completedAt: Date.now(),
  });
  return { result, outputs: {}, fresh: result !== 'skipped' || frame.fresh };
};

/** An annotation that no step asked for. */
export const runnersOwn = (message: string): Annotation => ({
  level: 'failure',
  message,
  title: '',
  path: '.github',
  line: 1,
});

/** Takes a job over from the attempt before, as GitHub lists it again under the new one. */
export const carry = (run: Run, before: JobEnd): Outcome => {
  saveEnd(run, { ...before, id: run.nextJobId() });
  return { result: before.result, outputs: before.outputs, fresh: false };
};
