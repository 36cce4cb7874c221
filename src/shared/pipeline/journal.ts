// What one job did and saw, kept while it goes on: a job that is cut short has outputs, a record and a summary too.
import type { Progress, Step } from './types.ts';

export type Entries = {
  /** The execution that is this job's own, once it is known. */
  readonly executionId: string | undefined;
  readonly steps: readonly Step[];
  readonly progress: Progress | undefined;
  /** CodePipeline's word; `TimedOut` for the record, where the job gave up waiting. */
  readonly status: string | undefined;
  readonly failedStage: string;
  readonly failedAction: string;
  readonly followedExecutionId: string;
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
    status: undefined,
    failedStage: '',
    failedAction: '',
    followedExecutionId: '',
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

/** The execution's status as far as this job knows it. */
export const statusOf = ({ status, progress, executionId }: Entries): string =>
  status ?? (progress ? (progress.execution?.status ?? '') : executionId === undefined ? '' : 'InProgress');
