// A tenant's database may not be swapped under its site unseen; what its tasks read only at their start reaches them.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { bringUp } from '../scenario.ts';
import { planOf } from './plan-fleet-kit.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';
const setDatabase = (lab: Lab, field: 'name' | 'user', value: string): void =>
  lab.edit(manifest, `${readFileSync(manifest, 'utf8')}\ndatabase:\n  ${field}: ${value}\n`);

const aws = (lab: Lab) => createClients(lab.sandbox);
const SecretId = 'sit-goldencrust-db-credentials';

const secretOf = async (lab: Lab) => {
  const { SecretString = '{}' } = await aws(lab).secrets.getSecretValue({ SecretId });
  return JSON.parse(SecretString) as Readonly<Record<string, unknown>>;
};

const databaseTag = async (lab: Lab): Promise<string | undefined> =>
  (await aws(lab).secrets.describeSecret({ SecretId })).Tags?.find(({ Key }) => Key === 'Database')?.Value;

/** Revisions that the tenant's running tasks were started from. */
const runningRevisions = async (lab: Lab): Promise<readonly string[]> => {
  const { ecs } = aws(lab);
  const cluster = 'sit-cluster';
  const { taskArns } = await ecs.listTasks({ cluster, serviceName: 'sit-goldencrust-service' });
  const { tasks } = await ecs.describeTasks({ cluster, tasks: taskArns ?? [] });
  return (tasks ?? []).map(({ taskDefinitionArn }) => taskDefinitionArn?.split('/').at(-1) ?? '');
};

const labOf = async (): Promise<Lab> => {
  const lab = await createLab();
  await bringUp(lab);
  return lab;
};

const refusal =
  /database\.name is goldencrust_db, the manifest says pastry_db\.\s.*set the secret's tag Database/;

/** Without the tag, as an earlier version or the runbook leaves it. */
const untag = async (lab: Lab, ...TagKeys: string[]): Promise<void> => {
  await aws(lab).secrets.untagResource({ SecretId, TagKeys });
};

