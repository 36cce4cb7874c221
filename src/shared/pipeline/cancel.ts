// What a cancelled job does in the seconds that it has left; the post step does it again, in case they were too few.
import { type Cancelled, Failed } from '../errors.ts';
import { rerun } from './end.ts';
import { executionUrl } from './links.ts';
import type { Job } from './policies.ts';
import { stopExecution, stopReason } from './stop.ts';

/** Answers the error to end with. Throws what stopping throws. */
export const stopOnCancel = async (job: Job, cancelled: Cancelled): Promise<Error> => {
  const { around, pipeline, policies, journal, world } = job;
  const { executionId, progress } = journal.read();
  if (executionId === undefined) return cancelled;
  const which = { pipeline: pipeline.pipeline, executionId };
  const name = `Execution ${executionId} of ${pipeline.pipeline}`;
  const url = executionUrl(around.application, which);
  if (policies.onCancel === 'leave')
    return new Failed(
      `The job was cancelled. ${name} goes on without it (on-cancel: leave).`,
      `To follow it again: ${rerun(world.run)}, or a job with execution-id: ${executionId}. Console: ${url}`,
    );
  const reason = stopReason('the job was cancelled', world.run);
  await stopExecution(around, { pipeline, executionId, how: policies.onCancel, reason });
  journal.did({ step: 'execution', action: 'stop', name: executionId });
  const last = progress?.actions.at(-1);
  const at = last?.status === 'InProgress' ? ` while ${last.stage}/${last.action} ran` : '';
  return new Failed(
    `The job was cancelled${at}, and ${name} was told to stop (on-cancel: ${policies.onCancel}).`,
    `Re-running this job follows the same execution. To release again, start a new run of the workflow, or set start-again: true. Console: ${url}`,
  );
};
