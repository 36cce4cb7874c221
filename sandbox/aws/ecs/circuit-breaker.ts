// When a deployment is given up: failures in a row against a threshold that follows the desired count.
import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';
import type { CircuitBreakerRecord } from './records.ts';

type Configuration = DeploymentCircuitBreaker | undefined;

/** COUNT is taken as it is, percentages of the desired count are rounded up; bounded ones stay within 3 and 200. */
export const thresholdOf = (breaker: Configuration, desiredCount: number): number => {
  const { type, value } = breaker?.thresholdConfiguration ?? { type: 'BOUNDED_PERCENT', value: 50 };
  if (type === 'COUNT') return value ?? 0;
  const share = Math.ceil((desiredCount * (value ?? 0)) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
};

export const newBreaker = (breaker: Configuration, desiredCount: number): CircuitBreakerRecord => ({
  status: breaker?.enable ? 'MONITORING' : 'DISABLED',
  failureCount: 0,
  threshold: thresholdOf(breaker, desiredCount),
});

export const isTripped = ({ status, failureCount, threshold }: CircuitBreakerRecord): boolean =>
  status === 'MONITORING' && failureCount >= threshold;

/** Settings and desired count may change while the breaker watches. */
export const followed = (
  record: CircuitBreakerRecord,
  breaker: Configuration,
  desiredCount: number,
): CircuitBreakerRecord =>
  record.status === 'MONITORING' || record.status === 'DISABLED'
    ? { ...newBreaker(breaker, desiredCount), failureCount: record.failureCount }
    : record;

export const afterFailures = (record: CircuitBreakerRecord, failures: number): CircuitBreakerRecord =>
  record.status === 'MONITORING' ? { ...record, failureCount: record.failureCount + failures } : record;

export const afterHealthy = (record: CircuitBreakerRecord, breaker: Configuration): CircuitBreakerRecord =>
  breaker?.resetOnHealthyTask === false ? record : { ...record, failureCount: 0 };

export const triggered = (record: CircuitBreakerRecord): CircuitBreakerRecord => ({
  ...record,
  status: 'TRIGGERED',
});

export const finished = (record: CircuitBreakerRecord): CircuitBreakerRecord =>
  record.status === 'MONITORING' ? { ...record, status: 'MONITORING_COMPLETE' } : record;
