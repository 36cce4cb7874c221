// What a session may do: its role's policies, cut down by a boundary and by policies of its own.
import { describe, expect, test } from '@jest/globals';
import { authorizationTables } from '../../sandbox/aws/authorization/authorize.ts';
import type { ServiceName } from '../../sandbox/aws/cloud.ts';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';
import { actAs, allow, deny, policyOf } from './session.ts';

const { cluster } = sit;
const clusterArn = `arn:aws:ecs:eu-west-1:815856636111:cluster/${cluster}`;
const me = 'arn:aws:sts::815856636111:assumed-role/deploy/run-1';
const everything = policyOf(allow('*'));

test('every operation that the sandbox knows has a row, and every row an operation', () => {
  const { neighbours } = createFixture().sandbox;
  const services = Object.keys(authorizationTables) as readonly ServiceName[];
  const known = services.flatMap((name) =>
    Object.keys(neighbours[name].operations).map((operation) => `${name} ${operation}`),
  );
  const rows = services.flatMap((name) =>
    Object.keys(authorizationTables[name]).map((operation) => `${name} ${operation}`),
  );
  expect(rows.sort()).toEqual(known.sort());
});

describe('a session', () => {
  test('of a role without policies may ask who it is, and nothing else', async () => {
    const { sts, ecs } = await actAs(createFixture().sandbox, {});
    expect((await sts.getCallerIdentity({})).Arn).toBe(me);
    expect(await codeOf(ecs.listTaskDefinitions({}))).toBe(
      `AccessDeniedException: User: ${me} is not authorized to perform: ecs:ListTaskDefinitions on resource: * because no identity-based policy allows the ecs:ListTaskDefinitions action`,
    );
  });

  test('is denied by whatever denies, however much allows', async () => {
    const policy = policyOf(allow('*'), deny('ecs:ListServices'));
    const { ecs } = await actAs(createFixture().sandbox, { policy });
    expect(await codeOf(ecs.listServices({ cluster }))).toContain(
      'on resource: * with an explicit deny in an identity-based policy',
    );
    expect(await codeOf(ecs.listTaskDefinitions({}))).toBe('ok');
  });

  test('is narrowed by its own policy, never widened', async () => {
    const { sandbox } = createFixture();
    const Policy = policyOf(allow(['ecs:ListServices', 'ecs:ListTasks']));
    const { ecs } = await actAs(sandbox, {
      policy: policyOf(allow(['ecs:ListServices', 'ecs:ListTaskDefinitions'])),
      session: { Policy },
    });
    expect(await codeOf(ecs.listServices({ cluster }))).toBe('ok');
    expect(await codeOf(ecs.listTaskDefinitions({}))).toContain(
      'because no session policy allows the ecs:ListTaskDefinitions action',
    );
    expect(await codeOf(ecs.listTasks({ cluster }))).toContain(
      `on resource: arn:aws:ecs:eu-west-1:815856636111:container-instance/${cluster}/* because no identity-based policy`,
    );
  });

  test('is narrowed by its role’s boundary', async () => {
    const boundary = policyOf(allow('ecs:ListServices'));
    const { ecs } = await actAs(createFixture().sandbox, { policy: everything, boundary });
    expect(await codeOf(ecs.listServices({ cluster }))).toBe('ok');
    expect(await codeOf(ecs.listTaskDefinitions({}))).toContain('because no permissions boundary allows');
  });

  test('gets a new permission when it is in force, not when it is written', async () => {
    const { sandbox, clock } = createFixture({ settings: { policyLagMs: 8_000 } });
    const { ecs } = await actAs(sandbox, {});
    await createClients(sandbox).iam.putRolePolicy({
      RoleName: 'deploy',
      PolicyName: 'late',
      PolicyDocument: everything,
    });
    expect(await codeOf(ecs.listServices({ cluster }))).toContain('AccessDenied');
    await clock.sleep(8_000);
    expect(await codeOf(ecs.listServices({ cluster }))).toBe('ok');
  });

  test('is refused in each service’s own code', async () => {
    const { ec2, elb, efs, iam, secrets } = await actAs(createFixture().sandbox, {});
    const codes = await Promise.all(
      [
        ec2.describeVpcs({}),
        elb.describeRules({ RuleArns: ['arn:x'] }),
        efs.describeFileSystems({}),
        iam.getRole({ RoleName: 'deploy' }),
        secrets.listSecrets({}),
      ].map(async (call) => (await codeOf(call)).split(':')[0]),
    );
    expect(codes).toEqual([
      'UnauthorizedOperation',
      'AccessDenied',
      'AccessDeniedException',
      'AccessDenied',
      'AccessDeniedException',
    ]);
  });
});

