// What was seen of one deployment of one ECS service: plain values, gathered while waiting, bounded in number and length.
// Foreign texts are clean (no terminal escapes, no credentials) but not quoted: who prints them quotes them.
import type { Facts } from './rule.ts';

export type Evidence = {
  /**
   * Names for templates. Always: environment, region, cluster, service, family, container, logGroup, manifest (path of
   * the tenant's or application's manifest), subject (tenant's name, or `<application> <service>`), deployment.
   * A tenant also: tenant, host, secret, database, user, databaseHost, databasePort, executionRole, environmentManifest,
   * healthPath, fileSystem, uid, gid, storagePath, targetGroup, image. An application also: application. What was not looked up is not there.
   */
  readonly facts: Facts;
  readonly kind: 'tenant' | 'application';
  /** running: still waited for. failed: ECS or a judge ended it. late: the deadline passed. healthy: it is through. */
  readonly state: 'running' | 'failed' | 'late' | 'healthy';
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When somebody began to wait for it; undefined: it was looked at once. What was before may have been mended since. */
  readonly watchedSince?: number | undefined;
  readonly deployment: DeploymentSeen | undefined;
  /** Newest first, since the deployment began. */
  readonly events: readonly { readonly at: number; readonly text: string }[];
  /** Stopped tasks of this deployment, newest first; those that ECS stopped to scale in are left out. */
  readonly stopped: readonly StoppedTask[];
  /** Running tasks of this deployment. */
  readonly running: readonly {
    readonly id: string;
    readonly address: string | undefined;
    readonly startedAt: number;
  }[];
  /** Every state that the targets of this deployment's tasks were seen in, newest first. */
  readonly targets: readonly TargetSeen[];
  /** Visits to the site, each with the redirects that followed. */
  readonly visits: readonly Visit[];
  /** The end of tasks' logs, one per task that was read. */
  readonly logs: readonly TaskLog[];
  readonly definition: DefinitionSeen | undefined;
  readonly targetGroup: TargetGroupSeen | undefined;
  /** Rules of the listener, by priority; undefined where nobody looked. */
  readonly listener: ListenerSeen | undefined;
  readonly network: NetworkSeen | undefined;
  /** What could not be looked at, a line each: nothing is concluded from its absence. */
  readonly unread: readonly string[];
};

export type DeploymentSeen = {
  readonly id: string;
  readonly createdAt: number;
  /** ECS's word for the service deployment: IN_PROGRESS, ROLLBACK_SUCCESSFUL … */
  readonly status: string | undefined;
  readonly reason: string | undefined;
  readonly rolloutState: string | undefined;
  readonly desired: number;
  readonly runningCount: number;
  readonly failedTasks: number;
  readonly breaker:
    | { readonly status: string; readonly failures: number; readonly threshold: number }
    | undefined;
  readonly gracePeriodSeconds: number;
  /** What becomes of it once the breaker trips, as the service is set; goes-on: it has no breaker. */
  readonly onFailure?: 'rollback' | 'stays' | 'goes-on' | undefined;
  /** Whether no earlier deployment of this service ever came through. */
  readonly isFirst: boolean;
};

export type StoppedTask = {
  readonly id: string;
  /** TaskFailedToStart, EssentialContainerExited, ServiceSchedulerInitiated … */
  readonly stopCode: string;
  readonly reason: string;
  readonly address: string | undefined;
  readonly createdAt?: number | undefined;
  readonly startedAt: number | undefined;
  readonly stoppedAt: number;
  readonly containers: readonly {
    readonly name: string;
    readonly exitCode: number | undefined;
    readonly reason: string;
  }[];
};

export type TargetSeen = {
  readonly at: number;
  readonly address: string;
  readonly port: number;
  /** initial, healthy, unhealthy, unused, draining, unavailable. */
  readonly state: string;
  /** Target.ResponseCodeMismatch … */
  readonly reason: string;
  readonly description: string;
};

export type Visit = {
  /** public: the tenant's own host. load-balancer: around DNS and CDN. given: an address of the caller's. */
  readonly by: 'public' | 'load-balancer' | 'given';
  /** First what was asked for, then each redirect that was followed; at most six. */
  readonly hops: readonly Hop[];
};

export type Hop = { readonly url: string; readonly answer: Answer };

export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly location: string | undefined;
      /** Lower-case names; only server, via, x-cache, www-authenticate, x-redirect-by, content-type. */
      readonly headers: Readonly<Record<string, string>>;
      /** The page's words without markup, at most 500 characters. */
      readonly excerpt: string;
    }
  /** Node's code: ECONNREFUSED, ENOTFOUND, ERR_TLS_CERT_ALTNAME_INVALID, ETIMEDOUT … */
  | { readonly kind: 'no-answer'; readonly reason: string };

export type TaskLog = {
  readonly taskId: string;
  readonly group: string;
  readonly stream: string;
  /** missing: the stream does not exist, so the container never wrote, or never started. */
  readonly kind: 'read' | 'missing' | 'unread';
  /** Oldest first. */
  readonly lines: readonly { readonly at: number; readonly text: string }[];
};

export type DefinitionSeen = {
  readonly arn: string;
  readonly architecture: string;
  readonly cpu: string;
  readonly memory: string;
  readonly executionRole: string;
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly ports: readonly number[];
    /** Without values, but for those that a rule compares: DB_HOST, WORDPRESS_DB_HOST, QUEUE_CONNECTION, AWS_EVENTBRIDGE_BUS. */
    readonly environment: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, string>>;
    readonly mounts: readonly {
      readonly path: string;
      readonly fileSystem: string;
      readonly accessPoint: string;
    }[];
  }[];
};

export type TargetGroupSeen = {
  readonly arn: string;
  readonly name: string;
  readonly port: number;
  /** Where health checks ask, if not on each target's own port. */
  readonly healthPort?: number | undefined;
  readonly path: string;
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly deregistrationDelaySeconds: number;
  /** Load balancers that send requests to it: none where no rule uses it. */
  readonly loadBalancers: readonly string[];
};

export type ListenerSeen = {
  readonly arn: string;
  readonly port: number;
  readonly rules: readonly {
    readonly priority: number;
    readonly hosts: readonly string[];
    readonly paths: readonly string[];
    readonly targetGroups: readonly string[];
  }[];
};

export type NetworkSeen = {
  readonly vpc?: string | undefined;
  readonly subnets: readonly SubnetSeen[];
  readonly taskGroups: readonly SecurityGroupSeen[];
  readonly loadBalancerGroups: readonly string[];
  readonly assignPublicIp: boolean;
};

export type SubnetSeen = {
  readonly id: string;
  readonly freeAddresses: number;
  /** Where its default route leads; none: no way out but to VPC endpoints. */
  readonly defaultRoute: 'internet' | 'nat' | 'other' | 'none' | 'unknown';
  /** Services with a VPC endpoint that it can use: ecr.api, secretsmanager …; undefined where they could not be read. */
  readonly endpoints: readonly string[] | undefined;
};

export type SecurityGroupSeen = {
  readonly id: string;
  readonly ingress: readonly {
    /** -1: all. */
    readonly fromPort: number;
    readonly toPort: number;
    readonly sources: readonly string[];
  }[];
};
