// Are as many targets healthy as a service wants tasks? Old ones that drain do not count, either way.
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Check } from './check.ts';

export type TargetGroupSight = {
  /** The target group's name. */
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  /** Short name of the service whose tasks it should hold. */
  readonly service: string;
  /** How many tasks the service wants. */
  readonly desired: number;
  /** Whether ECS registers the service's tasks with it. */
  readonly registered: boolean;
  readonly targets: readonly TargetHealthDescription[];
  /** ARNs of the load balancers whose rules lead to it; undefined where that was not asked, or may not be. */
  readonly loadBalancers: readonly string[] | undefined;
};

export const checkTargets = (sight: TargetGroupSight): Check => {
  const { name, service, desired, targets } = sight;
  const check = { kind: 'targets', name, service } as const;
  if (!sight.registered) {
    const detail = `service ${service} is not registered with it`;
    const fix = `Give the service this target group, or correct services.${service}.targetGroups in the manifest.`;
    return { ...check, state: 'failed', detail, fix };
  }
  if (desired === 0)
    return {
      ...check,
      state: 'passed',
      detail: `${service} is scaled to 0 tasks: no target is needed`,
      fix: '',
    };
  const staying = targets.filter(({ TargetHealth }) => TargetHealth?.State !== 'draining');
  const ill = staying.filter(({ TargetHealth }) => TargetHealth?.State !== 'healthy');
  const unused = ill.find(isUnused);
  if (unused) return { ...check, ...judgeUnused(sight, unused) };
  const healthy = staying.length - ill.length;
  const counts = `${healthy} of ${desired} targets healthy`;
  if (ill.length === 0 && healthy >= desired) return { ...check, state: 'passed', detail: counts, fix: '' };
  const first = ill[0];
  return {
    ...check,
    state: 'pending',
    detail: [counts, ...tell(first)].join('; '),
    fix: fixFor(sight, first),
  };
};

export const isUnused = ({ TargetHealth }: TargetHealthDescription): boolean =>
  TargetHealth?.Reason === 'Target.NotInUse';

/** ELB has one reason for two causes. Only the one can be told for sure: the other may be a rule made just now. */
const judgeUnused = (
  { region, arn, loadBalancers }: TargetGroupSight,
  { Target }: TargetHealthDescription,
): Pick<Check, 'state' | 'detail' | 'fix'> => {
  const rule = 'no listener rule forwards to it';
  if (loadBalancers === undefined)
    return {
      state: 'pending',
      detail: `${rule}, or ${Target?.Id} is in a zone that its load balancer is not enabled for`,
      fix: `An empty answer means that no listener rule forwards to it; otherwise enable the zone: aws elbv2 describe-target-groups --region ${region} --target-group-arns ${arn} --query 'TargetGroups[].LoadBalancerArns[]'`,
    };
  const [loadBalancer] = loadBalancers;
  if (loadBalancer === undefined)
    return {
      state: 'failed',
      detail: rule,
      fix: `Add a listener rule that forwards to it: aws elbv2 describe-rules --region ${region} --listener-arn …`,
    };
  return {
    state: 'pending',
    detail: `${Target?.Id} is in a zone that the load balancer is not enabled for`,
    fix: `Enable it, with a subnet of each zone that tasks run in: aws elbv2 set-subnets --region ${region} --load-balancer-arn ${loadBalancer} --subnets …`,
  };
};

const tell = (ill: TargetHealthDescription | undefined): readonly string[] => {
  if (!ill) return [];
  const { State, Reason, Description } = ill.TargetHealth ?? {};
  const why = [Reason, Description].filter(Boolean).join(': ');
  return [`${ill.Target?.Id}:${ill.Target?.Port} is ${State ?? 'unknown'}${why ? ` (${why})` : ''}`];
};

const fixFor = (
  { arn, region, service }: TargetGroupSight,
  ill: TargetHealthDescription | undefined,
): string => {
  const { Reason = '', Description = '' } = ill?.TargetHealth ?? {};
  const code = /\[(3\d\d)[,\]]/.exec(Description)?.[1];
  if (code)
    return `The application answers its health check with ${code}. If that is right: aws elbv2 modify-target-group --region ${region} --target-group-arn ${arn} --matcher 'HttpCode="200,${code}"'`;
  if (Reason === 'Target.Timeout')
    return `Let the load balancer's security group reach ${service}'s tasks on port ${ill?.Target?.Port}, and see that the container listens there.`;
  return `Read ${service}'s log for what it answers to its health check, and see that the container listens on the target group's port.`;
};
