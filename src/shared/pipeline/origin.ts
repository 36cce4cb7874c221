// How a job came by its execution: that decides what a re-run of the job does, and what it is told.
import type { Job } from './policies.ts';

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

export const originOf = ({
  policies,
  journal,
}: Pick<Job, 'policies' | 'journal'>): Exclude<Origin, 'newer'> => {
  if (policies.operation === 'rollback') return 'rollback';
  if (policies.executionId !== undefined) return 'resumed';
  if (policies.startAgain) return 'started-again';
  return journal.read().steps.some(({ action }) => action === 'follow') ? 'earlier-attempt' : 'started';
};
