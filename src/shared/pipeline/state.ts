// What main leaves for the post step of the same job: names of GitHub's saved state.

export const remembered = {
  /** The execution that this job started or follows: it is the job's to stop when the job is cancelled. */
  executionId: 'execution-id',
  /** `true` once main came to an end of its own, whatever end; a main that was cancelled or killed leaves nothing. */
  ended: 'ended',
} as const;