describe('another database name', () => {
  test.each([
    ['a plan', { 'dry-run': 'true' }],
    ['provisioning', {}],
    ['its first part', { steps: 'secret,access' }],
  ])('is refused by %s, and nothing is written', async (_, given) => {
    const lab = await labOf();
    setDatabase(lab, 'name', 'pastry_db');
    const from = lab.sandbox.calls.length;
    await expect(lab.run('provision-tenant', given)).rejects.toThrow(refusal);
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('shows as refused to a role that may not read the secret', async () => {
    const lab = await labOf();
    setDatabase(lab, 'name', 'pastry_db');
    const from = lab.sandbox.calls.length;
    const seen = await planOf(lab.world, { tenants: 'goldencrust' });
    expect(seen.of('goldencrust')).toMatchObject({ secret: 'refused' });
    expect(seen.summary).toContain('goldencrust cannot be brought to the manifest');
    expect(lab.sandbox.calls.slice(from).map(({ operation }) => operation)).not.toContain('GetSecretValue');
  });

  test('holds once a person says by the tag that the site has moved, and reaches the tasks', async () => {
    const lab = await labOf();
    setDatabase(lab, 'name', 'pastry_db');
    await aws(lab).secrets.tagResource({ SecretId, Tags: [{ Key: 'Database', Value: 'pastry_db' }] });
    const { password } = await secretOf(lab);
    await bringUp(lab);
    expect(await secretOf(lab)).toMatchObject({ database: 'pastry_db', password });
    expect(await runningRevisions(lab)).toEqual(['sit-goldencrust:2']);
  });

  test('is refused for a secret without the tag as well, by its value', async () => {
    const lab = await labOf();
    await untag(lab, 'Database');
    setDatabase(lab, 'name', 'pastry_db');
    const from = lab.sandbox.calls.length;
    await expect(lab.run('provision-tenant')).rejects.toThrow(refusal);
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('is refused for a secret that is adopted', async () => {
    const lab = await labOf();
    await untag(lab, 'Database', 'ManagedBy');
    setDatabase(lab, 'name', 'pastry_db');
    const from = lab.sandbox.calls.length;
    await expect(lab.run('provision-tenant', { adopt: 'true' })).rejects.toThrow(refusal);
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('is refused for a tenant that comes back to the database it left', async () => {
    const lab = await labOf();
    await lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' });
    setDatabase(lab, 'name', 'pastry_db');
    const from = lab.sandbox.calls.length;
    await expect(lab.run('provision-tenant')).rejects.toThrow(refusal);
    expect(writesOf(lab, from)).toEqual([]);
  });
});

describe('a secret without the tag', () => {
  test.each([
    ['of ours', ['Database'], {}],
    ['of the runbook', ['Database', 'ManagedBy'], { adopt: 'true' }],
  ])('%s is tagged, and nothing else is written', async (_, keys, given) => {
    const lab = await labOf();
    await untag(lab, ...keys);
    const from = lab.sandbox.calls.length;
    await lab.run('provision-tenant', given);
    expect(writesOf(lab, from)).toEqual(['TagResource']);
    expect(await databaseTag(lab)).toBe('goldencrust_db');
  });

  test('is tagged where it is restored, which alone makes it taggable', async () => {
    const lab = await labOf();
    await untag(lab, 'Database');
    const { password } = await secretOf(lab);
    await lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' });
    await lab.run('provision-tenant', { steps: 'secret,access' });
    expect(await databaseTag(lab)).toBe('goldencrust_db');
    expect(await secretOf(lab)).toMatchObject({ database: 'goldencrust_db', password });
  });

  test('is not pointed elsewhere by a restoration, before which its value cannot be read', async () => {
    const lab = await labOf();
    await untag(lab, 'Database');
    await lab.run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' });
    setDatabase(lab, 'name', 'pastry_db');
    const from = lab.sandbox.calls.length;
    await expect(lab.run('provision-tenant')).rejects.toThrow(refusal);
    expect(writesOf(lab, from)).toEqual(['RestoreSecret']);
    expect(await secretOf(lab)).toMatchObject({ database: 'goldencrust_db' });
  });
});

describe('another database user', () => {
  test('is named in the plan and reaches the running tasks; a second run writes nothing', async () => {
    const lab = await labOf();
    const { password } = await secretOf(lab);
    setDatabase(lab, 'user', 'crust_user');
    const { plan = '' } = await lab.run('provision-tenant', { 'dry-run': 'true' });
    expect(JSON.parse(plan)).toMatchObject([
      {
        kind: 'secret',
        differences: [{ field: 'username', from: 'goldencrust_user', to: 'crust_user', how: 'update' }],
      },
      { action: 'keep' },
      { action: 'keep' },
      { kind: 'task definition', action: 'replace', differences: [{ to: 'crust_user' }] },
      { action: 'keep' },
      { action: 'keep' },
      { kind: 'service', action: 'update' },
    ]);
    await bringUp(lab);
    expect(await secretOf(lab)).toMatchObject({
      username: 'crust_user',
      database: 'goldencrust_db',
      password,
    });
    expect(await runningRevisions(lab)).toEqual(['sit-goldencrust:2']);
    const from = lab.sandbox.calls.length;
    expect((await lab.run('provision-tenant')).changed).toBe('false');
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('can be gone back from: the earlier revision reads the same secret', async () => {
    const lab = await labOf();
    setDatabase(lab, 'user', 'crust_user');
    await bringUp(lab);
    await lab.run('rollback-tenant', { mode: 'previous-revision' });
    await lab.clock.sleep(600_000);
    expect(await runningRevisions(lab)).toEqual(['sit-goldencrust:1']);
  });
});

test('the task definition says whose database it is, and no secret value', async () => {
  const lab = await labOf();
  const { taskDefinition } = await aws(lab).ecs.describeTaskDefinition({ taskDefinition: 'sit-goldencrust' });
  const { password } = await secretOf(lab);
  expect(taskDefinition?.containerDefinitions?.[0]?.dockerLabels).toEqual({
    'tenant-actions.database': 'goldencrust_db',
    'tenant-actions.database-user': 'goldencrust_user',
  });
  expect(JSON.stringify(taskDefinition)).not.toContain(String(password));
});
