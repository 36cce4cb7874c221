import { describe, expect, test } from '@jest/globals';
import { createClients, createFixture } from './fixture.ts';
import { codeOf } from './refusal.ts';

const createSecrets = (options: Parameters<typeof createFixture>[0] = {}) => {
  const { sandbox, clock } = createFixture(options);
  return { sandbox, clock, secrets: createClients(sandbox).secrets };
};

describe('finding a secret', () => {
  test('by name, full ARN and ARN without its suffix; never by a prefix', async () => {
    const { secrets } = createSecrets();
    const { ARN = '' } = await secrets.createSecret({ Name: 'sit-a', SecretString: 'x' });
    expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:815856636111:secret:sit-a-[A-Za-z0-9]{6}$/);
    for (const SecretId of ['sit-a', ARN, ARN.slice(0, -7)])
      expect((await secrets.getSecretValue({ SecretId })).ARN).toBe(ARN);
    expect(await codeOf(secrets.getSecretValue({ SecretId: 'sit' }))).toContain('ResourceNotFoundException');
    expect(await codeOf(secrets.getSecretValue({ SecretId: ARN.slice(0, -1) }))).toContain(
      'ResourceNotFoundException',
    );
  });

  test('reads lag behind writes', async () => {
    const { secrets, clock } = createSecrets({ settings: { readLagMs: 3_000 } });
    await secrets.createSecret({ Name: 'a', SecretString: 'x' });
    expect(await codeOf(secrets.getSecretValue({ SecretId: 'a' }))).toContain('ResourceNotFoundException');
    await clock.sleep(3_000);
    expect(await codeOf(secrets.getSecretValue({ SecretId: 'a' }))).toBe('ok');
  });

  test('lists in pages of one, filtered, without what is pending deletion', async () => {
    const { secrets } = createSecrets({ settings: { pageSize: 1 } });
    for (const Name of ['t-1', 't-2', 't-3']) await secrets.createSecret({ Name, SecretString: 'x' });
    await secrets.deleteSecret({ SecretId: 't-2' });
    const names = async (more: object): Promise<readonly (string | undefined)[]> => {
      const found: (string | undefined)[] = [];
      let NextToken: string | undefined;
      do {
        const page = await secrets.listSecrets({
          Filters: [{ Key: 'name', Values: ['t-'] }],
          ...more,
          NextToken,
        });
        expect(page.SecretList?.length).toBeLessThanOrEqual(1);
        found.push(...(page.SecretList ?? []).map(({ Name }) => Name));
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    };
    expect(await names({})).toEqual(['t-1', 't-3']);
    expect(await names({ IncludePlannedDeletion: true })).toEqual(['t-1', 't-2', 't-3']);
    const { NextToken } = await secrets.listSecrets({});
    const elsewhere = { NextToken, IncludePlannedDeletion: true };
    expect(await codeOf(secrets.listSecrets(elsewhere))).toContain('InvalidNextTokenException');
    expect(await codeOf(secrets.listSecrets({ NextToken: 'made-up' }))).toContain(
      'InvalidNextTokenException',
    );
  });
});

describe('what a starting task gets', () => {
  const start = async () => {
    const { sandbox, secrets } = createSecrets();
    const value = JSON.stringify({ username: 'u', port: 3306 });
    const { ARN = '' } = await secrets.createSecret({ Name: 'a', SecretString: value });
    return { arn: ARN, secrets, resolve: sandbox.neighbours.secrets.resolve };
  };

  test('the whole value, or a JSON key, of a stage', async () => {
    const { arn, resolve, secrets } = await start();
    await secrets.putSecretValue({ SecretId: arn, SecretString: '{"username":"new"}' });
    expect(resolve(arn)).toEqual({ kind: 'value', value: '{"username":"new"}', arn });
    expect(resolve(`${arn}:username::`)).toEqual({ kind: 'value', value: 'new', arn });
    expect(resolve(`${arn}:port:AWSPREVIOUS:`)).toEqual({ kind: 'value', value: '3306', arn });
  });

  test.each([
    [
      'a missing key',
      ':password::',
      'retrieved secret from Secrets Manager did not contain json key password',
    ],
    ['a missing stage', '::OTHER:', "can't find the specified secret value for staging label: OTHER"],
  ])('%s is said as ECS says it', async (_what, selector, text) => {
    const { arn, resolve } = await start();
    expect(resolve(`${arn}${selector}`)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(text),
    });
  });

  test('a missing secret, one pending deletion, and a bare name are refused', async () => {
    const { arn, resolve, secrets } = await start();
    const missing = resolve(arn.replace('secret:a-', 'secret:b-'));
    expect(missing).toMatchObject({
      reason: expect.stringMatching(
        /ResourceInitializationError: .*ResourceNotFoundException: Secrets Manager can't find/,
      ),
    });
    expect(resolve('a')).toMatchObject({ kind: 'refused', reason: expect.stringContaining('ssm') });
    await secrets.deleteSecret({ SecretId: arn });
    expect(resolve(arn)).toMatchObject({ reason: expect.stringContaining('marked for deletion') });
  });
});
