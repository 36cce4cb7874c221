// The pure parts: when a breaker trips, and what a rolling update may do at once.
import { describe, expect, test } from '@jest/globals';
import { thresholdOf } from '../../sandbox/aws/ecs/circuit-breaker.ts';
import { isFargateSize } from '../../sandbox/aws/ecs/fargate-sizes.ts';
import { nextStep } from '../../sandbox/aws/ecs/rollout.ts';

const breaker = (type: 'COUNT' | 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT', value: number) => ({
  enable: true,
  rollback: true,
  thresholdConfiguration: { type, value },
});

test.each([
  [undefined, 1, 3],
  [undefined, 25, 13],
  [undefined, 1000, 200],
  [breaker('COUNT', 2), 1, 2],
  [breaker('BOUNDED_PERCENT', 10), 10, 3],
  [breaker('UNBOUNDED_PERCENT', 10), 10, 1],
  [breaker('UNBOUNDED_PERCENT', 100), 500, 500],
])('threshold of %j at %d tasks is %d', (settings, desiredCount, threshold) => {
  expect(thresholdOf(settings, desiredCount)).toBe(threshold);
});

test.each([
  [256, 512, true],
  [256, 1536, false],
  [512, 3072, true],
  [1024, 1024, false],
  [8192, 20480, true],
  [8192, 21504, false],
  [300, 512, false],
])('%d cpu with %d MiB: %s', (cpu, memory, offered) => {
  expect(isFargateSize(cpu, memory)).toBe(offered);
});

type Limits = readonly [desiredCount: number, minimumHealthyPercent: number, maximumPercent: number];

/** Plays an update from all-old to all-new; tasks become healthy one step after their start. */
const play = ([desiredCount, minimumHealthyPercent, maximumPercent]: Limits) => {
  let tasks = Array.from({ length: desiredCount }, (_, index) => ({
    arn: `old ${index}`,
    digits: 'old',
    healthy: true,
    createdAt: index,
  }));
  const counts: { healthy: number; all: number }[] = [];
  for (let step = 0; step < 50; step += 1) {
    const { start, stop } = nextStep({
      desiredCount,
      minimumHealthyPercent,
      maximumPercent,
      primary: { digits: 'new', failed: false },
      tasks,
    });
    const begun = Array.from({ length: start }, (_, index) => ({
      arn: `new ${step} ${index}`,
      digits: 'new',
      healthy: false,
      createdAt: 100 + step,
    }));
    tasks = [...tasks.filter((task) => !stop.includes(task)), ...begun];
    counts.push({ healthy: tasks.filter(({ healthy }) => healthy).length, all: tasks.length });
    tasks = tasks.map((task) => ({ ...task, healthy: true }));
  }
  return { tasks, counts };
};

describe.each<Limits>([
  [1, 100, 200],
  [1, 0, 100],
  [4, 100, 200],
  [4, 50, 100],
  [4, 50, 150],
  [10, 90, 110],
])('an update of %d tasks between %d and %d percent', (...limits) => {
  const [desiredCount, minimum, maximum] = limits;
  const { tasks, counts } = play(limits);

  test('ends with new tasks only', () => {
    expect(tasks.map(({ digits }) => digits)).toEqual(Array(desiredCount).fill('new'));
  });

  test('never leaves its limits', () => {
    for (const { healthy, all } of counts) {
      expect(healthy).toBeGreaterThanOrEqual(Math.ceil((desiredCount * minimum) / 100));
      expect(all).toBeLessThanOrEqual(Math.floor((desiredCount * maximum) / 100));
    }
  });
});

test('a failed deployment starts nothing and lets the older tasks live', () => {
  const old = { arn: 'old', digits: 'old', healthy: true, createdAt: 0 };
  const view = { desiredCount: 2, minimumHealthyPercent: 100, maximumPercent: 200, tasks: [old] };
  expect(nextStep({ ...view, primary: { digits: 'new', failed: true } })).toEqual({ start: 0, stop: [] });
});
