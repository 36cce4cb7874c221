// Waiting is given up for what lasts, seen twice, and for nothing else.
import { describe, expect, test } from '@jest/globals';
import type { Evidence } from '../../../src/shared/diagnose/evidence.ts';
import { findAll } from '../../../src/shared/diagnose/find.ts';
import { findHopeless } from '../../../src/shared/diagnose/hopeless.ts';
import type { Lasting } from '../../../src/shared/diagnose/rule.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { evidenceOf, failures, fixtures } from './fixtures.ts';

const areas: readonly string[] = ['start', 'container', 'network'];

/** As it was while it was waited for, two minutes after the deployment began. */
const waiting = (evidence: Evidence, seconds = 120): Evidence => ({
  ...evidence,
  state: 'running',
  now: (evidence.deployment?.createdAt ?? 0) + seconds * 1_000,
});

const lasting = (...kinds: readonly Lasting[]) =>
  failures.filter(({ evidence, first }) => {
    const rule = serviceRules.find(({ id }) => id === first);
    return (
      evidence.stopped.length === 2 &&
      rule?.level === 'cause' &&
      rule.sure !== 'possible' &&
      areas.includes(rule.area) &&
      kinds.includes(rule.lasts)
    );
  });

describe('two tasks that stopped', () => {
  test.each(lasting('permanent'))('for the lasting reason of $name are enough', ({ evidence, first }) => {
    expect(findHopeless(serviceRules, waiting(evidence, 10))?.finding.id).toBe(first);
  });

  test.each(lasting('settling'))(
    'for the reason of $name are enough once IAM holds everywhere',
    ({ evidence, first }) => {
      expect(findHopeless(serviceRules, waiting(evidence, 60))).toBeUndefined();
      expect(findHopeless(serviceRules, waiting(evidence))?.finding.id).toBe(first);
    },
  );

  test.each(lasting('passing', 'unknown'))('for the reason of $name are not', ({ evidence }) => {
    expect(findHopeless(serviceRules, waiting(evidence, 600))).toBeUndefined();
  });

  test('for two reasons are not', () => {
    const { stopped: unfound } = evidenceOf('image-not-found');
    const { stopped: refused, ...evidence } = evidenceOf('secret-denied');
    const both = { ...evidence, stopped: [...unfound.slice(0, 1), ...refused.slice(0, 1)] };
    expect(findHopeless(serviceRules, waiting(both))).toBeUndefined();
  });
});

test.each(lasting('permanent'))('one task alone ($name) is not enough', ({ evidence }) => {
  const one = { ...evidence, stopped: evidence.stopped.slice(0, 1) };
  expect(findHopeless(serviceRules, waiting(one))).toBeUndefined();
});

test.each(fixtures.filter(({ first }) => first === undefined))('$name is never hopeless', ({ evidence }) => {
  expect(findHopeless(serviceRules, { ...evidence, state: 'running' })).toBeUndefined();
});

describe('while it is waited for', () => {
  test('a lasting reason is told already, one that passes is not', () => {
    const told = (name: string) => findAll(serviceRules, waiting(evidenceOf(name))).map(({ id }) => id);
    expect(told('image-not-found')).toEqual(['image-not-found']);
    expect(told('no-capacity')).toEqual([]);
    expect(told('spot-interruption')).toEqual([]);
  });

  test('nothing is said of a task that a later one got over', () => {
    const evidence = waiting(evidenceOf('secret-denied'));
    const startedAt = Math.max(...evidence.stopped.map(({ stoppedAt }) => stoppedAt)) + 1;
    const running = [{ id: 'later', address: '10.2.3.9', startedAt }];
    expect(findAll(serviceRules, { ...evidence, running })).toEqual([]);
  });
});
