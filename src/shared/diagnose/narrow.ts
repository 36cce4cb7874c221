// The part of the evidence that belongs to one stopped task.
import type { Evidence, StoppedTask } from './evidence.ts';

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
