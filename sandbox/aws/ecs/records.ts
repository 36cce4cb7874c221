// What ECS remembers. Records are plain and never changed in place: a change is a new record in the store,
// so that a lagging read can still answer the old one.
import type {
  AvailabilityZoneRebalancing,
  CapacityProviderStrategyItem,
  DeploymentConfiguration,
  DeploymentRolloutState,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  PropagateTags,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceDeploymentStatus,
  Tag,
  TaskDefinition,
  TaskOverride,
  TaskStopCode,
} from '@aws-sdk/client-ecs';

export type ClusterRecord = { readonly name: string; readonly arn: string; readonly tags: readonly Tag[] };

export type DefinitionRecord = {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  /** As DescribeTaskDefinition answers it. */
  readonly content: TaskDefinition;
  readonly tags: readonly Tag[];
};

/** The part of a service whose change makes a new revision and a deployment of it. */
export type Workload = {
  readonly taskDefinition: string;
  readonly launchType: LaunchType | undefined;
  readonly capacityProviderStrategy: CapacityProviderStrategyItem[] | undefined;
  readonly platformVersion: string;
  readonly loadBalancers: LoadBalancer[];
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly propagateTags: PropagateTags;
  readonly enableECSManagedTags: boolean;
  readonly enableExecuteCommand: boolean;
};

export type RevisionRecord = {
  readonly digits: string;
  readonly workload: Workload;
  readonly createdAt: number;
};

export type DeploymentRecord = {
  /** Also the number of its revision. */
  readonly digits: string;
  readonly status: 'PRIMARY' | 'ACTIVE';
  readonly rolloutState: DeploymentRolloutState;
  readonly rolloutStateReason: string;
  /** Failures in a row: a task that becomes healthy sets it back to 0. */
  readonly failedTasks: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type CircuitBreakerRecord = {
  readonly status: ServiceDeploymentRollbackMonitorsStatus;
  readonly failureCount: number;
  readonly threshold: number;
};

export type ServiceDeploymentRecord = {
  readonly arn: string;
  readonly status: ServiceDeploymentStatus;
  readonly statusReason: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
  readonly configuration: DeploymentConfiguration;
  readonly circuitBreaker: CircuitBreakerRecord;
  readonly rollback:
    | { readonly reason: string; readonly startedAt: number; readonly digits: string | undefined }
    | undefined;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly stoppedAt: number | undefined;
  readonly updatedAt: number;
};

export type ServiceEventRecord = { readonly id: string; readonly at: number; readonly message: string };

export type ServiceRecord = {
  readonly arn: string;
  readonly name: string;
  readonly cluster: ClusterRecord;
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly desiredCount: number;
  readonly configuration: DeploymentConfiguration;
  readonly healthCheckGracePeriodSeconds: number;
  readonly availabilityZoneRebalancing: AvailabilityZoneRebalancing;
  readonly tags: readonly Tag[];
  /** Newest first in all four lists. */
  readonly deployments: readonly DeploymentRecord[];
  readonly serviceDeployments: readonly ServiceDeploymentRecord[];
  readonly revisions: readonly RevisionRecord[];
  readonly events: readonly ServiceEventRecord[];
  /** Whether the last thing said about steadiness was that it was reached. */
  readonly steady: boolean;
  /** The creating request, in canonical form: a repetition with the same client token answers this service. */
  readonly creation: { readonly token: string | undefined; readonly request: string };
  readonly createdAt: number;
  readonly createdBy: string;
  readonly inactiveAt: number | undefined;
};

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export type ContainerRecord = {
  readonly arn: string;
  readonly name: string;
  readonly image: string;
  readonly runtimeId: string | undefined;
  readonly lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
};

export type Stop = {
  readonly code: TaskStopCode;
  readonly reason: string;
  /** Whether a deployment counts it against itself: scaling and people's wishes are no failures. */
  readonly failure: boolean;
};

export type TaskRecord = {
  readonly arn: string;
  readonly id: string;
  readonly cluster: ClusterRecord;
  readonly definition: string;
  /** The service and the number of the deployment that wanted the task. */
  readonly service: { readonly arn: string; readonly name: string; readonly digits: string } | undefined;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly launchType: LaunchType | undefined;
  readonly capacityProvider: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly overrides: TaskOverride;
  readonly tags: readonly Tag[];
  readonly network: {
    readonly attachmentId: string;
    readonly interfaceId: string;
    readonly subnet: string;
    readonly securityGroups: readonly string[];
    /** Whether it has a public address too. */
    readonly isPublic: boolean;
    readonly address: string;
  };
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly containers: readonly ContainerRecord[];
  readonly stop: Stop | undefined;
  /** Looks of the service's scheduler that found the task running, and healthy. */
  readonly looks: { readonly running: number; readonly healthy: number };
  readonly failureCounted: boolean;
  readonly version: number;
  readonly createdAt: number;
  readonly pullStartedAt: number | undefined;
  readonly pullStoppedAt: number | undefined;
  readonly startedAt: number | undefined;
  readonly stoppingAt: number | undefined;
  readonly executionStoppedAt: number | undefined;
  readonly stoppedAt: number | undefined;
};
