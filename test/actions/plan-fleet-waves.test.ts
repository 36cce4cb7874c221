// A fleet that no rollout can take whole is told so on the pull request, not after the merge.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { createLab } from '../lab.ts';

const environment = 'examples/wpsit/environments/sit.yml';

test('more waves than the workflows have jobs for are a warning of the check', async () => {
  const lab = await createLab();
  const text = await readFile(environment, 'utf8');
  lab.edit(
    environment,
    `${text.slice(0, text.indexOf('waves:'))}waves:\n  - name: batch\n    rest: {size: 1}\n`,
  );
  const { summary = '' } = await lab.run('plan-fleet', { mode: 'check', environment: '' });
  expect(summary).toContain('⚠️');
  expect(summary).toMatch(/13 waves.*10/);
  expect(lab.lines.join('\n')).toMatch(/13 waves.*10/);
});
