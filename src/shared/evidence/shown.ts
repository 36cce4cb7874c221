// Names for the rules' commands that AWS's answers give by the way: nobody should have to look up what was seen.
import type { Service } from '@aws-sdk/client-ecs';
import type { NetworkSeen } from '../diagnose/evidence.ts';
import type { Facts } from '../diagnose/rule.ts';

/** `taskGroup` is one, for commands that take one; `taskGroups` and `taskSubnets` are as `--network-configuration` takes them. */
export const shownBy = (
  { networkConfiguration, loadBalancers = [], deployments = [] }: Service,
  ours: string,
): Facts => {
  const { subnets = [], securityGroups = [] } = networkConfiguration?.awsvpcConfiguration ?? {};
  const known = {
    taskSubnets: subnets.join(','),
    taskGroup: securityGroups[0],
    taskGroups: securityGroups.join(','),
    targetGroupArn: loadBalancers[0]?.targetGroupArn,
    // Of the deployment before, which still runs beside ours, or of the one that ECS went back to.
    previousRevision: deployments
      .find(({ id }) => id !== ours)
      ?.taskDefinition?.split('/')
      .at(-1),
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
  );
};

export const reachedBy = (network: NetworkSeen | undefined): Facts => {
  const [loadBalancerGroup] = network?.loadBalancerGroups ?? [];
  return {
    ...(network?.vpc && { vpc: network.vpc }),
    ...(loadBalancerGroup && { loadBalancerGroup }),
  };
};
