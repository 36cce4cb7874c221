// Where only a symptom matches, the page's words and the log's last complaint are what a person reads first.
import { expect, test } from '@jest/globals';
import { caseOf } from '../../src/shared/case.ts';
import type { Evidence } from '../../src/shared/diagnose/evidence.ts';
import type { Level, Rule } from '../../src/shared/diagnose/rule.ts';
import { annotationOf } from '../../src/shared/tell.ts';
import { evidenceOf } from './diagnose/fixtures.ts';

const ruleOf = (level: Level): Rule<Evidence> => ({
  id: 'health-check-code',
  area: 'routing',
  level,
  lasts: 'unknown',
  sure: 'certain',
  symptoms: ['[500]'],
  sees: () => ({ proof: [{ from: 'target', text: 'codes: [500]' }] }),
  cause: 'The health check is answered with 500.',
  fix: [],
  verify: '',
});

const page = { status: 500, location: undefined, headers: {}, excerpt: 'Our shop is out of llamas' };
const evidence: Evidence = {
  ...evidenceOf('image-not-found'),
  visits: [{ by: 'public', hops: [{ url: 'https://a.example/', answer: { kind: 'answer', ...page } }] }],
  logs: [
    {
      taskId: 't',
      group: 'g',
      stream: 's',
      kind: 'read',
      lines: [
        { at: 1, text: 'Llama store failed' },
        { at: 2, text: '"GET / HTTP/1.1" 500 12' },
      ],
    },
  ],
};
const annotation = (level: Level): string =>
  annotationOf(caseOf([ruleOf(level)], evidence), { what: 'x', fix: '', page: 'docs/t.md' });

test('a symptom is told with the words that were seen, and how to add a rule', () => {
  expect(annotation('symptom')).toMatch(/Seen: http \| HTTP 500: Our shop is out of llamas/);
  expect(annotation('symptom')).toMatch(/Seen: log \| Llama store failed/);
  expect(annotation('symptom')).toContain('docs/t.md#adding-a-rule');
});

test('how it ended is not called unmatched', () => {
  expect(annotation('outcome')).not.toContain('adding-a-rule');
});

test('a cause is told with its own proof', () => {
  expect(annotation('cause')).toContain('Seen: target | codes: [500]');
  expect(annotation('cause')).not.toMatch(/llama|adding-a-rule/i);
});
