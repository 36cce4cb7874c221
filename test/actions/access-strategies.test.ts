// How tasks come to read their tenant's secret: what each strategy grants, to whom, and how a tenant moves between them.
import { describe, expect, jest, test } from '@jest/globals';
import { writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { bringUp, tearDown } from '../scenario.ts';
import {
  accessPoliciesIn,
  boundary,
  iamOf,
  labWith,
  mayRead,
  outcomesOf,
  setStrategy,
  sharedRole,
  slow,
  startingRole,
  strategies,
} from './access-lab.ts';

jest.setTimeout(slow);

const ownRole = 'sit-goldencrust-execution';
const own = 'sit-goldencrust-db-credentials';
const others = 'sit-ironpeak-db-credentials';
const master = 'sit-rds-master-credentials';
const sharedPolicy = `${sharedRole} sit-ecs-secrets-access`;

describe.each(strategies)('%s', (strategy) => {
  test('a second run writes nothing', async () => {
    const lab = await labWith(strategy);
    await bringUp(lab);
    const from = lab.sandbox.calls.length;
    expect((await lab.run('provision-tenant')).changed).toBe('false');
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('a dry run writes nothing', async () => {
    const lab = await labWith(strategy);
    await lab.run('provision-tenant', { 'dry-run': 'true' });
    expect(writesOf(lab)).toEqual([]);
  });

  test('rollback leaves nothing of the tenant, and another one as it was', async () => {
    const lab = await labWith(strategy);
    await bringUp(lab, { tenant: 'ironpeak' });
    const before = iamOf(lab);
    await bringUp(lab);
    await tearDown(lab);
    expect(iamOf(lab)).toEqual(before);
    await lab.run('wait-healthy', { tenant: 'ironpeak' });
    expect(
      await outcomesOf(await lab.run('provision-tenant', { tenant: 'ironpeak', 'dry-run': 'true' })),
    ).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ action: expect.not.stringMatching('keep') })]),
    );
  });

  test('no task starts before IAM holds what was granted, even in one single run', async () => {
    const lab = await labWith(strategy, { settings: { policyLagMs: 12_000, readLagMs: 2_000 } });
    await lab.run('provision-tenant');
    await lab.clock.sleep(60_000);
    const { ecs } = createClients(lab.sandbox);
    const { services } = await ecs.describeServices({
      cluster: 'sit-cluster',
      services: ['sit-goldencrust-service'],
    });
    expect(services?.[0]?.runningCount).toBe(1);
    expect(JSON.stringify(services?.[0]?.events)).not.toContain('AccessDenied');
  });
});

