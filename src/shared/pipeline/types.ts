// What is seen of one pipeline execution, as plain values: ours only, whatever else runs through the same pipeline.

export type ExecutionStatus =
  | 'InProgress'
  | 'Succeeded'
  | 'Failed'
  | 'Stopping'
  | 'Stopped'
  | 'Superseded'
  /** The pipeline's definition was changed while it ran. */
  | 'Cancelled';

export type Execution = {
  readonly id: string;
  readonly status: ExecutionStatus;
  readonly statusSummary: string | undefined;
  readonly mode: 'SUPERSEDED' | 'QUEUED' | 'PARALLEL';
  readonly type: 'STANDARD' | 'ROLLBACK';
};

/** One run of one action within our execution; a retried action has several. */
export type ActionRun = {
  /** actionExecutionId: the only thing that tells two runs of an action apart. */
  readonly id: string;
  readonly stage: string;
  readonly action: string;
  /** Source, Build, Approval, Deploy, Test, Invoke, Compute. */
  readonly category: string;
  readonly provider: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly externalId: string | undefined;
  readonly externalUrl: string | undefined;
  readonly externalSummary: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  /** ARN of who approved, stopped or retried it. */
  readonly updatedBy: string | undefined;
};

/** Why our execution does not move, as GetPipelineState tells it. */
export type Blocked =
  | { readonly kind: 'queued'; readonly stage: string; readonly behind: string }
  | {
      readonly kind: 'transition-disabled';
      readonly stage: string;
      readonly reason: string;
      readonly by: string;
    }
  /** A stage's entry condition holds it back. */
  | { readonly kind: 'condition'; readonly stage: string; readonly summary: string };

export type Progress = {
  /** Undefined: AWS does not show it yet, seconds after the start. */
  readonly execution: Execution | undefined;
  /** Oldest first. */
  readonly actions: readonly ActionRun[];
  readonly blocked: Blocked | undefined;
  /** An approval of ours that waits for somebody, with the token that answers it. */
  readonly approval: Approval | undefined;
  /** The stage that failed without any action of it failing: one of its conditions did. */
  readonly failedStage?: string;
};

export type Approval = {
  readonly stage: string;
  readonly action: string;
  readonly token: string;
  readonly customData: string | undefined;
};

/** Something done to AWS, for the outputs `changed` and `plan`. */
export type Step = {
  readonly step: 'execution' | 'approval' | 'stage';
  readonly action: 'start' | 'follow' | 'approve' | 'reject' | 'retry' | 'rollback' | 'stop';
  readonly name: string;
};

/** How a followed execution ended. */
export type End =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly failure: ActionRun | undefined; readonly stage: string | undefined }
  /** An approval was refused: a failure that nobody retries. */
  | { readonly kind: 'rejected'; readonly approval: ActionRun }
  | { readonly kind: 'stopped'; readonly abandoned: readonly ActionRun[] }
  | { readonly kind: 'cancelled' }
  /** `by` is the newer execution, where it can be told. */
  | { readonly kind: 'superseded'; readonly by: string | undefined };

/** How a job came by its execution. */
export type Origin =
  | 'started'
  /** With start-again: a re-run starts another. */
  | 'started-again'
  | 'earlier-attempt'
  /** By its id; nobody knows here who started it. */
  | 'resumed'
  /** It returns a stage (operation: rollback). */
  | 'rollback'
  /** Somebody else's, which took the place of ours and is only looked at. */
  | 'newer';
