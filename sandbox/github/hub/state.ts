// What the hub remembers. Records are replaced, never changed in place; ids count up from one number for all kinds.
import type {
  Artifact,
  Compare,
  Hub,
  HubSettings,
  JobRecord,
  Permissions,
  PullRequest,
  RunRecord,
} from './types.ts';

export type Stamped<T> = T & {
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type IssueRecord = Stamped<{
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed';
  readonly stateReason: 'completed' | 'reopened' | 'not_planned' | null;
  readonly labels: readonly string[];
  readonly closedAt: number | undefined;
  /** An issue is a pull request too, for half of the API. */
  readonly pull: PullRequest | undefined;
}>;

export type CommentRecord = Stamped<{ readonly id: number; readonly issue: number; readonly body: string }>;

export const deploymentStates = [
  'error',
  'failure',
  'inactive',
  'in_progress',
  'queued',
  'pending',
  'success',
] as const;

export type DeploymentStatusRecord = Stamped<{
  readonly id: number;
  readonly state: (typeof deploymentStates)[number];
  readonly description: string;
  readonly environment: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
}>;

export type DeploymentRecord = Stamped<{
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: string | Readonly<Record<string, unknown>>;
  readonly transient: boolean;
  readonly production: boolean;
  /** Newest last. */
  readonly statuses: readonly DeploymentStatusRecord[];
}>;

export type ArtifactRecord = Stamped<Artifact & { readonly attempt: number }>;

export type State = {
  readonly url: string;
  readonly repository: Hub['repository'];
  readonly settings: HubSettings;
  readonly compare: Compare | undefined;
  readonly now: () => number;
  readonly nextId: () => number;
  /** Issues and pull requests by number. */
  readonly issues: Map<number, IssueRecord>;
  readonly comments: Map<number, CommentRecord>;
  readonly deployments: Map<number, DeploymentRecord>;
  readonly runs: Map<number, Stamped<RunRecord>>;
  readonly jobs: Map<number, Stamped<JobRecord>>;
  readonly artifacts: Map<number, ArtifactRecord>;
  readonly tokens: Map<string, Permissions>;
};

const defaults: HubSettings = {
  pageSize: 100,
  requestsPerHour: 1_000,
  writesPerMinute: 80,
  refs: {},
};

export const createState = (given: {
  readonly url: string;
  readonly repository: Hub['repository'];
  readonly now: () => number;
  readonly settings: Partial<HubSettings>;
  readonly compare: Compare | undefined;
}): State => {
  let last = 1_000;
  return {
    ...given,
    settings: { ...defaults, ...given.settings },
    nextId: () => {
      last += 1;
      return last;
    },
    issues: new Map(),
    comments: new Map(),
    deployments: new Map(),
    runs: new Map(),
    jobs: new Map(),
    artifacts: new Map(),
    tokens: new Map(),
  };
};

/** `http://127.0.0.1:PORT/repos/OWNER/NAME`. */
export const apiUrl = ({ url, repository }: State): string =>
  `${url}/repos/${repository.owner}/${repository.name}`;

/** The repository's page for people. */
export const pageUrl = ({ url, repository }: State): string =>
  `${url}/${repository.owner}/${repository.name}`;

/** ISO 8601 in UTC without fractions, as GitHub writes times. */
export const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Keeps when a record with that key was first seen. */
export const stamp = <T>(
  record: T,
  known: { readonly createdAt: number } | undefined,
  now: number,
): Stamped<T> => ({ ...record, createdAt: known?.createdAt ?? now, updatedAt: now });
