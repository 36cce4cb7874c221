// Runs a workflow file as GitHub would: the event checked, everything it needs read, its jobs run as a graph, what became
// of them kept in the hub. What this runner does not know is an error that names it, before anything runs.
import { randomInt } from 'node:crypto';
import { createConcurrency, type Entry, readWish } from './concurrency.ts';
import { eventOf, githubContext, isFromFork, occasionOf, refOf } from './context.ts';
import type { Origin, WorkflowFile } from './definitions.ts';
import { WorkflowInvalid } from './errors.ts';
import { whyNot } from './events.ts';
import { type Frame, frameScope, worst } from './frame.ts';
import { runGraph } from './graph.ts';
import { readDispatchInputs } from './inputs.ts';
import { loadWorkflow } from './load.ts';
import { snapshotOf } from './repositories.ts';
import { createSlots } from './slots.ts';
import type { JobEnd, Pace, Run, RunCall, RunEnd } from './types.ts';
import type { Values } from './values.ts';

export { createConcurrency } from './concurrency.ts';
export { WorkflowInvalid } from './errors.ts';
export type { JobEnd, RunCall, RunEnd } from './types.ts';

const githubPace: Pace = { minuteMs: 60_000, interruptMs: 7_500, terminateMs: 2_500 };

type Numbers = { readonly id: number; readonly attempt: number; readonly previous: readonly JobEnd[] };

/** Rejects with WorkflowInvalid where GitHub would not start the run. */
export const runWorkflow = (call: RunCall): Promise<RunEnd> =>
  attemptRun(call, { id: randomInt(1_000_000_000, 9_000_000_000), attempt: 1, previous: [] });

/** Attempt after attempt of one run: what failed or was cancelled, and what needs it; the rest is taken over. */
export const rerunFailed = (call: RunCall, { id, attempt, jobs }: RunEnd): Promise<RunEnd> =>
  attemptRun(call, { id, attempt: attempt + 1, previous: jobs });

const attemptRun = async (call: RunCall, numbers: Numbers): Promise<RunEnd> => {
  const snapshot = await snapshotOf(call.repository.folder, call.repository.sha);
  try {
    const { owner, name } = call.hub.repository;
    const origin: Origin = {
      repository: `${owner}/${name}`,
      folder: snapshot.folder,
      path: call.workflow,
      ref: refOf(call),
      sha: call.repository.sha,
    };
    const file = await loadWorkflow(origin, call.repositories);
    return await start(call, file, numbers);
  } finally {
    await snapshot.remove();
  }
};

const start = async (call: RunCall, file: WorkflowFile, numbers: Numbers): Promise<RunEnd> => {
  const inputs = inputsOf(call, file);
  const event = eventOf(call, inputs);
  const why = whyNot(file.events, occasionOf(call, event));
  if (why !== undefined) throw new WorkflowInvalid([`${call.workflow} does not start on this event: ${why}`]);
  const run = openRun(call, { file, event }, numbers);
  const stop = new AbortController();
  const frame: Frame = {
    run,
    file,
    prefix: '',
    path: '',
    inputs,
    secrets: call.secrets ?? {},
    allowed: undefined,
    signal: AbortSignal.any([stop.signal, ...(call.signal ? [call.signal] : [])]),
    held: [],
    fresh: false,
  };
  saveRun(run, null);
  const entry = await enter(frame, stop);
  if (entry.kind === 'cancelled') return end(run, 'cancelled');
  try {
    await runGraph(entry.frame);
  } finally {
    entry.leave();
  }
  return end(run, conclusionOf(run, frame.signal));
};

const inputsOf = ({ event, environments }: RunCall, file: WorkflowFile): Values => {
  if (event.name !== 'workflow_dispatch') return {};
  const { inputs, problems } = readDispatchInputs(
    file.events.dispatchInputs,
    event.inputs ?? {},
    Object.keys(environments),
  );
  if (problems.length > 0) throw new WorkflowInvalid(problems);
  return inputs;
};

// Job ids of a run begin with the run's.
const jobsOfRun = 1_000_000;

const openRun = (
  call: RunCall,
  of: { readonly file: WorkflowFile; readonly event: Values },
  { id, attempt, previous }: Numbers,
): Run => {
  let last = Math.max(id * jobsOfRun, ...previous.map((job) => job.id));
  return {
    call,
    id,
    attempt,
    pace: { ...githubPace, ...call.pace },
    slots: createSlots(call.runners),
    concurrency: call.concurrency ?? createConcurrency(),
    nextJobId: () => ++last,
    ends: new Map(),
    previous: new Map(previous.map((job) => [job.key, job])),
    github: githubContext(call, of, { id, attempt }),
    event: of.event,
    workflow: of.file,
    fromFork: isFromFork(call, of.event),
  };
};

type Entered =
  | { readonly kind: 'entered'; readonly frame: Frame; readonly leave: () => void }
  | Exclude<Entry, { kind: 'entered' }>;

const enter = async (frame: Frame, stop: AbortController): Promise<Entered> => {
  const wish = readWish(frame.file.concurrency, frameScope(frame));
  if (!wish) return { kind: 'entered', frame, leave: () => {} };
  const entry = await frame.run.concurrency.enter(wish, frame.signal, () => stop.abort());
  if (entry.kind === 'cancelled') return entry;
  return { ...entry, frame: { ...frame, held: [wish.group.toLowerCase()] } };
};

const conclusionOf = ({ ends }: Run, signal: AbortSignal): RunEnd['conclusion'] =>
  signal.aborted ? 'cancelled' : worst([...ends.values()].map(({ result }) => result));

const end = (run: Run, conclusion: RunEnd['conclusion']): RunEnd => {
  saveRun(run, conclusion);
  return { id: run.id, attempt: run.attempt, conclusion, jobs: [...run.ends.values()] };
};

const saveRun = ({ call, id, attempt, workflow }: Run, conclusion: RunEnd['conclusion'] | null): void =>
  call.hub.saveRun({
    id,
    attempt,
    name: workflow.name,
    event: call.event.name,
    headSha: call.repository.sha,
    status: conclusion === null ? 'in_progress' : 'completed',
    conclusion,
  });
