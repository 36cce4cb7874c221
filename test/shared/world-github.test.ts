import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Cancelled, Failed, UnknownOutcome } from '../../src/shared/errors.ts';
import type { Github } from '../../src/shared/world.ts';
import { openGithub } from '../../src/shared/world-github.ts';
import { aPull, everything, type Given, openGiven, repo } from '../github/hub/given.ts';

let given: Given;
let slept: number[];
let lines: string[];
let time: number;
beforeEach(async () => {
  given = await openGiven({ pageSize: 1 });
  slept = [];
  lines = [];
  time = Date.UTC(2026, 10, 22, 4);
});
afterEach(() => given.hub.close());

/** A client whose sleeps pass in the hub's time. */
const open = (more: { readonly env?: object; readonly signal?: AbortSignal } = {}) =>
  openGithub({
    env: { GITHUB_API_URL: given.hub.url, ...more.env },
    clock: {
      now: () => time,
      sleep: async (ms) => {
        slept.push(ms);
        time += ms;
        given.pass(ms);
      },
    },
    log: { info: (line) => void lines.push(line) },
    random: () => 0.5,
    ...(more.signal ? { signal: more.signal } : {}),
  });

const connect = (until?: number): Promise<Github> => open()(given.hub.issueToken(everything).token, until);

const effect = (kind: 'reset' | 'lose') => ({ kind }) as const;
const status = (code: 403 | 429 | 500 | 502, retryAfter?: number) =>
  ({ kind: 'status', status: code, ...(retryAfter ? { retryAfter } : {}) }) as const;

describe('reading', () => {
  test('every page is turned, and a body with signs beyond ASCII arrives whole', async () => {
    const github = await connect();
    const on = { ...repo, issue_number: given.hub.openPull(aPull) };
    const bodies = ['ä', '漢字', '| a |\n'];
    for (const body of bodies) await github.rest.issues.createComment({ ...on, body });
    const found = await github.paginate(github.rest.issues.listComments, { ...on, per_page: 100 });
    expect(found.map(({ body }) => body)).toEqual(bodies);
  });

  test('a read is tried five times, ever later', async () => {
    const github = await connect();
    given.hub.faults.arm({ count: 2, effect: status(502) });
    given.hub.faults.arm({ count: 4, effect: effect('reset') });
    expect((await github.rest.repos.get(repo)).status).toBe(200);
    expect(slept).toEqual([750, 1_500, 3_000, 6_000]);
  });

  test('after the fifth try the person learns what does not answer', async () => {
    const github = await connect();
    given.hub.faults.arm({ count: 5, effect: status(502) });
    const failed = github.rest.repos.get(repo);
    await expect(failed).rejects.toThrow(/GET \/repos\/\{owner\}\/\{repo\} in 5 tries \(HTTP 502\)/);
    expect(given.hub.requests).toHaveLength(5);
  });

  test('a refusal is not repeated', async () => {
    const github = await connect();
    await expect(github.rest.issues.get({ ...repo, issue_number: 9 })).rejects.toMatchObject({ status: 404 });
    expect(given.hub.requests).toHaveLength(1);
  });

  test('a download follows to another address without the token', async () => {
    const seen: (string | undefined)[] = [];
    const store = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('zip');
    });
    await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(store.address() as AddressInfo).port}/zip`;
    const door = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: elsewhere }).end();
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    const github = await open({ env: { GITHUB_API_URL: url } })('ghs_made_up');
    const zip = { ...repo, artifact_id: 1, archive_format: 'zip' };
    const { data } = await github.rest.actions.downloadArtifact(zip);
    expect(Buffer.from(data as ArrayBuffer).toString()).toBe('zip');
    expect(seen).toEqual(['token ghs_made_up', undefined]);
    for (const server of [store, door]) server.close();
  });
});

describe('writing', () => {
  const create = (github: Github) => github.rest.issues.create({ ...repo, title: 'Drift' });

  test.each([
    ['an answer that was lost', effect('lose'), 1],
    ['a connection that broke', effect('reset'), 0],
    ['a server error', status(502), 0],
  ] as const)('%s is told and not repeated', async (_name, struck, made) => {
    const github = await connect();
    given.hub.faults.arm({ effect: struck });
    const outcome = await create(github).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(UnknownOutcome);
    expect(String(outcome)).toContain('GitHub did not answer POST /repos/{owner}/{repo}/issues');
    expect(given.hub.requests).toHaveLength(1);
    expect(given.hub.snapshot().issues).toHaveLength(made);
  });

  test('a write is sent again where nothing listened', async () => {
    const github = await open({ env: { GITHUB_API_URL: 'http://127.0.0.1:1' } })('ghs_made_up');
    await expect(create(github)).rejects.toThrow(/in 5 tries \(ECONNREFUSED\)/);
    expect(slept).toHaveLength(4);
  });
});

describe('rate limits', () => {
  test('a secondary limit is waited for as long as it says, for a write too', async () => {
    const github = await connect();
    given.hub.faults.arm({ effect: status(429, 30) });
    given.hub.faults.arm({ from: 2, effect: status(403, 60) });
    await github.rest.issues.create({ ...repo, title: 'Drift' });
    expect(slept).toEqual([31_000, 61_000]);
    expect(given.hub.snapshot().issues).toHaveLength(1);
    expect(lines[0]).toBe("GitHub's rate limit is used up until 2026-11-22T04:00:30Z: waiting.");
  });

  test('the hour is waited for only as long as there is time', async () => {
    await given.hub.close();
    given = await openGiven({ requestsPerHour: 1 });
    const patient = await connect(time + 2 * 3_600_000);
    const hasty = await connect();
    await patient.rest.repos.get(repo);
    const refused = await hasty.rest.repos.get(repo).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Failed);
    expect(String(refused)).toContain('used up until 2026-11-22T05:00:01Z');
    expect(slept).toEqual([]);
    expect((await patient.rest.repos.get(repo)).status).toBe(200);
    expect(slept).toEqual([3_602_000]);
  });
});

describe('ends', () => {
  test('a cancelled job waits for no answer', async () => {
    const cancel = new AbortController();
    const github = await open({ signal: cancel.signal })(given.hub.issueToken(everything).token);
    given.hub.faults.arm({ effect: { kind: 'slow', ms: 60_000 } });
    const answer = github.rest.repos.get(repo);
    setTimeout(() => cancel.abort('SIGTERM'), 100);
    await expect(answer).rejects.toThrow(Cancelled);
    await expect(answer).rejects.toThrow('SIGTERM');
  });

  test('requests go through the proxy that the environment names', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":7}');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const env = { GITHUB_API_URL: 'http://github.test/api/v3', http_proxy, NO_PROXY: 'other.test' };
    const github = await open({ env })('ghs_made_up');
    expect((await github.rest.repos.get(repo)).data.id).toBe(7);
    expect(asked).toEqual(['http://github.test/api/v3/repos/your-org/wp-sit']);
    proxy.close();
  });
});
