import { STS } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { trustOfRepository } from '../../sandbox/aws/platform.ts';
import { clientOptions, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';

const roleArn = `arn:aws:iam::815856636111:role/${sit.executionRole}`;

describe('STS', () => {
  const repository = 'kimmyai/hosting';
  const assume = async (change: {
    readonly claims?: object;
    readonly role?: string;
    readonly token?: string;
  }) => {
    const { sandbox, clock } = createFixture();
    const RoleArn = sandbox.neighbours.iam.seedRole({
      name: 'deploy',
      trustPolicy: trustOfRepository(sit.accountId, repository),
    });
    const claims = { sub: `repo:${repository}:ref:refs/heads/main`, ...change.claims };
    const sts = new STS({ ...clientOptions(sandbox) });
    const answer = sts.assumeRoleWithWebIdentity({
      RoleArn: change.role ?? RoleArn,
      RoleSessionName: 'run-1',
      WebIdentityToken: change.token ?? sandbox.mintToken(claims),
    });
    return { sandbox, clock, answer };
  };

  test('a token that the trust policy accepts gets keys that are that role, until they expire', async () => {
    const { sandbox, clock, answer } = await assume({});
    const { Credentials } = await answer;
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const sts = new STS({ ...clientOptions(sandbox), credentials });
    expect((await sts.getCallerIdentity({})).Arn).toBe('arn:aws:sts::815856636111:assumed-role/deploy/run-1');
    await clock.sleep(3_600_000);
    expect(await codeOf(sts.getCallerIdentity({}))).toContain('ExpiredToken');
  });

  test.each([
    ['another repository', { claims: { sub: 'repo:stranger/hosting:ref:refs/heads/main' } }, 'AccessDenied'],
    ['a role that is not there', { role: 'arn:aws:iam::815856636111:role/nobody' }, 'AccessDenied'],
    ['a role that trusts others', { role: roleArn }, 'AccessDenied'],
    ['another audience', { claims: { aud: 'somebody' } }, 'InvalidIdentityToken'],
    ['another issuer', { claims: { iss: 'https://evil.example' } }, 'InvalidIdentityToken'],
    ['an expired token', { claims: { exp: 1 } }, 'ExpiredToken'],
    ['no token at all', { token: 'not-a-token' }, 'InvalidIdentityToken'],
  ])('%s is refused', async (_what, change, code) => {
    const { answer } = await assume(change);
    expect(await codeOf(answer)).toContain(code);
  });

  test('StringEquals means equal: a pattern in it lets nobody in', async () => {
    const { sandbox } = createFixture();
    const [statement] = trustOfRepository(sit.accountId, repository).Statement;
    const exact = (sub: string): string => {
      const aud = { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' };
      const Condition = { StringEquals: { ...aud, 'token.actions.githubusercontent.com:sub': sub } };
      const trustPolicy = { Version: '2012-10-17', Statement: [{ ...statement, Condition }] };
      return sandbox.neighbours.iam.seedRole({
        name: sub === 'repo:a/b:x' ? 'exact' : 'pattern',
        trustPolicy,
      });
    };
    const sts = new STS(clientOptions(sandbox));
    const assumeWith = (RoleArn: string) =>
      codeOf(
        sts.assumeRoleWithWebIdentity({
          RoleArn,
          RoleSessionName: 'run',
          WebIdentityToken: sandbox.mintToken({ sub: 'repo:a/b:x' }),
        }),
      );
    expect(await assumeWith(exact('repo:a/b:x'))).toBe('ok');
    expect(await assumeWith(exact('repo:a/b:*'))).toContain('AccessDenied');
  });

  test('a changed claim breaks the signature', async () => {
    const { sandbox } = createFixture();
    const [header, , signature] = sandbox.mintToken({ sub: 'repo:a/b:x' }).split('.');
    const forged = Buffer.from(JSON.stringify({ sub: `repo:${repository}:x`, aud: 'sts.amazonaws.com' }));
    const { answer } = await assume({ token: [header, forged.toString('base64url'), signature].join('.') });
    expect(await codeOf(answer)).toContain('InvalidIdentityToken');
  });
});
