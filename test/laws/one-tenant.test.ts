// Laws 1, 2, 4 and 5 for one tenant: twice is once, a plan writes nothing, rollback leaves nothing and touches no other.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../src/shared/resource.ts';
import { createLab, type Snapshot, writesOf } from '../lab.ts';
import { bringUp, tearDown } from '../scenario.ts';

describe('one tenant in, healthy, and out again', () => {
  test('provisioning twice: the second run writes nothing and takes at most 12 calls', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const before = await lab.snapshot();
    const from = lab.sandbox.calls.length;
    const again = await lab.run('provision-tenant');
    expect(writesOf(lab, from)).toEqual([]);
    expect(lab.sandbox.calls.length - from).toBeLessThanOrEqual(12);
    expect(again.changed).toBe('false');
    expect(await lab.snapshot()).toEqual(before);
  });

  test('provisioning for the first time takes at most 22 calls', async () => {
    const lab = await createLab();
    await lab.run('provision-tenant');
    expect(lab.sandbox.calls.length).toBeLessThanOrEqual(22);
  });

  test('a dry run writes nothing and names each resource, the action and the fields that differ', async () => {
    const lab = await createLab();
    const fresh = await lab.run('provision-tenant', { 'dry-run': 'true' });
    expect(writesOf(lab)).toEqual([]);
    const plan = JSON.parse(fresh.plan ?? '') as { kind: string; action: string }[];
    expect(plan.map(({ kind, action }) => `${action} ${kind}`)).toEqual([
      'create secret',
      'create access policy',
      'create access point',
      'create task definition',
      'create target group',
      'create listener rule',
      'create service',
    ]);
  });

  test('a changed manifest shows as fields in the plan, and provisioning makes exactly that so', async () => {
    const lab = await createLab();
    await bringUp(lab);
    lab.edit(
      manifest,
      `${await readFile(manifest, 'utf8')}\ncpu: 1024\nmemory: 2048\nderegistrationDelaySeconds: 45\n`,
    );
    const before = await lab.snapshot();
    const plan = await lab.run('provision-tenant', { 'dry-run': 'true' });
    expect(await lab.snapshot()).toEqual(before);
    expect(changesIn(plan)).toEqual([
      'replace task definition: cpu 512 -> 1024',
      'replace task definition: memory 1024 -> 2048',
      'update target group: deregistrationDelay 30 -> 45',
      expect.stringMatching(/^update service: taskDefinition .*:1 -> \(known after apply\)$/),
    ]);
    await lab.run('provision-tenant');
    expect(changesIn(await lab.run('provision-tenant', { 'dry-run': 'true' }))).toEqual([]);
    await lab.run('wait-healthy');
  });

  test.each(['run-db-init', 'wait-healthy', 'rollback-tenant'] as const)(
    'a dry run of %s writes nothing',
    async (action) => {
      const lab = await createLab();
      await bringUp(lab);
      const from = lab.sandbox.calls.length;
      await lab.run(action, {
        'dry-run': 'true',
        ...(action === 'rollback-tenant'
          ? { mode: 'teardown', confirm: 'goldencrust', 'drop-database': 'true' }
          : {}),
      });
      expect(writesOf(lab, from)).toEqual([]);
    },
  );

  test('rollback leaves nothing of the tenant but its files', async () => {
    const lab = await createLab();
    const empty = await lab.snapshot();
    await bringUp(lab);
    expect(await lab.snapshot()).not.toEqual(empty);
    await tearDown(lab);
    expect(withoutFiles(await lab.snapshot())).toEqual(withoutFiles(empty));
  });

  test('rollback touches no other tenant', async () => {
    const lab = await createLab();
    await bringUp(lab, { tenant: 'ironpeak' });
    const alone = await lab.snapshot();
    await bringUp(lab);
    await tearDown(lab);
    expect(withoutFiles(await lab.snapshot())).toEqual(withoutFiles(alone));
  });

  test('a tenant can come back after a rollback that kept database and secret', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const before = await lab.snapshot();
    await lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' });
    await bringUp(lab);
    expect(await lab.snapshot()).toEqual(before);
  });

  test('without confirm a teardown writes nothing', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const from = lab.sandbox.calls.length;
    await expect(lab.run('rollback-tenant', { mode: 'teardown' })).rejects.toThrow('confirm: goldencrust');
    await expect(lab.run('rollback-tenant', { mode: 'teardown', confirm: 'ironpeak' })).rejects.toThrow(
      "not the tenant's name",
    );
    await expect(lab.run('run-db-init', { operation: 'drop' })).rejects.toThrow('confirm: goldencrust');
    expect(writesOf(lab, from)).toEqual([]);
  });
});

/** Files stay by design: the site's content and the database's dump. */
const withoutFiles = (snapshot: Snapshot) => ({
  ...snapshot,
  efs: { ...(snapshot.efs as object), directories: [] },
});

const manifest = 'examples/wpsit/tenants/goldencrust.yml';

type Line = Pick<Outcome, 'action' | 'kind' | 'differences'>;

/** `action kind: field from -> to` of everything that is not kept. */
const changesIn = ({ plan = '[]' }: Readonly<Record<string, string>>): readonly string[] =>
  (JSON.parse(plan) as readonly Line[]).flatMap(({ action, kind, differences }) =>
    differences.map(({ field, from, to }) => `${action} ${kind}: ${field} ${from} -> ${to}`),
  );
