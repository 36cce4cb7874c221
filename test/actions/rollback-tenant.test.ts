// Both ways back: to the last revision that was healthy, and out, with what destroys named by the person who asks.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { bringUp } from '../scenario.ts';

const tenantFile = 'examples/wpsit/tenants/goldencrust.yml';
const environmentFile = 'examples/wpsit/environments/sit.yml';

const deploy = async (lab: Lab, tag: string): Promise<void> => {
  lab.edit(tenantFile, `${await readFile(tenantFile, 'utf8')}\nimage: wordpress:${tag}\n`);
  await lab.run('provision-tenant');
};

const revisionOf = ({ taskDefinitionArn = '' }: Readonly<Record<string, string>>): string =>
  taskDefinitionArn.split(':').at(-1) ?? '';

describe('mode previous-revision', () => {
  const back = { mode: 'previous-revision' };

  test('returns to the last deployment that succeeded', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, '6.9-php8.3-apache');
    await lab.run('wait-healthy');
    expect(revisionOf(await lab.run('rollback-tenant', back))).toBe('1');
    expect(revisionOf(await lab.run('wait-healthy'))).toBe('1');
  });

  test('passes over a revision that never was healthy', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, 'boom-500');
    expect(revisionOf(await lab.run('rollback-tenant', back))).toBe('1');
    expect(revisionOf(await lab.run('wait-healthy'))).toBe('1');
  });

  test('does nothing where the circuit breaker was faster', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, 'exits-1');
    await expect(lab.run('wait-healthy')).rejects.toThrow('rolled it back');
    await lab.clock.sleep(600_000);
    const from = lab.sandbox.calls.length;
    expect((await lab.run('rollback-tenant', back)).changed).toBe('false');
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('says so where there is nothing to go back to', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await expect(lab.run('rollback-tenant', back)).rejects.toThrow('nothing to go back to');
  });

  test('a dry run names the revision and writes nothing', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, '6.9-php8.3-apache');
    await lab.run('wait-healthy');
    const from = lab.sandbox.calls.length;
    const outputs = await lab.run('rollback-tenant', { ...back, 'dry-run': 'true' });
    expect(revisionOf(outputs)).toBe('1');
    expect(writesOf(lab, from)).toEqual([]);
  });
});

describe('mode teardown', () => {
  const out = { mode: 'teardown', confirm: 'goldencrust' };

  test('keeps the database unless asked, and the secret restorable unless asked', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await lab.run('rollback-tenant', out);
    const { databases, secrets } = await lab.snapshot();
    expect(databases).toEqual(['goldencrust_db']);
    expect(JSON.stringify(secrets)).toContain('sit-goldencrust-db-credentials');
  });

  test('on a protected environment the database is dropped only if a second input names it', async () => {
    const lab = await createLab();
    await bringUp(lab);
    lab.edit(
      environmentFile,
      `${(await readFile(environmentFile, 'utf8')).replace(/^protected:.*$/m, '')}\nprotected: true\n`,
    );
    const from = lab.sandbox.calls.length;
    const dropping = { ...out, 'drop-database': 'true' };
    await expect(lab.run('rollback-tenant', dropping)).rejects.toThrow('confirm-database: goldencrust_db');
    await expect(
      lab.run('rollback-tenant', { ...dropping, 'confirm-database': 'ironpeak_db' }),
    ).rejects.toThrow('protected');
    await expect(lab.run('run-db-init', { operation: 'drop', confirm: 'goldencrust' })).rejects.toThrow(
      'protected',
    );
    expect(writesOf(lab, from)).toEqual([]);
    await lab.run('rollback-tenant', { ...dropping, 'confirm-database': 'goldencrust_db' });
    expect((await lab.snapshot()).databases).toEqual([]);
  });

  test('twice is once: the second finds everything absent', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await lab.run('rollback-tenant', { ...out, 'purge-secret': 'true' });
    const before = await lab.snapshot();
    const again = await lab.run('rollback-tenant', { ...out, 'purge-secret': 'true' });
    expect(again.changed).toBe('false');
    expect(await lab.snapshot()).toEqual(before);
  });
});
