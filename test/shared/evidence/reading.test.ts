// Nothing that AWS refuses is thrown, nothing is forgotten, and no limit is passed.
import { expect, test } from '@jest/globals';
import { createVirtualClock } from '../../../sandbox/aws/clock.ts';
import { Cancelled } from '../../../src/shared/errors.ts';
import { openReading } from '../../../src/shared/evidence/reading.ts';

const denied = (): Promise<never> => {
  const error = new Error('User: … is not authorized to perform: elasticloadbalancing:DescribeRules');
  error.name = 'AccessDenied';
  return Promise.reject(error);
};

test('what could not be read is told until it is read after all', async () => {
  const reading = openReading(createVirtualClock(), 10);
  expect(await reading.read('the rules', denied)).toBeUndefined();
  expect(reading.unread()).toEqual([expect.stringMatching(/^the rules: AccessDenied: .*DescribeRules/)]);
  expect(await reading.read('the rules', async () => 1)).toBe(1);
  expect(reading.unread()).toEqual([]);
});

test('no more calls are made than were allowed', async () => {
  const reading = openReading(createVirtualClock(), 3);
  let calls = 0;
  for (let index = 0; index < 10; index++) await reading.read(`thing ${index}`, async () => ++calls);
  expect(calls).toBe(3);
  expect(reading.unread()).toHaveLength(7);
});

test('nothing is begun after the time is up', async () => {
  const clock = createVirtualClock();
  const reading = openReading(clock, 10);
  reading.limit(1_000);
  await reading.read('slow', () => clock.sleep(2_000));
  expect(await reading.read('late', async () => 1)).toBeUndefined();
  expect(reading.unread()).toEqual([expect.stringMatching(/^late: .*time/)]);
});

test('a cancelled job ends at once', async () => {
  const reading = openReading(createVirtualClock(), 10);
  await expect(reading.read('x', () => Promise.reject(new Cancelled('SIGINT')))).rejects.toThrow(Cancelled);
});
