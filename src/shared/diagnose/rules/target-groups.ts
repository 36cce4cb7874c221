// From the load balancer to the tasks: does a rule use the target group, and may requests reach the container?
import type { Evidence, NetworkSeen, TargetSeen } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { findRefusal, isOver, lastTargets, tellTarget } from './sight.ts';

const certain = { area: 'routing', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const link =
  'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html';

const findUnused = (evidence: Evidence): TargetSeen | undefined =>
  isOver(evidence) ? lastTargets(evidence).find(({ reason }) => reason === 'Target.NotInUse') : undefined;

/** ELB has one reason for two causes. */
const seeUnused =
  (fits: (loadBalancers: readonly string[], kind: Evidence['kind']) => boolean): Rule<Evidence>['sees'] =>
  (evidence) => {
    const unused = findUnused(evidence);
    const { targetGroup } = evidence;
    if (!unused || !targetGroup || !fits(targetGroup.loadBalancers, evidence.kind)) return undefined;
    const [loadBalancer = ''] = targetGroup.loadBalancers;
    return {
      proof: [tellTarget(unused)],
      facts: {
        address: unused.address,
        targetGroup: targetGroup.name,
        targetGroupArn: targetGroup.arn,
        ...(loadBalancer && { loadBalancerArn: loadBalancer }),
      },
    };
  };

/** What the load balancer's own groups may not send on this port; undefined where that is not certain. */
const findClosed = (network: NetworkSeen | undefined, port: number): readonly string[] | undefined => {
  const groups = network?.taskGroups;
  const from = network?.loadBalancerGroups;
  if (!groups?.length || !from?.length) return undefined;
  const open = groups
    .flatMap(({ ingress }) => ingress)
    .filter(({ fromPort, toPort }) => fromPort === -1 || (fromPort <= port && port <= toPort))
    .flatMap(({ sources }) => sources);
  // Of a block of addresses or a prefix list nobody knows here whether the load balancer is in it.
  const isShut = open.every((source) => /^sg-/.test(source) && !from.includes(source));
  return isShut ? groups.map(({ id }) => id) : undefined;
};

const unusedSymptoms = [
  'Target.NotInUse',
  'Target group is not configured to receive traffic from the load balancer',
];
const ruled =
  '`aws elbv2 describe-target-groups --region {region} --target-group-arns {targetGroupArn} --query "TargetGroups[].LoadBalancerArns[]"` is not empty.';

export const targetGroupRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'target-group-without-rule',
    symptoms: unusedSymptoms,
    sees: seeUnused((loadBalancers, kind) => kind === 'tenant' && loadBalancers.length === 0),
    cause:
      'No listener rule forwards to target group {targetGroup}, so no request can reach the tasks of {service}.',
    fix: [
      'Run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: routing`; it makes the rule for {host}.',
    ],
    verify: ruled,
    link,
  },
  {
    ...certain,
    id: 'target-group-without-listener-rule',
    symptoms: unusedSymptoms,
    sees: seeUnused((loadBalancers, kind) => kind === 'application' && loadBalancers.length === 0),
    cause:
      'No listener rule forwards to target group {targetGroup}, so no request can reach the tasks of {service}.',
    fix: [
      'Add one: `aws elbv2 create-rule --region {region} --listener-arn <listener> --priority <a free one> --conditions Field=host-header,Values=<host> --actions Type=forward,TargetGroupArn={targetGroupArn}`; the listeners: `aws elbv2 describe-listeners --region {region} --load-balancer-arn <load balancer> --query "Listeners[].[Port,ListenerArn]" --output text`, and the priorities that are taken: `aws elbv2 describe-rules --region {region} --listener-arn <listener> --query "Rules[].Priority" --output text`.',
      'Where Terraform owns the load balancer, add the aws_lb_listener_rule there instead.',
    ],
    verify: ruled,
    link,
  },
  {
    ...certain,
    id: 'target-zone-not-enabled',
    symptoms: [
      'Target.NotInUse',
      'Target is in an Availability Zone that is not enabled for the load balancer',
    ],
    sees: seeUnused((loadBalancers) => loadBalancers.length > 0),
    cause:
      'The task at {address} runs in an availability zone that the load balancer is not enabled for, so it gets no requests.',
    fix: [
      'Enable the zone, naming a subnet of every zone that tasks run in: `aws elbv2 set-subnets --region {region} --load-balancer-arn {loadBalancerArn} --subnets <subnet> <subnet>`; which it has: `aws elbv2 describe-load-balancers --region {region} --load-balancer-arns {loadBalancerArn} --query "LoadBalancers[].AvailabilityZones[].[ZoneName,SubnetId]" --output table`.',
      'Or keep tasks out of that zone: take its subnet out of `network: { subnets: … }` in {environmentManifest}, and provision again.',
    ],
    verify: 'The target is healthy.',
    link,
  },
  {
    ...certain,
    id: 'target-security-group',
    symptoms: [
      'Target.Timeout',
      'Request timed out',
      'is unhealthy in (target-group …) due to (reason Request timed out)',
    ],
    sees: (evidence) => {
      const refusal = findRefusal(evidence);
      if (refusal?.kind !== 'timeout' || evidence.state === 'healthy') return undefined;
      const closed = findClosed(evidence.network, Number(refusal.port));
      if (!closed) return undefined;
      const [taskGroup = ''] = closed;
      const [loadBalancerGroup = ''] = evidence.network?.loadBalancerGroups ?? [];
      return {
        proof: [
          refusal.proof,
          {
            from: 'network',
            text: `${closed.join(', ')}: no ingress from ${loadBalancerGroup} on port ${refusal.port}`,
          },
        ],
        facts: { port: refusal.port, taskGroup, loadBalancerGroup },
      };
    },
    cause:
      "The tasks' security group {taskGroup} does not let the load balancer ({loadBalancerGroup}) in on port {port}.",
    fix: [
      'Let it in: `aws ec2 authorize-security-group-ingress --region {region} --group-id {taskGroup} --protocol tcp --port {port} --source-group {loadBalancerGroup}`; in Terraform, add the same rule to the group.',
    ],
    verify: 'The target becomes healthy within a minute or two; nothing needs to be deployed for it.',
    link,
  },
];
