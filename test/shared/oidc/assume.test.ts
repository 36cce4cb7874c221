// A role assumed through GitHub's OIDC, against the sandbox's STS: sessions shared, renewed, and asked for again.
import { describe, expect, test } from '@jest/globals';
import type { FaultEffect } from '../../../sandbox/aws/faults.ts';
import { Cancelled } from '../../../src/shared/errors.ts';
import { assumeThroughGithub } from '../../../src/shared/oidc/assume.ts';
import { createBench, roleArn, thrownBy } from './bench.ts';

const assume = { operation: 'AssumeRoleWithWebIdentity' } as const;
const minute = 60_000;

describe('a session', () => {
  test('acts as the role, under a name that tells whose it is', async () => {
    const { sts } = createBench().connect();
    expect((await sts.getCallerIdentity({})).Arn).toBe(
      'arn:aws:sts::815856636111:assumed-role/sit-tenants-deploy/deploy-goldencrust-17345-1',
    );
  });

  test('serves all clients of a connection', async () => {
    const bench = createBench();
    const { sts, ecs, logs } = bench.connect();
    await Promise.all([
      sts.getCallerIdentity({}),
      ecs.listTaskDefinitions({}).catch(() => {}),
      logs.getLogEvents({ logGroupName: '/ecs/sit', logStreamName: 'x' }).catch(() => {}),
      sts.getCallerIdentity({}),
    ]);
    expect(bench.assumed()).toBe(1);
  });

  test.each([
    [900, 2],
    [3_600, 5],
  ])('of %i s is renewed during a wait of %i h, each time with a fresh token', async (seconds, hours) => {
    const bench = createBench({ sessionSeconds: seconds });
    const { sts } = bench.connect();
    for (let passed = 0; passed <= hours * 60; passed++) {
      await sts.getCallerIdentity({});
      await bench.clock.sleep(minute);
    }
    const least = (hours * 3_600) / seconds;
    expect(bench.assumed()).toBeGreaterThanOrEqual(least);
    expect(bench.assumed()).toBeLessThanOrEqual((hours * 3_600) / (seconds - 480) + 1);
    expect(new Set(bench.tokens).size).toBe(bench.assumed());
  });

  test('that cannot be renewed serves to its end', async () => {
    const bench = createBench();
    const { sts } = bench.connect();
    await sts.getCallerIdentity({});
    await bench.clock.sleep(55 * minute);
    const repair = bench.sandbox.faults.arm({ ...assume, count: 1_000, effect: { kind: 'access-denied' } });
    await sts.getCallerIdentity({});
    await bench.clock.sleep(3 * minute);
    await sts.getCallerIdentity({});
    repair();
    await bench.clock.sleep(10 * minute);
    await sts.getCallerIdentity({});
  });

  test('of another account is not used', async () => {
    const { clock } = createBench();
    const answer = {
      Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 'x', SessionToken: 'x', Expiration: new Date() },
      AssumedRoleUser: {
        AssumedRoleId: 'A:b',
        Arn: 'arn:aws:sts::999999999999:assumed-role/sit-tenants-deploy/b',
      },
    };
    const provider = assumeThroughGithub({
      roleArn,
      sessionName: 'deploy-goldencrust-1-1',
      sessionPolicy: undefined,
      sts: { assumeRoleWithWebIdentity: async () => ({ ...answer, $metadata: {} }) },
      idToken: async () => 'header.payload.signature',
      readTrust: async () => undefined,
      clock,
      random: () => 0,
    });
    await expect(provider()).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringContaining('999999999999'),
    });
  });
});

describe('what passes by itself', () => {
  test.each<[string, FaultEffect]>([
    ['throttling', { kind: 'throttle' }],
    ['a 5xx', { kind: 'server-error' }],
    ['a broken connection', { kind: 'lose' }],
    [
      'AWS not reaching GitHub',
      { kind: 'error', code: 'IDPCommunicationError', message: 'timed out fetching keys' },
    ],
  ])('%s: asked again within a minute, with a new token each time', async (_, effect) => {
    const bench = createBench();
    bench.sandbox.faults.arm({ ...assume, count: 3, effect });
    const began = bench.clock.now();
    await bench.connect().sts.getCallerIdentity({});
    expect(bench.assumed()).toBe(4);
    expect(new Set(bench.tokens).size).toBe(4);
    expect(bench.clock.now() - began).toBeLessThan(minute);
  });

  test('is given up after five tries or a minute', async () => {
    const bench = createBench();
    bench.sandbox.faults.arm({ ...assume, count: 1_000, effect: { kind: 'throttle' } });
    const began = bench.clock.now();
    const { error } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(error).toMatchObject({ name: 'Failed', what: expect.stringContaining('Throttling') });
    expect(bench.assumed()).toBe(5);
    expect(bench.clock.now() - began).toBeLessThanOrEqual(minute);
  });

  test('a cancelled job does not wait for it', async () => {
    const bench = createBench({
      machine: {
        clock: { now: () => 0, sleep: () => Promise.reject(new Cancelled('SIGINT')) },
      },
    });
    bench.sandbox.faults.arm({ ...assume, count: 1_000, effect: { kind: 'throttle' } });
    const { error } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(error).toBeInstanceOf(Cancelled);
    expect(bench.assumed()).toBe(1);
  });
});

describe('what does not pass is asked for once', () => {
  test.each([
    [
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      'did not let this job assume',
    ],
    ['ExpiredTokenException', 'Token expired', "the runner's clock"],
    ['InvalidIdentityToken', 'No OpenIDConnect provider found in your account', 'identity provider'],
    ['MalformedPolicyDocument', 'Syntax errors in policy', 'report this'],
    ['PackedPolicyTooLarge', 'Packed policy consumes 110%', 'Shorten'],
    ['RegionDisabledException', 'STS is not activated in this region', 'Turn STS on'],
    ['ValidationError', 'something of the request', 'Put right'],
  ])('%s', async (code, message, told) => {
    const bench = createBench();
    bench.sandbox.faults.arm({ ...assume, count: 1_000, effect: { kind: 'error', code, message } });
    const { error, shown } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(error).toMatchObject({ name: 'Failed' });
    expect(shown).toContain(told);
    expect(shown).toContain(roleArn);
    expect(bench.assumed()).toBe(1);
    expect(bench.tokens).toHaveLength(1);
  });
});
