// Every request of the actions, and every answer they got, is what AWS's own service models allow.
import { expect, test } from '@jest/globals';
import { createLab } from '../lab.ts';
import { bringUp, tearDown } from '../scenario.ts';
import { checkCalls } from './calls.ts';
import { loadModels } from './model.ts';

const models = loadModels();
const check = models ? test : test.skip;

check('the life of a tenant through the actions holds to AWS’s models', async () => {
  const lab = await createLab({ settings: { policyLagMs: 10_000 } });
  await bringUp(lab);
  await lab.run('provision-tenant', { 'dry-run': 'true' });
  await lab.run('run-db-init', { operation: 'verify' });
  await lab.run('rollback-tenant', { mode: 'previous-revision' }).catch(() => {});
  await tearDown(lab);
  expect(lab.sandbox.calls.length).toBeGreaterThan(150);
  expect(models && checkCalls(models, lab.sandbox.calls)).toEqual([]);
});
