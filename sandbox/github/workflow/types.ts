// What a run is asked, what becomes of it, and what its parts share while it goes on.
import type { Registry } from '../actions/registry.ts';
import type { Annotation, Conclusion, Hub, StepRecord } from '../hub/types.ts';
import type { Repositories } from './actions.ts';
import type { Concurrency } from './concurrency.ts';
import type { WorkflowFile } from './definitions.ts';
import type { Slots } from './slots.ts';
import type { Values } from './values.ts';

export type Texts = Readonly<Record<string, string>>;

/** How long things take. GitHub's own where nothing is given. */
export type Pace = {
  /** Milliseconds of a minute of `timeout-minutes`; 60,000. */
  readonly minuteMs: number;
  /** From SIGINT to SIGTERM; 7,500. */
  readonly interruptMs: number;
  /** From SIGTERM to SIGKILL; 2,500. */
  readonly terminateMs: number;
};

export type RunCall = {
  readonly hub: Hub;
  /** The user's checkout: a git repository, whose commit `sha` runs, or a plain folder. */
  readonly repository: { readonly folder: string; readonly sha: string; readonly ref: string };
  /** Folders that stand for other repositories, whatever `@ref` is asked for. */
  readonly repositories: Repositories;
  /** Path in the repository: .github/workflows/deploy.yml. */
  readonly workflow: string;
  readonly event: {
    readonly name: string;
    readonly payload: object;
    readonly inputs?: Readonly<Record<string, unknown>>;
    /** Instead of the repository's. */
    readonly ref?: string;
    readonly actor?: string;
  };
  /** Variables that every process of a job gets beside GitHub's: AWS_ENDPOINT_URL. */
  readonly env: Texts;
  readonly secrets?: Texts;
  readonly variables?: Texts;
  readonly environments: Readonly<Record<string, { readonly protected: boolean }>>;
  /** Where images are pushed to; without it none can be. */
  readonly registry?: Registry;
  readonly approve: (gate: Gate) => Promise<'approved' | 'rejected'>;
  /** Jobs at once. */
  readonly runners: number;
  /** Shared by runs of one repository; without it the run is alone. */
  readonly concurrency?: Concurrency;
  /** Form of the `sub` claim: with the ids of owner and repository, or the older one without. */
  readonly subject?: 'with-ids' | 'names-only';
  readonly pace?: Partial<Pace>;
  readonly onLine?: (job: string, line: string) => void;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
};

export type Gate = { readonly environment: string; readonly job: string };

export type Result = 'success' | 'failure' | 'cancelled' | 'skipped';

export type JobEnd = {
  /** Ids of the calling jobs and of the job, each with the index of its matrix: `wave-2/tenant[3]/deploy`. */
  readonly key: string;
  readonly id: number;
  /** As GitHub shows it: `wave 2 / goldencrust / deploy`. */
  readonly name: string;
  readonly conclusion: Conclusion;
  /** What `needs` see of it: success where `continue-on-error` forgives. */
  readonly result: Result;
  readonly outputs: Texts;
  /** The summaries of its steps, Markdown. */
  readonly summary: string;
  readonly lines: readonly string[];
  readonly steps: readonly StepRecord[];
  readonly annotations: readonly Annotation[];
  /** Where the job has an environment and does not say `deployment: false`; GitHub keeps a record of it. */
  readonly deployment?: { readonly environment: string; readonly url: string };
  /** Milliseconds since the epoch; undefined where it never started. */
  readonly startedAt: number | undefined;
  readonly completedAt: number;
};

export type RunEnd = {
  readonly id: number;
  readonly attempt: number;
  readonly conclusion: Exclude<Conclusion, 'timed_out'>;
  /** In the order of their ends. */
  readonly jobs: readonly JobEnd[];
};

/** One run while it goes on. */
export type Run = {
  readonly call: RunCall;
  readonly id: number;
  readonly attempt: number;
  readonly pace: Pace;
  readonly slots: Slots;
  readonly concurrency: Concurrency;
  readonly nextJobId: () => number;
  /** What is done, by key; grows. */
  readonly ends: Map<string, JobEnd>;
  /** Jobs of the attempt before this one, by key. */
  readonly previous: ReadonlyMap<string, JobEnd>;
  /** `github` context, without what differs between jobs. */
  readonly github: Values;
  /** The event as jobs read it from GITHUB_EVENT_PATH. */
  readonly event: Values;
  readonly workflow: WorkflowFile;
  /** Whether a pull request from another repository started it: its jobs may only read. */
  readonly fromFork: boolean;
};
