import { describe, expect, test } from '@jest/globals';
import type { ProbeRequest, RunningContainer } from '../../sandbox/aws/containers/runtime.ts';
import { isMatcher, matches } from '../../sandbox/aws/elb/matcher.ts';
import { answering, createElbLab, refusal } from './elb-lab.ts';

const target = { id: '10.2.16.4', port: 80 };

const registered = (request: RunningContainer['request'], changes: object = {}) => {
  const lab = createElbLab();
  const group = lab.createGroup(changes);
  const rule = lab.createRule(group);
  lab.elb.register(group, { ...target, request });
  return { ...lab, group, rule, health: () => lab.elb.health(group, target) };
};

describe('a new target', () => {
  test('is initial, then checked, then healthy after as many successes as the threshold says', async () => {
    const { clock, health } = registered(answering(302));
    expect(health()).toMatchObject({ state: 'initial', reason: 'Elb.RegistrationInProgress' });
    await clock.sleep(1_500);
    expect(health()).toMatchObject({ state: 'initial', reason: 'Elb.InitialHealthChecking' });
    await clock.sleep(10_000);
    expect(health()).toEqual({ state: 'healthy' });
  });

  test('is asked as the group says', async () => {
    const seen: ProbeRequest[] = [];
    const { clock } = registered(
      async (request) => {
        seen.push(request);
        return { kind: 'answer', status: 200, headers: {}, body: '' };
      },
      { HealthCheckPath: '/up', HealthCheckIntervalSeconds: 30 },
    );
    await clock.sleep(62_000);
    expect(seen).toHaveLength(3);
    expect(seen[0]).toMatchObject({ path: '/up', host: '10.2.16.4:80' });
  });

  test('is unused, and not asked, until a rule sends to its group', async () => {
    const lab = createElbLab();
    const group = lab.createGroup();
    let asked = 0;
    const request = async () => {
      asked++;
      return answering(200)({ path: '/', host: '', headers: {} });
    };
    lab.elb.register(group, { ...target, request });
    await lab.clock.sleep(60_000);
    expect(lab.elb.health(group, target)).toMatchObject({ state: 'unused', reason: 'Target.NotInUse' });
    expect(asked).toBe(0);
    lab.createRule(group);
    await lab.clock.sleep(30_000);
    expect(lab.elb.health(group, target)?.state).toBe('healthy');
  });
});

describe('a failing target', () => {
  test('is unhealthy with the code in its description', async () => {
    const { clock, health } = registered(answering(500));
    await clock.sleep(12_000);
    expect(health()).toEqual({
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [500]',
    });
  });

  test('that never answers times out', async () => {
    const { clock, health } = registered(() => new Promise(() => {}));
    await clock.sleep(17_000);
    expect(health()).toEqual({
      state: 'unhealthy',
      reason: 'Target.Timeout',
      description: 'Request timed out',
    });
  });

  test('that takes no connection fails its checks', async () => {
    const { clock, health } = registered(async () => ({ kind: 'no-answer', reason: 'refused' }));
    await clock.sleep(12_000);
    expect(health()).toMatchObject({ state: 'unhealthy', reason: 'Target.FailedHealthChecks' });
  });

  test('answers within the timeout though it is slow', async () => {
    const lab = createElbLab();
    const group = lab.createGroup();
    lab.createRule(group);
    const request: RunningContainer['request'] = (asked) =>
      new Promise((resolve) => {
        lab.clock.after(4_000, () => {
          void answering(200)(asked).then(resolve);
          return new Promise(setImmediate);
        });
      });
    lab.elb.register(group, { ...target, request });
    await lab.clock.sleep(16_000);
    expect(lab.elb.health(group, target)?.state).toBe('healthy');
  });

  test('recovers, and one failure among successes changes nothing', async () => {
    const statuses = [200, 200, 500, 200, 500, 500, 200, 200];
    const states: (string | undefined)[] = [];
    const { clock, health } = registered(async (asked) => {
      states.push(health()?.state);
      return answering(statuses[states.length - 1] ?? 200)(asked);
    });
    await clock.sleep(80_000);
    expect(states).toEqual([
      'initial',
      'initial',
      'healthy',
      'healthy',
      'healthy',
      'healthy',
      'unhealthy',
      'unhealthy',
    ]);
    expect(health()?.state).toBe('healthy');
  });
});

describe('a leaving target', () => {
  test('drains for the delay and is gone', async () => {
    const { clock, elb, call, group, health } = registered(answering(200));
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '15' }];
    call('ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes });
    await clock.sleep(20_000);
    elb.deregister(group, target);
    await clock.sleep(14_000);
    expect(health()).toMatchObject({ state: 'draining', reason: 'Target.DeregistrationInProgress' });
    await clock.sleep(1_000);
    expect(health()).toBeUndefined();
    expect(call('DescribeTargetHealth', { TargetGroupArn: group })).toEqual({ TargetHealthDescriptions: [] });
  });

  test('that is registered again is a new target', async () => {
    const { clock, elb, group, health } = registered(answering(200));
    await clock.sleep(20_000);
    elb.deregister(group, target);
    await clock.sleep(10_000);
    elb.register(group, { ...target, request: answering(200) });
    expect(health()?.state).toBe('initial');
    await clock.sleep(400_000);
    expect(health()?.state).toBe('healthy');
  });
});

test('a deleted group is forgotten with its targets, and takes no new ones', async () => {
  const { clock, elb, call, group, rule, health } = registered(answering(200));
  call('DeleteRule', { RuleArn: rule });
  await clock.sleep(3_000);
  call('DeleteTargetGroup', { TargetGroupArn: group });
  expect(health()).toBeUndefined();
  expect(elb.hasTargetGroup(group)).toBe(false);
  const register = () => elb.register(group, { ...target, request: answering(200) });
  expect(refusal(register).code).toBe('TargetGroupNotFound');
});

test('target health is described for all targets, and for one that was never registered', () => {
  const { call, group } = registered(answering(200));
  const describeAll = (input: object = {}) =>
    call('DescribeTargetHealth', { TargetGroupArn: group, ...input });
  expect(describeAll()).toEqual({
    TargetHealthDescriptions: [
      {
        Target: { Id: '10.2.16.4', Port: 80 },
        HealthCheckPort: '80',
        TargetHealth: {
          State: 'initial',
          Reason: 'Elb.RegistrationInProgress',
          Description: 'Target registration is in progress',
        },
      },
    ],
  });
  expect(describeAll({ Targets: [{ Id: '10.9.9.9' }] })).toMatchObject({
    TargetHealthDescriptions: [{ TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } }],
  });
});

describe('matchers', () => {
  test.each([
    ['200', [200], [201, 302]],
    ['200-399', [200, 302, 399], [199, 400, 500]],
    ['200,302', [200, 302], [301]],
    ['200-299,401', [250, 401], [400]],
  ])('%s', (matcher, good, bad) => {
    expect(isMatcher(matcher)).toBe(true);
    expect(good.filter((status) => !matches(matcher, status))).toEqual([]);
    expect(bad.filter((status) => matches(matcher, status))).toEqual([]);
  });
  test.each(['', '20', '200-', '200;302', '500', '199'])('"%s" is none', (matcher) => {
    expect(isMatcher(matcher)).toBe(false);
  });
});
