// An application's services: may they be deployed anew, are they through, and are they as they should be?
import type { Service } from '@aws-sdk/client-ecs';
import type { Problem } from '../errors.ts';
import type { ApplicationService } from '../fleet/application.ts';
import type { Verdict } from '../wait.ts';
import type { Check } from './check.ts';
import { type Advice, type DeploymentSnapshot, judgeDeployment, primaryOf } from './deployment.ts';

export type Place = { readonly cluster: string; readonly region: string };

/** What stands in the way of using the service at all, or undefined. `service` is as ECS shows it. */
export const findAbsence = (
  service: Service | undefined,
  { name, service: named }: ApplicationService,
  { cluster, region }: Place,
): Problem | undefined => {
  if (!service)
    return {
      what: `There is no service ${named} in cluster ${cluster}.`,
      fix: `Correct services.${name} or cluster in the application's manifest, or create it. See what is there: aws ecs list-services --region ${region} --cluster ${cluster}`,
    };
  if (service.status === 'ACTIVE') return undefined;
  return {
    what: `Service ${named} is ${service.status === 'DRAINING' ? 'being deleted (DRAINING)' : `deleted (${service.status})`}.`,
    fix: `Create it again, or take services.${name} out of the application's manifest.`,
  };
};

/** Why a new deployment of an existing service cannot be forced, or undefined. */
export const findObstacle = (
  { deploymentController }: Service,
  { name, service }: ApplicationService,
): Problem | undefined => {
  const leaveOut = `Or leave ${name} out of input services.`;
  switch (deploymentController?.type) {
    case 'CODE_DEPLOY':
      return {
        what: `Service ${service} is deployed by CodeDeploy, which ECS does not let anybody force.`,
        fix: `Deploy it there: aws deploy create-deployment. ${leaveOut}`,
      };
    case 'EXTERNAL':
      return {
        what: `Service ${service} has an EXTERNAL deployment controller: only that one makes its task sets.`,
        fix: `Ask that controller for a new task set. ${leaveOut}`,
      };
    default:
      return undefined;
  }
};

/** A deployment that was forced: its id, and when ECS made it in milliseconds since the epoch. */
export type Ours = { readonly id: string; readonly createdAt: number };

/** Whether what the service shows of its deployments cannot tell how ours ended: a rollback looks like a replacement. */
export const needsHistory = (service: Service | undefined, { id }: Ours): boolean => {
  if (!service?.desiredCount) return false;
  const primary = primaryOf(service);
  return primary?.id !== id || primary.rolloutState === 'FAILED';
};

/** Is the deployment that was forced through? A service scaled to nothing has nothing to wait for. */
export const judgeForced = (snapshot: DeploymentSnapshot, ours: Ours, advice: Advice): Verdict => {
  const { service, deployment } = snapshot;
  if (service?.status === 'ACTIVE' && !service.desiredCount) return { kind: 'ready', value: undefined };
  // Somebody may have deployed again since; ours was through all the same.
  if (deployment?.status === 'SUCCESSFUL') return { kind: 'ready', value: undefined };
  const primary = primaryOf(service);
  // What was made seconds ago may not be seen yet, in either answer; a newer deployment in its place is no lag.
  if (service?.status === 'ACTIVE' && primary?.id !== ours.id && !isOver(deployment?.status)) {
    const isNewer = (primary?.createdAt?.getTime() ?? 0) > ours.createdAt;
    if (!isNewer) return { kind: 'pending', why: `ECS does not show deployment ${ours.id} yet` };
  }
  return judgeDeployment(snapshot, ours.id, advice);
};

const isOver = (status: string | undefined): boolean =>
  status !== undefined && status !== 'PENDING' && status !== 'IN_PROGRESS';

/** ACTIVE, as many tasks as wanted, and no rollout under way. */
export const checkService = (
  service: Service | undefined,
  named: ApplicationService,
  place: Place,
): Check => {
  const check = { kind: 'service', name: named.name, service: named.name } as const;
  if (!service)
    return { ...check, state: 'pending', detail: 'ECS does not show it', fix: seeTasks(named, place) };
  const absence = findAbsence(service, named, place);
  if (absence) return { ...check, state: 'failed', detail: absence.what, fix: absence.fix };
  const { desiredCount = 0, runningCount = 0, taskDefinition = '' } = service;
  const counts = `${runningCount} of ${desiredCount} tasks running`;
  const rollout = primaryOf(service);
  if (rollout?.rolloutState === 'FAILED') {
    const detail = `${counts}; the last deployment failed: ${rollout.rolloutStateReason ?? 'ECS says no more'}`;
    return { ...check, state: 'failed', detail, fix: seeTasks(named, place) };
  }
  if (rollout?.rolloutState === 'IN_PROGRESS') {
    const failures = rollout.failedTasks ? `, ${rollout.failedTasks} tasks failed so far` : '';
    const detail = `${counts}; deployment ${rollout.id} is rolling out${failures}`;
    return { ...check, state: 'pending', detail, fix: seeTasks(named, place) };
  }
  if (runningCount !== desiredCount)
    return { ...check, state: 'pending', detail: counts, fix: seeTasks(named, place) };
  const detail = desiredCount ? counts : 'scaled to 0 tasks: nothing runs, and nothing is waited for';
  return { ...check, state: 'passed', detail: `${detail}; ${taskDefinition.split('/').at(-1)}`, fix: '' };
};

const seeTasks = ({ service }: ApplicationService, { cluster, region }: Place): string =>
  `Read the stopped tasks and events: aws ecs describe-services --region ${region} --cluster ${cluster} --services ${service} --query 'services[0].events[:10]'`;
