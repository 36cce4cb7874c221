// What is not tagged ours is refused and never deleted; `adopt` takes it over; what AWS cannot change is said.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { priorityCandidates } from '../../src/shared/fleet/desired.ts';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { bringUp } from '../scenario.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';
const append = async (lab: Lab, lines: string): Promise<void> =>
  lab.edit(manifest, `${await readFile(manifest, 'utf8')}\n${lines}\n`);

const aws = (lab: Lab) => createClients(lab.sandbox);

/** Removes what marks the tenant's things as ours, as if the runbook had made them. */
const untag = async (lab: Lab): Promise<void> => {
  const { elb, secrets } = aws(lab);
  const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
  await elb.removeTags({ ResourceArns: [TargetGroups?.[0]?.TargetGroupArn ?? ''], TagKeys: ['ManagedBy'] });
  await secrets.untagResource({
    SecretId: 'sit-goldencrust-db-credentials',
    TagKeys: ['ManagedBy', 'Tenant'],
  });
};

describe('things that are not tagged ours', () => {
  test('are refused by name, all at once, before the first write', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await untag(lab);
    const from = lab.sandbox.calls.length;
    const refusal = lab.run('provision-tenant');
    await expect(refusal).rejects.toThrow(
      /secret sit-goldencrust-db-credentials exists.*\n.*target group sit-goldencrust-tg exists/s,
    );
    await expect(refusal).rejects.toThrow('adopt: true');
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('are never deleted', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await untag(lab);
    const before = await lab.snapshot();
    await expect(lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' })).rejects.toThrow(
      'Nothing was deleted',
    );
    expect(await lab.snapshot()).toEqual(before);
  });

  test('are taken over with adopt, which only tags them', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const before = await lab.snapshot();
    await untag(lab);
    const from = lab.sandbox.calls.length;
    await lab.run('provision-tenant', { adopt: 'true' });
    expect([...writesOf(lab, from)].sort()).toEqual(['AddTags', 'TagResource']);
    expect(await lab.snapshot()).toEqual(before);
  });

  test('of another tenant are named as such', async () => {
    const lab = await createLab();
    await bringUp(lab, { tenant: 'ironpeak' });
    await bringUp(lab);
    const { elb } = aws(lab);
    const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
    await elb.addTags({
      ResourceArns: [TargetGroups?.[0]?.TargetGroupArn ?? ''],
      Tags: [{ Key: 'Tenant', Value: 'ironpeak' }],
    });
    await expect(lab.run('provision-tenant')).rejects.toThrow("tagged as tenant ironpeak's");
  });
});

