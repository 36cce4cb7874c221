// The part of the evidence that belongs to one task.
import type { Evidence, StoppedTask } from './evidence.ts';

type RunningTask = Evidence['running'][number];

/** Only what that task did and said; what is true of the whole deployment (events, visits, counters) is left out. */
export const narrowTo = (evidence: Evidence, task: StoppedTask): Evidence => ({
  ...evidence,
  state: 'failed',
  stopped: [task],
  running: [],
  events: [],
  visits: [],
  targets: evidence.targets.filter(({ address }) => address === task.address),
  logs: evidence.logs.filter(({ taskId }) => taskId === task.id),
});

/** What a task that runs, though its health checks fail, did and said so far; visits were made while it answered. */
export const narrowToRunning = (evidence: Evidence, task: RunningTask): Evidence => ({
  ...evidence,
  state: 'failed',
  stopped: [],
  running: [task],
  events: [],
  targets: evidence.targets.filter(({ address }) => address === task.address),
  logs: evidence.logs.filter(({ taskId }) => taskId === task.id),
});
