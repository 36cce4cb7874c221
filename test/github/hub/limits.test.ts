import { afterEach, describe, expect, test } from '@jest/globals';
import { type Given, openGiven, repo, start } from './given.ts';

let given: Given;
afterEach(() => given.hub.close());

const issues = '/repos/{owner}/{repo}/issues';

describe('rate limits', () => {
  test('the hour is counted for all tokens together, and told in every answer', async () => {
    given = await openGiven({ requestsPerHour: 2 });
    const { github, as, pass } = given;
    const { headers } = await github.rest.repos.get(repo);
    expect(headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' });
    await as({}).rest.repos.get(repo);
    const spent = {
      status: 403,
      message: expect.stringContaining('API rate limit exceeded'),
      response: {
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String((start + 3_600_000) / 1_000),
        },
      },
    };
    await expect(github.rest.repos.get(repo)).rejects.toMatchObject(spent);
    pass(3_599_999);
    await expect(github.rest.repos.get(repo)).rejects.toMatchObject(spent);
    pass(1);
    expect((await github.rest.repos.get(repo)).status).toBe(200);
  });

  test('writes have a limit of their own, a minute long', async () => {
    given = await openGiven({ writesPerMinute: 1 });
    const { github, hub, pass } = given;
    const create = () => github.rest.issues.create({ ...repo, title: 'Drift' });
    await create();
    pass(20_000);
    const limited = { status: 403, response: { headers: { 'retry-after': '40' } } };
    await expect(create()).rejects.toMatchObject(limited);
    expect((await github.rest.issues.listForRepo(repo)).data).toHaveLength(1);
    pass(40_000);
    await create();
    expect(hub.snapshot().issues).toHaveLength(2);
  });
});

describe('faults', () => {
  test.each([500, 502, 503, 429] as const)('status %i, and nothing happened', async (status) => {
    given = await openGiven();
    const { github, hub } = given;
    hub.faults.arm({ route: `POST ${issues}`, effect: { kind: 'status', status } });
    await expect(github.rest.issues.create({ ...repo, title: 'a' })).rejects.toMatchObject({ status });
    expect(hub.snapshot().issues).toEqual([]);
    await github.rest.issues.create({ ...repo, title: 'a' });
    expect(hub.snapshot().issues).toHaveLength(1);
  });

  test('a connection breaks before or after the effect', async () => {
    given = await openGiven();
    const { github, hub } = given;
    const effects = [
      ['reset', 0],
      ['lose', 1],
    ] as const;
    for (const [kind, made] of effects) {
      hub.faults.arm({ effect: { kind } });
      await expect(github.rest.issues.create({ ...repo, title: 'a' })).rejects.toMatchObject({ status: 500 });
      expect([kind, hub.snapshot().issues.length]).toEqual([kind, made]);
    }
    expect(hub.requests.map(({ route, status }) => [route, status])).toEqual([
      [`POST ${issues}`, 0],
      [`POST ${issues}`, 0],
    ]);
  });

  test('the named request in a row suffers, and none once disarmed', async () => {
    given = await openGiven();
    const { github, hub } = given;
    const effect = { kind: 'status', status: 500 } as const;
    const disarm = hub.faults.arm({ route: `GET ${issues}`, from: 2, count: 2, effect });
    const statuses = async (count: number): Promise<readonly number[]> => {
      const found: number[] = [];
      for (let index = 0; index < count; index += 1)
        found.push(
          await github.rest.issues.listForRepo(repo).then(
            ({ status }) => status,
            ({ status }) => status,
          ),
        );
      return found;
    };
    expect(await statuses(4)).toEqual([200, 500, 500, 200]);
    hub.faults.arm({ effect });
    disarm();
    hub.faults.clear();
    expect(await statuses(2)).toEqual([200, 200]);
  });
});
