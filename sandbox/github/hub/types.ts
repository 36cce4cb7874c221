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
  /** ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN for one job. Throws where the claims have no `sub`. */
  readonly issueIdToken: (claims: JobClaims) => {
    readonly url: string;
    readonly token: string;
    readonly revoke: () => void;
  };
  /** Throws where the run is not saved yet. */
  readonly artifacts: ArtifactStore;
  /** A pull request as somebody pushed it; answers its number, shared with the issues. */
  readonly openPull: (pull: PullRequest) => number;
  readonly faults: HubFaults;
  /** Every answered or broken request, in order. */
  readonly requests: readonly HubRequest[];
  /** Everything people see, for assertions. */
  readonly snapshot: () => HubSnapshot;
  readonly close: () => Promise<void>;
};

export type HubSettings = {
  /** Most rows of a page, whatever per_page asks for: 1 shows whether a caller turns pages. GitHub's 100. */
  readonly pageSize: number;
  /** Requests an hour; GITHUB_TOKEN has 1,000 for a repository. */
  readonly requestsPerHour: number;
  /** Writes a minute before the secondary limit; GitHub's 80. */
  readonly writesPerMinute: number;
  /** Branches and tags → commit, for deployments. */
  readonly refs: Readonly<Record<string, string>>;
};

/** What `openHub` needs. */
export type HubOptions = {
  readonly repository: Hub['repository'];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Signs an ID token's claims. */
  readonly mintToken: (claims: IdTokenClaims) => string;
  readonly settings?: Partial<HubSettings>;
  /** What the repository's history says; without it, comparing is unknown here. */
  readonly compare?: Compare;
};

/** How `head` stands to `base`; undefined where the repository does not hold both. */
export type Compare = (base: string, head: string) => Standing | undefined;
export type Standing = 'ahead' | 'behind' | 'identical' | 'diverged';

/** Times in seconds since the epoch. */
export type IdTokenClaims = {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly jti: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly [claim: string]: unknown;
};

export type PullRequest = {
  readonly title: string;
  readonly base: { readonly ref: string; readonly sha: string };
  /** `repository` is `owner/name`, another one for a fork. */
  readonly head: { readonly ref: string; readonly sha: string; readonly repository: string };
};

export type HubFault = {
  /** `POST /repos/{owner}/{repo}/issues`, `GET /id-token`; undefined: any. */
  readonly route?: string;
  /** The first matching request that suffers, counted from arming (default 1), and how many in a row (default 1). */
  readonly from?: number;
  readonly count?: number;
  readonly effect: HubFaultEffect;
};

export type HubFaultEffect =
  /** Nothing happens but the error; 403 with `retryAfter` is the secondary rate limit. */
  | { readonly kind: 'status'; readonly status: 403 | 429 | 500 | 502 | 503; readonly retryAfter?: number }
  /** The connection breaks before anything happened. */
  | { readonly kind: 'reset' }
  /** Everything happens, then the connection breaks. */
  | { readonly kind: 'lose' }
  /** The answer comes this many real milliseconds late. */
  | { readonly kind: 'slow'; readonly ms: number };

export type HubFaults = {
  /** The answer disarms it. */
  readonly arm: (fault: HubFault) => () => void;
  readonly clear: () => void;
};

export type HubRequest = {
  readonly route: string;
  readonly url: string;
  /** 0 where the connection was broken. */
  readonly status: number;
};

export type Artifact = {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  /** Path inside the artifact → content. */
  readonly files: ReadonlyMap<string, Buffer>;
};

export type ArtifactStore = {
  /** Throws where the run's attempt has an artifact of that name already, as GitHub does. */
  readonly upload: (artifact: Omit<Artifact, 'id'>, overwrite: boolean) => Artifact;
  readonly list: (runId: number) => readonly Artifact[];
};

export type HubSnapshot = {
  /** Of issues and pull requests. */
  readonly comments: readonly { readonly issue: number; readonly id: number; readonly body: string }[];
  /** Without pull requests. */
  readonly issues: readonly {
    readonly number: number;
    readonly title: string;
    readonly body: string;
    readonly state: string;
    readonly labels: readonly string[];
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
