// Giving a deployment up, as pure steps: the circuit breaker trips or a person asks; then back to what last succeeded.
import { deploymentId } from './arns.ts';
import { finished, triggered } from './circuit-breaker.ts';
import {
  changeCurrent,
  changePrimary,
  demoted,
  ended,
  inProgress,
  primaryOf,
  revisionOf,
} from './deployments.ts';
import type { DeploymentRecord, RevisionRecord, ServiceRecord } from './records.ts';

const reasons = {
  tripped: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
  trippedForGood: 'Service deployment failed because the circuit breaker threshold was exceeded.',
  noCandidate: 'No rollback candidate was found to run the rollback.',
  requested: 'Service deployment rolled back because it was stopped by a user.',
  stopped: 'Service deployment was stopped by a user.',
} as const;

/** The service after a step, and the revision it goes back to, if it does. */
export type GivenUp = { readonly service: ServiceRecord; readonly target: RevisionRecord | undefined };

/** Where a rollback would lead: the last revision whose service deployment succeeded, other than the running one. */
export const rollbackTarget = (service: ServiceRecord): RevisionRecord | undefined => {
  const current = service.serviceDeployments[0];
  const succeeded = service.serviceDeployments.find(
    ({ status, target }) => status === 'SUCCESSFUL' && target !== current?.target,
  );
  return succeeded && revisionOf(service, succeeded.target);
};

/** The circuit breaker gives up the PRIMARY deployment. Answers where it rolls back to, if it does. */
export const tripBreaker = (service: ServiceRecord, at: number): GivenUp => {
  const rollback = service.configuration.deploymentCircuitBreaker?.rollback === true;
  const again = service.serviceDeployments[0]?.rollback !== undefined;
  const marked = changeCurrent(service, ({ circuitBreaker }) => ({
    circuitBreaker: triggered(circuitBreaker),
  }));
  const failed = failPrimary(marked, 'ECS deployment circuit breaker: tasks failed to start.', at);
  if (rollback && !again) return rollBack(failed, reasons.tripped, at);
  return {
    target: undefined,
    service: changeCurrent(failed, (current) =>
      again
        ? ended(current, { status: 'ROLLBACK_FAILED', at })
        : ended(current, { status: 'STOPPED', statusReason: reasons.trippedForGood, at }),
    ),
  };
};

const failPrimary = (service: ServiceRecord, rolloutStateReason: string, at: number): ServiceRecord =>
  changePrimary(service, { rolloutState: 'FAILED', rolloutStateReason, updatedAt: at });

const rollBack = (service: ServiceRecord, reason: string, at: number): GivenUp => {
  const target = rollbackTarget(service);
  if (!target) {
    const statusReason = reasons.noCandidate;
    return {
      target,
      service: changeCurrent(service, (current) => ({
        ...ended(current, { status: 'ROLLBACK_FAILED', statusReason, at }),
        rollback: { reason, startedAt: at, digits: undefined },
      })),
    };
  }
  const others = demoted(service).filter(({ digits }) => digits !== target.digits);
  const promoted: DeploymentRecord = {
    ...inProgress(target.digits, at),
    rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${deploymentId(target.digits)}.`,
    createdAt: service.deployments.find(({ digits }) => digits === target.digits)?.createdAt ?? at,
  };
  const returned: ServiceRecord = { ...service, deployments: [promoted, ...others], steady: false };
  return {
    target,
    service: changeCurrent(returned, (current) => ({
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: reason,
      circuitBreaker: finished(current.circuitBreaker),
      rollback: { reason, startedAt: at, digits: target.digits },
      updatedAt: at,
    })),
  };
};

/** Does what StopServiceDeployment asked for. Answers where it rolls back to, if it does. */
export const obeyStopRequest = (service: ServiceRecord, at: number): GivenUp => {
  const status = service.serviceDeployments[0]?.status;
  if (status !== 'ROLLBACK_REQUESTED' && status !== 'STOP_REQUESTED') return { service, target: undefined };
  const id = deploymentId(primaryOf(service)?.digits ?? '');
  const failed = failPrimary(service, `ECS deployment ${id} stopped.`, at);
  if (status === 'ROLLBACK_REQUESTED') return rollBack(failed, reasons.requested, at);
  return {
    target: undefined,
    service: changeCurrent(failed, (current) =>
      ended(current, { status: 'STOPPED', statusReason: reasons.stopped, at }),
    ),
  };
};
