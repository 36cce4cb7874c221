// What a release leaves for the summary of the whole run: one JSON file per pipeline, written by trigger-pipeline, read by
// report-rollout.

export type ReleaseRecord = {
  readonly application: string;
  readonly environment: string;
  /** Short name of the pipeline. */
  readonly pipeline: string;
  readonly executionId: string;
  readonly executionUrl: string;
  /** CodePipeline's word, or `TimedOut`. */
  readonly status: string;
  /** In the order in which they began; times are milliseconds since the epoch. */
  readonly stages: readonly StageRecord[];
};

export type StageRecord = {
  readonly stage: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
  readonly startedAt: number;
  readonly endedAt: number;
};