describe('inline-policy', () => {
  test('a full role is explained with the ways out', async () => {
    const lab = await labWith('inline-policy');
    lab.sandbox.neighbours.iam.seedPolicy({
      role: sharedRole,
      name: 'full',
      document: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(9_800)}` },
        ],
      }),
    });
    await expect(lab.run('provision-tenant')).rejects.toMatchObject({
      fix: expect.stringMatching(/path-wildcard or role-per-tenant/),
    });
  });
});

describe('path-wildcard', () => {
  test('one policy serves every tenant of the environment, and the plan says how far isolation goes', async () => {
    const lab = await labWith('path-wildcard');
    const plan = outcomesOf(await lab.run('provision-tenant', { 'dry-run': 'true' }));
    expect(plan.find(({ step }) => step === 'access')).toMatchObject({
      action: 'create',
      kind: 'shared access policy',
      note: expect.stringContaining('isolation is per environment'),
    });
    await bringUp(lab);
    await bringUp(lab, { tenant: 'ironpeak' });
    expect(accessPoliciesIn(lab)).toEqual([sharedPolicy]);
    expect(mayRead(lab, sharedRole, own)).toBe(true);
    expect(mayRead(lab, sharedRole, 'dev-goldencrust-db-credentials')).toBe(false);
  });

  test('a rollback does not so much as look at the policy', async () => {
    const lab = await labWith('path-wildcard');
    await bringUp(lab);
    const from = lab.sandbox.calls.length;
    await tearDown(lab);
    expect(accessPoliciesIn(lab)).toEqual([sharedPolicy]);
    expect(
      lab.sandbox.calls
        .slice(from)
        .filter(({ input }) => JSON.stringify(input).includes('"sit-ecs-secrets-access"')),
    ).toEqual([]);
  });

  test('a policy of that name that says something else is refused, even for a known tenant, unless adopted', async () => {
    const lab = await labWith('path-wildcard');
    await bringUp(lab);
    const { iam } = createClients(lab.sandbox);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
    });
    await iam.putRolePolicy({ RoleName: sharedRole, PolicyName: 'sit-ecs-secrets-access', PolicyDocument });
    await expect(lab.run('provision-tenant')).rejects.toThrow(
      'shared access policy sit-ecs-secrets-access exists',
    );
    await lab.run('provision-tenant', { adopt: 'true' });
    await lab.clock.sleep(60_000);
    expect(mayRead(lab, sharedRole, 'dev-goldencrust-db-credentials')).toBe(false);
  });
});

describe('role-per-tenant', () => {
  test("the tenant's tasks start with a role that reads its own secret and no other, the master's least of all", async () => {
    const lab = await labWith('role-per-tenant');
    await bringUp(lab);
    expect(await startingRole(lab)).toBe(ownRole);
    expect([own, others, master].map((secret) => mayRead(lab, ownRole, secret))).toEqual([
      true,
      false,
      false,
    ]);
    expect(iamOf(lab).roles.find(({ name }) => name === ownRole)?.tags).toEqual(
      expect.arrayContaining([{ Key: 'Tenant', Value: 'goldencrust' }]),
    );
  });

  test('a boundary is put on a new role and on one without; taking it off is refused', async () => {
    const lab = await labWith('role-per-tenant');
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
    });
    lab.sandbox.neighbours.iam.seedManagedPolicy({ name: 'sit-tenant-boundary', document });
    await bringUp(lab);
    await setStrategy(lab, 'role-per-tenant', boundary);
    await lab.run('provision-tenant');
    await bringUp(lab, { tenant: 'ironpeak' });
    const bounded = iamOf(lab).roles.filter(({ permissionsBoundary }) => permissionsBoundary === boundary);
    expect(bounded.map(({ name }) => name).sort()).toEqual([ownRole, 'sit-ironpeak-execution']);
    await setStrategy(lab, 'role-per-tenant');
    await expect(lab.run('provision-tenant')).rejects.toThrow('A boundary is never taken off');
  });

  test('a role that ECS does not know yet is waited for', async () => {
    const lab = await labWith('role-per-tenant');
    const effect = { kind: 'error', code: 'ClientException', message: 'Role is not valid' } as const;
    lab.sandbox.faults.arm({ operation: 'RegisterTaskDefinition', count: 3, effect });
    await lab.run('provision-tenant');
    expect(await startingRole(lab)).toBe(ownRole);
    lab.sandbox.faults.arm({ operation: 'RegisterTaskDefinition', count: 100, effect });
    await expect(lab.run('provision-tenant', { tenant: 'ironpeak' })).rejects.toThrow(
      'ECS does not know role sit-ironpeak-execution',
    );
  });

  test('a trust policy changed by hand is put right', async () => {
    const lab = await labWith('role-per-tenant');
    await bringUp(lab);
    const before = iamOf(lab);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    });
    await createClients(lab.sandbox).iam.updateAssumeRolePolicy({ RoleName: ownRole, PolicyDocument });
    await lab.run('provision-tenant');
    expect(iamOf(lab)).toEqual(before);
  });

  test("a role of that name that is not the tenant's is neither used nor deleted", async () => {
    const lab = await labWith('role-per-tenant');
    lab.sandbox.neighbours.iam.seedRole({
      name: ownRole,
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
    });
    await expect(lab.run('provision-tenant')).rejects.toThrow(`execution role ${ownRole} exists`);
    await expect(lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' })).rejects.toThrow(
      'Nothing was deleted',
    );
    expect(writesOf(lab)).toEqual([]);
  });

  test('rollback deletes the role with whatever was put on it', async () => {
    const lab = await labWith('role-per-tenant');
    const before = iamOf(lab);
    await bringUp(lab);
    const { iam } = createClients(lab.sandbox);
    const PolicyArn = lab.sandbox.neighbours.iam.seedManagedPolicy({
      name: 'by-hand',
      document: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
      }),
    });
    await iam.attachRolePolicy({ RoleName: ownRole, PolicyArn });
    await iam.putRolePolicy({
      RoleName: ownRole,
      PolicyName: 'by-hand',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
      }),
    });
    await tearDown(lab);
    expect(iamOf(lab).roles).toEqual(before.roles);
  });
});
