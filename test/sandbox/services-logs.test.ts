import { describe, expect, test } from '@jest/globals';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';

describe('CloudWatch Logs', () => {
  const logGroupName = sit.logGroup;
  const create = async (options: Parameters<typeof createFixture>[0] = {}) => {
    const { sandbox, clock } = createFixture(options);
    for (const [stream, message] of [
      ['a/web/1', 'ready'],
      ['b/web/1', 'ERROR one'],
      ['a/web/1', 'ERROR two'],
    ]) {
      sandbox.neighbours.logs.put({ group: logGroupName, stream: stream ?? '', message: message ?? '' });
      await clock.sleep(1_000);
    }
    return { clock, logs: createClients(sandbox).logs };
  };

  test('streams by prefix and by their last event', async () => {
    const { logs } = await create();
    const names = async (input: object): Promise<readonly (string | undefined)[]> =>
      ((await logs.describeLogStreams({ logGroupName, ...input })).logStreams ?? []).map(
        (one) => one.logStreamName,
      );
    expect(await names({ logStreamNamePrefix: 'b/' })).toEqual(['b/web/1']);
    expect(await names({ orderBy: 'LastEventTime' })).toEqual(['b/web/1', 'a/web/1']);
    expect(await names({ orderBy: 'LastEventTime', descending: true, limit: 1 })).toEqual(['a/web/1']);
    expect(await codeOf(names({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' }))).toContain(
      'InvalidParameter',
    );
  });

  test('events of one stream to its end, where the same token comes back', async () => {
    const { logs } = await create({ settings: { pageSize: 1 } });
    const stream = { logGroupName, logStreamName: 'a/web/1', startFromHead: true };
    const messages: (string | undefined)[] = [];
    let nextToken: string | undefined;
    for (;;) {
      const page = await logs.getLogEvents({ ...stream, nextToken });
      messages.push(...(page.events ?? []).map(({ message }) => message));
      if (page.nextForwardToken === nextToken) break;
      nextToken = page.nextForwardToken;
    }
    expect(messages).toEqual(['ready', 'ERROR two']);
    const tail = await logs.getLogEvents({ logGroupName, logStreamName: 'a/web/1', limit: 1 });
    expect(tail.events?.map(({ message }) => message)).toEqual(['ERROR two']);
    expect(await codeOf(logs.getLogEvents({ ...stream, nextToken: 'x' }))).toContain('InvalidParameter');
  });

  test('filtered across streams, in order, page by page', async () => {
    const { logs, clock } = await create({ settings: { pageSize: 1 } });
    const input = { logGroupName, filterPattern: 'ERROR', startTime: clock.now() - 10_000 };
    const first = await logs.filterLogEvents(input);
    const second = await logs.filterLogEvents({ ...input, nextToken: first.nextToken });
    expect([first, second].map(({ events }) => events?.[0]?.message)).toEqual(['ERROR one', 'ERROR two']);
    expect((await logs.filterLogEvents({ ...input, endTime: clock.now() - 1_000 })).events).toHaveLength(1);
  });

  test('a missing group or stream is a ResourceNotFoundException', async () => {
    const { logs } = await create();
    const refusals = [
      logs.describeLogStreams({ logGroupName: '/no' }),
      logs.getLogEvents({ logGroupName, logStreamName: 'no' }),
      logs.filterLogEvents({ logGroupName, logStreamNames: ['no'] }),
    ];
    for (const refusal of refusals) expect(await codeOf(refusal)).toContain('ResourceNotFoundException');
  });
});