describe('an inline policy, which has no tags', () => {
  const policy = {
    RoleName: 'sit-ecs-task-execution-role',
    PolicyName: 'sit-ecs-secrets-access-goldencrust',
  };
  const handMade = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::other-app/*'] }],
  });

  test('made by hand for something else is neither overwritten nor deleted', async () => {
    const lab = await createLab();
    await aws(lab).iam.putRolePolicy({ ...policy, PolicyDocument: handMade });
    const before = await lab.snapshot();
    await expect(lab.run('provision-tenant')).rejects.toThrow(
      'access policy sit-ecs-secrets-access-goldencrust exists',
    );
    await expect(lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' })).rejects.toThrow(
      'Nothing was deleted',
    );
    expect(await lab.snapshot()).toEqual(before);
  });

  test('of a tenant that is ours is put right again', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const before = await lab.snapshot();
    await aws(lab).iam.putRolePolicy({ ...policy, PolicyDocument: handMade });
    await lab.run('provision-tenant');
    expect(await lab.snapshot()).toEqual(before);
  });
});

describe('rules of others for the same host', () => {
  const connectListener = async (lab: Lab) => {
    const { elb } = aws(lab);
    const { LoadBalancers } = await elb.describeLoadBalancers({ Names: ['sit-alb'] });
    const { Listeners } = await elb.describeListeners({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
    });
    return { elb, ListenerArn: Listeners?.[0]?.ListenerArn };
  };

  test('with a path of their own are left alone, adopted or not', async () => {
    const lab = await createLab();
    const { elb, ListenerArn } = await connectListener(lab);
    const { TargetGroups } = await elb.createTargetGroup({
      Name: 'admin-tg',
      Protocol: 'HTTP',
      Port: 80,
      TargetType: 'ip',
      VpcId: (await elb.describeLoadBalancers({ Names: ['sit-alb'] })).LoadBalancers?.[0]?.VpcId,
    });
    const { Rules } = await elb.createRule({
      ListenerArn,
      Priority: 10,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['goldencrust.wpsit.kimmyai.io'] } },
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/shop/*'] } },
      ],
      Actions: [{ Type: 'forward', TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }],
    });
    const shop = async () => (await elb.describeRules({ RuleArns: [Rules?.[0]?.RuleArn ?? ''] })).Rules?.[0];
    const before = await shop();
    await bringUp(lab, { adopt: 'true' });
    await lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' });
    expect(await shop()).toEqual(before);
  });

  test('a path added to our own rule by hand is a difference, and taken out again', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const before = await lab.snapshot();
    const { elb, ListenerArn } = await connectListener(lab);
    const own = (await elb.describeRules({ ListenerArn })).Rules?.find(({ IsDefault }) => !IsDefault);
    await elb.modifyRule({
      RuleArn: own?.RuleArn,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['goldencrust.wpsit.kimmyai.io'] } },
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/only-this/*'] } },
      ],
    });
    const { plan = '' } = await lab.run('provision-tenant', { 'dry-run': 'true' });
    expect(plan).toContain('path-pattern /only-this/*');
    await lab.run('provision-tenant');
    expect(await lab.snapshot()).toEqual(before);
  });
});

test('a task of the database family that somebody runs by hand is not stopped', async () => {
  const lab = await createLab();
  await lab.run('provision-tenant', { steps: 'secret,access' });
  const { ecs } = aws(lab);
  await lab.run('run-db-init');
  const { taskDefinition } = await ecs.registerTaskDefinition({
    family: 'sit-db-init-goldencrust',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'long', image: 'wordpress:6' }],
  });
  const { tasks } = await ecs.runTask({
    cluster: 'sit-cluster',
    taskDefinition: taskDefinition?.taskDefinitionArn ?? '',
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: ['subnet-09d1d2de85ae02264'],
        securityGroups: ['sg-01bca1fb9806ad397'],
      },
    },
  });
  await lab.clock.sleep(30_000);
  await lab.run('run-db-init', { operation: 'verify' });
  const { tasks: after } = await ecs.describeTasks({
    cluster: 'sit-cluster',
    tasks: [tasks?.[0]?.taskArn ?? ''],
  });
  expect(after?.[0]?.lastStatus).toBe('RUNNING');
});

test('a file system may be named instead of given by id: the same tenant', async () => {
  const lab = await createLab();
  await bringUp(lab);
  const environment = 'examples/wpsit/environments/sit.yml';
  const text = await readFile(environment, 'utf8');
  lab.edit(environment, text.replace('fs-0be15624e203bf94a', 'sit-efs'));
  expect((await lab.run('provision-tenant')).changed).toBe('false');
  lab.edit(environment, text.replace('fs-0be15624e203bf94a', 'no-such-efs'));
  await expect(lab.run('provision-tenant')).rejects.toThrow('no file system named no-such-efs');
});

describe('what AWS cannot change', () => {
  test.each([
    ['storage:\n  path: /elsewhere', /storage\.path is \/goldencrust, the manifest says \/elsewhere/],
    ['storage:\n  uid: 82\n  gid: 82', /storage\.uid is 33, the manifest says 82/],
  ])('is refused with its reason: %j', async (lines, said) => {
    const lab = await createLab();
    await bringUp(lab);
    await append(lab, lines);
    const from = lab.sandbox.calls.length;
    await expect(lab.run('provision-tenant')).rejects.toThrow(said);
    expect(writesOf(lab, from)).toEqual([]);
  });
});

const hostOf = (tenant: string, host: string): string =>
  `name: ${tenant}\nenvironments:\n  sit:\n    host: ${host}\n`;

/** Two hosts whose first choice of a priority is the same. */
const hostsThatMeet = (): readonly string[] => {
  const seen = new Map<number, string>();
  for (let at = 0; ; at++) {
    const host = `site${at}.wpsit.kimmyai.io`;
    const [choice = 0] = priorityCandidates(host, new Set());
    const other = seen.get(choice);
    if (other) return [other, host];
    seen.set(choice, host);
  }
};

describe('a listener that others write to as well', () => {
  test('a priority that another host holds is refused by the name of its holder', async () => {
    const lab = await createLab();
    await bringUp(lab);
    lab.edit(
      'examples/wpsit/tenants/ironpeak.yml',
      'name: ironpeak\nenvironments:\n  sit:\n    priority: 141\n',
    );
    const { elb } = aws(lab);
    const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
    const { LoadBalancers } = await elb.describeLoadBalancers({ Names: ['sit-alb'] });
    const { Listeners } = await elb.describeListeners({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
    });
    await elb.createRule({
      ListenerArn: Listeners?.[0]?.ListenerArn,
      Priority: 141,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['somebody.else.example'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }],
    });
    await expect(lab.run('provision-tenant', { tenant: 'ironpeak' })).rejects.toThrow(
      'Priority 141 on the listener belongs to the rule for somebody.else.example',
    );
  });

  test('two tenants that want the same free priority at once both get one', async () => {
    // Listings lag, so that neither sees the other's rule before it asks for its own.
    const lab = await createLab({ settings: { readLagMs: 3_000 } });
    const [first = '', second = ''] = hostsThatMeet();
    lab.edit('examples/wpsit/tenants/ironpeak.yml', hostOf('ironpeak', first));
    lab.edit('examples/wpsit/tenants/lenslight.yml', hostOf('lenslight', second));
    await Promise.all([
      lab.run('provision-tenant', { tenant: 'ironpeak', steps: 'routing' }),
      lab.run('provision-tenant', { tenant: 'lenslight', steps: 'routing' }),
    ]);
    await lab.clock.sleep(5_000);
    const { elb } = aws(lab);
    const { LoadBalancers } = await elb.describeLoadBalancers({ Names: ['sit-alb'] });
    const { Listeners } = await elb.describeListeners({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
    });
    const { Rules = [] } = await elb.describeRules({ ListenerArn: Listeners?.[0]?.ListenerArn });
    const priorities = Rules.filter(({ IsDefault }) => !IsDefault).map(({ Priority }) => Priority);
    expect(new Set(priorities).size).toBe(2);
    expect(
      lab.sandbox.calls.filter(({ errorCode }) => errorCode?.startsWith('PriorityInUse')).length,
    ).toBeGreaterThan(0);
  });
});

test('adopt never takes what another tenant’s tags are on', async () => {
  const lab = await createLab();
  await bringUp(lab);
  const { elb } = aws(lab);
  const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
  const ResourceArns = [TargetGroups?.[0]?.TargetGroupArn ?? ''];
  await elb.addTags({ ResourceArns, Tags: [{ Key: 'Tenant', Value: 'ironpeak' }] });
  const from = lab.sandbox.calls.length;
  await expect(lab.run('provision-tenant', { adopt: 'true' })).rejects.toThrow('never adopted');
  expect(writesOf(lab, from)).toEqual([]);
});
