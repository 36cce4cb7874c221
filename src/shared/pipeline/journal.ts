// What one job did and saw, kept while it goes on: a job that is cut short has outputs, a record and a summary too.
import type { Outcome } from './follow.ts';
import type { ReleaseEnd, ReleaseRecord } from './record.ts';
import type { ExecutionStatus, Progress, Step } from './types.ts';

export type Entries = {
  /** The execution that is this job's own, once it is known. */
  readonly executionId: string | undefined;
  readonly steps: readonly Step[];
  readonly progress: Progress | undefined;
  /** Undefined until the job knows; then it may know more than the execution's status tells. */
  readonly end: ReleaseEnd | undefined;
  readonly failedStage: string;
  readonly failedAction: string;
  readonly followed: ReleaseRecord['followed'];
  readonly rollbackExecutionId: string;
  /** For the summary. */
  readonly notes: readonly string[];
};

export type Journal = {
  readonly read: () => Entries;
  readonly add: (entries: Partial<Omit<Entries, 'steps' | 'notes'>>) => void;
  readonly did: (step: Step) => void;
  readonly note: (text: string) => void;
};

export const openJournal = (): Journal => {
  let entries: Entries = {
    executionId: undefined,
    steps: [],
    progress: undefined,
    end: undefined,
    failedStage: '',
    failedAction: '',
    followed: undefined,
    rollbackExecutionId: '',
    notes: [],
  };
  const add: Journal['add'] = (more) => {
    entries = { ...entries, ...more };
  };
  return {
    read: () => entries,
    add,
    did: (step) => {
      entries = { ...entries, steps: [...entries.steps, step] };
    },
    note: (text) => {
      entries = { ...entries, notes: [...entries.notes, text] };
    },
  };
};

/** CodePipeline's word as far as this job knows it, `TimedOut` where it gave up waiting; empty where there is none. */
export const statusOf = ({ end, progress, executionId }: Entries): string => {
  if (end === 'timed-out') return 'TimedOut';
  return progress ? (progress.execution?.status ?? '') : executionId === undefined ? '' : 'InProgress';
};

export const endOf = ({ end, progress }: Entries): ReleaseEnd =>
  end ?? endOfStatus[progress?.execution?.status ?? 'InProgress'];

export const endOfStatus: Readonly<Record<ExecutionStatus, ReleaseEnd>> = {
  InProgress: 'in-progress',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Stopping: 'stopped',
  Stopped: 'stopped',
  Superseded: 'superseded',
  Cancelled: 'cancelled',
};

export const endOfOutcome = ({ kind }: Outcome): ReleaseEnd =>
  kind === 'approval-waits' ? 'in-progress' : kind;
