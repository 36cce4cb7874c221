// A service's deployments as pure steps: begin, start, complete (rollbacks.ts: give up). A step turns one record into the next.
import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import { deploymentId } from './arns.ts';
import { finished, newBreaker } from './circuit-breaker.ts';
import type {
  DeploymentRecord,
  RevisionRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  Workload,
} from './records.ts';

export type NewDeployment = {
  readonly digits: string;
  readonly serviceDeploymentArn: string;
  readonly workload: Workload;
  readonly at: number;
};

const superseded = 'Service deployment was stopped because a new service deployment was started.';

const over: ReadonlySet<ServiceDeploymentStatus | undefined> = new Set<ServiceDeploymentStatus | undefined>([
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
]);

export const isOver = ({ status }: Pick<ServiceDeploymentRecord, 'status'>): boolean => over.has(status);

export const primaryOf = (service: ServiceRecord): DeploymentRecord | undefined =>
  service.deployments.find(({ status }) => status === 'PRIMARY');

export const revisionOf = (service: ServiceRecord, digits: string): RevisionRecord | undefined =>
  service.revisions.find((revision) => revision.digits === digits);

/** What the service runs, or ran last: its newest deployment's revision. */
export const workloadOf = (service: ServiceRecord): Workload => {
  const digits = primaryOf(service)?.digits ?? service.revisions[0]?.digits ?? '';
  const revision = revisionOf(service, digits);
  if (!revision) throw new Error(`service ${service.name} has no revision ${digits}`);
  return revision.workload;
};

export const changePrimary = (service: ServiceRecord, change: Partial<DeploymentRecord>): ServiceRecord => ({
  ...service,
  deployments: service.deployments.map((deployment) =>
    deployment.status === 'PRIMARY' ? { ...deployment, ...change } : deployment,
  ),
});

/** Changes the newest service deployment: the only one that can still move. */
export const changeCurrent = (
  service: ServiceRecord,
  change: (current: ServiceDeploymentRecord) => Partial<ServiceDeploymentRecord>,
): ServiceRecord => {
  const [current, ...older] = service.serviceDeployments;
  if (!current) return service;
  return { ...service, serviceDeployments: [{ ...current, ...change(current) }, ...older] };
};

export const inProgress = (digits: string, at: number): DeploymentRecord => ({
  digits,
  status: 'PRIMARY',
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: `ECS deployment ${deploymentId(digits)} in progress.`,
  failedTasks: 0,
  createdAt: at,
  updatedAt: at,
});

export const demoted = (service: ServiceRecord): readonly DeploymentRecord[] =>
  service.deployments.map((deployment) => ({ ...deployment, status: 'ACTIVE' }));

/** The new deployment is PRIMARY, the others ACTIVE; a service deployment still under way is stopped by it. */
export const beginDeployment = (service: ServiceRecord, next: NewDeployment): ServiceRecord => {
  const breaker = service.configuration.deploymentCircuitBreaker;
  const begun: ServiceDeploymentRecord = {
    arn: next.serviceDeploymentArn,
    status: 'PENDING',
    statusReason: undefined,
    sources: service.deployments.map(({ digits }) => digits),
    target: next.digits,
    configuration: service.configuration,
    circuitBreaker: newBreaker(breaker, service.desiredCount),
    rollback: undefined,
    createdAt: next.at,
    startedAt: undefined,
    finishedAt: undefined,
    stoppedAt: undefined,
    updatedAt: next.at,
  };
  const stopped = changeCurrent(service, (current) =>
    isOver(current) ? {} : ended(current, { status: 'STOPPED', statusReason: superseded, at: next.at }),
  );
  return {
    ...stopped,
    deployments: [inProgress(next.digits, next.at), ...demoted(service)],
    serviceDeployments: [begun, ...stopped.serviceDeployments],
    revisions: [{ digits: next.digits, workload: next.workload, createdAt: next.at }, ...service.revisions],
    steady: false,
  };
};

type Ending = {
  readonly status: ServiceDeploymentStatus;
  readonly statusReason?: string;
  readonly at: number;
};

/** How a service deployment that is over looks. */
export const ended = (
  current: ServiceDeploymentRecord,
  { status, statusReason, at }: Ending,
): Partial<ServiceDeploymentRecord> => ({
  status,
  statusReason: statusReason ?? current.statusReason,
  circuitBreaker: finished(current.circuitBreaker),
  updatedAt: at,
  ...(status === 'STOPPED' ? { stoppedAt: at } : { finishedAt: at }),
});

export const startDeployment = (service: ServiceRecord, at: number): ServiceRecord =>
  changeCurrent(service, ({ status }) =>
    status === 'PENDING' ? { status: 'IN_PROGRESS', startedAt: at, updatedAt: at } : {},
  );

/** The PRIMARY deployment runs as wanted: what the service deployment set out to do, or its rollback, is done. */
export const completeDeployment = (service: ServiceRecord, at: number): ServiceRecord => {
  const primary = primaryOf(service);
  if (!primary) return service;
  const completed = changePrimary(service, {
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${deploymentId(primary.digits)} completed.`,
    updatedAt: at,
  });
  return changeCurrent(completed, (current) => {
    if (isOver(current)) return {};
    return ended(current, { status: current.rollback ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL', at });
  });
};

export const isRollingOut = (service: ServiceRecord): boolean =>
  primaryOf(service)?.rolloutState === 'IN_PROGRESS';

/** Fargate is all the capacity there is; a service without it waits for instances that never come. */
export const isPlaceable = ({ launchType, capacityProviderStrategy }: Workload): boolean =>
  launchType === 'FARGATE' || Boolean(capacityProviderStrategy?.length);
