// CloudFront before the load balancer: who is let in, what its own pages look like, and that wait-healthy gets through it.
import { describe, expect, test } from '@jest/globals';
import { createVirtualClock } from '../../sandbox/aws/clock.ts';
import type { ProbeAnswer, ProbeRequest } from '../../sandbox/aws/containers/runtime.ts';
import { createCloudFront, type Distribution, serveCloudFront } from '../../sandbox/cloudfront.ts';
import { Failed } from '../../src/shared/errors.ts';
import { visit } from '../../src/shared/evidence/visit.ts';
import { requestThrough } from '../../src/shared/http.ts';
import { judgeVisit } from '../../src/shared/judge/http.ts';
import type { World } from '../../src/shared/world.ts';
import { createLab, type Lab } from '../lab.ts';
import { bringUp } from '../scenario.ts';

const domain = 'd111111abcdef8.cloudfront.net';
const host = 'goldencrust.wpsit.example.com';
const login = { username: 'visitor', password: 'obviously-fake' };
const basic = (password: string) => `Basic ${Buffer.from(`visitor:${password}`).toString('base64')}`;

const ok: ProbeAnswer = { kind: 'answer', status: 200, headers: { server: 'Apache' }, body: 'Hello' };

const create = (overrides: Partial<Distribution> = {}) => {
  const asked: ProbeRequest[] = [];
  const clock = createVirtualClock();
  const distribution: Distribution = {
    domain,
    aliases: ['*.wpsit.example.com'],
    login,
    clock,
    origin: async (request) => {
      asked.push(request);
      return ok;
    },
    ...overrides,
  };
  return { asked, clock, distribution };
};

const asking = (overrides: Partial<ProbeRequest> = {}): ProbeRequest => ({
  path: '/',
  host,
  headers: { authorization: basic(login.password) },
  ...overrides,
});

describe('the edge', () => {
  test.each([
    ['a name it does not have', { host: 'stranger.example.com' }, 403, 'Error from cloudfront'],
    ['a name below its wildcard', { host: 'a.b.wpsit.example.com' }, 403, 'Error from cloudfront'],
    ['no password', { headers: {} }, 401, 'FunctionGeneratedResponse from cloudfront'],
    [
      'a wrong password',
      { headers: { authorization: basic('wrong') } },
      401,
      'FunctionGeneratedResponse from cloudfront',
    ],
  ])('%s does not get to the origin', async (_, overrides, status, cache) => {
    const { distribution, asked } = create();
    const answer = await createCloudFront(distribution)(asking(overrides));
    expect(answer).toMatchObject({ status, headers: { server: 'CloudFront', 'x-cache': cache } });
    expect(asked).toEqual([]);
  });

  test('the origin is asked as the viewer asked, by https', async () => {
    const { distribution, asked } = create();
    const answer = await createCloudFront(distribution)(asking({ path: '/a?b=c' }));
    expect(answer).toMatchObject({
      status: 200,
      headers: { server: 'Apache', 'x-cache': 'Miss from cloudfront' },
    });
    expect(asked[0]).toMatchObject({ path: '/a?b=c', host, headers: { 'x-forwarded-proto': 'https' } });
  });

  test('an origin that refuses is a 502, one that hangs a 504 after thirty seconds', async () => {
    const refusing = create({ origin: async () => ({ kind: 'no-answer', reason: 'refused' }) });
    expect(await createCloudFront(refusing.distribution)(asking())).toMatchObject({ status: 502 });
    const hanging = create({ origin: () => new Promise(() => {}) });
    const answered = createCloudFront(hanging.distribution)(asking());
    await hanging.clock.sleep(30_001);
    expect(await answered).toMatchObject({ status: 504 });
  });
});

describe('a visit through it, over a real socket', () => {
  const through = async (distribution: Distribution, headers: Readonly<Record<string, string>>) => {
    const door = await serveCloudFront(distribution);
    try {
      const seen = await visit(requestThrough({}), {
        url: `${door.url}/`,
        headers: { Host: host, ...headers },
        by: 'given',
      });
      return { seen, verdict: judgeVisit(seen, { host, redirectsTo: [], matcher: '200-399' }) };
    } finally {
      await door.close();
    }
  };

  test('with the password it is ready, without it is failed at once, and the hop tells who said so', async () => {
    const { distribution } = create();
    expect((await through(distribution, { Authorization: basic(login.password) })).verdict.kind).toBe(
      'ready',
    );
    const { seen, verdict } = await through(distribution, {});
    expect(verdict).toMatchObject({ kind: 'failed', what: expect.stringContaining('401') });
    expect(seen.hops[0]?.answer).toMatchObject({
      headers: { 'www-authenticate': 'Basic realm="sandbox"', via: `1.1 ${domain} (CloudFront)` },
    });
  });

  test('a name that the distribution does not have is told in its words', async () => {
    const { distribution } = create({ aliases: [] });
    const { seen } = await through(distribution, {});
    const answer = seen.hops[0]?.answer;
    expect(answer).toMatchObject({ status: 403, headers: { 'x-cache': 'Error from cloudfront' } });
    expect(answer?.kind === 'answer' && answer.excerpt).toContain('The request could not be satisfied');
  });
});

describe('wait-healthy through it', () => {
  /** Whatever leads to the distribution's name is answered by it; any other name by the load balancer. */
  const worldOf = (lab: Lab, distribution: Partial<Distribution>): World => {
    const edge = createCloudFront({
      domain,
      aliases: ['*.wpsit.kimmyai.io'],
      clock: lab.clock,
      origin: (request) => lab.sandbox.neighbours.elb.visit({ ...request, listenerPort: 80 }),
      ...distribution,
    });
    return {
      ...lab.world,
      unique: 'one',
      http: async ({ url, headers }) => {
        const { hostname, pathname, search } = new URL(url);
        if (hostname !== domain) return lab.world.http({ url, headers, timeoutMs: 1_000 });
        const answer = await edge({ path: pathname + search, host: headers.Host ?? hostname, headers });
        return answer.kind === 'answer' ? { ...answer, location: answer.headers.location } : answer;
      },
    };
  };
  const given = { probe: `https://${domain}/`, 'stable-seconds': '0', 'timeout-minutes': '2' };

  test('finds a healthy tenant healthy', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const outputs = await lab.runIn(worldOf(lab, {}), 'wait-healthy', given);
    expect(outputs.summary).toContain(domain);
  });

  test('fails at once where the edge asks for another password', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const started = lab.clock.now();
    const running = lab.runIn(worldOf(lab, { login }), 'wait-healthy', given);
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Failed);
    expect(String(error)).toContain('401');
    expect(lab.clock.now() - started).toBeLessThan(60_000);
  });
});
