import { describe, expect, test } from '@jest/globals';
import { createElbLab, type Groups, groupInput, refusal } from './elb-lab.ts';

describe('making target groups', () => {
  test('two equal creates are one group', () => {
    const { call, createGroup } = createElbLab();
    expect(createGroup()).toBe(createGroup());
    expect(call<Groups>('DescribeTargetGroups').TargetGroups).toHaveLength(1);
  });

  test('one name with other settings is refused', () => {
    const { createGroup } = createElbLab();
    createGroup();
    expect(refusal(() => createGroup({ Matcher: { HttpCode: '200' } })).code).toBe(
      'DuplicateTargetGroupName',
    );
    expect(refusal(() => createGroup({ Port: 8080 })).code).toBe('DuplicateTargetGroupName');
  });

  test.each([
    ['a name of 33 characters', { Name: 'a'.repeat(33) }],
    ['a name with a leading hyphen', { Name: '-tg' }],
    ['a name with a trailing hyphen', { Name: 'tg-' }],
    ['a name with an underscore', { Name: 'tg_1' }],
    ['an interval of 4', { HealthCheckIntervalSeconds: 4, HealthCheckTimeoutSeconds: 2 }],
    ['an interval of 301', { HealthCheckIntervalSeconds: 301 }],
    ['a timeout of 1', { HealthCheckTimeoutSeconds: 1 }],
    ['a timeout as long as the interval', { HealthCheckTimeoutSeconds: 10 }],
    ['a threshold of 1', { HealthyThresholdCount: 1 }],
    ['a threshold of 11', { UnhealthyThresholdCount: 11 }],
    ['a matcher of 500', { Matcher: { HttpCode: '200-500' } }],
    ['a matcher backwards', { Matcher: { HttpCode: '399-200' } }],
    ['a path without a slash', { HealthCheckPath: 'health' }],
    ['an unknown VPC', { VpcId: 'vpc-none' }],
    ['no port', { Port: undefined }],
  ])('%s is refused', (_, changes) => {
    const { createGroup } = createElbLab();
    expect(refusal(() => createGroup(changes)).code).toBe('ValidationError');
  });

  test('all that is wrong with the health check is said at once', () => {
    const { createGroup } = createElbLab();
    const wrong = { HealthyThresholdCount: 1, Matcher: { HttpCode: '600' } };
    const { message } = refusal(() => createGroup(wrong));
    expect(message).toContain('HealthyThresholdCount');
    expect(message).toContain('600');
  });
});

test('a modified health check is what a description shows, and everything else stays', () => {
  const { call, createGroup } = createElbLab();
  const arn = createGroup();
  call('ModifyTargetGroup', {
    TargetGroupArn: arn,
    HealthCheckPath: '/up',
    Matcher: { HttpCode: '200,302' },
  });
  const { Name, ...unchanged } = groupInput();
  const [group] = call<Groups>('DescribeTargetGroups', { Names: [Name] }).TargetGroups;
  expect(group).toMatchObject({
    ...unchanged,
    TargetGroupArn: arn,
    TargetGroupName: Name,
    HealthCheckPath: '/up',
    Matcher: { HttpCode: '200,302' },
    LoadBalancerArns: [],
  });
});

describe('attributes', () => {
  test('the deregistration delay is 300 until it is changed', () => {
    const { call, createGroup } = createElbLab();
    const TargetGroupArn = createGroup();
    const delay = () =>
      call<Attributes>('DescribeTargetGroupAttributes', { TargetGroupArn }).Attributes.find(
        ({ Key }) => Key === 'deregistration_delay.timeout_seconds',
      )?.Value;
    expect(delay()).toBe('300');
    call('ModifyTargetGroupAttributes', {
      TargetGroupArn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '15' }],
    });
    expect(delay()).toBe('15');
  });

  test.each([
    ['deregistration_delay.timeout_seconds', '3601'],
    ['deregistration_delay.timeout_seconds', 'soon'],
    ['deregistration_delay', '30'],
  ])('%s = %s is refused', (Key, Value) => {
    const { call, createGroup } = createElbLab();
    const input = { TargetGroupArn: createGroup(), Attributes: [{ Key, Value }] };
    expect(refusal(() => call('ModifyTargetGroupAttributes', input)).code).toBe('ValidationError');
  });
});

type Attributes = { readonly Attributes: readonly { readonly Key: string; readonly Value: string }[] };

test('a group cannot be deleted while a rule sends to it, nor for a moment after', async () => {
  const { clock, call, createGroup, createRule } = createElbLab();
  const TargetGroupArn = createGroup();
  const RuleArn = createRule(TargetGroupArn);
  const remove = () => call('DeleteTargetGroup', { TargetGroupArn });
  expect(refusal(remove)).toEqual({
    code: 'ResourceInUse',
    message: `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`,
  });
  call('DeleteRule', { RuleArn });
  await clock.sleep(1_900);
  expect(refusal(remove).code).toBe('ResourceInUse');
  await clock.sleep(200);
  remove();
  const look = () => call('DescribeTargetGroups', { TargetGroupArns: [TargetGroupArn] });
  expect(refusal(look).code).toBe('TargetGroupNotFound');
});

describe('listings', () => {
  test('pages of one list every group', () => {
    const { call, createGroup } = createElbLab({ pageSize: 1 });
    for (const Name of ['c', 'a', 'b']) createGroup({ Name });
    const names: string[] = [];
    let Marker: string | undefined;
    do {
      const page = call<Groups>('DescribeTargetGroups', Marker ? { Marker } : {});
      expect(page.TargetGroups).toHaveLength(1);
      names.push(...page.TargetGroups.map(({ TargetGroupName }) => TargetGroupName));
      Marker = page.NextMarker;
    } while (Marker);
    expect(names).toEqual(['a', 'b', 'c']);
  });

  test('a load balancer lists the groups that its rules send to', () => {
    const { call, createGroup, createRule, listenerOf } = createElbLab();
    const used = createGroup({ Name: 'used' });
    createGroup({ Name: 'unused' });
    createRule(used);
    const LoadBalancerArn = listenerOf('sit-alb')
      .replace(':listener/', ':loadbalancer/')
      .replace(/\/[^/]+$/, '');
    const { TargetGroups } = call<Groups>('DescribeTargetGroups', { LoadBalancerArn });
    expect(TargetGroups).toMatchObject([{ TargetGroupName: 'used', LoadBalancerArns: [LoadBalancerArn] }]);
  });

  test('what does not exist is named by its own error', () => {
    const { call } = createElbLab();
    const codeOf = (operation: string, input: object) => refusal(() => call(operation, input)).code;
    expect(codeOf('DescribeTargetGroups', { Names: ['none'] })).toBe('TargetGroupNotFound');
    expect(codeOf('DescribeLoadBalancers', { Names: ['none'] })).toBe('LoadBalancerNotFound');
    expect(codeOf('DescribeListeners', { ListenerArns: ['none'] })).toBe('ListenerNotFound');
    expect(codeOf('DescribeTargetGroupAttributes', { TargetGroupArn: 'none' })).toBe('ValidationError');
    expect(codeOf('DescribeTargetGroups', { Marker: 'none' })).toBe('ValidationError');
  });
});
