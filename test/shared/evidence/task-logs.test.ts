// A log's end is read whatever stands in it: bounded, without credentials, and with room for what matters.
import { describe, expect, test } from '@jest/globals';
import { createVirtualClock } from '../../../sandbox/aws/clock.ts';
import { openReading } from '../../../src/shared/evidence/reading.ts';
import type { Around } from '../../../src/shared/evidence/scene.ts';
import { readTaskLog } from '../../../src/shared/evidence/task-logs.ts';

const spot = { taskId: 't1', group: '/ecs/sit', stream: 'goldencrust/wordpress/t1' };

const read = (messages: readonly string[] | Error) => {
  const clock = createVirtualClock();
  const getLogEvents = async ({ limit, nextToken }: { limit: number; nextToken?: string }) => {
    if (messages instanceof Error) throw messages;
    const end = nextToken ? Number(nextToken) : messages.length;
    const start = Math.max(0, end - limit);
    const events = messages
      .slice(start, end)
      .map((message, index) => ({ timestamp: start + index, message }));
    return { events, nextBackwardToken: String(start) };
  };
  const around = { clock, aws: { logs: { getLogEvents } } } as unknown as Around;
  return readTaskLog(around, openReading(clock, 5), spot);
};

const named = (name: string): Error => Object.assign(new Error('no'), { name });

describe('the end of a log', () => {
  test("the load balancer's requests leave room for the error before them", async () => {
    const probe = '10.2.0.9 - - [22/Nov/2026] "GET / HTTP/1.1" 500 2 "-" "ELB-HealthChecker/2.0"';
    const { lines } = await read(['PHP Fatal error:  x', ...Array.from({ length: 150 }, () => probe)]);
    expect(lines[0]?.text).toBe('PHP Fatal error:  x');
    expect(lines).toHaveLength(4);
  });

  test('ten megabytes without a newline cost little time and leave little text', async () => {
    const started = performance.now();
    const { lines } = await read(['x'.repeat(10 * 1024 * 1024), 'password=hunter2hunter2 '.repeat(50_000)]);
    expect(performance.now() - started).toBeLessThan(2_000);
    const text = lines.map((line) => line.text).join('\n');
    expect(text.length).toBeLessThan(10_000);
    expect(text).not.toContain('hunter2');
  });

  test('a line of ten megabytes at every request leaves the error before it', async () => {
    const pieces = Array.from({ length: 640 }, (_, index) => `${index} `.repeat(9_000).slice(0, 16_384));
    const { lines } = await read(['PHP Fatal error:  x', ...pieces, 'rest', ...pieces, 'rest']);
    expect(lines).toHaveLength(5);
    expect(lines[0]?.text).toBe('PHP Fatal error:  x');
    expect(lines[1]?.text).toMatch(/… \(cut: 10485760 characters/);
  });

  test('an error that was said once stays beside two hundred lines of chatter, and each of its repetitions does not', async () => {
    const chatter = Array.from({ length: 190 }, (_, index) => `chatter ${index}`);
    const errors = Array.from({ length: 5 }, (_, index) => `[12:00:0${index}] PHP Fatal error:  x`);
    const texts = (await read(['boot', ...errors, ...chatter])).lines.map(({ text }) => text);
    expect(texts[0]).toBe('[12:00:04] PHP Fatal error:  x');
    expect(texts.at(-1)).toBe('chatter 189');
    expect(texts.length).toBeLessThanOrEqual(80);
  });

  test('what was served after an error stays, so that nobody takes it for the last word', async () => {
    const served = '10.2.0.9 - - [22/Nov/2026] "GET / HTTP/1.1" 200 2 "-" "curl"';
    const chatter = Array.from({ length: 190 }, (_, index) => `chatter ${index}`);
    const texts = (await read(['PHP Fatal error:  x', served, ...chatter])).lines.map(({ text }) => text);
    expect(texts.slice(0, 2)).toEqual(['PHP Fatal error:  x', served]);
  });

  test('no more than 32 KiB are kept, the newest', async () => {
    const { lines } = await read(
      Array.from({ length: 200 }, (_, index) => `${index} ${'word '.repeat(300)}`),
    );
    expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(32 * 1024);
    expect(lines.at(-1)?.text).toMatch(/^199 /);
  });

  test("what a person needs of the database's refusal stays", async () => {
    const said =
      "WordPress database error: Access denied for user 'goldencrust_user'@'10.2.3.4' (using password: YES)";
    expect((await read([said])).lines[0]?.text).toBe(said);
  });

  test('colours go, lines of one event part', async () => {
    const { lines } = await read(['\u001b[31mError\u001b[0m: a\r\n  at b\n\n']);
    expect(lines.map(({ text }) => text)).toEqual(['Error: a', '  at b']);
  });

  test('a stream that is not there says so, a refusal too', async () => {
    expect((await read(named('ResourceNotFoundException'))).kind).toBe('missing');
    expect((await read(named('AccessDeniedException'))).kind).toBe('unread');
  });
});
