// A site that hangs holds nobody up for longer than a visit may take.
import { expect, test } from '@jest/globals';
import { createVirtualClock } from '../../../sandbox/aws/clock.ts';
import { visitSite } from '../../../src/shared/health.ts';
import type { Prepared } from '../../../src/shared/prepare.ts';
import type { Http } from '../../../src/shared/world.ts';

test('fifteen seconds with all its redirects', async () => {
  const clock = createVirtualClock();
  const around = { clock, tenant: { healthCheck: { redirectsTo: [] } } } as unknown as Prepared;
  let asked = 0;
  const http: Http = async ({ timeoutMs }) => {
    await clock.sleep(timeoutMs);
    return { kind: 'answer', status: 302, location: `/${++asked}`, headers: {}, body: '' };
  };
  const started = clock.now();
  const url = 'https://a.example/';
  const { hops } = await visitSite(around, http, { url, headers: { Host: 'a.example' }, by: 'public' });
  expect(clock.now() - started).toBeLessThanOrEqual(15_000);
  expect(hops.at(-1)?.answer).toEqual({ kind: 'no-answer', reason: 'ETIMEDOUT' });
});
