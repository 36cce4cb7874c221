import { describe, expect, test } from '@jest/globals';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';
import { create, executionPolicy, RoleName, tasksMayAssume } from './roles.ts';
import { allow, policyOf } from './session.ts';

describe('a role', () => {
  test('is read as it was made', async () => {
    const { sandbox } = createFixture();
    const document = policyOf(allow('*'));
    const PermissionsBoundary = sandbox.neighbours.iam.seedManagedPolicy({ name: 'boundary', document });
    const Tags = [{ Key: 'Tenant', Value: 'goldencrust' }];
    await create(sandbox, {
      Path: '/tenants/',
      Tags,
      Description: 'x',
      PermissionsBoundary,
      MaxSessionDuration: 7_200,
    });
    const { Role } = await createClients(sandbox).iam.getRole({ RoleName });
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${sit.accountId}:role/tenants/${RoleName}`,
      Path: '/tenants/',
      MaxSessionDuration: 7_200,
      Description: 'x',
      Tags,
    });
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundary);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(tasksMayAssume);
    expect(JSON.stringify(sandbox.snapshot().iam)).toContain(RoleName);
  });

  test.each([
    ['twice', {}, 'EntityAlreadyExists'],
    ['in another case', { RoleName: RoleName.toUpperCase() }, 'EntityAlreadyExists'],
    ['with a name too long', { RoleName: 'x'.repeat(65) }, 'ValidationError'],
    [
      'with a boundary that is not there',
      { RoleName: 'b', PermissionsBoundary: `${executionPolicy}x` },
      'NoSuchEntity',
    ],
    ['without a trust policy that parses', { RoleName: 'b', AssumeRolePolicyDocument: '{' }, 'Malformed'],
    [
      'trusting nobody',
      { RoleName: 'b', AssumeRolePolicyDocument: policyOf(allow('sts:AssumeRole')) },
      'principals',
    ],
    [
      'with a tag twice',
      {
        RoleName: 'b',
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      'InvalidInput',
    ],
    ['for longer than half a day', { RoleName: 'b', MaxSessionDuration: 43_201 }, 'ValidationError'],
  ])('is not made %s', async (_what, change, code) => {
    const { sandbox } = createFixture();
    await create(sandbox);
    expect(await codeOf(create(sandbox, change))).toContain(code);
  });

  test('is seen by readers some time after it was made, and after it was deleted', async () => {
    const { sandbox, clock } = createFixture({ settings: { readLagMs: 3_000 } });
    const { iam } = createClients(sandbox);
    await create(sandbox);
    expect(await codeOf(iam.getRole({ RoleName }))).toContain('NoSuchEntity');
    await clock.sleep(3_000);
    expect(await codeOf(iam.getRole({ RoleName }))).toBe('ok');
    await iam.deleteRole({ RoleName });
    expect(await codeOf(iam.getRole({ RoleName }))).toBe('ok');
    await clock.sleep(3_000);
    expect(await codeOf(iam.getRole({ RoleName }))).toContain('NoSuchEntity');
  });

  test('is deleted only with nothing left on it, as readers see it', async () => {
    const { sandbox, clock } = createFixture({ settings: { readLagMs: 3_000 } });
    const { iam } = createClients(sandbox);
    await create(sandbox);
    await iam.attachRolePolicy({ RoleName, PolicyArn: executionPolicy });
    expect(await codeOf(iam.deleteRole({ RoleName }))).toContain('DeleteConflict');
    await clock.sleep(3_000);
    await iam.detachRolePolicy({ RoleName, PolicyArn: executionPolicy });
    await iam.putRolePolicy({ RoleName, PolicyName: 'x', PolicyDocument: policyOf(allow('ecs:*')) });
    await iam.deleteRolePolicy({ RoleName, PolicyName: 'x' });
    expect(await codeOf(iam.deleteRole({ RoleName }))).toContain('DeleteConflict');
    await clock.sleep(3_000);
    expect(await codeOf(iam.deleteRole({ RoleName }))).toBe('ok');
  });

  test('keeps its tags by key, and lists them in pages', async () => {
    const { sandbox } = createFixture({ settings: { pageSize: 1 } });
    const { iam } = createClients(sandbox);
    await create(sandbox, { Tags: [{ Key: 'Tenant', Value: 'a' }] });
    await iam.tagRole({
      RoleName,
      Tags: [
        { Key: 'Tenant', Value: 'b' },
        { Key: 'Extra', Value: 'x' },
      ],
    });
    const first = await iam.listRoleTags({ RoleName });
    expect(first).toMatchObject({ Tags: [{ Key: 'Tenant', Value: 'b' }], IsTruncated: true });
    const second = await iam.listRoleTags({ RoleName, Marker: first.Marker });
    expect(second).toMatchObject({ Tags: [{ Key: 'Extra', Value: 'x' }], IsTruncated: false });
    await iam.untagRole({ RoleName, TagKeys: ['Tenant'] });
    expect((await iam.getRole({ RoleName })).Role?.Tags).toEqual([{ Key: 'Extra', Value: 'x' }]);
  });

  test('is one of a thousand at most, with ten managed policies at most', async () => {
    const { sandbox } = createFixture();
    const { iam } = sandbox.neighbours;
    await create(sandbox);
    const client = createClients(sandbox).iam;
    const attach = (PolicyArn: string) => codeOf(client.attachRolePolicy({ RoleName, PolicyArn }));
    for (let count = 0; count < 10; count++)
      await attach(iam.seedManagedPolicy({ name: `p${count}`, document: policyOf(allow('ecs:*')) }));
    expect(await attach(executionPolicy)).toContain('PoliciesPerRole: 10');
    expect(await attach(`${executionPolicy}x`)).toContain('NoSuchEntity');
    const listed = await client.listAttachedRolePolicies({ RoleName });
    expect(listed.AttachedPolicies).toHaveLength(10);
    const present = (await client.listRoles({ MaxItems: 1000 })).Roles?.length ?? 0;
    for (let count = present; count < 1_000; count++)
      iam.seedRole({ name: `r${count}`, trustPolicy: JSON.parse(tasksMayAssume) });
    expect(await codeOf(create(sandbox, { RoleName: 'one-more' }))).toContain('RolesPerAccount: 1000');
  });
});
