// A retired tenant is never made again, and can still be taken away.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { createLab } from '../lab.ts';
import { bringUp } from '../scenario.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';
const environment = 'examples/wpsit/environments/sit.yml';

const retiring = async () => {
  const lab = await createLab();
  await bringUp(lab);
  lab.edit(manifest, `${await readFile(manifest, 'utf8')}\nstate: retired\n`);
  const waves = await readFile(environment, 'utf8');
  lab.edit(environment, waves.replace(/ {2}- name: pilot\n {4}tenants: \[goldencrust\]\n/, ''));
  return lab;
};

test('what would make it refuses before the first call', async () => {
  const lab = await retiring();
  const from = lab.sandbox.calls.length;
  await expect(lab.run('provision-tenant')).rejects.toThrow('goldencrust is retired in sit');
  await expect(lab.run('run-db-init', { operation: 'init' })).rejects.toThrow('rollback-tenant');
  expect(lab.sandbox.calls.length).toBe(from);
});

test('a teardown takes it away', async () => {
  const lab = await retiring();
  await lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' });
  expect(lab.lines.join()).not.toContain('the next rollout makes it again');
  expect(JSON.stringify((await lab.snapshot()) as object)).not.toContain('sit-goldencrust-service');
});

test('the teardown of an active one says that it comes back', async () => {
  const lab = await createLab();
  await bringUp(lab);
  await lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' });
  expect(lab.lines.join()).toContain('the next rollout makes it again');
});
