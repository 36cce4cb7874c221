// What applications/<name>.yml says for one environment, after layering and validation: plain values, defaults filled in.

/** What an action does there decides which role it takes. */
export const releasePhases = ['release', 'command', 'redeploy', 'validate'] as const;
export type ReleasePhase = (typeof releasePhases)[number];

/** One application in one environment: an account and region of its own, not a tenants' environment. */
export type Application = {
  readonly name: string;
  /** Path of its manifest: what a person edits. */
  readonly manifest: string;
  readonly environment: {
    readonly name: string;
    readonly accountId: string;
    readonly region: string;
    /** Names of the roles that the actions assume through GitHub's OIDC where none is given; none: the job's own credentials. */
    readonly roles: Readonly<Partial<Record<ReleasePhase, string>>>;
    /** GitHub environments: the one that people approve, and its unreviewed twin that the roles trust. */
    readonly github: { readonly approval: string; readonly deployment: string };
  };
  readonly cluster: string;
  /** In the manifest's order. */
  readonly services: readonly ApplicationService[];
  /** In the order of release. */
  readonly pipelines: readonly ApplicationPipeline[];
  readonly migration: Migration | undefined;
  readonly healthChecks: readonly ApplicationHealthCheck[];
  readonly database: ApplicationDatabase | undefined;
  readonly images: readonly ApplicationImage[];
};

export type ApplicationService = {
  /** Short name: `api`. */
  readonly name: string;
  /** The ECS service's name: `envelope-prod-api`. */
  readonly service: string;
  /** The container whose exit code and log count. */
  readonly container: string;
  readonly logGroup: string;
  /** Names of the target groups that it must be registered with; undefined: those that ECS has for it. */
  readonly targetGroups: readonly string[] | undefined;
};

/** Stages of the guide's pipelines that are never abandoned, unless the manifest says others. */
export const neverAbandonDefault: readonly string[] = ['Migrate', 'Deploy'];

export type ApplicationPipeline = {
  /** Short name: `api`. */
  readonly name: string;
  /** CodePipeline's name: `envelope-prod-api-pipeline`. */
  readonly pipeline: string;
  /** Who migrates the database: the pipeline itself, a one-off task after it, or nobody. */
  readonly migration: 'pipeline' | 'after' | 'none';
  /** Stages in which a running action is never abandoned: half a migration is worse than a late one. */
  readonly neverAbandon: readonly string[];
};

export type Migration = {
  /** Short name of the service whose task definition and network it runs in. */
  readonly service: string;
  readonly container: string;
  readonly command: readonly string[];
};

export type ApplicationHealthCheck = {
  readonly name: string;
  readonly url: string;
  /** `200` or `200,302` or `200-399`. */
  readonly matcher: string;
  /** Text that the body must hold. */
  readonly contains: string | undefined;
};

export type ApplicationDatabase = {
  /** RDS instance identifier. */
  readonly instance: string;
};

export type ApplicationImage = {
  readonly name: string;
  /** ECR repository. */
  readonly repository: string;
};
