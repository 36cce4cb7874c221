// Load balancers and listeners: seeded once, described as AWS does.
import type {
  DescribeListenersInput,
  DescribeListenersOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  Listener as ListenerAnswer,
  LoadBalancer as LoadBalancerAnswer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { pageOf } from './pages.ts';
import { invalid, notFound } from './refusals.ts';
import { describeAction } from './rule-answers.ts';
import { arnOf, type ElbState, type Listener, type LoadBalancer, listenersOf } from './state.ts';

export type LoadBalancerSeed = {
  readonly name: string;
  readonly vpcId: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** 443 is HTTPS, everything else HTTP. Its default action is a fixed 404. */
  readonly listenerPort: number;
};

export const seedLoadBalancer = (state: ElbState, seed: LoadBalancerSeed): void => {
  const { cloud } = state;
  const path = `app/${seed.name}/${cloud.newId(16)}`;
  const listenerPath = `${path}/${cloud.newId(16)}`;
  const arn = arnOf(cloud, `loadbalancer/${path}`);
  const listenerArn = arnOf(cloud, `listener/${listenerPath}`);
  const digits = Number.parseInt(cloud.newId(7), 16);
  state.loadBalancers.set(arn, {
    arn,
    name: seed.name,
    dnsName: `${seed.name}-${digits}.${cloud.region}.elb.amazonaws.com`,
    vpcId: seed.vpcId,
    subnets: seed.subnets,
    securityGroups: seed.securityGroups,
    createdAt: cloud.clock.now(),
  });
  state.listeners.set(listenerArn, {
    arn: listenerArn,
    loadBalancerArn: arn,
    port: seed.listenerPort,
    protocol: seed.listenerPort === 443 ? 'HTTPS' : 'HTTP',
    defaultRule: {
      arn: arnOf(cloud, `listener-rule/${listenerPath}/${cloud.newId(16)}`),
      listenerArn,
      priority: 'default',
      conditions: [],
      action: { kind: 'fixed-response', status: '404', contentType: 'text/plain', body: 'Not Found' },
    },
  });
};

const describeLoadBalancer = (state: ElbState, balancer: LoadBalancer): LoadBalancerAnswer => ({
  LoadBalancerArn: balancer.arn,
  DNSName: balancer.dnsName,
  CanonicalHostedZoneId: 'Z32O12XQLNTSW2',
  CreatedTime: new Date(balancer.createdAt),
  LoadBalancerName: balancer.name,
  Scheme: 'internet-facing',
  VpcId: balancer.vpcId,
  State: { Code: 'active' },
  Type: 'application',
  AvailabilityZones: balancer.subnets.map((SubnetId, index) => ({
    ZoneName: `${state.cloud.region}${'abc'.charAt(index % 3)}`,
    SubnetId,
    LoadBalancerAddresses: [],
  })),
  SecurityGroups: [...balancer.securityGroups],
  IpAddressType: 'ipv4',
});

const describeListener = (listener: Listener): ListenerAnswer => ({
  ListenerArn: listener.arn,
  LoadBalancerArn: listener.loadBalancerArn,
  Port: listener.port,
  Protocol: listener.protocol,
  DefaultActions: [describeAction(listener.defaultRule.action)],
  ...(listener.protocol === 'HTTPS' && { SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' }),
});

const describeLoadBalancers = (
  state: ElbState,
  input: DescribeLoadBalancersInput,
): DescribeLoadBalancersOutput => {
  const { Names = [], LoadBalancerArns = [] } = input;
  if (Names.length > 0 && LoadBalancerArns.length > 0)
    throw invalid('Load balancer names and load balancer ARNs cannot be specified at the same time');
  if (Names.length + LoadBalancerArns.length > 20)
    throw invalid('Up to 20 load balancers can be described in a single call');
  const all = [...state.loadBalancers.values()];
  const missing = [
    ...Names.filter((name) => !all.some((balancer) => balancer.name === name)),
    ...LoadBalancerArns.filter((arn) => !state.loadBalancers.has(arn)),
  ];
  if (missing.length > 0) throw notFound.loadBalancer(missing);
  const isAsked = ({ name, arn }: LoadBalancer): boolean =>
    Names.length + LoadBalancerArns.length === 0 || Names.includes(name) || LoadBalancerArns.includes(arn);
  const { items, next } = pageOf(
    state.cloud,
    { items: all.filter(isAsked), keyOf: ({ name }) => name },
    input,
  );
  return { LoadBalancers: items.map((balancer) => describeLoadBalancer(state, balancer)), ...next };
};

const askedListeners = (
  state: ElbState,
  { LoadBalancerArn, ListenerArns = [] }: DescribeListenersInput,
): readonly Listener[] => {
  if ((LoadBalancerArn === undefined) === (ListenerArns.length === 0))
    throw invalid('You must specify either listener ARNs or a load balancer ARN');
  if (LoadBalancerArn === undefined)
    return ListenerArns.map((arn) => {
      const listener = state.listeners.get(arn);
      if (!listener) throw notFound.listener();
      return listener;
    });
  if (!state.loadBalancers.has(LoadBalancerArn)) throw notFound.loadBalancer([LoadBalancerArn]);
  return listenersOf(state, LoadBalancerArn);
};

const describeListeners = (state: ElbState, input: DescribeListenersInput): DescribeListenersOutput => {
  const { items, next } = pageOf(
    state.cloud,
    { items: askedListeners(state, input), keyOf: ({ arn }) => arn },
    input,
  );
  return { Listeners: items.map(describeListener), ...next };
};

export const loadBalancerOperations = (state: ElbState) => ({
  DescribeLoadBalancers: (input: DescribeLoadBalancersInput) => describeLoadBalancers(state, input),
  DescribeListeners: (input: DescribeListenersInput) => describeListeners(state, input),
});
