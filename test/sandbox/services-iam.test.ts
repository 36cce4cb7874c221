import { describe, expect, test } from '@jest/globals';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';

const policyFor = (resource: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: [resource] }],
  });

const secretArn = (name: string): string => `arn:aws:secretsmanager:eu-west-1:815856636111:secret:${name}`;
const RoleName = sit.executionRole;
const roleArn = `arn:aws:iam::815856636111:role/${RoleName}`;

describe('IAM', () => {
  test('a policy is in force only after its lag, and no longer after its deletion’s', async () => {
    const { sandbox, clock } = createFixture({ settings: { policyLagMs: 8_000 } });
    const { iam } = createClients(sandbox);
    const allowed = (): boolean =>
      sandbox.neighbours.iam.allows({
        roleArn,
        action: 'secretsmanager:GetSecretValue',
        resource: secretArn('sit-x-db-credentials-AbCdEf'),
      });
    const PolicyDocument = policyFor(secretArn('sit-x-db-credentials-*'));
    await iam.putRolePolicy({ RoleName, PolicyName: 'x', PolicyDocument });
    expect(allowed()).toBe(false);
    await clock.sleep(8_000);
    expect(allowed()).toBe(true);
    await iam.deleteRolePolicy({ RoleName, PolicyName: 'x' });
    expect(allowed()).toBe(true);
    await clock.sleep(8_000);
    expect(allowed()).toBe(false);
  });

  test('the platform’s own policies are in force from the start, and only for what they name', () => {
    const { sandbox } = createFixture({ settings: { policyLagMs: 8_000, readLagMs: 8_000 } });
    const { iam, secrets } = sandbox.neighbours;
    const resource = secrets.seedSecret(sit.database.masterSecret, {});
    const action = 'secretsmanager:GetSecretValue';
    expect(iam.allows({ roleArn, action, resource })).toBe(true);
    expect(iam.allows({ roleArn, action: 'secretsmanager:DeleteSecret', resource })).toBe(false);
    expect(iam.allows({ roleArn: `${roleArn}-other`, action, resource })).toBe(false);
  });

  test('all inline policies of a role together hold 10,240 characters, spaces not counted', async () => {
    const { iam } = createClients(createFixture().sandbox);
    const document = (size: number): string => {
      const empty = policyFor(secretArn(''));
      return policyFor(secretArn('x'.repeat(size - empty.length))).replace('[', '[\n    ');
    };
    const put = (PolicyName: string, size: number) =>
      codeOf(iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: document(size) }));
    const { PolicyDocument = '' } = await iam.getRolePolicy({ RoleName, PolicyName: 'sit-ecs-base' });
    const left = 10_240 - decodeURIComponent(PolicyDocument).length;
    expect(await put('a', 5_000)).toBe('ok');
    expect(await put('b', left - 5_000 + 1)).toContain('LimitExceeded');
    expect(await put('b', left - 5_000)).toBe('ok');
    expect(await put('a', 4_000)).toBe('ok');
  });

  test.each([
    ['{', 'invalid Json'],
    [policyFor('sit-x'), 'must be in ARN format'],
    ['{"Version":"2012-10-17"}', 'Syntax errors'],
    [policyFor('*').replace('Allow', 'allow'), 'Effect'],
  ])('%s is malformed', async (PolicyDocument, text) => {
    const { iam } = createClients(createFixture().sandbox);
    const refusal = await codeOf(iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument }));
    expect(refusal).toContain('MalformedPolicyDocument');
    expect(refusal).toContain(text);
  });

  test('what is missing is missing, and pages of one come to an end', async () => {
    const { sandbox } = createFixture({ settings: { pageSize: 1 } });
    const { iam } = createClients(sandbox);
    expect(await codeOf(iam.getRolePolicy({ RoleName, PolicyName: 'no' }))).toContain('NoSuchEntity');
    expect(await codeOf(iam.deleteRolePolicy({ RoleName, PolicyName: 'no' }))).toContain('NoSuchEntity');
    expect(await codeOf(iam.listRolePolicies({ RoleName: 'no' }))).toContain('NoSuchEntity');
    await iam.putRolePolicy({ RoleName, PolicyName: 'b', PolicyDocument: policyFor('*') });
    const first = await iam.listRolePolicies({ RoleName });
    expect(first).toMatchObject({ PolicyNames: ['b'], IsTruncated: true });
    const second = await iam.listRolePolicies({ RoleName, Marker: first.Marker });
    expect(second).toMatchObject({ PolicyNames: ['sit-ecs-base'], IsTruncated: false });
    expect(await codeOf(iam.listRolePolicies({ RoleName, Marker: 'x' }))).toContain('ValidationError');
  });
});
