// Whatever is in a log, a page or an answer of AWS's: no rule takes long over it, and none throws.
import { Script } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import type { Rule } from '../../../src/shared/diagnose/rule.ts';
import { everyRule } from '../../../src/shared/diagnose/rules/every.ts';
import { evidenceSaying } from '../hostile-evidence.ts';

const limitMs = 1_000;
/** Stands in eight places of a deployment's evidence: a megabyte in all. */
const each = 128 * 1024;

const repeated = (piece: string): string => piece.repeat(Math.ceil(each / piece.length)).slice(0, each);

/** What makes a pattern try again and again: its own beginnings, over and over, that never come to its end. */
const hostileTo = ({ symptoms }: Rule<never>): readonly string[] => {
  const texts = symptoms.map((symptom) => symptom.replaceAll('…', 'x'));
  const beginnings = texts.map((text) => text.slice(0, Math.ceil(text.length * 0.7)));
  return [...beginnings.slice(0, 4).map(repeated), repeated(`${texts.join(' ')} `)];
};

const alwaysHostile = ['a', ' ', '\n', "'", '/a'].map(repeated);

/** Everything that any kind of evidence has, so that every rule finds its own. */
const everyEvidence = (text: string, part: string, kind: string): unknown => ({
  ...evidenceSaying(text),
  kind,
  part,
  said: text,
  status: 500,
  differs: 'region',
  manifest: 'environment',
  answer: 'refused',
  name: 'AccessDeniedException',
  message: text,
  reason: text,
  by: part === 'migration' ? 'migration' : 'command',
  lines: [text],
  secrets: [],
  settings: { environment: { DB_HOST: 'a', REDIS_CLIENT: 'b' }, secrets: {} },
  services: ['api', 'worker'].map((name) => ({ name, image: text, revision: text, variables: { A: text } })),
  isBuild: true,
  isAnswered: true,
  build: { status: 'FAILED', failedPhases: [text], tail: [text] },
  exitCode: 1,
  task: { id: 'a1', containers: [], reason: text },
});

const variants = [
  ['deploy', 'tenant'],
  ['build', 'application'],
  ['migration', 'application'],
  ['source', 'application'],
] as const;

const evidencesSaying = (text: string): readonly unknown[] =>
  variants.map(([part, kind]) => everyEvidence(text, part, kind));

const always = alwaysHostile.flatMap(evidencesSaying);

const looks = new Script('for (const evidence of evidences) sees(evidence)');

/** All of it together; throws where that takes too long. */
const look = (rule: Rule<never>): void => {
  const evidences = [...hostileTo(rule).flatMap(evidencesSaying), ...always];
  looks.runInNewContext({ sees: rule.sees, evidences }, { timeout: limitMs });
};

/** One that several kinds of evidence show has the same patterns for all of them. */
const rules = [...new Map(everyRule.map((rule) => [rule.id, rule])).values()];

describe('over megabytes of hostile text', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))(`%s is done within ${limitMs} ms`, (_, rule) => {
    expect(() => look(rule)).not.toThrow();
  });

  test('is not done by a pattern that tries again and again', () => {
    const [rule] = rules;
    if (!rule) throw new Error('There are no rules.');
    const sees = (): undefined => void /(?:a+)+$/.test(`${'a'.repeat(40)}!`);
    expect(() => look({ ...rule, sees })).toThrow(/timed out/);
  });
});
