// What a fleet is: the runbook's, and the laws of layering, selecting and loading.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fleetOf } from '../../../scripts/bench/fleet-of.ts';
import { UserError } from '../../../src/shared/errors.ts';
import { parseFleet, selectTenant } from '../../../src/shared/fleet/fleet.ts';
import { loadFleet } from '../../../src/shared/fleet/load.ts';
import { namesOf } from '../../../src/shared/fleet/names.ts';
import { environmentWith, filesWith, fleetWith, problemsWith, tenantText } from './files.ts';

const root = new URL('../../../', import.meta.url);
const disk = {
  list: async (folder: string) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.includes('.'))
      .map((name) => `${folder}/${name}`)
      .sort(),
  read: async (path: string) => readFileSync(new URL(path, root), 'utf8'),
};
const wpsit = () => loadFleet(disk, 'examples/wpsit');
const sit = { environment: 'sit', tenant: 'goldencrust' };

describe('the runbook’s SIT fleet', () => {
  test('has its thirteen tenants, each in one wave', async () => {
    const fleet = await wpsit();
    const waves = fleet.waves.get('sit') ?? [];
    expect(waves.map(({ tenants }) => tenants.length)).toEqual([1, 4, 4, 4]);
    expect(waves[0]?.tenants).toEqual(['goldencrust']);
    expect([...(fleet.tenants.get('sit')?.keys() ?? [])]).toHaveLength(13);
    expect(waves.flatMap(({ tenants }) => tenants).sort()).toEqual([
      ...(fleet.tenants.get('sit')?.keys() ?? []),
    ]);
  });

  test('gives goldencrust the names, host and priority that the runbook gave it', async () => {
    const tenant = selectTenant(await wpsit(), sit);
    expect(namesOf(tenant)).toMatchObject({
      secret: 'sit-goldencrust-db-credentials',
      accessPolicy: 'sit-ecs-secrets-access-goldencrust',
      family: 'sit-goldencrust',
      targetGroup: 'sit-goldencrust-tg',
      service: 'sit-goldencrust-service',
      logPrefix: 'goldencrust',
    });
    expect(tenant).toMatchObject({
      host: 'goldencrust.wpsit.kimmyai.io',
      priority: 140,
      database: { name: 'goldencrust_db', user: 'goldencrust_user' },
      storage: { uid: 33, gid: 33, path: '/goldencrust' },
      environment: {
        accountId: '815856636111',
        region: 'eu-west-1',
        network: { subnets: ['subnet-09d1d2de85ae02264', 'subnet-00e96b70ba19dffc5'] },
        database: { host: 'sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com', port: 3306 },
      },
    });
    expect(tenant.variables.WORDPRESS_CONFIG_EXTRA).toContain(
      "'WP_HOME', 'https://goldencrust.wpsit.kimmyai.io'",
    );
  });
});

describe('all problems at once', () => {
  test('in every file and of every kind, in the order of the files', () => {
    const problems = problemsWith({
      'defaults.yml': 'memroy: 1\n',
      'environments/sit.yml': environmentWith('region: eu-west-1', 'region: here\nacount: 012'),
      'tenants/broken.yml': 'name: "broken\n',
      'tenants/empty.yml': '',
      'tenants/goldencrust.yml': tenantText('goldencrust', 'cpu: 256\nmemory: 4096\npriority: 0\n'),
      'tenants/twin.yml': tenantText(
        'twin',
        'database: {name: goldencrust_db}\nhealthCheck: {timeoutSeconds: 30}\n',
      ),
    });
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'fleet/defaults.yml:1:1',
      'fleet/environments/sit.yml:3:9',
      'fleet/environments/sit.yml:4:1',
      'fleet/environments/sit.yml:4:9',
      'fleet/tenants/broken.yml:2:1',
      'fleet/tenants/empty.yml:1:1',
      'fleet/tenants/goldencrust.yml:6:9',
      'fleet/tenants/goldencrust.yml:7:11',
      'fleet/tenants/twin.yml:5:18',
      'fleet/tenants/twin.yml:6:31',
    ]);
  });

  test('nothing is called missing that stands there and is wrong', () => {
    const text = environmentWith('"815856636111"', '093646564004');
    expect(problemsWith({ 'environments/sit.yml': text })).toHaveLength(1);
    expect(
      problemsWith({
        'defaults.yml': 'image: [\n',
        'tenants/twin.yml': 'name: twin\nenvironments: {sit: {}}\n',
      }),
    ).toHaveLength(1);
  });
});

describe('selecting a tenant', () => {
  const select = (environment: string, tenant: string) => () =>
    selectTenant(fleetWith({ 'tenants/twin.yml': tenantText('twin') }), { environment, tenant });

  test('of an unknown environment says which there are', () => {
    expect(select('prod', 'twin')).toThrow(
      new UserError([{ what: 'There is no environment prod.', fix: 'There are: sit.' }]),
    );
  });

  test('that is unknown there says which there are, and the nearest', () => {
    expect(select('sit', 'twim')).toThrow(
      'There is no tenant twim in sit. Did you mean twin? There are: goldencrust, twin.',
    );
    expect(select('sit', 'constructor')).toThrow('There is no tenant constructor in sit.');
  });
});

describe('loading', () => {
  test('an empty folder is named', async () => {
    const nothing = { list: async () => ['fleet/README.md'], read: async () => '' };
    await expect(loadFleet(nothing, 'fleet')).rejects.toThrow('The folder fleet holds no manifests.');
  });

  test('problems arrive together in one error', async () => {
    const files = filesWith({ 'defaults.yml': 'a: 1\nb: 2\n' });
    const port = {
      list: async () => files.map(({ path }) => path),
      read: async (path: string) => files.find((file) => file.path === path)?.text ?? '',
    };
    await expect(loadFleet(port, 'fleet')).rejects.toMatchObject({
      problems: [{ place: { line: 1 } }, { place: { line: 2 } }],
    });
  });
});

test('ten thousand tenants are read into ten waves, and the time is told', () => {
  const files = fleetOf(10_000);
  const start = performance.now();
  const parsed = parseFleet(files);
  console.info(`10,000 tenants: ${Math.round(performance.now() - start)} ms`);
  const waves = parsed.kind === 'fleet' ? parsed.fleet.waves.get('sit') : [];
  expect(waves?.map(({ name, tenants }) => [name, tenants.length])).toEqual(
    Array.from({ length: 10 }, (_, index) => [`batch-${index + 1}`, 1000]),
  );
});

test('a file full of slips is told slip by slip', () => {
  const slips = Array.from({ length: 10_000 }, (_, index) => `${'x'.repeat(60)}${index}: 012\n`);
  expect(problemsWith({ 'defaults.yml': slips.join('') })).toHaveLength(20_000);
});
