import { describe, expect, test } from '@jest/globals';
import { createClients, createFixture } from './fixture.ts';
import { codeOf } from './refusal.ts';

const day = 24 * 60 * 60 * 1000;
const token = (letter: string): string => letter.repeat(36);
const createSecrets = (options: Parameters<typeof createFixture>[0] = {}) => {
  const { sandbox, clock } = createFixture(options);
  return { sandbox, clock, secrets: createClients(sandbox).secrets };
};

describe('versions and their stages', () => {
  test('a put moves AWSCURRENT, keeps AWSPREVIOUS, and forgets what has no stage', async () => {
    const { secrets } = createSecrets();
    await secrets.createSecret({ Name: 'a', SecretString: 'one', ClientRequestToken: token('1') });
    await secrets.putSecretValue({ SecretId: 'a', SecretString: 'two', ClientRequestToken: token('2') });
    await secrets.updateSecret({ SecretId: 'a', SecretString: 'three', ClientRequestToken: token('3') });
    expect((await secrets.getSecretValue({ SecretId: 'a' })).SecretString).toBe('three');
    expect((await secrets.getSecretValue({ SecretId: 'a', VersionStage: 'AWSPREVIOUS' })).SecretString).toBe(
      'two',
    );
    expect((await secrets.getSecretValue({ SecretId: 'a', VersionId: token('1') })).SecretString).toBe('one');
    expect((await secrets.describeSecret({ SecretId: 'a' })).VersionIdsToStages).toEqual({
      [token('2')]: ['AWSPREVIOUS'],
      [token('3')]: ['AWSCURRENT'],
    });
  });

  test('the same token with the same content is answered again, with other content refused', async () => {
    const { secrets } = createSecrets();
    const create = { Name: 'a', SecretString: 'one', ClientRequestToken: token('1') };
    const first = await secrets.createSecret(create);
    expect((await secrets.createSecret(create)).ARN).toBe(first.ARN);
    expect(await codeOf(secrets.createSecret({ ...create, SecretString: 'two' }))).toContain(
      'ResourceExistsException',
    );
    expect(await codeOf(secrets.createSecret({ ...create, ClientRequestToken: token('2') }))).toContain(
      'already exists',
    );
    const put = { SecretId: 'a', SecretString: 'two', ClientRequestToken: token('1') };
    expect(await codeOf(secrets.putSecretValue(put))).toContain('ResourceExistsException');
    expect((await secrets.getSecretValue({ SecretId: 'a' })).SecretString).toBe('one');
  });

  test('a secret without a value has no AWSCURRENT', async () => {
    const { secrets } = createSecrets();
    await secrets.createSecret({ Name: 'a' });
    expect(await codeOf(secrets.getSecretValue({ SecretId: 'a' }))).toBe(
      "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
  });
});

describe('deletion', () => {
  test('a secret pending deletion blocks its name and its value, and is restored with its ARN and value', async () => {
    const { secrets } = createSecrets();
    const { ARN } = await secrets.createSecret({ Name: 'a', SecretString: 'kept' });
    await secrets.deleteSecret({ SecretId: 'a', RecoveryWindowInDays: 7 });
    expect(await codeOf(secrets.createSecret({ Name: 'a', SecretString: 'x' }))).toBe(
      "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
    expect(await codeOf(secrets.getSecretValue({ SecretId: 'a' }))).toContain('was marked for deletion');
    expect(await codeOf(secrets.putSecretValue({ SecretId: 'a', SecretString: 'x' }))).toContain(
      'InvalidRequestException',
    );
    expect((await secrets.describeSecret({ SecretId: 'a' })).DeletedDate).toBeInstanceOf(Date);
    await secrets.restoreSecret({ SecretId: 'a' });
    expect(await secrets.getSecretValue({ SecretId: 'a' })).toMatchObject({ ARN, SecretString: 'kept' });
  });

  test('the window ends: the secret is gone and the name is free', async () => {
    const { secrets, clock } = createSecrets();
    const first = await secrets.createSecret({ Name: 'a', SecretString: 'x' });
    await secrets.deleteSecret({ SecretId: 'a', RecoveryWindowInDays: 7 });
    await clock.sleep(7 * day);
    expect(await codeOf(secrets.restoreSecret({ SecretId: 'a' }))).toContain('ResourceNotFoundException');
    const second = await secrets.createSecret({ Name: 'a', SecretString: 'y' });
    expect(second.ARN).not.toBe(first.ARN);
  });

  test('a forced deletion holds the name a short while, and works on what is not there', async () => {
    const { secrets, clock } = createSecrets();
    await secrets.createSecret({ Name: 'a', SecretString: 'x' });
    await secrets.deleteSecret({ SecretId: 'a', ForceDeleteWithoutRecovery: true });
    expect(await codeOf(secrets.describeSecret({ SecretId: 'a' }))).toContain('ResourceNotFoundException');
    expect(await codeOf(secrets.createSecret({ Name: 'a', SecretString: 'x' }))).toContain(
      'scheduled for deletion',
    );
    await clock.sleep(60_000);
    expect(await codeOf(secrets.createSecret({ Name: 'a', SecretString: 'x' }))).toBe('ok');
    expect(await codeOf(secrets.deleteSecret({ SecretId: 'nope', ForceDeleteWithoutRecovery: true }))).toBe(
      'ok',
    );
    expect(await codeOf(secrets.deleteSecret({ SecretId: 'nope' }))).toContain('ResourceNotFoundException');
  });

  test.each([
    [{ RecoveryWindowInDays: 6 }, 'between 7 and 30'],
    [{ RecoveryWindowInDays: 31 }, 'between 7 and 30'],
    [{ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }, 'in conjunction'],
  ])('%o is refused', async (window, text) => {
    const { secrets } = createSecrets();
    await secrets.createSecret({ Name: 'a', SecretString: 'x' });
    const refusal = await codeOf(secrets.deleteSecret({ SecretId: 'a', ...window }));
    expect(refusal).toContain('InvalidParameterException');
    expect(refusal).toContain(text);
  });
});
