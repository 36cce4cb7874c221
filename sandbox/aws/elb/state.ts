// What Elastic Load Balancing keeps: load balancers and listeners are seeded, the rest comes and goes by operations.
import { type Cloud, createStore, type Store } from '../cloud.ts';

export type LoadBalancer = {
  readonly arn: string;
  readonly name: string;
  readonly dnsName: string;
  readonly vpcId: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly createdAt: number;
};

export type Listener = {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly defaultRule: Rule;
};

export type Condition = {
  readonly field: 'host-header' | 'path-pattern';
  readonly values: readonly string[];
};

export type RuleAction =
  | {
      readonly kind: 'forward';
      readonly groups: readonly { readonly arn: string; readonly weight: number }[];
    }
  | {
      readonly kind: 'fixed-response';
      readonly status: string;
      readonly contentType: string;
      readonly body: string;
    };

export type Rule = {
  readonly arn: string;
  readonly listenerArn: string;
  readonly priority: number | 'default';
  readonly conditions: readonly Condition[];
  readonly action: RuleAction;
};

/** Named as AWS names them, so that an answer is a copy. */
export type TargetGroupSettings = {
  readonly Protocol: 'HTTP' | 'HTTPS';
  readonly ProtocolVersion: string;
  readonly Port: number;
  readonly VpcId: string;
  readonly TargetType: 'instance' | 'ip';
  readonly IpAddressType: 'ipv4';
  readonly HealthCheckProtocol: 'HTTP' | 'HTTPS';
  readonly HealthCheckPort: string;
  readonly HealthCheckEnabled: true;
  readonly HealthCheckPath: string;
  readonly HealthCheckIntervalSeconds: number;
  readonly HealthCheckTimeoutSeconds: number;
  readonly HealthyThresholdCount: number;
  readonly UnhealthyThresholdCount: number;
  readonly Matcher: { readonly HttpCode: string };
};

export type TargetGroup = {
  readonly arn: string;
  readonly name: string;
  readonly settings: TargetGroupSettings;
  readonly attributes: Readonly<Record<string, string>>;
};

export type Tags = Readonly<Record<string, string>>;

export type ElbState = {
  readonly cloud: Cloud;
  readonly loadBalancers: Map<string, LoadBalancer>;
  readonly listeners: Map<string, Listener>;
  readonly rules: Store<Rule>;
  readonly targetGroups: Store<TargetGroup>;
  readonly tags: Store<Tags>;
  /** Target groups that a rule has just let go of: AWS still calls them in use for a moment. */
  readonly cooling: Set<string>;
};

export const createState = (cloud: Cloud): ElbState => {
  const { clock, settings } = cloud;
  return {
    cloud,
    loadBalancers: new Map(),
    listeners: new Map(),
    rules: createStore(clock, settings.readLagMs),
    targetGroups: createStore(clock, settings.readLagMs),
    tags: createStore(clock, settings.readLagMs),
    cooling: new Set(),
  };
};

export const arnOf = ({ region, accountId }: Pick<Cloud, 'region' | 'accountId'>, resource: string): string =>
  `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`;

export const forwardedGroups = (rule: Rule): readonly string[] =>
  rule.action.kind === 'forward' ? rule.action.groups.map(({ arn }) => arn) : [];

/** A listener's rules in the order they are tried, the default one last. */
export const rulesInOrder = (rules: readonly Rule[], listener: Listener): readonly Rule[] => [
  ...rules
    .filter(({ listenerArn }) => listenerArn === listener.arn)
    .toSorted((a, b) => Number(a.priority) - Number(b.priority)),
  listener.defaultRule,
];

export const listenersOf = (state: ElbState, loadBalancerArn: string): readonly Listener[] =>
  [...state.listeners.values()].filter((listener) => listener.loadBalancerArn === loadBalancerArn);

/** ARNs of the load balancers whose `rules` send to the target group. */
export const loadBalancersUsing = (
  state: ElbState,
  rules: readonly Rule[],
  targetGroupArn: string,
): readonly string[] =>
  [...state.loadBalancers.keys()].filter((arn) =>
    listenersOf(state, arn).some((listener) =>
      rulesInOrder(rules, listener).some((rule) => forwardedGroups(rule).includes(targetGroupArn)),
    ),
  );

export const isAttached = (state: ElbState, targetGroupArn: string): boolean =>
  loadBalancersUsing(state, state.rules.values(), targetGroupArn).length > 0;
