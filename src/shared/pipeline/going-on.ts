// An error of AWS's while an execution was followed ends the job, and not the execution: that is told with it.
import { Cancelled, Failed, Refused, UserError } from '../errors.ts';
import { withProgress } from '../report.ts';
import { rerun } from './end.ts';
import { endOf } from './journal.ts';
import { executionUrl } from './links.ts';
import { originOf } from './origin.ts';
import type { Job } from './policies.ts';

/** The same error where it says all itself, or nothing of ours goes on. */
export const goingOn = (job: Job, error: unknown): unknown => {
  const { around, pipeline, journal, world } = job;
  const entries = journal.read();
  const { executionId } = entries;
  if (executionId === undefined || endOf(entries) !== 'in-progress') return error;
  if ([Failed, Refused, UserError, Cancelled].some((kind) => error instanceof kind)) return error;
  const page = executionUrl(around.application, { pipeline: pipeline.pipeline, executionId });
  const told = withProgress(error, [`execution ${executionId}: ${page}`], 'application');
  if (!(told instanceof Failed)) return error;
  const next =
    originOf(job) === 'started-again'
      ? `Then follow it: a job with execution-id: ${executionId}.`
      : `Then ${rerun(world.run)}: it follows the same execution.`;
  return new Failed(
    `Execution ${executionId} of ${pipeline.pipeline} goes on, but this job could not follow it to its end: ${told.what}`,
    `${told.fix}\n${next}\nConsole: ${page}`,
    told.details,
  );
};
