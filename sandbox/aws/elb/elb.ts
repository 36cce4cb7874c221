// Elastic Load Balancing v2 for application load balancers: what deployments use of it, refused as harshly as AWS does.
import type {
  DeleteTargetGroupInput,
  DescribeTargetHealthInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../cloud.ts';
import type { ElbPort } from '../ports.ts';
import { type LoadBalancerSeed, loadBalancerOperations, seedLoadBalancer } from './load-balancers.ts';
import { createVisit } from './routing.ts';
import { describeAccountLimits } from './rule-limits.ts';
import { ruleOperations } from './rules.ts';
import { snapshotOf } from './snapshot.ts';
import { createState, isAttached, loadBalancersUsing } from './state.ts';
import { tagOperations } from './tags.ts';
import { targetGroupOperations } from './target-groups.ts';
import { describeTargetHealth } from './target-health.ts';
import { createTargets } from './targets.ts';

export type Elb = ElbPort & {
  /** An application load balancer with one listener whose default action is a fixed 404. */
  readonly seedLoadBalancer: (seed: LoadBalancerSeed) => void;
  /** Plain JSON without random ids and times, to compare two clouds by. */
  readonly snapshot: () => object;
};

/** `register` throws AwsError TargetGroupNotFound; nothing else of the port throws. */
export const createElb = (cloud: Cloud): Elb => {
  const state = createState(cloud);
  const targets = createTargets(state);
  const groups = targetGroupOperations(state);
  return {
    operations: {
      ...loadBalancerOperations(state),
      ...groups,
      ...ruleOperations(state),
      ...tagOperations(state),
      DeleteTargetGroup: (input: DeleteTargetGroupInput) => {
        const answer = groups.DeleteTargetGroup(input);
        targets.forget(input.TargetGroupArn ?? '');
        return answer;
      },
      DescribeAccountLimits: () => describeAccountLimits(),
      DescribeTargetHealth: (input: DescribeTargetHealthInput) => describeTargetHealth(state, targets, input),
    },
    hasTargetGroup: (arn) => state.targetGroups.get(arn) !== undefined,
    isAttached: (arn) => isAttached(state, arn),
    register: targets.register,
    deregister: targets.deregister,
    health: targets.health,
    senders: (arn) =>
      loadBalancersUsing(state, state.rules.values(), arn).flatMap((id) => state.loadBalancers.get(id) ?? []),
    visit: createVisit(state, targets),
    seedLoadBalancer: (seed) => seedLoadBalancer(state, seed),
    snapshot: () => snapshotOf(state),
  };
};
