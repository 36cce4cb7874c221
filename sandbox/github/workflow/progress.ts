// A running job as the hub shows it.
import type { Running } from './running.ts';

export const saveProgress = ({ call, id, name, startedAt, records, annotations }: Running): void => {
  const { run } = call.frame;
  run.call.hub.saveJob({
    id,
    runId: run.id,
    attempt: run.attempt,
    name,
    status: 'in_progress',
    conclusion: null,
    startedAt,
    completedAt: undefined,
    steps: [...records],
    annotations: [...annotations],
  });
};
