import { EFS } from '@aws-sdk/client-efs';
import { IAM } from '@aws-sdk/client-iam';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { STS } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type HttpDoor, openHttpDoor } from '../../sandbox/aws/doors/http.ts';
import { clientOptions, createClients, createFixture, sit } from './fixture.ts';

const open: HttpDoor[] = [];
afterEach(async () => {
  for (const door of open.splice(0)) await door.close();
});

const refusalOf = (work: Promise<unknown>): Promise<Error & { readonly code?: string }> =>
  work.then(
    () => {
      throw new Error('expected a refusal');
    },
    (error) => error,
  );

const noDelay = (attempts: number) => ({ maxAttempts: attempts, retryMode: 'standard' });

/** The same sandbox through both doors. */
const createDoors = async () => {
  const { sandbox } = createFixture();
  const door = await openHttpDoor(sandbox, 0);
  open.push(door);
  const { requestHandler, ...rest } = clientOptions(sandbox);
  return { sandbox, inside: { ...rest, requestHandler }, outside: { ...rest, endpoint: door.endpoint } };
};

describe.each(['inside', 'outside'] as const)('the door %s', (side) => {
  test('speaks JSON, Query and REST to one and the same account', async () => {
    const doors = await createDoors();
    const options = doors[side];
    await new SecretsManager(options).createSecret({ Name: 'a', SecretString: 'ü' });
    const { AccessPointId } = await new EFS(options).createAccessPoint({ FileSystemId: sit.fileSystem });
    const other = createClients(doors.sandbox);
    expect((await other.secrets.getSecretValue({ SecretId: 'a' })).SecretString).toBe('ü');
    expect((await other.efs.describeAccessPoints({})).AccessPoints).toMatchObject([{ AccessPointId }]);
    expect((await new STS(options).getCallerIdentity({})).Account).toBe(sit.accountId);
    expect((await refusalOf(new IAM(options).getRole({ RoleName: 'no' }))).name).toBe(
      'NoSuchEntityException',
    );
  });

  test('loses an answer after the call took effect, as a reset connection', async () => {
    const doors = await createDoors();
    const secrets = new SecretsManager(doors[side]);
    doors.sandbox.faults.arm({ operation: 'CreateSecret', effect: { kind: 'lose' } });
    const error = await refusalOf(secrets.createSecret({ Name: 'a', SecretString: 'x' }));
    // Jest's realm hides the code of an error of Node's own: the SDK wraps it.
    expect(error.message).toContain('socket hang up');
    if (side === 'inside') expect(error.code).toBe('ECONNRESET');
    expect((await secrets.getSecretValue({ SecretId: 'a' })).SecretString).toBe('x');
    expect(doors.sandbox.calls.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'CreateSecret lost',
      'GetSecretValue ok',
    ]);
  });

  test('a client that tries again after a lost answer ends with one secret', async () => {
    const doors = await createDoors();
    const secrets = new SecretsManager({ ...doors[side], ...noDelay(3) });
    doors.sandbox.faults.arm({ operation: 'CreateSecret', effect: { kind: 'lose' } });
    await secrets.createSecret({ Name: 'a', SecretString: 'x' });
    expect(doors.sandbox.calls).toHaveLength(2);
    const { SecretList = [] } = await secrets.listSecrets({ Filters: [{ Key: 'name', Values: ['a'] }] });
    expect(SecretList).toHaveLength(1);
  });
});

describe('faults', () => {
  test('the k-th call of all suffers, and no other', async () => {
    const { sandbox } = createFixture();
    const { secrets, iam } = createClients(sandbox);
    sandbox.faults.arm({ from: 2, effect: { kind: 'access-denied' } });
    await secrets.listSecrets({});
    const error = await refusalOf(iam.getRole({ RoleName: sit.executionRole }));
    expect([error.name, error.message]).toEqual([
      'AccessDenied',
      expect.stringContaining(
        'arn:aws:iam::815856636111:user/operator is not authorized to perform: iam:GetRole',
      ),
    ]);
    await iam.getRole({ RoleName: sit.executionRole });
    expect(sandbox.calls.map(({ outcome }) => outcome)).toEqual(['ok', 'refused', 'ok']);
  });

  test('the first N calls of an operation are throttled, without effect, and a patient client gets through', async () => {
    const { sandbox } = createFixture();
    const patient = new SecretsManager({ ...clientOptions(sandbox), ...noDelay(4) });
    sandbox.faults.arm({ operation: 'PutSecretValue', count: 2, effect: { kind: 'throttle' } });
    await patient.createSecret({ Name: 'a', SecretString: 'x' });
    const put = await patient.putSecretValue({ SecretId: 'a', SecretString: 'y' });
    expect(put.$metadata.attempts).toBe(3);
    expect(sandbox.calls.filter(({ errorCode }) => errorCode === 'ThrottlingException')).toHaveLength(2);
  });

  test.each([
    ['secrets', { kind: 'server-error' }, 'InternalServiceError', 500],
    ['iam', { kind: 'server-error' }, 'ServiceFailureException', 500],
    ['iam', { kind: 'throttle' }, 'Throttling', 400],
    ['efs', { kind: 'throttle' }, 'ThrottlingException', 429],
    ['ec2', { kind: 'throttle' }, 'RequestLimitExceeded', 503],
    ['sts', { kind: 'error', code: 'Odd', message: 'made up' }, 'Odd', 400],
  ] as const)('%s words %o as its own', async (service, effect, name, status) => {
    const { sandbox } = createFixture();
    const clients = createClients(sandbox);
    sandbox.faults.arm({ service, effect });
    const calls = {
      secrets: () => clients.secrets.listSecrets({}),
      iam: () => clients.iam.getRole({ RoleName: sit.executionRole }),
      efs: () => clients.efs.describeFileSystems({}),
      ec2: () => clients.ec2.describeVpcs({}),
      sts: () => clients.sts.getCallerIdentity({}),
    };
    const error = await refusalOf(calls[service]());
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  test('a disarmed fault harms nobody', async () => {
    const { sandbox } = createFixture();
    const disarm = sandbox.faults.arm({ effect: { kind: 'server-error' } });
    disarm();
    await createClients(sandbox).secrets.listSecrets({});
    expect(sandbox.calls).toMatchObject([{ outcome: 'ok' }]);
  });
});

describe('an aborted request', () => {
  test('ends at once as an AbortError, before it is sent or after', async () => {
    const { sandbox } = createFixture();
    const { secrets } = createClients(sandbox);
    const early = AbortSignal.abort();
    const refused = await refusalOf(
      secrets.createSecret({ Name: 'a', SecretString: 'x' }, { abortSignal: early }),
    );
    expect(refused.name).toBe('AbortError');
    expect(sandbox.calls).toEqual([]);
    const late = new AbortController();
    const hanging = createClients({ ...sandbox, handle: () => new Promise(() => {}) }).secrets;
    const waiting = hanging.listSecrets({}, { abortSignal: late.signal });
    setTimeout(() => late.abort(), 5);
    expect((await refusalOf(waiting)).name).toBe('AbortError');
  });
});

test('a taken port is refused', async () => {
  const { sandbox } = createFixture();
  const door = await openHttpDoor(sandbox, 0);
  open.push(door);
  const port = Number(new URL(door.endpoint).port);
  await expect(openHttpDoor(sandbox, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
