// One release from its start to its end. Success returns, everything else throws Failed with what to do; the journal has
// all of it either way.
import { beginExecution, type Resolved } from './begin.ts';
import { conclude } from './conclude.ts';
import { type Followed, followExecution, type Outcome } from './follow.ts';
import { type Entries, endOfOutcome } from './journal.ts';
import { originOf } from './origin.ts';
import { type Job, retriesOf } from './policies.ts';

export const release = async (job: Job, sourceRevisions: Resolved): Promise<void> => {
  const executionId = await beginExecution(job, sourceRevisions);
  if (!job.policies.wait) return;
  const followed = await followOurs(job, executionId);
  job.journal.add(entriesOf(followed.outcome));
  await conclude(job, executionId, followed);
};

const followOurs = (job: Job, executionId: string): Promise<Followed> => {
  const { around, world, pipeline, policies, definition, journal } = job;
  const { actor, url } = world.run;
  return followExecution(around, {
    pipeline,
    executionId,
    approval: policies.approval,
    approvalSummary:
      policies.approvalSummary ??
      `tenant-actions, for ${actor || 'a job outside GitHub'}${url ? `: ${url}` : ''}`,
    retries: retriesOf(policies.retryFailedStage, world.run, originOf(job)),
    retryMode: policies.retryMode,
    definition,
    did: journal.did,
    saw: (progress) => journal.add({ progress }),
    // One that was given by its id was started long ago.
    ...(policies.executionId === undefined ? {} : { unknownMs: 5_000 }),
  });
};

const entriesOf = (outcome: Outcome): Partial<Pick<Entries, 'end' | 'failedStage' | 'failedAction'>> => {
  const end = endOfOutcome(outcome);
  switch (outcome.kind) {
    case 'failed':
      return { end, failedStage: outcome.stage ?? '', failedAction: outcome.failure?.action ?? '' };
    case 'rejected':
      return { end, failedStage: outcome.approval.stage, failedAction: outcome.approval.action };
    default:
      return { end };
  }
};
