// What a rollout is: waves of tenants in slots of a static job graph, and the record of what became of each.

/** One wave as the workflows take it. */
export type PlannedWave = {
  /** 1 to `slots`: which of the workflow's wave jobs it is. */
  readonly slot: number;
  readonly name: string;
  /** Minutes to wait after this wave before the next. */
  readonly soakMinutes: number;
  /** Failures with which the next wave still starts. */
  readonly failureBudget: number;
  /** Tenants in flight at once: min(maxConcurrency, failureBudget + 1), StackSets' strict arithmetic. */
  readonly inFlight: number;
  /** Run one after another; each has at most 256 tenants, GitHub's limit of a matrix. */
  readonly chunks: readonly { readonly number: number; readonly tenants: readonly string[] }[];
};

export type PlannedRollout = {
  readonly environment: string;
  /** Commit of the manifests that every job of the rollout checks out. */
  readonly commit: string;
  /** GitHub environments. */
  readonly approval: string;
  readonly deployment: string;
  readonly onFailure: 'stop' | 'previous-revision';
  readonly waves: readonly PlannedWave[];
};

/** Wave jobs that deploy-fleet.yml has. A plan that needs more is a UserError. */
export const slots = 10;

/** How a tenant's job ended: not-started where the budget was spent or an earlier wave halted the rollout. */
export type TenantState = 'healthy' | 'failed' | 'cancelled' | 'not-started' | 'running';

export type TenantResult = {
  readonly tenant: string;
  readonly wave: string;
  readonly state: TenantState;
  readonly image: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The job's page. */
  readonly link?: string;
  /** What went wrong first, and its fix, as the job's first error annotation says it. */
  readonly finding?: string;
  /** Id of the earlier run in which it became healthy; undefined: this run. */
  readonly run?: string;
};

/** rollout.json: the machine-readable end of a run, and what a resumed run starts from. */
export type RolloutRecord = {
  readonly version: 1;
  readonly repository: string;
  readonly runId: string;
  readonly attempt: number;
  readonly environment: string;
  readonly commit: string;
  readonly tenants: readonly TenantResult[];
};

/** Names of the jobs, as GitHub shows them: `… / wave 2 / chunk 1 / goldencrust / deploy to sit`. */
export const jobNames = {
  wave: (slot: number): string => `wave ${slot}`,
  chunk: (number: number): string => `chunk ${number}`,
  deploy: (environment: string): string => `deploy to ${environment}`,
  gate: (wave: string): string => `approve ${wave}`,
  judge: (wave: string): string => `judge ${wave}`,
} as const;

/** The step of a tenant's job that asks whether it may start; a job that failed there was not started. */
export const admissionStep = 'Ask whether this tenant may start';
