// An application's public load balancer: one HTTPS listener, a host rule and a target group for each service behind it.
import type { Application, ApplicationService } from '../../src/shared/fleet/application.ts';
import { loadBalancerOf, type Route, shapeOf, terraformOf } from './application-names.ts';
import type { ApplicationNetwork } from './application-network.ts';
import type { Elb } from './elb/elb.ts';

export const publicPort = 443;

type Ground = {
  readonly elb: Elb;
  readonly application: Application;
  readonly network: ApplicationNetwork;
};

/** What the operations answer, as far as it is needed here. */
type Answer = {
  readonly LoadBalancers?: readonly { readonly LoadBalancerArn: string }[];
  readonly Listeners?: readonly { readonly ListenerArn: string }[];
  readonly TargetGroups?: readonly { readonly TargetGroupArn: string }[];
};

const ask = ({ elb, application }: Ground, operation: string, input: object): Answer =>
  elb.operations[operation]?.(input as never, terraformOf(application)) as Answer;

const listenerOf = (ground: Ground, name: string): string => {
  const [balancer] = ask(ground, 'DescribeLoadBalancers', { Names: [name] }).LoadBalancers ?? [];
  const [listener] =
    ask(ground, 'DescribeListeners', { LoadBalancerArn: balancer?.LoadBalancerArn }).Listeners ?? [];
  return listener?.ListenerArn ?? '';
};

const seedTargetGroup = (
  ground: Ground,
  { service, targetGroups }: ApplicationService,
  { route, port }: { readonly route: Route; readonly port: number },
): string => {
  const [group] =
    ask(ground, 'CreateTargetGroup', {
      Name: targetGroups?.[0] ?? `${service}-tg`,
      Protocol: 'HTTP',
      Port: port,
      VpcId: ground.network.vpcId,
      TargetType: 'ip',
      HealthCheckPath: route.path,
      // A sped-up clock shortens these too, and a process of a busy machine must still answer in time.
      HealthCheckIntervalSeconds: 15,
      HealthCheckTimeoutSeconds: 14,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 5,
      Matcher: { HttpCode: route.matcher },
    }).TargetGroups ?? [];
  const arn = group?.TargetGroupArn ?? '';
  ask(ground, 'ModifyTargetGroupAttributes', {
    TargetGroupArn: arn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
  });
  return arn;
};

/** Answers the ARNs of the target groups by short name of the service. */
export const seedRoutes = (ground: Ground): ReadonlyMap<string, string> => {
  const { elb, application, network } = ground;
  const name = loadBalancerOf(application);
  elb.seedLoadBalancer({
    name,
    vpcId: network.vpcId,
    subnets: network.publicSubnets,
    securityGroups: [network.groups.balancer],
    listenerPort: publicPort,
  });
  const ListenerArn = listenerOf(ground, name);
  const groups = new Map<string, string>();
  for (const service of application.services) {
    const { route, port } = shapeOf(application, service);
    if (!route || port === undefined) continue;
    const TargetGroupArn = seedTargetGroup(ground, service, { route, port });
    groups.set(service.name, TargetGroupArn);
    ask(ground, 'CreateRule', {
      ListenerArn,
      Priority: groups.size * 10,
      Conditions: [{ Field: 'host-header', Values: [route.host] }],
      Actions: [{ Type: 'forward', TargetGroupArn }],
    });
  }
  return groups;
};
