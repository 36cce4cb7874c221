// Is *our* deployment through? "Stable" is not enough: a service rolled back by its circuit breaker is stable too.
import type {
  Deployment,
  Service,
  ServiceDeployment,
  ServiceDeploymentCircuitBreaker,
} from '@aws-sdk/client-ecs';
import type { Verdict } from '../wait.ts';

export type DeploymentSnapshot = {
  readonly service: Service | undefined;
  /** The service deployment whose target revision is our deployment's; undefined while ECS does not list it yet. */
  readonly deployment:
    | Pick<ServiceDeployment, 'status' | 'statusReason' | 'deploymentCircuitBreaker'>
    | undefined;
};

/** What to do next about each end, in the words of whoever deployed. */
export type Advice = {
  readonly deleted: string;
  readonly draining: string;
  readonly scaledToZero: string;
  readonly failed: string;
  readonly rollbackFailed: string;
  readonly superseded: string;
};

/** The deployment that the service is set to, rolled out or not; a service of CodeDeploy's has none. */
export const primaryOf = (service: Pick<Service, 'deployments'> | undefined): Deployment | undefined =>
  service?.deployments?.find(({ status }) => status === 'PRIMARY');

/** `ours` is the id of the deployment, `ecs-svc/…`. */
export const judgeDeployment = (
  { service, deployment }: DeploymentSnapshot,
  ours: string,
  advice: Advice,
): Verdict => {
  // A service made just now may not be seen yet; whether there is one at all was looked at before waiting.
  if (!service) return { kind: 'pending', why: 'ECS does not show the service yet' };
  const name = service.serviceName ?? '';
  if (service.status === 'INACTIVE') return failed(`Service ${name} was deleted.`, advice.deleted);
  if (service.status === 'DRAINING') return failed(`Service ${name} is being deleted.`, advice.draining);
  if (!service.desiredCount)
    return failed(
      `Service ${name} is scaled to 0 tasks, so nothing can become healthy.`,
      advice.scaledToZero,
    );
  const mine = service.deployments?.find(({ id }) => id === ours);
  // ECS calls a deployment stopped, too, that made way for a newer one.
  if (deployment?.status === 'STOPPED' && mine?.status !== 'PRIMARY' && primaryOf(service))
    return judgeReplaced(service, { ours, said: deployment.statusReason }, advice);
  const reason = mine?.rolloutState === 'FAILED' ? mine.rolloutStateReason : undefined;
  const ended = judgeEnd({ name, deployment, reason }, advice);
  if (ended) return ended;
  if (mine?.status !== 'PRIMARY') return judgeReplaced(service, { ours, said: undefined }, advice);
  const { runningCount = 0 } = service;
  if (mine.rolloutState === 'COMPLETED' && runningCount === service.desiredCount)
    return { kind: 'ready', value: undefined };
  return { kind: 'pending', why: progress(service, deployment, mine) };
};

const failed = (what: string, fix: string): Verdict => ({ kind: 'failed', what, fix });

type End = {
  readonly name: string;
  readonly deployment: DeploymentSnapshot['deployment'];
  readonly reason: string | undefined;
};

/** The ends that ECS reports of the deployment itself. */
const judgeEnd = ({ name, deployment, reason }: End, advice: Advice): Verdict | undefined => {
  const said = deployment?.statusReason ?? reason ?? '';
  const read = advice.failed;
  switch (deployment?.status) {
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
    case 'ROLLBACK_SUCCESSFUL':
      return failed(
        `The deployment of ${name} failed and ECS rolled it back to the last healthy revision. ${said}`.trim(),
        read,
      );
    case 'ROLLBACK_FAILED':
      // ECS calls it so when there was nothing to roll back to: the service's first deployment.
      if (/no rollback candidate/i.test(said))
        return failed(
          `The first deployment of ${name} failed; there is no earlier revision to go back to. ${said}`,
          read,
        );
      return failed(
        `The deployment of ${name} failed, and so did its rollback: the site may be down. ${said}`.trim(),
        `${advice.rollbackFailed} ${read}`,
      );
    case 'STOP_REQUESTED':
    case 'STOPPED':
      return failed(`The deployment of ${name} was stopped. ${said}`.trim(), read);
  }
  if (deployment?.deploymentCircuitBreaker?.status === 'TRIGGERED')
    return failed(`The circuit breaker of ${name} tripped: its tasks kept failing. ${said}`.trim(), read);
  return reason === undefined ? undefined : failed(`The deployment of ${name} failed. ${said}`.trim(), read);
};

/**
 * The ARN of a newer service deployment that ECS gave up for ours: healthy then is what ran before it. Undefined where
 * ours is the newest.
 */
export const rolledBackTo = (
  {
    service,
    deployment,
  }: { readonly service: Service | undefined; readonly deployment: ServiceDeployment | undefined },
  ours: string,
): string | undefined => {
  const newest = service?.currentServiceDeployment;
  // Only a rollback makes an older deployment the primary again.
  if (!newest || !deployment?.serviceDeploymentArn || primaryOf(service)?.id !== ours) return undefined;
  return newest === deployment.serviceDeploymentArn ? undefined : newest;
};

/** Ours is not the primary any more and ECS does not call it rolled back: somebody deployed after us. */
const judgeReplaced = (
  service: Service,
  { ours, said = '' }: { readonly ours: string; readonly said: string | undefined },
  advice: Advice,
): Verdict => {
  const primary = primaryOf(service);
  return failed(
    `Deployment ${ours} of ${service.serviceName} was superseded by ${primary?.id ?? 'another one'} (${primary?.taskDefinition ?? 'unknown task definition'}). ${said}`.trim(),
    advice.superseded,
  );
};

/** The tasks of ours; the old ones run beside them for a while. */
const progress = (
  { desiredCount, runningCount }: Service,
  deployment: DeploymentSnapshot['deployment'],
  mine: Deployment,
): string => {
  const breaker = deployment?.deploymentCircuitBreaker;
  const failures = breaker?.failureCount
    ? `; ${breaker.failureCount} failed, and the circuit breaker gives up after ${left(breaker)} more`
    : mine.failedTasks
      ? `; ${mine.failedTasks} failed so far`
      : '';
  const running = mine.runningCount ?? runningCount ?? 0;
  return `${running} of ${desiredCount} tasks running, rollout ${mine.rolloutState ?? 'in progress'}${failures}`;
};

const left = ({ failureCount = 0, threshold = 0 }: ServiceDeploymentCircuitBreaker): number =>
  Math.max(0, threshold - failureCount);
