// The one loop: ready, failed, out of time, stable, and what may go wrong on the way.
import { describe, expect, test } from '@jest/globals';
import { createVirtualClock } from '../../sandbox/aws/clock.ts';
import { Cancelled, Failed } from '../../src/shared/errors.ts';
import { type Verdict, type Wait, waitUntil } from '../../src/shared/wait.ts';
import { cancellableClock } from '../../src/shared/world-real.ts';

const ready: Verdict<string> = { kind: 'ready', value: 'done' };
const pending: Verdict<string> = { kind: 'pending', why: 'not yet' };

const room = () => {
  const clock = createVirtualClock();
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(line),
    warning: () => {},
    secret: () => {},
    group: <T>(_: string, body: () => Promise<T>) => body(),
  };
  return { clock, lines, log };
};

type Look = () => Verdict<string> | Error;

/** Waits on a list of looks, the last of which repeats. */
const waitFor = (looks: readonly Look[], given: Partial<Wait<Verdict<string>, string>> = {}) => {
  const { clock, log, lines } = room();
  const started = clock.now();
  let count = 0;
  const wait: Wait<Verdict<string>, string> = {
    what: 'it',
    observe: async () => {
      const seen = looks[Math.min(count++, looks.length - 1)]?.() ?? pending;
      if (seen instanceof Error) throw seen;
      return seen;
    },
    judge: (verdict) => verdict,
    deadline: started + 60_000,
    pause: [1_000, 5_000],
    ...given,
  };
  const ended = waitUntil(wait, { clock, log });
  return { ended, lines, took: () => clock.now() - started, looks: () => count };
};

const named = (name: string): Error => Object.assign(new Error('no'), { name });

describe('waitUntil', () => {
  test('answers the value of the first ready look', async () => {
    const wait = waitFor([() => pending, () => ready]);
    expect(await wait.ended).toBe('done');
    expect(wait.took()).toBe(1_000);
  });

  test('ends at the first failed look, with its fix', async () => {
    const wait = waitFor([() => pending, () => ({ kind: 'failed', what: 'broken', fix: 'mend it' })]);
    await expect(wait.ended).rejects.toMatchObject({ what: 'broken', fix: 'mend it' });
    expect(wait.looks()).toBe(2);
  });

  test('gives up at the deadline, not later, and says what it last saw', async () => {
    const wait = waitFor([() => pending]);
    await expect(wait.ended).rejects.toThrow(/not ready before the deadline. Last seen: not yet/);
    expect(wait.took()).toBe(60_000);
  });

  test('ready must hold for as long as asked; a relapse starts anew', async () => {
    const looks: readonly Look[] = [() => ready, () => ready, () => pending, () => ready];
    const wait = waitFor(looks, { stableMs: 10_000, pause: [4_000, 4_000] });
    expect(await wait.ended).toBe('done');
    expect(wait.took()).toBe(24_000);
  });

  test('one look that fails on the way is not the end; five in a row are', async () => {
    const blip: Look = () => named('TimeoutError');
    expect(await waitFor([blip, blip, blip, () => ready]).ended).toBe('done');
    await expect(waitFor([blip]).ended).rejects.toThrow('no');
  });

  test.each(['AccessDeniedException', 'ExpiredTokenException', 'ClusterNotFoundException'])(
    '%s ends it at once',
    async (name) => {
      const wait = waitFor([() => named(name)]);
      await expect(wait.ended).rejects.toThrow('no');
      expect(wait.looks()).toBe(1);
    },
  );

  test('the log gets a line only when something changed', async () => {
    const wait = waitFor([() => pending, () => pending, () => pending, () => ready]);
    await wait.ended;
    expect(wait.lines).toEqual(['it: not yet']);
  });
});

describe('the clock of a job', () => {
  test('a cancelled job stops sleeping at once, and sleeps no more', async () => {
    const controller = new AbortController();
    const clock = cancellableClock(controller.signal);
    const sleeping = clock.sleep(60_000);
    controller.abort('SIGINT');
    await expect(sleeping).rejects.toThrow(Cancelled);
    await expect(clock.sleep(60_000)).rejects.toThrow('Cancelled by SIGINT');
  });
});

test('Failed keeps what it says when evidence is added', () => {
  expect(new Failed('what', 'fix', ['a']).withDetails(['b'])).toMatchObject({
    message: 'what\nfix',
    details: ['a', 'b'],
  });
});
