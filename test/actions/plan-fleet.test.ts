// A plan of an environment: what it sees, that it only looks, and that its numbers come true.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Failed } from '../../src/shared/errors.ts';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { planOf, provisionAll, runPlanFleet, thirteen, without } from './plan-fleet-kit.ts';

const manifest = (tenant: string): string => `examples/wpsit/tenants/${tenant}.yml`;
const read = (tenant: string): string => readFileSync(manifest(tenant), 'utf8');
const pilot = manifest('goldencrust');

const inline = {
  secret: 'create',
  'access policy': 'create',
  'access point': 'create',
  'task definition': 'create',
  'target group': 'create',
  'listener rule': 'create',
  service: 'create',
};

const byHand = (lab: Lab) => createClients(lab.sandbox);
const sit = 'examples/wpsit/environments/sit.yml';

/** tenant1, which is then in no wave any more. */
const retireFirst = (lab: Lab): void => {
  lab.edit(manifest('tenant1'), `${read('tenant1')}state: retired\n`);
  lab.edit(sit, readFileSync(sit, 'utf8').replace('[tenant1, ', '['));
};

describe('an empty environment', () => {
  test('thirteen tenants are to be created, each from seven resources, in the order of the waves', async () => {
    const lab = await createLab();
    const seen = await planOf(lab.world);
    expect(seen.differs).toBe(true);
    expect(seen.plan.tenants.map(({ name }) => name)).toEqual(thirteen);
    expect(seen.plan.tenants.map(({ wave }) => wave).slice(0, 2)).toEqual(['pilot', 'batch-1']);
    for (const tenant of thirteen) expect(seen.of(tenant)).toEqual(inline);
    expect(seen.plan.orphans).toEqual([]);
    expect(writesOf(lab)).toEqual([]);
  });

  test('some tenants or a wave alone may be asked for, and unknown ones are named', async () => {
    const { world } = await createLab();
    const one = await planOf(world, { tenants: 'tenant1,goldencrust' });
    expect(one.plan.tenants.map(({ name }) => name)).toEqual(['goldencrust', 'tenant1']);
    const pilots = await planOf(world, { waves: 'pilot' });
    expect(pilots.plan.tenants.map(({ name }) => name)).toEqual(['goldencrust']);
    await expect(planOf(world, { tenants: 'goldencrst', waves: 'pilots' })).rejects.toThrow(
      /no tenant goldencrst[\s\S]*goldencrust[\s\S]*no wave pilots[\s\S]*pilot/,
    );
  });
});

describe.each([
  ['the pages that AWS gives', {}],
  ['pages of one', { pageSize: 1 }],
])('with %s', (_, settings) => {
  test('a provisioned fleet is kept, to the last resource', async () => {
    const lab = await createLab({ settings });
    await provisionAll(lab, thirteen);
    const from = lab.sandbox.calls.length;
    const seen = await planOf(lab.world);
    expect(seen.differs).toBe(false);
    for (const tenant of thirteen) expect(seen.of(tenant)).toEqual({});
    expect(seen.summary).toContain('✅ **Nothing differs: 13 tenants are as the manifests say.**');
    expect(writesOf(lab, from)).toEqual([]);
    expect(lab.sandbox.calls.slice(from).map(({ operation }) => operation)).not.toContain('GetSecretValue');
  });

  test('what is left of a tenant without a manifest is found, all of it', async () => {
    const lab = await createLab({ settings });
    await provisionAll(lab, ['goldencrust', 'tenant1']);
    const { plan, summary, differs } = await planOf(withoutPilot(lab));
    expect(differs).toBe(true);
    expect(plan.orphans).toEqual([
      { kind: 'secret', name: 'sit-goldencrust-db-credentials', tenant: 'goldencrust' },
      { kind: 'access policy', name: 'sit-ecs-secrets-access-goldencrust', tenant: 'goldencrust' },
      { kind: 'access point', name: 'sit-goldencrust-content', tenant: 'goldencrust' },
      { kind: 'task definition', name: 'sit-goldencrust', tenant: 'goldencrust' },
      { kind: 'target group', name: 'sit-goldencrust-tg', tenant: 'goldencrust' },
      { kind: 'listener rule', name: 'goldencrust.wpsit.kimmyai.io', tenant: 'goldencrust' },
      { kind: 'service', name: 'sit-goldencrust-service', tenant: 'goldencrust' },
    ]);
    expect(summary).toContain('state: retired');
  });
});

