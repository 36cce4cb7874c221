// What GitHub knows beside the code: runs, jobs, artifacts, comments, issues, deployments. The runner writes it, the API
// door and the built-in actions read and write it.

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out';

export type Annotation = {
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title: string;
  readonly path: string;
  readonly line: number;
};

export type StepRecord = {
  readonly number: number;
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: Conclusion | null;
};

export type JobRecord = {
  readonly id: number;
  readonly runId: number;
  readonly attempt: number;
  /** With the names of the calling jobs before it, ` / ` between. */
  readonly name: string;
  readonly status: 'queued' | 'waiting' | 'in_progress' | 'completed';
  readonly conclusion: Conclusion | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
  readonly steps: readonly StepRecord[];
  readonly annotations: readonly Annotation[];
};

export type RunRecord = {
  readonly id: number;
  readonly attempt: number;
  readonly name: string;
  readonly event: string;
  readonly headSha: string;
  readonly status: 'in_progress' | 'completed';
  readonly conclusion: Conclusion | null;
};

/** Rights of a job's token, by scope: contents, id-token, actions, checks, deployments, issues, pull-requests. */
export type Permissions = Readonly<Record<string, 'none' | 'read' | 'write'>>;

/** What the OIDC token of one job says; the hub adds iss, aud, iat and exp. */
export type JobClaims = Readonly<Record<string, string>>;

/** GitHub in a box, for one repository. */
export type Hub = {
  /** `http://127.0.0.1:PORT`: GITHUB_API_URL and GITHUB_SERVER_URL of the jobs. */
  readonly url: string;
  readonly repository: {
    readonly owner: string;
    readonly name: string;
    readonly ownerId: number;
    readonly id: number;
  };
  readonly saveRun: (run: RunRecord) => void;
  readonly saveJob: (job: JobRecord) => void;
  readonly jobsOf: (runId: number) => readonly JobRecord[];
  /** A token for the API that has these rights until `revoke`. */
  readonly issueToken: (permissions: Permissions) => { readonly token: string; readonly revoke: () => void };
  /** ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN for one job. */
  readonly issueIdToken: (claims: JobClaims) => { readonly url: string; readonly token: string };
  readonly artifacts: ArtifactStore;
  /** Everything people see, for assertions. */
  readonly snapshot: () => HubSnapshot;
  readonly close: () => Promise<void>;
};

export type Artifact = {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  /** Path inside the artifact → content. */
  readonly files: ReadonlyMap<string, Buffer>;
};

export type ArtifactStore = {
  /** Throws where the run has an artifact of that name already, as GitHub does. */
  readonly upload: (artifact: Omit<Artifact, 'id'>, overwrite: boolean) => Artifact;
  readonly list: (runId: number) => readonly Artifact[];
};

export type HubSnapshot = {
  readonly comments: readonly { readonly issue: number; readonly id: number; readonly body: string }[];
  readonly issues: readonly {
    readonly number: number;
    readonly title: string;
    readonly body: string;
    readonly state: string;
  }[];
  readonly deployments: readonly {
    readonly id: number;
    readonly environment: string;
    readonly payload: unknown;
    /** Newest last. */
    readonly statuses: readonly {
      readonly state: string;
      readonly environmentUrl: string;
      readonly logUrl: string;
      readonly description: string;
    }[];
  }[];
};
