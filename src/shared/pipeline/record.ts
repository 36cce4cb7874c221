// What a release leaves for the summary of the whole run: one JSON file per pipeline, written by trigger-pipeline, read by
// report-rollout.

/**
 * How an execution ended, as far as its job saw. A re-run of the job goes on with one that is
 * `failed`, `timed-out` or `in-progress`; the others are over, and the re-run would end at once as this job did.
 */
export type ReleaseEnd =
  | 'succeeded'
  /** In a stage that a re-run retries. */
  | 'failed'
  /** An approval was refused, or nobody gave it in time. */
  | 'rejected'
  /** Also where it was asked to stop (a cancelled job, `on-timeout: stop`) and what ran had not ended yet. */
  | 'stopped'
  /** The pipeline's definition was changed. */
  | 'cancelled'
  | 'superseded'
  /** The job gave up waiting, and the execution goes on. */
  | 'timed-out'
  /** Not waited for, left at an approval, or left running by a cancelled job. */
  | 'in-progress';

export type ReleaseRecord = {
  readonly application: string;
  readonly environment: string;
  /** Short name of the pipeline. */
  readonly pipeline: string;
  readonly executionId: string;
  readonly executionUrl: string;
  readonly end: ReleaseEnd;
  /** With `on-superseded: follow`: the newer execution that was followed instead, and how that one ended. */
  readonly followed?: { readonly executionId: string; readonly end: ReleaseEnd } | undefined;
  /** In the order in which they began; times are milliseconds since the epoch. */
  readonly stages: readonly StageRecord[];
};

export type StageRecord = {
  readonly stage: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
  readonly startedAt: number;
  readonly endedAt: number;
};
