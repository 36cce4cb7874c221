// Whom a role lets in by GitHub's claims, and what a session can be asked for.
import { createHash } from 'node:crypto';
import { STS } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { clientOptions, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';
import { allow, policyOf } from './session.ts';

const issuer = 'token.actions.githubusercontent.com';

const claims = {
  sub: 'repo:acme@1/fleet@2:environment:sit-tenants',
  repository: 'acme/fleet',
  repository_id: 2,
  repository_owner_id: '1',
  environment: 'sit-tenants',
  job_workflow_ref: 'your-org/tenant-actions/.github/workflows/tenant.yml@refs/tags/v1',
  ref: 'refs/heads/main',
  actor: 'Ada',
  event_name: 'push',
};

const trust = (Condition: object, change: object = {}) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${sit.accountId}:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition,
      ...change,
    },
  ],
});

/** Conditions with GitHub's claims by their short names. */
const when = (operator: string, wanted: Readonly<Record<string, unknown>>) => ({
  [operator]: Object.fromEntries(Object.entries(wanted).map(([key, value]) => [`${issuer}:${key}`, value])),
});

type Asked = Partial<Parameters<STS['assumeRoleWithWebIdentity']>[0]>;

const lab = (trustPolicy: object = trust({}), maxSessionDuration?: number) => {
  const { sandbox } = createFixture();
  const RoleArn = sandbox.neighbours.iam.seedRole({
    name: 'deploy',
    trustPolicy,
    ...(maxSessionDuration && { maxSessionDuration }),
  });
  const sts = new STS(clientOptions(sandbox));
  const assume = (change: object = {}, asked: Asked = {}) =>
    sts.assumeRoleWithWebIdentity({
      RoleArn,
      RoleSessionName: 'deploy-goldencrust-1',
      WebIdentityToken: sandbox.mintToken({ ...claims, ...change }),
      ...asked,
    });
  return { sandbox, assume };
};

describe('conditions of a trust policy', () => {
  const denied = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';

  test.each([
    ['a claim by its exact value', when('StringEquals', { environment: 'sit-tenants' }), true],
    ['another value', when('StringEquals', { environment: 'prod-tenants' }), false],
    ['one of several values', when('StringEquals', { environment: ['dev', 'sit-tenants'] }), true],
    ['an id that the token has as a number', when('StringEquals', { repository_id: '2' }), true],
    ['the owner’s id', when('StringEquals', { repository_owner_id: '1' }), true],
    ['a pattern', when('StringLike', { job_workflow_ref: 'your-org/tenant-actions/*/tenant.yml@*' }), true],
    [
      'a pattern where equality is asked for',
      when('StringEquals', { job_workflow_ref: 'your-org/*' }),
      false,
    ],
    ['another workflow', when('StringLike', { job_workflow_ref: 'your-org/*/drift.yml@*' }), false],
    ['all conditions', { ...when('StringEquals', { ref: 'refs/heads/main', actor: 'Bob' }) }, false],
    ['a value but for its case', when('StringEqualsIgnoreCase', { actor: 'ADA' }), true],
    ['not a value', when('StringNotEquals', { actor: 'Bob' }), true],
    ['not this value', when('StringNotLike', { ref: 'refs/heads/*' }), false],
    // Not a key of AWS: no claim is ever found under it.
    ['a claim that AWS makes no key of', when('StringEquals', { event_name: 'push' }), false],
    ['a claim that the token lacks', when('StringEquals', { enterprise_id: '7' }), false],
    [
      'a claim that the token lacks, if it exists',
      when('StringEqualsIfExists', { enterprise_id: '7' }),
      true,
    ],
    ['a claim that is there, if it exists', when('StringEqualsIfExists', { actor: 'Bob' }), false],
    // The trap: nothing is there to differ.
    ['for all values of an absent claim', when('ForAllValues:StringEquals', { enterprise_id: '7' }), true],
    ['for any value of an absent claim', when('ForAnyValue:StringEquals', { enterprise_id: '7' }), false],
    ['an absent claim to be absent', when('Null', { enterprise_id: 'true' }), true],
    ['a claim to be absent', when('Null', { environment: 'true' }), false],
  ])('%s', async (_what, condition, admitted) => {
    const { assume } = lab(trust(condition));
    expect(await codeOf(assume())).toBe(admitted ? 'ok' : denied);
  });

  test('a job without an environment has no such claim', async () => {
    const { assume } = lab(trust(when('StringEquals', { environment: 'sit-tenants' })));
    expect(await codeOf(assume({ environment: undefined }))).toBe(denied);
  });

  test('a Deny beats every Allow', async () => {
    const open = trust({});
    const Statement = [
      ...open.Statement,
      ...trust(when('StringEquals', { actor: 'Ada' }), { Effect: 'Deny' }).Statement,
    ];
    const { assume } = lab({ ...open, Statement });
    expect(await codeOf(assume())).toBe(denied);
    expect(await codeOf(assume({ actor: 'Bob' }))).toBe('ok');
  });

  test('another provider, another account’s provider or another action lets nobody in', async () => {
    for (const change of [
      { Principal: { Federated: `arn:aws:iam::${sit.accountId}:oidc-provider/gitlab.com` } },
      { Principal: { Federated: `arn:aws:iam::111111111111:oidc-provider/${issuer}` } },
      { Principal: { AWS: sit.accountId } },
      { Action: 'sts:AssumeRole' },
    ])
      expect(await codeOf(lab(trust({}, change)).assume())).toBe(denied);
  });

  test('an operator that is not known here is refused when it is written', () => {
    expect(() => lab(trust(when('DateLessThan', { iat: '2030-01-01' })))).toThrow('DateLessThan');
    expect(() => lab(trust(when('StringEqual', { actor: 'Ada' })))).toThrow('StringEqual');
  });
});

