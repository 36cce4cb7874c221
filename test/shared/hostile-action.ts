// A program, not a test: an action that fails over the text in the file HOSTILE, having been told the secret in SECRET.
// With RAW it logs the text as it came, too.
import { readFileSync } from 'node:fs';
import { runAction } from '../../src/shared/action.ts';
import { caseOf } from '../../src/shared/case.ts';
import type { Evidence } from '../../src/shared/diagnose/evidence.ts';
import type { Rule } from '../../src/shared/diagnose/rule.ts';
import { Diagnosed, Failed } from '../../src/shared/errors.ts';
import { clean } from '../../src/shared/evidence/clean.ts';
import { printable } from '../../src/shared/logs.ts';
import { evidenceSaying } from './hostile-evidence.ts';

/** Believes everything, and says it everywhere. */
const credulous: Rule<Evidence> = {
  id: 'everything-is-lost',
  area: 'wordpress',
  level: 'cause',
  lasts: 'permanent',
  sure: 'certain',
  symptoms: ['anything'],
  sees: ({ logs }) => {
    const text = logs[0]?.lines[0]?.text ?? '';
    return { proof: [{ from: 'log', text }], facts: { said: text } };
  },
  cause: 'The container said {said}',
  fix: ['Mend what {said} says.'],
  verify: 'It says {said} no more.',
};

const raw = readFileSync(process.env.HOSTILE ?? '', 'utf8');
const text = clean(raw);

await runAction(
  {
    title: 'Hostile',
    inputs: {},
    outputs: [],
    run: async (_, { log }) => {
      log.secret(process.env.SECRET ?? '');
      if (process.env.RAW) log.info(raw);
      const subject = { ...credulous, id: 'second', level: 'symptom' as const };
      const found = caseOf([credulous, subject], evidenceSaying(text));
      throw new Diagnosed(new Failed(`It ended: ${text}`, text, [printable(text)]), [found]);
    },
  },
  {},
);
