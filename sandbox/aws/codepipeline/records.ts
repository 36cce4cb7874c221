// What is kept of pipelines and their executions. Everything that AWS shows beside it is derived when somebody looks.
import type { PipelineMode, SeededAction, SeededPipeline } from './definitions.ts';

export type ExecutionStatus =
  | 'InProgress'
  | 'Succeeded'
  | 'Failed'
  | 'Stopping'
  | 'Stopped'
  | 'Superseded'
  | 'Cancelled';

export type Transition =
  | { readonly kind: 'enabled'; readonly by: string; readonly at: number }
  | { readonly kind: 'disabled'; readonly by: string; readonly at: number; readonly reason: string };

export type PipelineRecord = {
  readonly definition: SeededPipeline;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Into a stage, by its name; nobody ever touched the others. */
  readonly transitions: ReadonlyMap<string, Transition>;
  /** The newest revision that each source action finds, by its name. */
  readonly heads: ReadonlyMap<string, string>;
};

/** One run of one action; a retried action has several. */
export type ActionRun = {
  readonly id: string;
  /** Position among everything that happened in the account's pipelines. */
  readonly order: number;
  readonly stage: string;
  readonly action: SeededAction;
  readonly attempt: number;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';
  readonly startedAt: number;
  readonly updatedAt: number;
  /** CodeBuild's build id, a commit, a manual approval's token. */
  readonly externalId: string;
  readonly summary: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly updatedBy: string | undefined;
};

export type StageStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped' | 'Cancelled';

/** An execution's stay in a stage; a retry prolongs it. */
export type StageVisit = {
  readonly stage: string;
  readonly order: number;
  readonly status: StageStatus;
  /** Runs from this index on are this visit's; a retry moves it on. */
  readonly from: number;
  /** Actions that succeeded before a retry of the failed ones only. */
  readonly kept: readonly string[];
  readonly retries: number;
};

export type Place =
  /** Before a stage's entry. */
  | { readonly kind: 'waiting'; readonly stage: string; readonly order: number }
  | { readonly kind: 'inside'; readonly stage: string }
  | { readonly kind: 'over' };

export type ExecutionRecord = {
  readonly id: string;
  readonly pipeline: string;
  readonly version: number;
  readonly order: number;
  readonly mode: PipelineMode;
  readonly kind:
    | { readonly type: 'STANDARD' }
    | { readonly type: 'ROLLBACK'; readonly target: string; readonly stage: string };
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly startedBy: string;
  readonly stopReason: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** By source action. */
  readonly revisions: ReadonlyMap<string, string>;
  readonly place: Place;
  /** In the order in which they were entered. */
  readonly visits: readonly StageVisit[];
  /** In the order in which they began. */
  readonly runs: readonly ActionRun[];
  /** Index of the first run since the start or the newest retry. */
  readonly latestFrom: number;
};

export const isLive = ({ status }: ExecutionRecord): boolean =>
  status === 'InProgress' || status === 'Stopping';

export const runningOf = ({ runs }: ExecutionRecord): readonly ActionRun[] =>
  runs.filter(({ status }) => status === 'InProgress');

export const isInside = ({ place }: ExecutionRecord, stage: string): boolean =>
  place.kind === 'inside' && place.stage === stage;

export const isWaitingAt = ({ place }: ExecutionRecord, stage: string): boolean =>
  place.kind === 'waiting' && place.stage === stage;

export const visitOf = ({ visits }: ExecutionRecord, stage: string): StageVisit | undefined =>
  visits.find((visit) => visit.stage === stage);

/** The revision of the pipeline's first source action. */
export const mainRevision = ({ revisions }: ExecutionRecord): string => [...revisions.values()][0] ?? '';
