// Target group attributes of an application load balancer: AWS's defaults and which values it takes. Pure.
import type { TargetGroupAttribute } from '@aws-sdk/client-elastic-load-balancing-v2';
import { refuseAll } from './refusals.ts';

type Allowed = (value: string) => boolean;

const oneOf =
  (...values: readonly string[]): Allowed =>
  (value) =>
    values.includes(value);
const between =
  (least: number, most: number): Allowed =>
  (value) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most;
const orOff =
  (allowed: Allowed): Allowed =>
  (value) =>
    value === 'off' || allowed(value);

const week = 604_800;
const anyCount = between(1, 1_000);
const anyPercentage = orOff(between(1, 100));

type Known = { readonly standard: string; readonly allowed: Allowed };

export const deregistrationDelay = 'deregistration_delay.timeout_seconds';

const known: Readonly<Record<string, Known>> = {
  [deregistrationDelay]: { standard: '300', allowed: between(0, 3_600) },
  'stickiness.enabled': { standard: 'false', allowed: oneOf('true', 'false') },
  'stickiness.type': { standard: 'lb_cookie', allowed: oneOf('lb_cookie', 'app_cookie') },
  'stickiness.lb_cookie.duration_seconds': { standard: '86400', allowed: between(1, week) },
  'stickiness.app_cookie.cookie_name': { standard: '', allowed: (name) => !/^AWSALB/.test(name) },
  'stickiness.app_cookie.duration_seconds': { standard: '86400', allowed: between(1, week) },
  'slow_start.duration_seconds': {
    standard: '0',
    allowed: (value) => value === '0' || between(30, 900)(value),
  },
  'load_balancing.algorithm.type': {
    standard: 'round_robin',
    allowed: oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
  },
  'load_balancing.algorithm.anomaly_mitigation': { standard: 'off', allowed: oneOf('on', 'off') },
  'load_balancing.cross_zone.enabled': {
    standard: 'use_load_balancer_configuration',
    allowed: oneOf('true', 'false', 'use_load_balancer_configuration'),
  },
  'target_group_health.dns_failover.minimum_healthy_targets.count': {
    standard: '1',
    allowed: orOff(anyCount),
  },
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': {
    standard: 'off',
    allowed: anyPercentage,
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': {
    standard: '1',
    allowed: anyCount,
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': {
    standard: 'off',
    allowed: anyPercentage,
  },
};

export const standardAttributes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(known).map(([key, { standard }]) => [key, standard]),
);

const problemOf = ({ Key = '', Value = '' }: TargetGroupAttribute): string | undefined => {
  const attribute = known[Key];
  if (!attribute) return `Target group attribute key '${Key}' is not recognized`;
  return attribute.allowed(Value) ? undefined : `'${Value}' is not a valid value for attribute '${Key}'`;
};

/** Throws ValidationError naming all that is wrong. */
export const changedAttributes = (
  before: Readonly<Record<string, string>>,
  changes: readonly TargetGroupAttribute[],
): Readonly<Record<string, string>> => {
  refuseAll(changes.map(problemOf));
  return { ...before, ...Object.fromEntries(changes.map(({ Key = '', Value = '' }) => [Key, Value])) };
};

export const describeAttributes = (attributes: Readonly<Record<string, string>>): TargetGroupAttribute[] =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
