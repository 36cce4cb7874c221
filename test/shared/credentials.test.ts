// A role assumed through GitHub's OIDC, against the sandbox's STS, which checks signature, expiry and trust policy.
import { describe, expect, test } from '@jest/globals';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { assumeThroughGithub, sandboxCredentials } from '../../src/shared/credentials.ts';
import { connectAws } from '../../src/shared/world-aws.ts';
import { createLab, type Lab } from '../lab.ts';

const roleArn = 'arn:aws:iam::815856636111:role/tenant-deploy';
const sub = 'repo:acme/fleet:environment:sit';

const labWithRole = async (): Promise<Lab> => {
  const lab = await createLab();
  const { iam } = lab.sandbox.neighbours;
  iam.seedRole({ name: 'tenant-deploy', trustPolicy: trustOf(sub) });
  return lab;
};

const trustOf = (subject: string): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::815856636111:oidc-provider/token.actions.githubusercontent.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': subject,
        },
      },
    },
  ],
});

const assume = (lab: Lab, idToken: (audience: string) => Promise<string>) => {
  const config = {
    region: 'eu-west-1',
    endpoint: 'http://sandbox.invalid',
    requestHandler: inProcessHandler(lab.sandbox),
  };
  const { sts } = connectAws(config);
  return assumeThroughGithub({ roleArn, sts, sessionName: 'goldencrust-sit-1', idToken });
};

describe('role-to-assume', () => {
  test('gives credentials that act as the role, with an expiration for the SDK to renew before', async () => {
    const lab = await labWithRole();
    const credentials = await assume(lab, async () => lab.sandbox.mintToken({ sub }))();
    expect(credentials.expiration).toBeInstanceOf(Date);
    const { sts } = connectAws({
      region: 'eu-west-1',
      endpoint: 'http://sandbox.invalid',
      requestHandler: inProcessHandler(lab.sandbox),
      credentials: async () => ({ ...credentials }),
    });
    expect((await sts.getCallerIdentity({})).Arn).toBe(
      'arn:aws:sts::815856636111:assumed-role/tenant-deploy/goldencrust-sit-1',
    );
  });

  test('asks for a fresh token each time', async () => {
    const lab = await labWithRole();
    const asked: string[] = [];
    const provider = assume(lab, async (audience) => {
      asked.push(audience);
      return lab.sandbox.mintToken({ sub });
    });
    await provider();
    await provider();
    expect(asked).toEqual(['sts.amazonaws.com', 'sts.amazonaws.com']);
  });

  test('denied: shows what the job claims, never the token', async () => {
    const lab = await labWithRole();
    const token = lab.sandbox.mintToken({ sub: 'repo:acme/fork:ref:refs/heads/main' });
    const denied = assume(lab, async () => token)();
    await expect(denied).rejects.toMatchObject({
      what: `AWS did not let this job assume ${roleArn}.`,
      details: expect.arrayContaining(['sub: repo:acme/fork:ref:refs/heads/main']),
    });
    const error = await denied.catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error) + String(error)).not.toContain(token);
  });

  test('without permission for tokens: says which permission', async () => {
    const lab = await labWithRole();
    const refused = assume(lab, () =>
      Promise.reject(new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable')),
    )();
    await expect(refused).rejects.toThrow('id-token: write');
  });
});

describe('an endpoint on this machine', () => {
  const endpoint = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };

  test('is a sandbox, and needs no credentials', async () => {
    expect(await sandboxCredentials(endpoint)?.()).toMatchObject({ accessKeyId: 'sandbox' });
  });

  test.each([
    ['AWS itself', {}],
    ['another machine', { AWS_ENDPOINT_URL: 'http://localhost.evil.example:4566' }],
    ['a job with credentials of its own', { ...endpoint, AWS_ACCESS_KEY_ID: 'AKIA' }],
    ['a job with a profile', { ...endpoint, AWS_PROFILE: 'sit' }],
  ])('%s is none', (_, env) => {
    expect(sandboxCredentials(env)).toBeUndefined();
  });
});
