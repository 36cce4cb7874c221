// One load balancer `sit-alb` in a cloud of its own under a virtual clock, and short ways to call it.
import { createHash } from 'node:crypto';
import { createVirtualClock } from '../../sandbox/aws/clock.ts';
import type { Cloud, CloudSettings } from '../../sandbox/aws/cloud.ts';
import { AwsError } from '../../sandbox/aws/cloud.ts';
import type { ProbeAnswer, RunningContainer } from '../../sandbox/aws/containers/runtime.ts';
import { createElb } from '../../sandbox/aws/elb/elb.ts';

export const vpcId = 'vpc-0a1b2c3d4e5f60718';
export const host = 'goldencrust.wpsit.kimmyai.io';

export const balancerSeed = {
  name: 'sit-alb',
  vpcId,
  subnets: ['subnet-09d1d2de85ae02264', 'subnet-00e96b70ba19dffc5'],
  securityGroups: ['sg-01bca1fb9806ad397'],
  listenerPort: 80,
};

export const groupInput = (changes: object = {}) => ({
  Name: 'sit-goldencrust-tg',
  Protocol: 'HTTP',
  Port: 80,
  VpcId: vpcId,
  TargetType: 'ip',
  HealthCheckPath: '/',
  HealthCheckIntervalSeconds: 10,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 2,
  Matcher: { HttpCode: '200-399' },
  ...changes,
});

export const answering = (status: number, body = ''): RunningContainer['request'] => {
  const answer: ProbeAnswer = { kind: 'answer', status, headers: {}, body };
  return async () => answer;
};

/** Code and message of the refusal of `body`; a test fails that asks for one where nothing is refused. */
export const refusal = (body: () => unknown): { readonly code: string; readonly message: string } => {
  try {
    body();
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
};

export const createElbLab = (settings: Partial<CloudSettings> = {}) => {
  const clock = createVirtualClock();
  let count = 0;
  const cloud: Cloud = {
    accountId: '815856636111',
    region: 'eu-west-1',
    clock,
    settings: {
      pageSize: undefined,
      readLagMs: 0,
      policyLagMs: 0,
      startLagMs: 0,
      patienceMs: 0,
      ...settings,
    },
    newId: (length) => createHash('sha256').update(String(count++)).digest('hex').slice(0, length),
  };
  const elb = createElb(cloud);
  elb.seedLoadBalancer(balancerSeed);
  const call = <T>(operation: string, input: object = {}): T =>
    elb.operations[operation]?.(input as never, { caller: 'arn:aws:iam::815856636111:user/tester' }) as T;
  const listenerOf = (name: string): string => {
    const [balancer] = call<Balancers>('DescribeLoadBalancers', { Names: [name] }).LoadBalancers;
    const arn = balancer?.LoadBalancerArn;
    return call<Listeners>('DescribeListeners', { LoadBalancerArn: arn }).Listeners[0]?.ListenerArn ?? '';
  };
  const createGroup = (changes: object = {}): string =>
    call<Groups>('CreateTargetGroup', groupInput(changes)).TargetGroups[0]?.TargetGroupArn ?? '';
  const createRule = (targetGroupArn: string, changes: object = {}): string =>
    call<Rules>('CreateRule', ruleInput(listenerOf('sit-alb'), targetGroupArn, changes)).Rules[0]?.RuleArn ??
    '';
  return { clock, elb, call, listenerOf, createGroup, createRule };
};

export type Balancers = { readonly LoadBalancers: readonly { readonly LoadBalancerArn: string }[] };
export type Listeners = { readonly Listeners: readonly { readonly ListenerArn: string }[] };
export type Groups = {
  readonly TargetGroups: readonly { readonly TargetGroupArn: string; readonly TargetGroupName: string }[];
  readonly NextMarker?: string;
};
export type Rules = {
  readonly Rules: readonly {
    readonly RuleArn: string;
    readonly Priority: string;
    readonly IsDefault: boolean;
  }[];
  readonly NextMarker?: string;
};

export const ruleInput = (listenerArn: string, targetGroupArn: string, changes: object = {}) => ({
  ListenerArn: listenerArn,
  Priority: 140,
  Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }],
  Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
  ...changes,
});
