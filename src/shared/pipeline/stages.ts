// The stages of an execution, put together from the runs of its actions. Pure.
import { latestRuns } from '../judge/pipeline.ts';
import type { StageRecord } from './record.ts';
import type { ActionRun } from './types.ts';

/** In the order in which they began. A retried stage lasts from its first run's start to its last run's end. */
export const stagesOf = (actions: readonly ActionRun[]): readonly StageRecord[] =>
  [...Map.groupBy(actions, ({ stage }) => stage)].map(([stage, runs]) => ({
    stage,
    status: statusOf(runs),
    startedAt: Math.min(...runs.map(({ startedAt }) => startedAt)),
    endedAt: Math.max(...runs.map(({ updatedAt }) => updatedAt)),
  }));

const statusOf = (runs: readonly ActionRun[]): StageRecord['status'] => {
  const statuses = latestRuns(runs).map(({ status }) => status);
  return (
    (['InProgress', 'Failed', 'Abandoned'] as const).find((each) => statuses.includes(each)) ?? 'Succeeded'
  );
};
