// What a fleet folder says, after layering and validation: plain values with every default filled in.

export type Tags = Readonly<Record<string, string>>;

/** An AWS account + region + the platform that its tenants share. Names, not ARNs, where AWS can look them up. */
export type Environment = {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** True: a database is dropped only if a second input names it. */
  readonly protected: boolean;
  readonly domain: string;
  readonly cluster: string;
  readonly executionRole: string;
  readonly taskRole: string | undefined;
  readonly loadBalancer: { readonly name: string; readonly listenerPort: number };
  readonly network: {
    readonly subnets: readonly string[];
    readonly securityGroups: readonly string[];
    readonly assignPublicIp: boolean;
  };
  /** Id (`fs-…`) or Name tag; every action works on the id that it resolves to. */
  readonly fileSystem: string;
  readonly logGroup: string;
  readonly database: {
    readonly host: string;
    readonly port: number;
    /** Secrets Manager name of JSON {username, password} of an account that may create databases and users. */
    readonly masterSecret: string;
    /** Image with the mysql or mariadb client and a POSIX sh. */
    readonly clientImage: string;
    readonly tls: 'required' | 'off';
    /** Security groups of the one-off database task; the environment's own where undefined. */
    readonly securityGroups: readonly string[] | undefined;
  };
  /** Secrets Manager name of JSON {username, password} that the site's front door asks for. */
  readonly basicAuthSecret: string | undefined;
  /** Names of the roles that the actions assume through GitHub's OIDC where no role is given; none: the job's own credentials. */
  readonly roles: Readonly<Partial<Record<Phase, string>>>;
  readonly access: Access;
  /** GitHub environments: the one that people approve, and its unreviewed twin that the tenants' jobs run in. */
  readonly github: { readonly approval: string; readonly deployment: string };
  /** Only what was healthy there may be deployed here. */
  readonly promotesFrom: string | undefined;
  readonly rollout: Rollout;
  readonly tags: Tags;
};

/** What an action does there decides which role it takes. */
export const phases = ['plan', 'deploy', 'database', 'rollback'] as const;
export type Phase = (typeof phases)[number];

/** How tasks come to read their tenant's secret; one role holds 10,240 characters of inline policies. */
export type Access = {
  readonly strategy: 'inline-policy' | 'role-per-tenant' | 'path-wildcard';
  /** ARN of a policy that bounds roles made for tenants. */
  readonly permissionsBoundary: string | undefined;
};

export type FailureBudget =
  | { readonly kind: 'count'; readonly count: number }
  /** Of the wave's tenants, rounded down. */
  | { readonly kind: 'percent'; readonly percent: number };

export type Rollout = {
  /** Tenants in flight at once, before the budget lowers it. */
  readonly maxConcurrency: number;
  /** Failures that a wave may have and the next one still starts. */
  readonly failureBudget: FailureBudget;
  /** Minutes between a wave's end and the next one's start. */
  readonly soakMinutes: number;
  /** What a failed tenant's own job does at its end. */
  readonly onFailure: 'stop' | 'previous-revision';
};

export type HealthCheck = {
  readonly path: string;
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly gracePeriodSeconds: number;
  /** Other hosts that a visitor may be redirected to. */
  readonly redirectsTo: readonly string[];
};

/** Whose a one-off task is: a tenant's, or that of all of an environment's. */
export type TaskOwner = Pick<Tenant, 'name' | 'tags' | 'environment'>;

/** One WordPress site in one environment. */
export type Tenant = {
  readonly name: string;
  /** retired: in no wave, never provisioned, and the plan deletes what is left of it. */
  readonly state: 'active' | 'retired';
  readonly environment: Environment;
  readonly host: string;
  /** Listener rule priority; undefined: a free one is found. */
  readonly priority: number | undefined;
  readonly image: string;
  readonly cpu: number;
  readonly memory: number;
  readonly architecture: 'X86_64' | 'ARM64';
  readonly desiredCount: number;
  readonly containerPort: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly healthCheck: HealthCheck;
  readonly deregistrationDelaySeconds: number;
  readonly storage: {
    readonly uid: number;
    readonly gid: number;
    readonly permissions: string;
    /** Directory on the file system. */
    readonly path: string;
    /** Where the container sees it. */
    readonly mountPath: string;
  };
  readonly database: { readonly name: string; readonly user: string };
  readonly circuitBreaker: { readonly threshold: number; readonly rollback: boolean };
  /** Days in which a deleted secret can be restored: 7 to 30. */
  readonly secretRecoveryDays: number;
  readonly tags: Tags;
};
