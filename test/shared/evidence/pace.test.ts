// A witness asks again only where the service's answer changed or ECS owes something, and ever more rarely.
import { describe, expect, test } from '@jest/globals';
import { type Owed, openPace } from '../../../src/shared/evidence/pace.ts';

const poll = 5_000;

/** How many of so many polls read tasks. */
const reads = (polls: number, owed: Owed, markAt: (index: number) => string): number => {
  const pace = openPace(0);
  let count = 0;
  for (let index = 0; index < polls; index++) {
    if (!pace.areTasksDue(markAt(index), index * poll)) continue;
    count++;
    pace.readTasks(index * poll, owed);
  }
  return count;
};

describe('tasks', () => {
  test('are read once while nothing changes', () => expect(reads(100, 'nothing', () => 'a')).toBe(1));
  test('are read at every change', () => expect(reads(10, 'nothing', String)).toBe(10));
  test('are read again at the next poll where some are owed, later every fifteen seconds', () => {
    expect(reads(2, 'lists', () => 'a')).toBe(2);
    expect(reads(120, 'lists', () => 'a')).toBeLessThanOrEqual(120 / 3 + 3);
  });
  test('are read at every poll while one is stopping, for a minute, and then as rarely', () => {
    expect(reads(12, 'ends', () => 'a')).toBe(12);
    expect(reads(120, 'ends', () => 'a')).toBeLessThanOrEqual(12 + 108 / 3 + 3);
  });
});

test('targets are asked for every fifteen seconds at first, and never more than 200 times in six hours', () => {
  const pace = openPace(0);
  const due = (from: number, to: number): number => {
    let count = 0;
    for (let now = from; now < to; now += poll) if (pace.areTargetsDue(now)) count++;
    return count;
  };
  expect(due(0, 60_000)).toBe(4);
  expect(due(60_000, 6 * 3_600_000)).toBeLessThanOrEqual(200);
});
