// What DescribeServices says of one deployment, and of the history that it is part of.
import type { Service } from '@aws-sdk/client-ecs';
import type { DeploymentSeen, Evidence } from '../diagnose/evidence.ts';
import { clean } from './clean.ts';
import type { Scene, Sight } from './scene.ts';

/** ECS tells stopped tasks for an hour; what happened before explains nothing that is still to be seen. */
const longestAgo = 3_600_000;

/**
 * The counters of our deployment; what ECS shows no longer stays as it was seen last. One that left the service's list
 * began when its history says, or else at most an hour before `now`.
 */
export const deploymentSeen = (
  { ours }: Pick<Scene, 'ours'>,
  { service, deployment, isFirst }: Sight,
  { last, now }: { readonly last: DeploymentSeen | undefined; readonly now: number },
): DeploymentSeen | undefined => {
  const mine = service?.deployments?.find(({ id }) => id === ours);
  if (!mine && !deployment) return last;
  const breaker = deployment?.deploymentCircuitBreaker;
  return {
    id: ours,
    createdAt: (mine?.createdAt ?? deployment?.createdAt)?.getTime() ?? last?.createdAt ?? beginning(now),
    status: deployment?.status ?? last?.status,
    reason: clean(deployment?.statusReason ?? mine?.rolloutStateReason ?? '') || last?.reason,
    rolloutState: mine?.rolloutState ?? last?.rolloutState,
    // ECS wants no tasks of a deployment that it has rolled back; of the service it still does.
    desired: (mine?.status === 'PRIMARY' ? mine.desiredCount : service?.desiredCount) ?? last?.desired ?? 0,
    runningCount: mine?.runningCount ?? 0,
    failedTasks: mine?.failedTasks ?? last?.failedTasks ?? 0,
    breaker: breaker
      ? {
          status: breaker.status ?? '',
          failures: breaker.failureCount ?? 0,
          threshold: breaker.threshold ?? 0,
        }
      : last?.breaker,
    gracePeriodSeconds: service?.healthCheckGracePeriodSeconds ?? last?.gracePeriodSeconds ?? 0,
    onFailure: onFailureOf(service) ?? last?.onFailure,
    isFirst: isFirst ?? last?.isFirst ?? false,
  };
};

export const beginning = (now: number): number => now - longestAgo;

const onFailureOf = (service: Service | undefined): DeploymentSeen['onFailure'] => {
  if (!service?.deploymentConfiguration) return undefined;
  const { enable, rollback } = service.deploymentConfiguration.deploymentCircuitBreaker ?? {};
  if (!enable) return 'goes-on';
  return rollback ? 'rollback' : 'stays';
};

const mostEvents = 40;

/**
 * Since the deployment began, and where it is the one in force since the service was last steady: what came before that was
 * got over, or was another deployment's that ECS took back. Newest first; ECS's two clocks are not one.
 */
export const eventsSince = (
  service: Service | undefined,
  { ours, since }: { readonly ours: string; readonly since: number },
): Evidence['events'] => {
  const all = (service?.events ?? []).map(({ createdAt, message = '' }) => ({
    at: createdAt?.getTime() ?? 0,
    text: message,
  }));
  const inForce = service?.deployments?.some(({ id, status }) => id === ours && status === 'PRIMARY');
  const steady = inForce ? all.findIndex(({ text }) => /has reached a steady state\.?$/.test(text)) : -1;
  return all
    .slice(0, steady < 0 ? mostEvents : Math.min(steady + 1, mostEvents))
    .filter(({ at }) => at >= since - 1_000)
    .map(({ at, text }) => ({ at, text: clean(text) }));
};

/** Changes whenever a task of ours started, ended or could not be placed. */
export const markOf = ({ ours }: Pick<Scene, 'ours'>, { service }: Sight): string => {
  const mine = service?.deployments?.find(({ id }) => id === ours);
  return [mine?.failedTasks, mine?.runningCount, mine?.pendingCount, service?.events?.[0]?.id].join(' ');
};

/** Whether tasks of another deployment answer too: then nobody can tell whose page a visit showed. */
export const isAlone = ({ ours }: Pick<Scene, 'ours'>, { service }: Sight): boolean =>
  (service?.deployments ?? []).every(({ id, runningCount }) => id === ours || !runningCount);
