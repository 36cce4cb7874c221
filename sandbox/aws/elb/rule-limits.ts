// What a load balancer can take: its quotas, and target groups that may be used by one load balancer in their VPC only.
import type { DescribeAccountLimitsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../cloud.ts';
import { invalid } from './refusals.ts';
import {
  type ElbState,
  forwardedGroups,
  isAttached,
  type Listener,
  listenersOf,
  loadBalancersUsing,
  type Rule,
  type RuleAction,
  rulesInOrder,
} from './state.ts';
import { demandTargetGroup } from './target-groups.ts';

/** Adjustable at AWS. */
const mostRules = 100;
/** Not adjustable at AWS. */
const mostUniqueTargetGroups = 100;
const coolingMs = 2_000;

/** The account's quotas, as far as rules and target groups go. */
export const describeAccountLimits = (): DescribeAccountLimitsOutput => ({
  Limits: [
    { Name: 'rules-per-application-load-balancer', Max: String(mostRules) },
    { Name: 'target-groups-per-application-load-balancer', Max: String(mostUniqueTargetGroups) },
  ],
});

/** Throws TargetGroupNotFound, TargetGroupAssociationLimit, or ValidationError for a target group of another VPC. */
export const demandUsable = (state: ElbState, listener: Listener, action: RuleAction): void => {
  if (action.kind !== 'forward') return;
  const { loadBalancerArn } = listener;
  const vpcId = state.loadBalancers.get(loadBalancerArn)?.vpcId;
  for (const { arn } of action.groups) {
    const group = demandTargetGroup(state, arn, 'get');
    if (group.settings.VpcId !== vpcId)
      throw invalid(
        `The following target groups have a different VPC than load balancer '${loadBalancerArn}': ${arn}`,
      );
    if (loadBalancersUsing(state, state.rules.values(), arn).some((user) => user !== loadBalancerArn))
      throw new AwsError(
        'TargetGroupAssociationLimit',
        `The following target groups cannot be associated with more than one load balancer: ${arn}`,
      );
  }
};

/** Throws TooManyRules or TooManyUniqueTargetGroupsPerLoadBalancer if the load balancer cannot hold `rules`. */
export const demandRoom = (state: ElbState, { loadBalancerArn }: Listener, rules: readonly Rule[]): void => {
  const own = listenersOf(state, loadBalancerArn).flatMap((listener) => rulesInOrder(rules, listener));
  if (own.filter(({ priority }) => priority !== 'default').length > mostRules)
    throw new AwsError(
      'TooManyRules',
      `The maximum number of rules on load balancer '${loadBalancerArn}' has been reached: ${mostRules}`,
    );
  if (new Set(own.flatMap(forwardedGroups)).size > mostUniqueTargetGroups)
    throw new AwsError(
      'TooManyUniqueTargetGroupsPerLoadBalancer',
      `You have reached the maximum number of unique target groups that you can associate with a load balancer of type 'application': [${mostUniqueTargetGroups}]`,
    );
};

/** For a moment AWS still calls a target group in use that a rule has let go of. */
export const letGo = (state: ElbState, before: Rule): void => {
  for (const arn of forwardedGroups(before)) {
    if (isAttached(state, arn)) continue;
    state.cooling.add(arn);
    state.cloud.clock.after(coolingMs, () => void state.cooling.delete(arn));
  }
};
