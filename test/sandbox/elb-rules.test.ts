import { describe, expect, test } from '@jest/globals';
import { createElbLab, groupInput, host, type Rules, refusal, ruleInput } from './elb-lab.ts';

describe('priorities', () => {
  test('a priority cannot be taken twice on a listener', () => {
    const { createGroup, createRule } = createElbLab();
    const group = createGroup();
    createRule(group);
    expect(refusal(() => createRule(group)).code).toBe('PriorityInUse');
    expect(() => createRule(group, { Priority: 141 })).not.toThrow();
  });

  test.each([0, 50_001, 1.5])('%p is no priority', (Priority) => {
    const { createGroup, createRule } = createElbLab();
    expect(refusal(() => createRule(createGroup(), { Priority })).code).toBe('ValidationError');
  });

  test('two rules can change places in one call, and neither may take a third rule’s', () => {
    const { call, createGroup, createRule } = createElbLab();
    const group = createGroup();
    const [a, b] = [createRule(group, { Priority: 1 }), createRule(group, { Priority: 2 })];
    createRule(group, { Priority: 3 });
    call('SetRulePriorities', {
      RulePriorities: [
        { RuleArn: a, Priority: 2 },
        { RuleArn: b, Priority: 1 },
      ],
    });
    const { Rules: rules } = call<Rules>('DescribeRules', { RuleArns: [a, b] });
    expect(rules.map(({ RuleArn, Priority }) => [RuleArn, Priority])).toEqual([
      [b, '1'],
      [a, '2'],
    ]);
    const taken = { RulePriorities: [{ RuleArn: a, Priority: 3 }] };
    expect(refusal(() => call('SetRulePriorities', taken)).code).toBe('PriorityInUse');
  });
});

test('a listing has the rules in order, the default one last, both forms of a condition, and every page of one', () => {
  const { call, createGroup, createRule, listenerOf } = createElbLab({ pageSize: 1 });
  const group = createGroup();
  for (const Priority of [9, 100, 23]) createRule(group, { Priority });
  const pages: Rules[] = [];
  do {
    const Marker = pages.at(-1)?.NextMarker;
    pages.push(
      call<Rules>('DescribeRules', { ListenerArn: listenerOf('sit-alb'), ...(Marker && { Marker }) }),
    );
  } while (pages.at(-1)?.NextMarker);
  expect(pages.map(({ Rules: rules }) => rules.map(({ Priority }) => Priority))).toEqual([
    ['9'],
    ['23'],
    ['100'],
    ['default'],
  ]);
  expect(pages[0]?.Rules[0]).toMatchObject({
    IsDefault: false,
    Conditions: [{ Field: 'host-header', Values: [host], HostHeaderConfig: { Values: [host] } }],
    Actions: [
      {
        Type: 'forward',
        TargetGroupArn: group,
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight: 1 }] },
      },
    ],
  });
});

test('the default rule can be neither changed, moved nor deleted', () => {
  const { call, listenerOf, createGroup } = createElbLab();
  const [rule] = call<Rules>('DescribeRules', { ListenerArn: listenerOf('sit-alb') }).Rules;
  const RuleArn = rule?.RuleArn;
  expect(rule?.IsDefault).toBe(true);
  const { Actions } = ruleInput('', createGroup());
  for (const attempt of [
    () => call('DeleteRule', { RuleArn }),
    () => call('ModifyRule', { RuleArn, Actions }),
    () => call('SetRulePriorities', { RulePriorities: [{ RuleArn, Priority: 1 }] }),
  ])
    expect(refusal(attempt).code).toBe('OperationNotPermitted');
});

test.each([
  ['six values', [{ Field: 'host-header', Values: ['a.b', 'c.d', 'e.f', 'g.h', 'i.j', 'k.l'] }]],
  ['no condition', []],
  ['no value', [{ Field: 'host-header', HostHeaderConfig: { Values: [] } }]],
  ['a host that is none', [{ Field: 'host-header', Values: ['golden_crust.io'] }]],
  [
    'one field twice',
    [
      { Field: 'host-header', Values: ['a.b'] },
      { Field: 'host-header', Values: ['c.d'] },
    ],
  ],
])('%s is refused', (_, Conditions) => {
  const { createGroup, createRule } = createElbLab();
  expect(refusal(() => createRule(createGroup(), { Conditions })).code).toBe('ValidationError');
});