describe('resources and conditions', () => {
  test('a service is reached by its ARN, a task list by its cluster', async () => {
    const mine = 'arn:aws:ecs:eu-west-1:815856636111:service/sit-cluster/sit-mine';
    const { ecs } = await actAs(createFixture().sandbox, {
      policy: policyOf(
        allow('ecs:DescribeServices', { Resource: mine }),
        allow('ecs:ListTasks', { Condition: { ArnEquals: { 'ecs:cluster': clusterArn } } }),
      ),
    });
    expect(await codeOf(ecs.describeServices({ cluster, services: ['sit-mine'] }))).toBe('ok');
    expect(await codeOf(ecs.describeServices({ cluster, services: ['sit-mine', 'sit-other'] }))).toContain(
      'service/sit-cluster/sit-other',
    );
    expect(await codeOf(ecs.listTasks({ cluster }))).toBe('ok');
    expect(await codeOf(ecs.listTasks({ cluster: 'other' }))).toContain('container-instance/other/*');
  });

  test('a secret’s name ends in six unknown characters, also before it is there', async () => {
    const Resource = 'arn:aws:secretsmanager:eu-west-1:815856636111:secret:sit-x-??????';
    const { sandbox } = createFixture();
    const { secrets } = await actAs(sandbox, {
      policy: policyOf(allow(['secretsmanager:CreateSecret', 'secretsmanager:DescribeSecret'], { Resource })),
    });
    expect(await codeOf(secrets.describeSecret({ SecretId: 'sit-x' }))).toContain('ResourceNotFound');
    expect(await codeOf(secrets.describeSecret({ SecretId: 'sit-xy' }))).toContain(
      'on resource: sit-xy because',
    );
    const Tags = [{ Key: 'Tenant', Value: 'x' }];
    expect(await codeOf(secrets.createSecret({ Name: 'sit-x', SecretString: 'x', Tags }))).toContain(
      'secretsmanager:TagResource on resource: sit-x because',
    );
    expect(await codeOf(secrets.createSecret({ Name: 'sit-x', SecretString: 'x' }))).toBe('ok');
    expect(await codeOf(secrets.describeSecret({ SecretId: 'sit-x' }))).toBe('ok');
  });

  test('what is tagged, and what a request tags with, can be a condition', async () => {
    const { sandbox } = createFixture();
    const admin = createClients(sandbox);
    for (const tenant of ['a', 'b'])
      await admin.secrets.createSecret({ Name: `sit-${tenant}`, Tags: [{ Key: 'Tenant', Value: tenant }] });
    const { secrets } = await actAs(sandbox, {
      policy: policyOf(
        allow('secretsmanager:DescribeSecret', {
          Condition: { StringEquals: { 'aws:ResourceTag/Tenant': 'a' } },
        }),
        allow('secretsmanager:TagResource', {
          Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Extra'] } },
        }),
      ),
    });
    expect(await codeOf(secrets.describeSecret({ SecretId: 'sit-a' }))).toBe('ok');
    expect(await codeOf(secrets.describeSecret({ SecretId: 'sit-b' }))).toContain('AccessDenied');
    const tag = (Key: string) =>
      codeOf(secrets.tagResource({ SecretId: 'sit-b', Tags: [{ Key, Value: 'x' }] }));
    expect(await tag('Extra')).toBe('ok');
    expect(await tag('Tenant')).toContain('AccessDenied');
  });

  test('roles are handed to ECS only by those who may pass them, and only to ECS', async () => {
    const register = async (passing: object) => {
      const { ecs } = await actAs(createFixture().sandbox, {
        policy: policyOf(allow('ecs:RegisterTaskDefinition'), allow('iam:PassRole', passing)),
      });
      return codeOf(
        ecs.registerTaskDefinition({
          family: 'sit-x',
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          executionRoleArn: `arn:aws:iam::${sit.accountId}:role/${sit.executionRole}`,
          containerDefinitions: [{ name: 'x', image: 'nginx' }],
        }),
      );
    };
    const toService = (service: string) => ({
      Condition: { StringEquals: { 'iam:PassedToService': service } },
    });
    expect(await register(toService('ecs-tasks.amazonaws.com'))).toBe('ok');
    expect(await register(toService('ec2.amazonaws.com'))).toContain(
      `iam:PassRole on resource: arn:aws:iam::815856636111:role/${sit.executionRole} because`,
    );
    expect(await register({ Resource: 'arn:aws:iam::815856636111:role/other' })).toContain('iam:PassRole');
  });
});
