// A role that a session of another role assumes.
import { describe, expect, test } from '@jest/globals';
import { createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';
import { actAs, allow, clientsOf, policyOf } from './session.ts';

describe('role chaining', () => {
  const trusting = (AWS: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
  });

  test('a session becomes another role that trusts its account, for an hour at most', async () => {
    const { sandbox } = createFixture();
    const RoleArn = sandbox.neighbours.iam.seedRole({
      name: 'next',
      trustPolicy: trusting(`arn:aws:iam::${sit.accountId}:root`),
      maxSessionDuration: 43_200,
    });
    const { sts } = await actAs(sandbox, {
      policy: policyOf(allow('sts:AssumeRole', { Resource: RoleArn })),
    });
    const { Credentials } = await sts.assumeRole({ RoleArn, RoleSessionName: 'run-2' });
    expect((await clientsOf(sandbox, Credentials).sts.getCallerIdentity({})).Arn).toMatch(/next\/run-2$/);
    const longer = sts.assumeRole({ RoleArn, RoleSessionName: 'run-2', DurationSeconds: 7_200 });
    expect(await codeOf(longer)).toContain('1 hour session limit');
  });

  test('neither the permission nor the trust is enough alone', async () => {
    const { sandbox } = createFixture();
    const next = (AWS: string, name: string) =>
      sandbox.neighbours.iam.seedRole({ name, trustPolicy: trusting(AWS) });
    const stranger = next('arn:aws:iam::111111111111:root', 'stranger');
    const open = next(sit.accountId, 'open');
    const { sts } = await actAs(sandbox, {
      policy: policyOf(allow('sts:AssumeRole', { Resource: stranger })),
    });
    const assume = (RoleArn: string) => codeOf(sts.assumeRole({ RoleArn, RoleSessionName: 'run-2' }));
    expect(await assume(stranger)).toContain('is not authorized to perform: sts:AssumeRole');
    expect(await assume(open)).toContain('no identity-based policy allows the sts:AssumeRole action');
  });
});
