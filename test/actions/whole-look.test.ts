// Who runs the steps one by one is told before the first write that the last one cannot be done.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { createLab, writesOf } from '../lab.ts';
import { bringUp } from '../scenario.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';

test('a step is refused for what another step could not change', async () => {
  const lab = await createLab();
  await bringUp(lab);
  lab.edit(
    manifest,
    `${await readFile(manifest, 'utf8')}\nstorage:\n  path: /elsewhere\ndatabase:\n  user: crust\n`,
  );
  const from = lab.sandbox.calls.length;
  const refused = lab.run('provision-tenant', { steps: 'secret, access' });
  await expect(refused).rejects.toThrow('storage.path is');
  expect(writesOf(lab, from)).toEqual([]);
});
