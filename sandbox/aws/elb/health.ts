// What a row of probe results means for a target's state. Pure.
import type { ProbeAnswer } from '../containers/runtime.ts';
import type { TargetHealth } from '../ports.ts';
import { matches } from './matcher.ts';
import type { TargetGroupSettings } from './state.ts';

export type ProbeResult =
  | { readonly kind: 'success' }
  | { readonly kind: 'mismatch'; readonly status: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'refused' };

export type Judged = {
  readonly health: TargetHealth;
  /** The last results that are all successes or all failures, oldest first. */
  readonly streak: readonly ProbeResult[];
};

export const registering: Judged = {
  health: {
    state: 'initial',
    reason: 'Elb.RegistrationInProgress',
    description: 'Target registration is in progress',
  },
  streak: [],
};

export const checking: Judged = {
  health: {
    state: 'initial',
    reason: 'Elb.InitialHealthChecking',
    description: 'Initial health checks in progress',
  },
  streak: [],
};

export const notInUse: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
};

export const notRegistered: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotRegistered',
  description: 'Target is not registered to the target group',
};

export const draining: TargetHealth = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
};

export const resultOf = (answer: ProbeAnswer, matcher: string): ProbeResult => {
  if (answer.kind === 'no-answer') return { kind: answer.reason };
  return matches(matcher, answer.status) ? { kind: 'success' } : { kind: 'mismatch', status: answer.status };
};

const unhealthy = (streak: readonly ProbeResult[]): TargetHealth => {
  const last = streak.at(-1);
  if (last?.kind === 'timeout')
    return { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' };
  if (last?.kind !== 'mismatch')
    return {
      state: 'unhealthy',
      reason: 'Target.FailedHealthChecks',
      description: 'Health checks failed',
    };
  const codes = new Set(streak.flatMap((result) => (result.kind === 'mismatch' ? [result.status] : [])));
  return {
    state: 'unhealthy',
    reason: 'Target.ResponseCodeMismatch',
    description: `Health checks failed with these codes: [${[...codes].join(', ')}]`,
  };
};

/** State after one more probe: it changes only when a threshold of equal results is reached. */
export const judge = (
  { health, streak }: Judged,
  result: ProbeResult,
  thresholds: Pick<TargetGroupSettings, 'HealthyThresholdCount' | 'UnhealthyThresholdCount'>,
): Judged => {
  const isSuccess = result.kind === 'success';
  const same = streak.filter(({ kind }) => (kind === 'success') === isSuccess);
  // Ten is AWS's greatest threshold: what is older decides nothing.
  const now = [...same, result].slice(-10);
  if (isSuccess && now.length >= thresholds.HealthyThresholdCount)
    return { health: { state: 'healthy' }, streak: now };
  if (!isSuccess && now.length >= thresholds.UnhealthyThresholdCount)
    return { health: unhealthy(now), streak: now };
  return { health, streak: now };
};
