// GitHub's token: asked for again where that helps, explained where there is none, and never shown.
import { describe, expect, test } from '@jest/globals';
import { createBench, thrownBy } from './bench.ts';

const assume = { operation: 'AssumeRoleWithWebIdentity' } as const;

describe("GitHub's token service", () => {
  const failing = (message: string, times: number) => {
    let asked = 0;
    const bench = createBench({
      machine: {
        idToken: async () => {
          if (++asked <= times) throw new Error(message);
          return bench.sandbox.mintToken({ sub: 'repo:your-org/other:ref:refs/heads/main' });
        },
      },
    });
    return { bench, asked: () => asked };
  };
  // As the toolkit words them.
  const failed = (status: number | undefined): string =>
    `Error message: Failed to get ID Token. \n \n        Error Code : ${status}\n \n        Error Message: x`;

  test.each([
    ['a 500', failed(500)],
    ['a 429', failed(429)],
    ['a broken connection', failed(undefined)],
    ['an empty answer', 'Error message: Response json body do not have ID Token field'],
  ])('%s passes by itself', async (_, message) => {
    const { bench, asked } = failing(message, 2);
    await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(asked()).toBe(3);
    expect(bench.assumed()).toBe(1);
  });

  test('a 403 does not', async () => {
    const { bench, asked } = failing(failed(403), 1_000);
    const { shown } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(shown).toContain('HTTP 403');
    expect(asked()).toBe(1);
  });

  test('a job without permission is told which, at once', async () => {
    const message = 'Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable';
    const { bench, asked } = failing(message, 1_000);
    const { shown } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(shown).toContain('id-token: write');
    expect(shown).toContain('fork');
    expect(asked()).toBe(1);
    expect(bench.assumed()).toBe(0);
  });
});

describe('the token stands in no message', () => {
  test.each([
    'AccessDenied',
    'InvalidIdentityToken',
    'ExpiredTokenException',
    'IDPCommunicationError',
    'IDPRejectedClaim',
    'Throttling',
    'ValidationError',
  ])('of %s, though AWS quotes it', async (code) => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOmEvYjpyZWY6eCJ9.c2lnbmF0dXJl';
    const bench = createBench({ machine: { idToken: async () => token } });
    const message = `webIdentityToken ${token} is not liked`;
    bench.sandbox.faults.arm({ ...assume, count: 1_000, effect: { kind: 'error', code, message } });
    const { shown } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(shown).not.toContain('nothing was thrown');
    expect(shown).not.toContain(token);
    expect(shown).not.toContain('c2lnbmF0dXJl');
  });
});
