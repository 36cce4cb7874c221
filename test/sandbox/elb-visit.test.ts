import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import type { ProbeRequest, RunningContainer } from '../../sandbox/aws/containers/runtime.ts';
import { serveLoadBalancer } from '../../sandbox/aws/elb/front-door.ts';
import { answering, createElbLab, host } from './elb-lab.ts';

const target = { id: '10.2.16.4', port: 80 };
const asking = (changes: object = {}) => ({ path: '/', host, headers: {}, listenerPort: 80, ...changes });
const statusOf = async (visit: Promise<object>) => ((await visit) as { readonly status?: number }).status;

const serving = (request: RunningContainer['request'], rule: object = {}) => {
  const lab = createElbLab();
  const group = lab.createGroup();
  lab.createRule(group, rule);
  lab.elb.register(group, { ...target, request });
  return { ...lab, group };
};

describe('routing', () => {
  test('the host decides, in any case and with any port; another host gets the default 404', async () => {
    const { elb } = serving(answering(200));
    expect(await statusOf(elb.visit(asking({ host: 'GoldenCrust.wpsit.kimmyai.io:8080' })))).toBe(200);
    expect(await statusOf(elb.visit(asking({ host: 'ironpeak.wpsit.kimmyai.io' })))).toBe(404);
  });

  test('nothing listens on another port', async () => {
    const { elb } = serving(answering(200));
    expect(await elb.visit(asking({ listenerPort: 8443 }))).toEqual({ kind: 'no-answer', reason: 'refused' });
  });

  test.each([
    ['*.wpsit.kimmyai.io', 'a.b.wpsit.kimmyai.io', 200],
    ['*.wpsit.kimmyai.io', 'wpsit.kimmyai.io', 404],
    ['shop-?.kimmyai.io', 'shop-1.kimmyai.io', 200],
    ['shop-?.kimmyai.io', 'shop-12.kimmyai.io', 404],
    ['a.kimmyai.io', 'axkimmyai.io', 404],
  ])('%s and %s', async (value, asked, status) => {
    const { elb } = serving(answering(200), { Conditions: [{ Field: 'host-header', Values: [value] }] });
    expect(await statusOf(elb.visit(asking({ host: asked })))).toBe(status);
  });

  test('all conditions must fit, the path with its case and without its query', async () => {
    const Conditions = [
      { Field: 'host-header', Values: [host] },
      { Field: 'path-pattern', Values: ['/api/*'] },
    ];
    const { elb } = serving(answering(200), { Conditions });
    expect(await statusOf(elb.visit(asking({ path: '/api/a?b=/c' })))).toBe(200);
    expect(await statusOf(elb.visit(asking({ path: '/API/a' })))).toBe(404);
    expect(await statusOf(elb.visit(asking({ path: '/?x=/api/' })))).toBe(404);
  });

  test('the lowest priority wins', async () => {
    const { elb, createGroup, createRule } = serving(answering(201), { Priority: 10 });
    const other = createGroup({ Name: 'other' });
    createRule(other, { Priority: 9 });
    elb.register(other, { ...target, request: answering(202) });
    expect(await statusOf(elb.visit(asking()))).toBe(202);
  });
});

describe('choosing a target', () => {
  test('healthy targets only, in turn', async () => {
    const { clock, elb, group } = serving(answering(500));
    elb.register(group, { id: '10.2.16.5', port: 80, request: answering(200) });
    elb.register(group, { id: '10.2.16.6', port: 80, request: answering(201) });
    await clock.sleep(12_000);
    const statuses: unknown[] = [];
    for (let visit = 0; visit < 4; visit++) statuses.push(await statusOf(elb.visit(asking())));
    expect(statuses.toSorted()).toEqual([200, 200, 201, 201]);
  });

  test('all of them if none is healthy', async () => {
    const { clock, elb } = serving(answering(500));
    await clock.sleep(60_000);
    expect(await statusOf(elb.visit(asking()))).toBe(500);
  });

  test('503 without a target, also while the last one drains', async () => {
    const { elb, group } = serving(answering(200));
    elb.deregister(group, target);
    expect(await statusOf(elb.visit(asking()))).toBe(503);
  });
});

test('a target that takes no connection is a 502', async () => {
  const { elb } = serving(async () => ({ kind: 'no-answer', reason: 'refused' }));
  expect(await statusOf(elb.visit(asking()))).toBe(502);
});

test('a target that hangs is a 504 after a minute', async () => {
  const { clock, elb } = serving(() => new Promise(() => {}));
  const visit = elb.visit(asking());
  await clock.sleep(60_000);
  expect(await statusOf(visit)).toBe(504);
});

describe('the front door', () => {
  const get = (url: string, headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; location: string | undefined; body: string }>(
      (resolve, reject) => {
        request(url, { headers }, (response) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode, location: response.headers.location, body }),
          );
        })
          .on('error', reject)
          .end();
      },
    );

  test('hands over host, path and authorization, and gives back the answer', async () => {
    const seen: ProbeRequest[] = [];
    const { elb } = serving(async (asked) => {
      seen.push(asked);
      return { kind: 'answer', status: 302, headers: { location: '/wp-admin/install.php' }, body: 'moved' };
    });
    const door = await serveLoadBalancer(elb, 80);
    try {
      const authorization = 'Basic bm90OmFzZWNyZXQ=';
      expect(await get(`${door.url}/a?b=c`, { host, authorization })).toEqual({
        status: 302,
        location: '/wp-admin/install.php',
        body: 'moved',
      });
      expect((await get(door.url, { host: 'stranger.example' })).status).toBe(404);
      expect(seen).toHaveLength(1);
      expect(seen[0]).toMatchObject({
        path: '/a?b=c',
        host,
        headers: { authorization, 'x-forwarded-proto': 'http' },
      });
    } finally {
      await door.close();
    }
  });
});
