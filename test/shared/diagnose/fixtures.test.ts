// Over all failures that were seen: the right rule comes first, says all that it promises, and is silent where all is well.
import { describe, expect, test } from '@jest/globals';
import { findAll, stepsFor } from '../../../src/shared/diagnose/find.ts';
import type { Area } from '../../../src/shared/diagnose/rule.ts';
import { everyRule } from '../../../src/shared/diagnose/rules/every.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { failures, fixtures } from './fixtures.ts';

const ruleOf = (id: string) => {
  const rule = serviceRules.find((one) => one.id === id);
  if (!rule) throw new Error(`There is no rule ${id}.`);
  return rule;
};

/** Where AWS's own words are what a person sees. */
const awsSays: readonly Area[] = ['start', 'container', 'network', 'deployment'];

const placeholders = (template: string): readonly string[] =>
  [...template.matchAll(/(?<![${\w])\{([a-z][A-Za-z]*)\}(?!\})/g)].map(([, name = '']) => name);

describe('every rule about a deployment', () => {
  test.each(serviceRules.map(({ id }) => id))('%s has a fixture in which it comes first', (id) => {
    expect(failures.map(({ first }) => first)).toContain(id);
  });

  test('has an id of its own, that is an anchor', () => {
    const ids = serviceRules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  test('has its id alone, unless it is the same rule for other evidence', () => {
    const causes = Map.groupBy(everyRule, ({ id }) => id);
    const shared = [...causes].filter(([, rules]) => new Set(rules.map(({ cause }) => cause)).size > 1);
    expect(shared.map(([id]) => id)).toEqual([]);
  });

  test('says something to do, to see and to search for', () => {
    const empty = everyRule.filter(
      ({ cause, fix, verify, symptoms }) => ![cause, fix[0], verify, symptoms[0]].every(Boolean),
    );
    expect(empty.map(({ id }) => id)).toEqual([]);
  });

  test('that many causes have is no cause that waiting is given up for', () => {
    expect(serviceRules.filter(({ level, lasts }) => level !== 'cause' && lasts === 'permanent')).toEqual([]);
  });
});

describe('the fixture', () => {
  test.each(failures)('$name is told as $first', ({ evidence, first }) => {
    expect(findAll(serviceRules, evidence)[0]?.id).toBe(first);
  });

  test.each(failures)('$name leaves no name of $first open', ({ evidence, first }) => {
    const rule = ruleOf(first);
    const facts = { ...evidence.facts, ...rule.sees(evidence)?.facts };
    const wanted = [rule.cause, ...stepsFor(rule.fix, evidence.kind), rule.verify].flatMap(placeholders);
    expect(
      wanted.filter((name) => !facts[name] || /^(?:<\w+>|undefined|null|NaN)$/.test(facts[name])),
    ).toEqual([]);
  });

  test.each(failures)('$name says what a person would search for', ({ evidence, first }) => {
    const rule = ruleOf(first);
    const texts = JSON.stringify([evidence, rule.sees(evidence)?.proof])
      .replaceAll('\\"', '"')
      .toLowerCase();
    const isVerbatim = (symptom: string): boolean =>
      symptom.split('…').every((part) => texts.includes(part.trim().toLowerCase()));
    // A symptom may name what a person does, or tell of a place where no text is: then most of its words are there.
    const isAlike = (symptom: string): boolean => {
      const words = symptom.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
      return words.filter((word) => texts.includes(word)).length >= words.length * 0.6;
    };
    const says = awsSays.includes(rule.area) ? isVerbatim : isAlike;
    expect(rule.symptoms.filter(says)).not.toEqual([]);
  });

  test.each(failures)('$name is proved', ({ evidence, first }) => {
    expect(ruleOf(first).sees(evidence)?.proof.length).toBeGreaterThan(0);
  });

  test.each(fixtures.filter(({ name }) => /^(?:healthy|slow)-/.test(name)))(
    '$name has nothing to tell',
    ({ evidence }) => {
      expect(findAll(serviceRules, evidence)).toEqual([]);
    },
  );

  test('is named after its rule, or after what is well, and says where it comes from', () => {
    const misnamed = fixtures.filter(
      ({ name, first }) => !(first ? name.startsWith(first) : /^(?:healthy|slow)-/.test(name)),
    );
    expect(misnamed.map(({ name }) => name)).toEqual([]);
    const unsourced = fixtures.filter(
      ({ origin }) => !/^(?:recorded in the sandbox|after) ?.{10}/.test(origin),
    );
    expect(unsourced.map(({ name }) => name)).toEqual([]);
  });

  test('of each failure is told in time: once it is healthy, nobody hears of it', () => {
    const heard = failures.filter(
      ({ evidence }) => findAll(serviceRules, { ...evidence, state: 'healthy' }).length,
    );
    expect(heard.map(({ name }) => name)).toEqual([]);
  });
});