/** The pilot's file deleted, and its wave with it. */
const withoutPilot = (lab: Lab) => {
  lab.edit(sit, readFileSync(sit, 'utf8').replace(/ {2}- name: pilot\n.*\n/, ''));
  return without(lab.world, pilot);
};

describe('differences', () => {
  test('one field of one tenant: only what it reaches differs', async () => {
    const lab = await createLab();
    await provisionAll(lab, ['goldencrust', 'tenant1']);
    lab.edit(pilot, `${read('goldencrust')}healthCheck:\n  path: /up\n`);
    const seen = await planOf(lab.world, { tenants: 'goldencrust,tenant1' });
    expect(seen.of('goldencrust')).toEqual({ 'target group': 'update' });
    expect(seen.of('tenant1')).toEqual({});
    expect(seen.summary).toContain(
      '**goldencrust will change (1 resource); 1 other tenant stays as it is.**',
    );
    expect(seen.summary).toMatch(/HealthCheckPath: `\S+` → `\/up`/);
  });

  test('a secret is judged by its description: written for another manifest it differs, rotated by hand it does not', async () => {
    const lab = await createLab();
    await provisionAll(lab, ['goldencrust', 'tenant1']);
    lab.edit(pilot, `${read('goldencrust')}database:\n  user: crust_user\n`);
    const { secrets } = byHand(lab);
    const SecretId = 'sit-tenant1-db-credentials';
    const { SecretString = '' } = await secrets.getSecretValue({ SecretId });
    await secrets.putSecretValue({ SecretId, SecretString });
    const from = lab.sandbox.calls.length;
    const seen = await planOf(lab.world, { tenants: 'goldencrust,tenant1' });
    // Tasks read their secret when they start only: a new user needs a new revision.
    expect(seen.of('goldencrust')).toEqual({
      secret: 'update',
      'task definition': 'replace',
      service: 'update',
    });
    expect(seen.of('tenant1')).toEqual({});
    expect(lab.sandbox.calls.slice(from).map(({ operation }) => operation)).not.toContain('GetSecretValue');
  });

  test('a tenant of which only some exists is called half made', async () => {
    const lab = await createLab();
    await lab.run('provision-tenant', { steps: 'secret,access' });
    const seen = await planOf(lab.world, { tenants: 'goldencrust' });
    const { secret: _, 'access policy': __, ...missing } = inline;
    expect(seen.of('goldencrust')).toEqual(missing);
    expect(seen.summary).toContain('goldencrust is half made and will be completed');
    expect(seen.summary).toContain('half made: +5 create');
  });

  test('a policy that tenants share does not make the next one half made', async () => {
    const lab = await createLab();
    lab.edit(sit, `${readFileSync(sit, 'utf8')}\naccess:\n  strategy: path-wildcard\n`);
    await provisionAll(lab, ['goldencrust']);
    const seen = await planOf(lab.world, { tenants: 'goldencrust,tenant1' });
    expect(seen.of('goldencrust')).toEqual({});
    expect(seen.summary).toContain('tenant1 will be created (6 resources)');
    expect(seen.plan.headroom.map(({ quota }) => quota)).not.toContain('inline policies');
  });

  test('what is there untagged is refused, with the way to take it over', async () => {
    const lab = await createLab();
    await provisionAll(lab, ['goldencrust']);
    const { elb } = byHand(lab);
    const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
    const ResourceArns = [TargetGroups?.[0]?.TargetGroupArn ?? ''];
    await elb.removeTags({ ResourceArns, TagKeys: ['ManagedBy'] });
    const seen = await planOf(lab.world, { tenants: 'goldencrust' });
    expect(seen.of('goldencrust')).toEqual({ 'target group': 'refused' });
    expect(seen.summary).toContain('❌ To be settled first');
    expect(seen.summary).toContain('adopt: true');
  });

  test('what AWS cannot change is refused, with why', async () => {
    const lab = await createLab();
    await provisionAll(lab, ['goldencrust']);
    lab.edit(pilot, `${read('goldencrust')}storage:\n  path: /elsewhere\n`);
    const seen = await planOf(lab.world, { tenants: 'goldencrust' });
    expect(seen.of('goldencrust')).toEqual({ 'access point': 'refused' });
    expect(seen.summary).toContain('EFS cannot change it');
  });
});

