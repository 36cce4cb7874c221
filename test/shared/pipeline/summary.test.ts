// The summary: a timeline and a table of any execution, safe against foreign text and bounded.
import { expect, test } from '@jest/globals';
import { stagesOf } from '../../../src/shared/pipeline/stages.ts';
import { summaryOf, type Told } from '../../../src/shared/pipeline/summary.ts';
import type { ActionRun } from '../../../src/shared/pipeline/types.ts';
import { aProgress, aRun, failed, nine, ours } from './values.ts';

const summary = (actions: readonly ActionRun[], overrides: Partial<Told> = {}): string =>
  summaryOf({
    application: {
      name: 'envelope',
      environment: { name: 'prod', region: 'eu-west-2' },
    } as Told['application'],
    pipeline: 'envelope-prod-api-pipeline',
    executionId: ours,
    status: 'Failed',
    progress: aProgress({ actions }),
    notes: [],
    now: nine + 600_000,
    ...overrides,
  });

test('a bar for each run, in its stage; what runs ends now', () => {
  const running = aRun({ stage: 'Deploy', action: 'Deploy', startedAt: nine + 90_000, status: 'InProgress' });
  const text = summary([aRun(), running]);
  expect(text).toContain(`  section Build\n  ✅ Build :done, ${nine}, ${nine + 60_000}\n`);
  expect(text).toContain(`  section Deploy\n  🔄 Deploy :active, ${nine + 90_000}, ${nine + 600_000}\n`);
});

test('links go to web pages only', () => {
  const text = summary([
    aRun({ externalUrl: 'https://console.example/build' }),
    aRun({ action: 'Other', externalUrl: 'javascript:alert(1)' }),
  ]);
  expect(text).toContain('[Build](https://console.example/build)');
  expect(text).not.toContain('javascript:');
});

test('foreign text stays text', () => {
  const message = '</details>\n# a | b\n```\n[x](http://evil) <img src=x>';
  const text = summary([failed({ error: { code: 'JobFailed', message } })], { notes: ['<b>x</b>'] });
  expect(text).not.toMatch(/<(img|b|\/details)/);
  expect(text).not.toContain('[x](http');
  expect(text.split('\n').filter((line) => line.startsWith('```'))).toHaveLength(2);
});

test('names cannot end a bar', () => {
  const text = summary([aRun({ action: 'a :crit, 1, 2\nsection x', stage: 'b:c' })]);
  expect(text).toContain('  section b c\n  ✅ a  crit  1  2 section x :done,');
});

test('many runs become a bar for each stage, and a bounded table', () => {
  const runs = Array.from({ length: 1_000 }, (_, at) => aRun({ startedAt: nine + at * 1_000 }));
  const text = summary(runs);
  expect(text.match(/:done,/g)).toHaveLength(1);
  expect(text).toContain('800 earlier runs');
});

test('a retried stage lasts from its first run to its last, and is what its latest runs are', () => {
  const again = aRun({ startedAt: nine + 90_000 });
  expect(stagesOf([failed(), again])).toEqual([
    { stage: 'Build', status: 'Succeeded', startedAt: nine, endedAt: nine + 150_000 },
  ]);
  expect(stagesOf([failed(), aRun({ action: 'Other' })])[0]?.status).toBe('Failed');
});
