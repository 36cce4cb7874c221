// How a job came by its execution: that decides what a re-run of the job does, and what it is told.
import type { Job } from './policies.ts';
import type { Origin } from './types.ts';

export const originOf = ({
  policies,
  journal,
}: Pick<Job, 'policies' | 'journal'>): Exclude<Origin, 'newer'> => {
  if (policies.operation === 'rollback') return 'rollback';
  if (policies.executionId !== undefined) return 'resumed';
  if (policies.startAgain) return 'started-again';
  return journal.read().steps.some(({ action }) => action === 'follow') ? 'earlier-attempt' : 'started';
};
