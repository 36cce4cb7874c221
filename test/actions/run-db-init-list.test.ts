// Operation list: the server's databases and users against the fleet, for a whole environment, read only.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/shared/errors.ts';
import { everyTenant } from '../../src/shared/fleet/names.ts';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';

const whole = { operation: 'list', tenant: '' };
const manifest = (tenant: string) => `examples/wpsit/tenants/${tenant}.yml`;

const init = async (lab: Lab, tenant: string): Promise<void> => {
  await lab.run('provision-tenant', { tenant, steps: 'secret,access' });
  await lab.run('run-db-init', { tenant });
};

const list = async (lab: Lab, given = {}) => {
  const outputs = await lab.run('run-db-init', { ...whole, ...given });
  return { outputs, entries: JSON.parse(outputs.databases ?? '') as readonly Record<string, string>[] };
};

const namesIn = (entries: readonly Record<string, string>[], kind: string, state: string) =>
  entries.filter((entry) => entry.kind === kind && entry.state === state).map(({ name }) => name);

describe('run-db-init list', () => {
  test('tells what is there, what is missing, and what is nobody’s', async () => {
    const lab = await createLab();
    await init(lab, 'goldencrust');
    const text = await readFile(manifest('goldencrust'), 'utf8');
    // The manifest is renamed after its database was made: it is nobody's now, and the new name is missing.
    lab.edit(manifest('goldencrust'), `${text}\ndatabase: {name: crust_db}\n`);
    await init(lab, 'tenant1');
    const { entries, outputs } = await list(lab);
    expect(namesIn(entries, 'database', 'nobodys')).toEqual(['goldencrust_db']);
    expect(namesIn(entries, 'database', 'missing')).toContain('crust_db');
    expect(namesIn(entries, 'database', 'present')).toEqual(['tenant1_db']);
    expect(namesIn(entries, 'user', 'present')).toEqual(['goldencrust_user', 'tenant1_user']);
    expect(outputs.summary).toContain('| ❔ | database | goldencrust_db |');
    expect(outputs.changed).toBe('false');
    expect(lab.lines.join('\n')).toContain("database goldencrust_db: nobody's");
  });

  test('leaves nothing behind, and shows no password', async () => {
    const lab = await createLab();
    await init(lab, 'goldencrust');
    const before = await lab.snapshot();
    await list(lab);
    const after = await lab.snapshot();
    expect(after.ecs).toEqual(before.ecs);
    expect(after.databases).toEqual(before.databases);
    const { taskDefinitionArns } = await createClients(lab.sandbox).ecs.listTaskDefinitions({});
    expect(taskDefinitionArns?.filter((arn) => arn.includes(everyTenant))).toEqual([]);
  });

  test('a dry run asks for no task', async () => {
    const lab = await createLab();
    await lab.run('run-db-init', { ...whole, 'dry-run': 'true' });
    expect(writesOf(lab)).toEqual([]);
  });

  test('a log that may not be read is no empty listing', async () => {
    const lab = await createLab();
    await init(lab, 'goldencrust');
    lab.sandbox.faults.arm({ operation: 'GetLogEvents', count: 500, effect: { kind: 'access-denied' } });
    await expect(list(lab)).rejects.toThrow(/not authorized|AccessDenied/);
  });

  test.each([{ tenant: 'goldencrust' }, { application: 'envelope' }])('%j is refused', async (given) => {
    const lab = await createLab();
    await expect(lab.run('run-db-init', { ...whole, ...given })).rejects.toBeInstanceOf(UserError);
  });

  test('runs on a self-hosted runner too', async () => {
    const lab = await createLab();
    const asked: Readonly<Record<string, string>>[] = [];
    const exec: Lab['world']['exec'] = async ({ env }) => {
      asked.push(env);
      return { exitCode: 0, output: "database a\\tb\nuser 'x'@'10.%'\nend of the list\n" };
    };
    const outputs = await lab.runIn({ ...lab.world, exec }, 'run-db-init', { ...whole, executor: 'local' });
    const entries = JSON.parse(outputs.databases ?? '');
    expect(namesIn(entries, 'database', 'nobodys')).toEqual(['a\tb']);
    expect(namesIn(entries, 'user', 'nobodys')).toEqual(['x@10.%']);
    expect(asked[0]?.OPERATION).toBe('list');
    expect(Object.keys(asked[0] ?? {})).not.toContain('TENANT_PASSWORD');
  });
});
