// What an application's manifest means: its defaults, its names, and how an environment lies above the rest.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadApplication, pipelineOf, selectPipelines } from '../../../src/shared/fleet/applications.ts';
import { applicationIn, envelopeText, envelopeWith, prodWith } from './application-files.ts';

const path = 'examples/envelope/applications/envelope.yml';
const example = { 'applications/envelope.yml': readFileSync(path, 'utf8') };

describe('the example', () => {
  const envelope = applicationIn(example);

  test("is the guide's account, region, cluster, database and images", () => {
    expect(envelope).toMatchObject({
      name: 'envelope',
      environment: {
        name: 'prod',
        accountId: '123456789012',
        region: 'eu-west-2',
        roles: {},
        github: { approval: 'prod', deployment: 'prod-envelope' },
      },
      cluster: 'envelope-prod-cluster',
      database: { instance: 'envelope-prod-db' },
      images: ['api', 'tenant', 'hq'].map((name) => ({ name, repository: `envelope-${name}` })),
    });
  });

  test("has the guide's six services with their names and log groups", () => {
    expect(envelope.services).toEqual(
      ['api', 'worker', 'scheduler', 'reverb', 'tenant', 'hq'].map((name) => ({
        name,
        service: `envelope-prod-${name}`,
        container: name,
        logGroup: `/ecs/envelope-prod-${name}`,
        targetGroups: undefined,
      })),
    );
  });

  test('releases api, tenant and hq, and api migrates in its own pipeline', () => {
    expect(envelope.pipelines.map(({ name, pipeline, migration }) => [name, pipeline, migration])).toEqual([
      ['api', 'envelope-prod-api-pipeline', 'pipeline'],
      ['tenant', 'envelope-prod-tenant-pipeline', 'none'],
      ['hq', 'envelope-prod-hq-pipeline', 'none'],
    ]);
    expect(envelope.pipelines.every((each) => each.neverAbandon.join() === 'Migrate,Deploy')).toBe(true);
    expect(envelope.migration).toEqual({
      service: 'api',
      container: 'api',
      command: ['php', 'artisan', 'migrate', '--force'],
    });
  });

  test("is validated at the guide's three addresses", () => {
    expect(envelope.healthChecks).toEqual([
      { name: 'api', url: 'https://api.envelope.host/up', matcher: '200', contains: 'Application up' },
      { name: 'hq', url: 'https://admin.envelope.host/', matcher: '200,302', contains: undefined },
      { name: 'tenant', url: 'https://demo.envelope.host/', matcher: '200,302', contains: undefined },
    ]);
  });
});

describe('an environment', () => {
  test('merges maps, replaces lists and texts, and takes away what it says is null', () => {
    const prod = applicationIn(
      prodWith(
        [
          'cluster: other',
          'services: {hq: null, api: {logGroup: "/{environment}/api"}, extra: {}}',
          'pipelines: [{name: api}]',
          'migration: {command: [php, artisan, up]}',
          'healthChecks: {hq: null, api: {contains: null, matcher: "200-399"}}',
          'github: {approval: gate}',
          'roles: {release: "{environment}-releases"}',
          'database: null',
          '',
        ].join('\n'),
      ),
    );
    expect(prod).toMatchObject({
      cluster: 'other',
      migration: { service: 'api', container: 'api', command: ['php', 'artisan', 'up'] },
      database: undefined,
    });
    expect(prod.services.map(({ name, logGroup }) => `${name} ${logGroup}`)).toEqual([
      'api /prod/api',
      ...['worker', 'scheduler', 'reverb', 'tenant', 'extra'].map(
        (name) => `${name} /ecs/envelope-prod-${name}`,
      ),
    ]);
    expect(prod.pipelines.map(({ name, migration }) => `${name} ${migration}`)).toEqual(['api none']);
    expect(prod.healthChecks.map(({ name, matcher, contains }) => [name, matcher, contains])).toEqual([
      ['api', '200-399', undefined],
      ['tenant', '200,302', undefined],
    ]);
    expect(prod.environment).toMatchObject({
      roles: { release: 'prod-releases' },
      github: { approval: 'gate', deployment: 'prod-envelope' },
    });
  });

  test('has names of its own in everything that is named after it', () => {
    const staging = applicationIn(
      {
        'applications/envelope.yml': `${envelopeText}  staging:
    accountId: "123456789012"
    region: eu-west-2
    healthChecks:
      api: {url: "https://{environment}.{application}.host/up"}
      hq: null
      tenant: null
`,
      },
      'staging',
    );
    expect(staging).toMatchObject({ cluster: 'envelope-staging-cluster' });
    expect(staging.healthChecks.map(({ url }) => url)).toEqual(['https://staging.envelope.host/up']);
    expect(staging.services[0]?.service).toBe('envelope-staging-api');
    expect(staging.environment.github.deployment).toBe('staging-envelope');
  });
});

test("a migration runs in its service's container, whatever that is called", () => {
  expect(applicationIn(envelopeWith('  api: {}', '  api: {container: web}')).migration?.container).toBe(
    'web',
  );
});

test("a command and a page's text keep their braces", () => {
  const command = '[sh, -c, "exec run {environment} --password=$DB_PASSWORD {application}"]';
  const texts = envelopeWith('[php, artisan, migrate, --force]', command);
  expect(applicationIn(texts).migration?.command).toEqual([
    'sh',
    '-c',
    'exec run {environment} --password=$DB_PASSWORD {application}',
  ]);
  expect(
    applicationIn(envelopeWith('contains: Application up', 'contains: "{environment}"')).healthChecks[0]
      ?.contains,
  ).toBe('{environment}');
});

describe('who asks', () => {
  const files = {
    list: async () => [
      'examples/envelope/applications/broken.yml',
      'examples/envelope/applications/envelope.yml',
    ],
    read: async (path: string) => readFileSync(path, 'utf8'),
  };
  const ask = (application: string, environment: string) =>
    loadApplication(files, { fleet: 'examples/envelope', application, environment });

  test('gets it without a look at any other file', async () => {
    await expect(ask('envelope', 'prod')).resolves.toMatchObject({ name: 'envelope' });
  });

  test.each([
    ['envelop', 'prod', /no application envelop in .*Did you mean envelope\? There are: broken, envelope/s],
    ['envelope', 'prd', /no environment prd of envelope\.\nDid|Did you mean prod\? There are: prod/],
  ])('for %s in %s is told what there is', async (application, environment, message) => {
    await expect(ask(application, environment)).rejects.toThrow(message);
  });

  test('for pipelines gets them in the order of release, and is told of those that there are not', async () => {
    const envelope = await ask('envelope', 'prod');
    const named = (names: readonly string[]) => selectPipelines(envelope, names).map(({ name }) => name);
    expect(named(['hq', 'api'])).toEqual(['api', 'hq']);
    expect(named([])).toEqual(['api', 'tenant', 'hq']);
    expect(() => named(['hq', 'apii', 'x'])).toThrow(/apii of envelope[\s\S]*mean api[\s\S]*pipeline x of/);
    expect(pipelineOf(envelope, 'hq').pipeline).toBe('envelope-prod-hq-pipeline');
    expect(() => pipelineOf(envelope, 'tenat')).toThrow(/Did you mean tenant/);
  });
});
