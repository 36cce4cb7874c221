// Is *our* deployment through? "Stable" is not enough: a service rolled back by its circuit breaker is stable too.
import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Verdict } from '../wait.ts';

export type DeploymentSnapshot = {
  readonly service: Service | undefined;
  /** The service deployment whose target revision is our deployment's; undefined while ECS does not list it yet. */
  readonly deployment: ServiceDeployment | undefined;
};

/** `ours` is the id of the deployment, `ecs-svc/…`. */
export const judgeDeployment = ({ service, deployment }: DeploymentSnapshot, ours: string): Verdict => {
  // A service made just now may not be seen yet; whether there is one at all was looked at before waiting.
  if (!service) return { kind: 'pending', why: 'ECS does not show the service yet' };
  const name = service.serviceName ?? '';
  if (service.status === 'INACTIVE')
    return failed(`Service ${name} was deleted.`, 'Run provision-tenant to make it again.');
  if (service.status === 'DRAINING')
    return failed(`Service ${name} is being deleted.`, 'If it should live, run provision-tenant again.');
  if (!service.desiredCount)
    return failed(
      `Service ${name} is scaled to 0 tasks, so nothing can become healthy.`,
      'Set desiredCount in the manifest and run provision-tenant.',
    );
  const mine = service.deployments?.find(({ id }) => id === ours);
  const ended = judgeEnd(name, {
    deployment,
    reason: mine?.rolloutState === 'FAILED' ? mine.rolloutStateReason : undefined,
  });
  if (ended) return ended;
  if (mine?.status !== 'PRIMARY') return judgeReplaced(service, ours);
  const { runningCount = 0 } = service;
  if (mine.rolloutState === 'COMPLETED' && runningCount === service.desiredCount)
    return { kind: 'ready', value: undefined };
  return { kind: 'pending', why: progress(service, deployment, mine.rolloutState ?? 'in progress') };
};

const failed = (what: string, fix: string): Verdict => ({ kind: 'failed', what, fix });

type End = { readonly deployment: ServiceDeployment | undefined; readonly reason: string | undefined };

/** The ends that ECS reports of the deployment itself. */
const judgeEnd = (name: string, { deployment, reason }: End): Verdict | undefined => {
  const said = deployment?.statusReason ?? reason ?? '';
  const read =
    'Read the stopped tasks and log lines below for the cause; correct it and run provision-tenant again.';
  switch (deployment?.status) {
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
    case 'ROLLBACK_SUCCESSFUL':
      return failed(
        `The deployment of ${name} failed and ECS rolled it back to the last healthy revision. ${said}`.trim(),
        read,
      );
    case 'ROLLBACK_FAILED':
      // ECS calls it so when there was nothing to roll back to: the tenant's first deployment.
      if (/no rollback candidate/i.test(said))
        return failed(
          `The first deployment of ${name} failed; there is no earlier revision to go back to. ${said}`,
          read,
        );
      return failed(
        `The deployment of ${name} failed, and so did its rollback: the site may be down. ${said}`.trim(),
        `Run rollback-tenant with mode previous-revision now. ${read}`,
      );
    case 'STOP_REQUESTED':
    case 'STOPPED':
      return failed(`The deployment of ${name} was stopped. ${said}`.trim(), read);
  }
  if (deployment?.deploymentCircuitBreaker?.status === 'TRIGGERED')
    return failed(`The circuit breaker of ${name} tripped: its tasks kept failing. ${said}`.trim(), read);
  return reason === undefined ? undefined : failed(`The deployment of ${name} failed. ${said}`.trim(), read);
};

/** Ours is not the primary any more and ECS does not call it rolled back: somebody deployed after us. */
const judgeReplaced = (service: Service, ours: string): Verdict => {
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  return failed(
    `Deployment ${ours} of ${service.serviceName} was superseded by ${primary?.id ?? 'another one'} (${primary?.taskDefinition ?? 'unknown task definition'}).`,
    'Look at the run that made the newer deployment. Use a concurrency group per tenant so that two runs do not meet.',
  );
};

const progress = (service: Service, deployment: ServiceDeployment | undefined, rollout: string): string => {
  const breaker = deployment?.deploymentCircuitBreaker;
  const failures = breaker?.failureCount
    ? `; ${breaker.failureCount} of ${breaker.threshold} failures before the circuit breaker trips`
    : '';
  return `${service.runningCount ?? 0} of ${service.desiredCount} tasks running, rollout ${rollout}${failures}`;
};
