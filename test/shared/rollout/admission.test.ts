// Whatever order GitHub starts a wave's jobs in and whoever fails: never more in flight and failed than the budget and
// one, nobody waits for ever, and nobody is refused while the budget lasts.
import { describe, expect, test } from '@jest/globals';
import { judgeAdmission } from '../../../src/shared/fleet/rollout-admission.ts';
import { ask, type Doing, jobOf, type Part, waveOf } from './schedule.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];

type Parts = ReadonlyMap<string, Part>;
type Case = {
  readonly size: number;
  readonly budget: number;
  readonly atOnce: number;
  readonly fails: ReadonlySet<string>;
};

const subsets = (of: readonly string[]): readonly ReadonlySet<string>[] =>
  Array.from({ length: 2 ** of.length }, (_, bits) => new Set(of.filter((_, index) => bits & (1 << index))));

const cases = (sizes: readonly number[]): readonly Case[] =>
  sizes.flatMap((size) =>
    [0, 1, 2, 3].flatMap((budget) =>
      // GitHub's max-parallel as planned, and as if it held nobody back.
      [...new Set([budget + 1, size])].flatMap((atOnce) =>
        subsets(names.slice(0, size)).map((fails) => ({ size, budget, atOnce, fails })),
      ),
    ),
  );

const start = ({ size }: Case): Parts =>
  new Map(names.slice(0, size).map((name) => [name, { doing: 'queued', second: undefined }]));

const those = (parts: Parts, ...doing: readonly Doing[]): readonly string[] =>
  [...parts].flatMap(([name, part]) => (doing.includes(part.doing) ? [name] : []));

const put = (parts: Parts, name: string, doing: Doing, second = parts.get(name)?.second): Parts =>
  new Map([...parts, [name, { doing, second }]]);

const answers = { ready: 'running', pending: 'asking', failed: 'refused' } as const;

/** All that can happen next: any job starts (in a new second, or in that of the last), asks, or ends. */
const moves = (parts: Parts, { budget, atOnce, fails, size }: Case): readonly Parts[] => {
  const wave = waveOf(names.slice(0, size), { failureBudget: budget, inFlight: atOnce });
  const last = Math.max(0, ...[...parts.values()].map(({ second }) => second ?? 0));
  const free = those(parts, 'asking', 'running').length < atOnce;
  // Who has been told anything was started long enough before for everybody of that second to be seen.
  const open = those(parts, 'running', 'healthy', 'failed', 'refused').every(
    (name) => parts.get(name)?.second !== last,
  );
  return [
    ...(free ? those(parts, 'queued') : []).flatMap((name) => [
      put(parts, name, 'asking', last + 1),
      ...(open && last > 0 ? [put(parts, name, 'asking', last)] : []),
    ]),
    ...those(parts, 'asking').flatMap((name) => {
      const told = ask(wave, parts, name);
      return told === 'pending' ? [] : [put(parts, name, answers[told])];
    }),
    ...those(parts, 'running').map((name) => put(parts, name, fails.has(name) ? 'failed' : 'healthy')),
  ];
};

const check = (parts: Parts, { budget, fails, size }: Case, next: readonly Parts[]): void => {
  const spent = those(parts, 'running', 'failed').length;
  if (spent > budget + 1) throw new Error(`${spent} in flight or failed: ${show(parts)}`);
  if (next.length) return;
  if (those(parts, 'queued', 'asking', 'running').length) throw new Error(`hangs: ${show(parts)}`);
  const failed = those(parts, 'failed').length;
  const refused = those(parts, 'refused').length;
  if (refused > 0 && failed <= budget) throw new Error(`refused within the budget: ${show(parts)}`);
  if (fails.size <= budget && those(parts, 'healthy').length !== size - fails.size)
    throw new Error(`not everybody ran: ${show(parts)}`);
};

const show = (parts: Parts): string =>
  [...parts].map(([name, { doing, second }]) => `${name} ${doing} ${second ?? ''}`).join(', ');

const exploreAll = (each: Case): number => {
  const seen = new Set<string>();
  const left = [start(each)];
  for (let parts = left.pop(); parts; parts = left.pop()) {
    const ranks = [...new Set([...parts.values()].map(({ second }) => second ?? 0))].sort((a, b) => a - b);
    const key = [...parts.values()]
      .map(({ doing, second }) => `${doing}${ranks.indexOf(second ?? 0)}`)
      .join();
    if (seen.has(key)) continue;
    seen.add(key);
    const next = moves(parts, each);
    check(parts, each, next);
    left.push(...next);
  }
  return seen.size;
};

/** A repeatable choice: mulberry32. */
const dice = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

const exploreOne = (each: Case, seed: number): void => {
  const roll = dice(seed);
  for (let parts = start(each); ; ) {
    const next = moves(parts, each);
    check(parts, each, next);
    const chosen = next[Math.floor(roll() * next.length)];
    if (!chosen) return;
    parts = chosen;
  }
};

describe('any schedule', () => {
  test('of waves of one to three, every one', () => {
    const states = cases([1, 2, 3]).map(exploreAll);
    expect(Math.min(...states)).toBeGreaterThan(1);
  });

  test('of waves of four to six, by chance', () => {
    for (const [index, each] of cases([4, 5, 6]).entries())
      for (let again = 0; again < 4; again += 1)
        expect(() => exploreOne(each, index * 4 + again)).not.toThrow();
  });
});

describe('one question', () => {
  const wave = waveOf(['a', 'b', 'c', 'd'], { failureBudget: 1, inFlight: 2 });
  const part = (doing: Doing, second?: number): Part => ({ doing, second });
  const question = (jobs: Parts, more: { readonly now?: number; readonly askedAt?: number } = {}) =>
    judgeAdmission(
      {
        tenant: 'c',
        wave,
        jobs: new Map([...jobs].map(([name, each]) => [name, jobOf(name, each)])),
        now: 100_000,
        askedAt: 90_000,
        ...more,
      },
      '7',
    );

  test('a spent budget refuses, names who spent it and says what to do', () => {
    const verdict = question(
      new Map([
        ['a', part('failed', 1)],
        ['b', part('cancelled', 2)],
        ['c', part('asking', 3)],
      ]),
    );
    expect(verdict).toMatchObject({
      kind: 'failed',
      what: 'Not started: c. 2 of wave batch failed (a, b), and its failure budget is 1.',
    });
    expect(verdict).toMatchObject({ fix: expect.stringContaining('resume-from 7') });
  });

  test('who was refused has spent nothing', () => {
    const parts = new Map([
      ['a', part('refused', 1)],
      ['b', part('refused', 2)],
      ['c', part('asking', 3)],
    ]);
    expect(question(parts).kind).toBe('ready');
  });

  test('a job that GitHub does not show is waited for, for a minute', () => {
    expect(question(new Map(), { now: 100_000, askedAt: 90_000 }).kind).toBe('pending');
    expect(question(new Map(), { now: 160_000, askedAt: 90_000 })).toMatchObject({
      kind: 'failed',
      what: "Not started: c. None of this run's jobs is that of c in wave batch.",
    });
  });

  test('a job that has just started lets others of its second show themselves first', () => {
    const parts = new Map([['c', part('asking', 100)]]);
    expect(question(parts, { now: 100_500, askedAt: 100_400 }).kind).toBe('pending');
    expect(question(parts, { now: 103_000, askedAt: 100_400 }).kind).toBe('ready');
    // A runner's clock that is an hour behind GitHub's does not wait for an hour.
    expect(question(parts, { now: -3_500_000, askedAt: -3_503_000 }).kind).toBe('ready');
  });
});
