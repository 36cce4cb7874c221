// What the sandbox's services need of each other, beside their AWS operations.
import type { Operations } from './cloud.ts';
import type {
  DatabaseServer,
  Mount,
  ProbeAnswer,
  ProbeRequest,
  RunningContainer,
} from './containers/runtime.ts';
import type { Knock } from './services/ec2-network.ts';

/** Secrets Manager, as a starting task sees it. */
export type SecretsPort = {
  readonly operations: Operations;
  /**
   * The value a container gets for a `valueFrom`: a full ARN, with optional `:json-key:version-stage:version-id`.
   * Answers the text that ECS puts into stoppedReason when it cannot be had.
   */
  readonly resolve: (
    valueFrom: string,
  ) =>
    | { readonly kind: 'value'; readonly value: string; readonly arn: string }
    | { readonly kind: 'refused'; readonly reason: string };
};

export type IamPort = {
  readonly operations: Operations;
  readonly hasRole: (arn: string) => boolean;
  /** Whether ECS can assume it for a task: the role is in force (that lags) and trusts ecs-tasks.amazonaws.com. */
  readonly isTaskRole: (arn: string) => boolean;
  /** Whether the role's policies and boundary, as in force now (they lag), allow `action` on `resource`. */
  readonly allows: (call: {
    readonly roleArn: string;
    readonly action: string;
    readonly resource: string;
  }) => boolean;
};

export type EfsPort = {
  readonly operations: Operations;
  readonly accessPoint: (id: string) =>
    | {
        readonly fileSystemId: string;
        readonly state: string;
        /** Where it makes one user of all. */
        readonly access?: Mount['access'];
      }
    | undefined;
  /** Security groups of the file system's mount target for a subnet; undefined where it has none there. */
  readonly mountTargetGroups: (fileSystemId: string, subnet: string) => readonly string[] | undefined;
};

/** What a registry says when an image is asked for. */
export type Pull = 'fine' | 'missing' | 'denied' | 'arm64-only' | 'amd64-only' | 'rate-limited';

/** The registries of the world, the account's own among them. */
export type RegistryPort = {
  readonly pull: (image: string) => Pull;
};

export type LogsPort = {
  readonly operations: Operations;
  readonly hasGroup: (name: string) => boolean;
  /** Appends one line; makes the stream where missing. */
  readonly put: (line: { readonly group: string; readonly stream: string; readonly message: string }) => void;
};

export type RdsPort = {
  readonly operations: Operations;
  /** The database hosts that the sandbox was given a real server for, as containers see them. */
  readonly databases: readonly DatabaseServer[];
  /** A database instance by its host name, with a real server or without. */
  readonly instance: (
    host: string,
  ) => { readonly port: number; readonly securityGroups: readonly string[] } | undefined;
};

export type Ec2Port = {
  readonly operations: Operations;
  readonly hasSubnet: (id: string) => boolean;
  readonly hasSecurityGroup: (id: string) => boolean;
  readonly hasAddresses: (subnet: string) => boolean;
  readonly reachesInternet: (place: { readonly subnet: string; readonly publicAddress: boolean }) => boolean;
  /** Whether a VPC endpoint leads the subnet to the service: `secretsmanager`, `ecr.api` … */
  readonly hasEndpoint: (subnet: string, service: string) => boolean;
  /** Whether the security groups let in who knocks. */
  readonly admits: (groups: readonly string[], knock: Knock) => boolean;
};

export type Target = { readonly id: string; readonly port: number };
export type TargetHealth = {
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining';
  readonly reason?: string;
  readonly description?: string;
};

/** Elastic Load Balancing, as ECS and a visitor see it. */
export type ElbPort = {
  readonly operations: Operations;
  readonly hasTargetGroup: (arn: string) => boolean;
  /** Whether a rule or a default action sends to the target group: CreateService refuses it otherwise. */
  readonly isAttached: (targetGroupArn: string) => boolean;
  readonly register: (
    targetGroupArn: string,
    target: Target & { readonly request: RunningContainer['request'] },
  ) => void;
  /** The target drains for the group's deregistration delay, then is gone. */
  readonly deregister: (targetGroupArn: string, target: Target) => void;
  readonly health: (targetGroupArn: string, target: Target) => TargetHealth | undefined;
  /** Where requests to the target group's targets come from. */
  readonly senders: (
    targetGroupArn: string,
  ) => readonly { readonly securityGroups: readonly string[]; readonly subnets: readonly string[] }[];
  /** A visitor's request to a load balancer's listener, routed by its rules to a healthy target. */
  readonly visit: (request: ProbeRequest & { readonly listenerPort: number }) => Promise<ProbeAnswer>;
};

/** What every service of ECS's neighbourhood offers to it. */
export type Neighbours = {
  readonly secrets: SecretsPort;
  readonly iam: IamPort;
  readonly efs: EfsPort;
  readonly logs: LogsPort;
  readonly rds: RdsPort;
  readonly ec2: Ec2Port;
  readonly elb: ElbPort;
  readonly ecr: RegistryPort;
};
