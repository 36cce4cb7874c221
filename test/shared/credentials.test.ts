// Whose credentials a connection has, and how long it waits for AWS.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import { sandboxCredentials } from '../../src/shared/credentials.ts';
import { connectAws } from '../../src/shared/world-aws.ts';

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

test('an endpoint that never answers is given up after the time and the tries that were asked for', async () => {
  let asked = 0;
  const server = createServer(() => {
    asked++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { sts } = connectAws(
      {
        region: 'eu-west-1',
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        maxAttempts: 1,
        requestTimeoutMs: 200,
      },
      clients,
    );
    const waiting = sts.assumeRoleWithWebIdentity({
      RoleArn: 'arn:aws:iam::815856636111:role/sit-tenants-deploy',
      RoleSessionName: 'deploy-goldencrust-1-1',
      WebIdentityToken: 'header.payload.signature',
    });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(asked).toBe(1);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