describe('the provider', () => {
  test('must be in the account', async () => {
    const { sandbox, assume } = lab();
    sandbox.neighbours.iam.removeOidcProvider();
    expect(await codeOf(assume())).toBe(
      'InvalidIdentityTokenException: No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com',
    );
  });

  test('can be out of reach for a while', async () => {
    const { sandbox, assume } = lab();
    const message = 'Could not reach the identity provider';
    const effect = { kind: 'error', code: 'IDPCommunicationError', message } as const;
    sandbox.faults.arm({ service: 'sts', effect });
    expect(await codeOf(assume())).toContain('IDPCommunicationError');
    expect(await codeOf(assume())).toBe('ok');
  });

  test('is asked about time: five minutes, and not before', async () => {
    const { sandbox, assume } = lab();
    const now = sandbox.cloud.clock.now() / 1000;
    expect(await codeOf(assume({ exp: now - 1 }))).toContain('ExpiredToken');
    expect(await codeOf(assume({ nbf: now + 60 }))).toContain('InvalidIdentityToken');
  });
});

describe('a session', () => {
  test('lasts no longer than its role allows', async () => {
    const hour = lab();
    expect(await codeOf(hour.assume({}, { DurationSeconds: 3_601 }))).toBe(
      'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
    const longer = await lab(trust({}), 7_200).assume({}, { DurationSeconds: 7_200 });
    expect(longer.Credentials?.Expiration?.getTime()).toBeGreaterThan(0);
    expect(await codeOf(hour.assume({}, { DurationSeconds: 899 }))).toContain('ValidationError');
  });

  test('has a name of the characters that CloudTrail takes', async () => {
    const { assume } = lab();
    expect(await codeOf(assume({}, { RoleSessionName: 'deploy golden' }))).toContain('ValidationError');
    expect(await codeOf(assume({}, { RoleSessionName: 'x'.repeat(65) }))).toContain('ValidationError');
  });

  test('takes a policy that is whole, short and packs well', async () => {
    const { assume } = lab();
    const withPolicy = (Policy: string) => codeOf(assume({}, { Policy }));
    expect(await withPolicy(policyOf(allow('ecs:*')))).toBe('ok');
    expect(await withPolicy('{"Version":"2012-10-17"}')).toContain('MalformedPolicyDocument');
    expect(await withPolicy(policyOf(allow('ecs:*', { Resource: 'sit' })))).toContain('MalformedPolicy');
    const odd = { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } };
    expect(await withPolicy(policyOf(allow('ecs:*', odd)))).toContain('IpAddress');
    expect(await withPolicy(policyOf(allow('ecs:*')) + ' '.repeat(2_048))).toContain('ValidationError');
    // Nothing in it repeats, so that packing cannot help.
    const noise = Array.from({ length: 42 }, (_, index) =>
      createHash('sha256').update(String(index)).digest('base64url'),
    );
    const Resource = `arn:aws:ecs:eu-west-1:1:service/${noise.join('')}`;
    expect(await withPolicy(policyOf(allow('ecs:*', { Resource })))).toMatch(/PackedPolicyTooLarge.*\d+%/);
  });

  test('takes managed policies that are there', async () => {
    const { assume } = lab();
    const missing = 'arn:aws:iam::815856636111:policy/nowhere';
    const known = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
    expect(await codeOf(assume({}, { PolicyArns: [{ arn: known }, { arn: missing }] }))).toContain(missing);
    expect((await assume({}, { PolicyArns: [{ arn: known }] })).PackedPolicySize).toBeGreaterThan(0);
  });
});
