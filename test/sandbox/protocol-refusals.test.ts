import { STS } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { clientOptions, createClients, createFixture } from './fixture.ts';
import { authorization, send, sendForm, sendJson } from './raw.ts';

const errorOf = async (
  work: Promise<unknown>,
): Promise<Error & { readonly $metadata?: { httpStatusCode?: number; attempts?: number } }> =>
  work.then(
    () => {
      throw new Error('expected a refusal');
    },
    (error) => error,
  );

describe('a request that AWS would refuse is refused with its service’s code', () => {
  const json = (target: string, body: object) => (sandbox: Parameters<typeof sendJson>[0]) =>
    sendJson(sandbox, target, JSON.stringify(body));
  const form = (service: string, body: string) => (sandbox: Parameters<typeof sendForm>[0]) =>
    sendForm(sandbox, service, body);
  const iam = 'Version=2010-05-08&Action=';

  test.each([
    [
      'unknown member, JSON',
      json('secretsmanager.DescribeSecret', { SecretId: 'a', Typo: 1 }),
      'ValidationException',
      'typo',
    ],
    [
      'missing member, JSON',
      json('secretsmanager.DescribeSecret', {}),
      'InvalidParameterException',
      'secretId',
    ],
    [
      'wrong type, JSON',
      json('secretsmanager.DescribeSecret', { SecretId: 5 }),
      'SerializationException',
      'secretId',
    ],
    [
      'too short, JSON',
      json('secretsmanager.DescribeSecret', { SecretId: '' }),
      'ValidationException',
      'greater than or equal to 1',
    ],
    [
      'not JSON at all',
      (sandbox: Parameters<typeof sendJson>[0]) => sendJson(sandbox, 'secretsmanager.ListSecrets', '{'),
      'SerializationException',
      'not JSON',
    ],
    ['unknown member, Query', form('iam', `${iam}GetRole&RoleName=a&Typo=1`), 'ValidationError', 'typo'],
    [
      'missing member, Query',
      form('iam', `${iam}GetRolePolicy`),
      'ValidationError',
      '2 validation errors detected',
    ],
    ['pattern, Query', form('iam', `${iam}GetRole&RoleName=a%2Fb`), 'ValidationError', 'regular expression'],
    [
      'number, Query',
      form('iam', `${iam}ListRolePolicies&RoleName=a&MaxItems=many`),
      'ValidationError',
      'maxItems',
    ],
    [
      'range, EC2',
      form('ec2', 'Version=2016-11-15&Action=DescribeVpcs&MaxResults=1'),
      'InvalidParameterValue',
      'greater than or equal to 5',
    ],
  ])('%s', async (_what, request, code, text) => {
    const { body } = await request(createFixture().sandbox);
    expect(body).toContain(code);
    expect(body).toContain(text);
  });

  test('a sensitive value is not repeated in the refusal, nor recorded', async () => {
    const { sandbox } = createFixture();
    const { secrets } = createClients(sandbox);
    const value = 'x'.repeat(65_537);
    const error = await errorOf(secrets.createSecret({ Name: 'big', SecretString: value }));
    expect(error.message).toContain("'***sensitive***' at 'secretString'");
    await secrets.createSecret({ Name: 'small', SecretString: 'canary-value' });
    await secrets.getSecretValue({ SecretId: 'small' });
    expect(JSON.stringify(sandbox.calls)).not.toContain('canary-value');
    expect(JSON.stringify(sandbox.calls)).not.toContain('xxxx');
  });
});

describe('who calls', () => {
  test('the access key decides', async () => {
    const { sandbox } = createFixture();
    const { Arn, Account } = await new STS(clientOptions(sandbox, 'alice')).getCallerIdentity({});
    expect([Arn, Account]).toEqual(['arn:aws:iam::815856636111:user/alice', '815856636111']);
  });

  test.each([
    ['no signature', 'Version=2011-06-15&Action=GetCallerIdentity', {}, 'MissingAuthenticationToken'],
    [
      'another region',
      'Version=2011-06-15&Action=GetCallerIdentity',
      { authorization: authorization('sts', { region: 'af-south-1' }) },
      'SignatureDoesNotMatch',
    ],
    [
      'a session nobody gave',
      'Version=2011-06-15&Action=GetCallerIdentity',
      { authorization: authorization('sts', { key: 'ASIAFORGED' }), 'x-amz-security-token': 't' },
      'InvalidClientTokenId',
    ],
  ])('%s is refused', async (_what, body, headers, code) => {
    const answer = await send(createFixture().sandbox, { headers, body });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain(`<Code>${code}</Code>`);
  });
});