test('one load balancer takes 100 target groups and 100 rules, and says which of the two is full', () => {
  const { createGroup, createRule } = createElbLab();
  const groups = Array.from({ length: 101 }, (_, index) => createGroup({ Name: `tg-${index}` }));
  groups.slice(0, 100).forEach((group, index) => {
    createRule(group, { Priority: index + 1 });
  });
  expect(refusal(() => createRule(groups[0] ?? '', { Priority: 500 })).code).toBe('TooManyRules');
  const other = createElbLab();
  const single = other.createGroup();
  for (let rule = 1; rule <= 100; rule++) other.createRule(single, { Priority: rule });
  const message = refusal(() => other.createRule(single, { Priority: 101 })).code;
  expect(message).toBe('TooManyRules');
});

test('the 101st target group of a load balancer is refused even where rules have room', () => {
  const { call, createGroup, createRule, listenerOf } = createElbLab();
  const groups = Array.from({ length: 101 }, (_, index) => createGroup({ Name: `tg-${index}` }));
  for (let rule = 0; rule < 20; rule++) {
    const TargetGroups = groups.slice(rule * 5, rule * 5 + 5).map((TargetGroupArn) => ({ TargetGroupArn }));
    createRule('', { Priority: rule + 1, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] });
  }
  const last = ruleInput(listenerOf('sit-alb'), groups[100] ?? '', { Priority: 200 });
  expect(refusal(() => call('CreateRule', last)).code).toBe('TooManyUniqueTargetGroupsPerLoadBalancer');
});

test('a rule needs a listener and a target group of its VPC that no other load balancer uses', () => {
  const { elb, call, listenerOf, createGroup, createRule } = createElbLab();
  elb.seedLoadBalancer({ ...balancer('other-vpc'), vpcId: 'vpc-2' });
  elb.seedLoadBalancer(balancer('second'));
  const group = createGroup();
  const elsewhere = createGroup({ Name: 'elsewhere', VpcId: 'vpc-2' });
  createRule(group);
  const codeOf = (listener: string, arn: string): string =>
    refusal(() => call('CreateRule', ruleInput(listener, arn, { Priority: 7 }))).code;
  expect(codeOf(`${listenerOf('sit-alb')}0`, group)).toBe('ListenerNotFound');
  expect(codeOf(listenerOf('sit-alb'), `${group}0`)).toBe('TargetGroupNotFound');
  expect(codeOf(listenerOf('sit-alb'), elsewhere)).toBe('ValidationError');
  expect(codeOf(listenerOf('second'), group)).toBe('TargetGroupAssociationLimit');
});

const balancer = (name: string) => ({
  name,
  vpcId: groupInput().VpcId,
  subnets: [],
  securityGroups: [],
  listenerPort: 80,
});

test('a deleted rule is not found, and its priority is free again', () => {
  const { call, createGroup, createRule } = createElbLab();
  const group = createGroup();
  const RuleArn = createRule(group);
  call('DeleteRule', { RuleArn });
  expect(refusal(() => call('DeleteRule', { RuleArn })).code).toBe('RuleNotFound');
  expect(refusal(() => call('DescribeRules', { RuleArns: [RuleArn] })).code).toBe('RuleNotFound');
  expect(() => createRule(group)).not.toThrow();
});

test('readers see a rule late, and writers at once', async () => {
  const { clock, call, createGroup, createRule, listenerOf } = createElbLab({ readLagMs: 3_000 });
  const group = createGroup();
  createRule(group);
  const count = () => call<Rules>('DescribeRules', { ListenerArn: listenerOf('sit-alb') }).Rules.length;
  expect(count()).toBe(1);
  expect(refusal(() => createRule(group)).code).toBe('PriorityInUse');
  await clock.sleep(3_000);
  expect(count()).toBe(2);
});
