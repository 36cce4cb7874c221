// What a cancelled job does in the seconds that it has left; the post step does it again, in case they were too few.
import { type Cancelled, Failed } from '../errors.ts';
import { afresh, rerun } from './end.ts';
import { executionUrl } from './links.ts';
import { originOf } from './origin.ts';
import type { Job } from './policies.ts';
import { stopOwn } from './stop-own.ts';
import type { ExecutionStatus } from './types.ts';

/** Answers the error to end with; throws nothing, so that outputs and record are written. */
export const stopOnCancel = async (job: Job, cancelled: Cancelled): Promise<unknown> => {
  const { around, pipeline, policies, journal } = job;
  const { executionId, progress } = journal.read();
  if (executionId === undefined) return cancelled;
  const how = policies.onCancel;
  try {
    const status =
      how === 'leave'
        ? (progress?.execution?.status ?? 'InProgress')
        : (await stopOwn(job, executionId, { how, why: 'the job was cancelled' })).status;
    const url = executionUrl(around.application, { pipeline: pipeline.pipeline, executionId });
    return new Failed(
      `${whatHappened(job, executionId, status)}${watched(job)}`,
      `${nextOf(job, status)}\nConsole: ${url}`,
    );
  } catch (error) {
    return error;
  }
};

const whatHappened = ({ pipeline, policies, journal }: Job, id: string, status: ExecutionStatus): string => {
  const running = journal.read().progress?.actions.findLast((run) => run.status === 'InProgress');
  const at = running ? ` while ${running.stage}/${running.action} ran` : '';
  const name = `Execution ${id} of ${pipeline.pipeline}`;
  const policy = `(on-cancel: ${policies.onCancel})`;
  switch (status) {
    case 'InProgress':
      return `The job was cancelled${at}. ${name} goes on without it ${policy}.`;
    case 'Stopping':
      return `The job was cancelled${at}. ${name} is stopping: what runs ends first, and nothing further begins ${policy}.`;
    case 'Stopped':
      return `The job was cancelled${at}. ${name} is stopped ${policy}.`;
    default:
      return `The job was cancelled. ${name} was over before: it is ${status}.`;
  }
};

/** Another execution that the job was following: nobody stops that for us. */
const watched = ({ around, pipeline, journal }: Job): string => {
  const { executionId, followed, rollbackExecutionId } = journal.read();
  const page = (id: string): string =>
    executionUrl(around.application, { pipeline: pipeline.pipeline, executionId: id });
  if (followed)
    return ` Execution ${followed.executionId}, which took its place, goes on: ${page(followed.executionId)}`;
  return rollbackExecutionId && rollbackExecutionId !== executionId
    ? ` Execution ${rollbackExecutionId}, which returns the stage, goes on: ${page(rollbackExecutionId)}`
    : '';
};

const nextOf = (job: Job, status: ExecutionStatus): string => {
  const { run } = job.world;
  const origin = originOf(job);
  const { rollbackExecutionId, executionId } = job.journal.read();
  const isReturned = rollbackExecutionId !== '' && rollbackExecutionId !== executionId;
  if (status === 'InProgress' && origin === 'started-again')
    return `To follow it again: a job with execution-id: ${executionId}.`;
  if (status === 'InProgress' || status === 'Superseded') return `To follow it again, ${rerun(run)}.`;
  if (status === 'Succeeded') return `To go on from there, ${rerun(run)}.`;
  if (status === 'Failed' && !isReturned) return `To be told why, and to go on from there, ${rerun(run)}.`;
  return afresh(origin, run);
};
