// Who approves is the manifest's word alone, whatever else is wrong in the fleet.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { createLab } from '../lab.ts';

const environment = 'examples/wpsit/environments/sit.yml';

test('the GitHub environments are those of the manifest, by default named after the environment', async () => {
  const lab = await createLab();
  expect(await lab.run('plan-fleet', { mode: 'gates' })).toMatchObject({
    approval: 'sit',
    deployment: 'sit-tenants',
  });
  const text = await readFile(environment, 'utf8');
  lab.edit(environment, `${text}\ngithub: {approval: sit-approvers, deployment: sit-jobs}\n`);
  expect(await lab.run('plan-fleet', { mode: 'gates' })).toMatchObject({
    approval: 'sit-approvers',
    deployment: 'sit-jobs',
  });
  expect(lab.sandbox.calls).toEqual([]);
});

test("another tenant's mistake stops no rollback, and an unknown environment does", async () => {
  const lab = await createLab();
  lab.edit('examples/wpsit/tenants/ironpeak.yml', 'name: ironpeak\nimgae: x\nenvironments:\n  sit: {}\n');
  expect(await lab.run('plan-fleet', { mode: 'gates' })).toMatchObject({ approval: 'sit' });
  await expect(lab.run('plan-fleet', { mode: 'gates', environment: 'sti' })).rejects.toThrow('sit');
});
