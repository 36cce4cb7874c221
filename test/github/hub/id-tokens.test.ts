import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTokenIssuer } from '../../../sandbox/aws/services/tokens.ts';
import { openHub } from '../../../sandbox/github/hub/hub.ts';
import { type Given, openGiven, start } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await openGiven();
});
afterEach(() => given.hub.close());

const claims = { sub: 'repo:your-org/wp-sit:environment:sit-tenants', environment: 'sit-tenants' };

const ask = (url: string, token: string): Promise<Response> =>
  fetch(url, { headers: { authorization: `Bearer ${token}` } });

describe('ID tokens', () => {
  test('say what the job is, for whom, and for how long; each is a new one', async () => {
    const { url, token } = given.hub.issueIdToken(claims);
    const address = `${url}&audience=${encodeURIComponent('sts.amazonaws.com')}`;
    expect(await (await ask(address, token)).json()).toEqual({ value: 'jwt-1' });
    expect(await (await ask(address, token)).json()).toEqual({ value: 'jwt-2' });
    const [first, second] = given.minted;
    expect(first).toMatchObject({
      ...claims,
      iss: 'https://token.actions.githubusercontent.com',
      aud: 'sts.amazonaws.com',
      iat: start / 1_000,
      exp: start / 1_000 + 300,
    });
    expect(first?.jti).not.toBe(second?.jti);
  });

  test('without an audience it is for the owner', async () => {
    const { url, token } = given.hub.issueIdToken(claims);
    await ask(url, token);
    expect(given.minted[0]?.aud).toBe('https://github.com/your-org');
  });

  test("only the job's own bearer token gets one, and not after the job", async () => {
    const { url, token, revoke } = given.hub.issueIdToken(claims);
    expect((await ask(url, 'other')).status).toBe(401);
    expect((await fetch(url)).status).toBe(401);
    revoke();
    expect((await ask(url, token)).status).toBe(401);
    expect(given.minted).toEqual([]);
    expect(() => given.hub.issueIdToken({ environment: 'sit' })).toThrow('sub');
  });

  test('the provider can fail', async () => {
    const { url, token } = given.hub.issueIdToken(claims);
    given.hub.faults.arm({ route: 'GET /id-token', effect: { kind: 'status', status: 500 } });
    expect((await ask(url, token)).status).toBe(500);
    expect((await ask(url, token)).status).toBe(200);
  });

  test("a token signed by the sandbox's issuer is one that STS takes", async () => {
    const clock = { now: () => start };
    const issuer = createTokenIssuer(clock);
    const repository = given.hub.repository;
    const hub = await openHub({ repository, now: clock.now, mintToken: issuer.mint });
    try {
      const { url, token } = hub.issueIdToken(claims);
      const { value } = (await (await ask(`${url}&audience=a`, token)).json()) as { value: string };
      expect(issuer.verify(value, () => ['a'])).toMatchObject({ ...claims, aud: 'a' });
    } finally {
      await hub.close();
    }
  });
});
