// A visitor who gets no answer, or is asked for a login: whose fault that is.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { Evidence, Visit } from '../../../src/shared/diagnose/evidence.ts';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { visit } from '../../../src/shared/evidence/visit.ts';
import { requestThrough } from '../../../src/shared/http.ts';
import { evidenceOf } from './fixtures.ts';

const idsOf = (evidence: Evidence): readonly string[] => findAll(serviceRules, evidence).map(({ id }) => id);

/** A site that takes the connection and then says nothing. */
const visitSilence = async (): Promise<Visit> => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const http = requestThrough({});
  const seen = await visit((request) => http({ ...request, timeoutMs: 100 }), {
    url: `http://127.0.0.1:${port}/`,
    headers: { Host: 'goldencrust.wpsit.kimmyai.io' },
    by: 'public',
  });
  server.close();
  server.closeAllConnections();
  return seen;
};

describe('a site that never answers', () => {
  test('is a closed door where its target is well, by what the real client says', async () => {
    const visits = [await visitSilence()];
    expect(idsOf({ ...evidenceOf('front-door-silent'), visits })[0]).toBe('front-door-silent');
  });

  test('is none where the load balancer gets no answer either', () => {
    for (const name of ['target-timeout-recorded', 'database-unreachable-recorded'])
      expect(idsOf(evidenceOf(name))).not.toContain('front-door-silent');
  });
});

test('a target that itself asks for a login says nothing of the secret that all tenants share', () => {
  const { visits } = evidenceOf('front-door-login-refused');
  const evidence = evidenceOf('health-check-basic-auth-recorded');
  const ids = (basicAuthSecret?: string) =>
    idsOf({
      ...evidence,
      visits,
      facts: { ...evidence.facts, ...(basicAuthSecret && { basicAuthSecret }) },
    });
  for (const told of [ids('sit-basic-auth'), ids()]) {
    expect(told[0]).toBe('health-check-basic-auth');
    expect(told.join()).not.toContain('front-door-login');
  }
});