describe('a retired tenant', () => {
  test('is to be deleted until rollback-tenant has done so; then nothing differs', async () => {
    const lab = await createLab();
    await provisionAll(lab, ['goldencrust', 'tenant1']);
    retireFirst(lab);
    const before = await planOf(lab.world, { tenants: 'goldencrust,tenant1' });
    expect(new Set(Object.values(before.of('tenant1')))).toEqual(new Set(['delete']));
    expect(Object.keys(before.of('tenant1')).sort()).toEqual(Object.keys(inline).sort());
    expect(before.of('goldencrust')).toEqual({});
    expect(before.summary).toContain('tenant1 is retired and still to be removed (7 resources)');
    await lab.run('rollback-tenant', { tenant: 'tenant1', mode: 'teardown', confirm: 'tenant1' });
    const after = await planOf(lab.world, { tenants: 'goldencrust,tenant1' });
    expect(after.of('tenant1')).toEqual({});
    expect(after.differs).toBe(false);
  });
});

describe('headroom', () => {
  test('what a plan foretells is what provisioning comes to', async () => {
    const lab = await createLab();
    const [before, wanted] = [await planOf(lab.world), thirteen];
    await provisionAll(lab, wanted);
    const after = await planOf(lab.world);
    expect(after.plan.headroom.map(({ quota, now }) => [quota, now])).toEqual(
      before.plan.headroom.map(({ quota, after: then }) => [quota, then]),
    );
    expect(after.plan.headroom.map(({ quota, now, limit }) => [quota, now, limit])).toEqual([
      ['rules', 13, 100],
      ['target groups', 13, 100],
      ['inline policies', expect.any(Number), 10_240],
      ['access points', 13, 10_000],
      ['services', 13, 5_000],
    ]);
  });

  test('a role that the plan would fill past its limit is a problem with its remedy', async () => {
    const lab = await createLab();
    lab.sandbox.neighbours.iam.seedPolicy({
      role: 'sit-ecs-task-execution-role',
      name: 'others',
      document: JSON.stringify({ Version: '2012-10-17', Statement: [], Id: 'x'.repeat(9_000) }),
    });
    const { plan, summary } = await planOf(lab.world);
    const policies = plan.headroom.find(({ quota }) => quota === 'inline policies');
    expect(policies?.after).toBeGreaterThan(10_240);
    expect(policies?.room).toBe(0);
    expect(summary).toMatch(/Room is getting short[\s\S]*❌ too many: [\d,]+ over[\s\S]*access\.strategy/);
    expect(lab.lines.join('\n')).toMatch(/inline policies of sit-ecs-task-execution-role would be/);
  });
});

describe('environments', () => {
  test('one that cannot be looked at fails the step, and the others are still looked at', async () => {
    const lab = await createLab();
    for (const name of ['dev', 'prod'])
      lab.edit(`examples/wpsit/tenants/only${name}.yml`, `name: only${name}\nenvironments:\n  ${name}: {}\n`);
    const error = await runPlanFleet(lab.world, { mode: 'plan' }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('dev, prod could not be looked at');
    expect((error as Failed).details.join()).toMatch(
      /dev: .*account 815856636111.*dev is account 536580886816/,
    );
    expect(lab.lines.join('\n')).toContain('sit: 13 tenants will be created');
  });
});
