// The laws of layering: what the effective manifest of a tenant is made of.
import { describe, expect, test } from '@jest/globals';
import { selectTenant } from '../../../src/shared/fleet/fleet.ts';
import { environmentText, environmentWith, fleetWith, problemsWith, tenantText } from './files.ts';

const sit = { environment: 'sit', tenant: 'goldencrust' };

/** goldencrust in sit, with a text in each of the four layers. */
const layered = (layers: { defaults?: string; environment?: string; tenant?: string; override?: string }) =>
  selectTenant(
    fleetWith({
      'defaults.yml': `image: a:b\n${layers.defaults ?? ''}`,
      'environments/sit.yml': `${environmentText}defaults: {${layers.environment ?? ''}}\n`,
      'tenants/goldencrust.yml': `name: goldencrust\n${layers.tenant ?? ''}environments:\n  sit: {${layers.override ?? ''}}\n`,
    }),
    sit,
  );

describe('layering', () => {
  test('without a word the tenant has every default', () => {
    expect(layered({})).toMatchObject({
      host: 'goldencrust.wpsit.kimmyai.io',
      priority: undefined,
      cpu: 512,
      memory: 1024,
      architecture: 'X86_64',
      desiredCount: 1,
      containerPort: 80,
      variables: {},
      healthCheck: {
        path: '/',
        matcher: '200-399',
        intervalSeconds: 30,
        timeoutSeconds: 10,
        healthyThreshold: 2,
        unhealthyThreshold: 5,
        gracePeriodSeconds: 300,
        redirectsTo: [],
      },
      deregistrationDelaySeconds: 30,
      storage: {
        uid: 33,
        gid: 33,
        permissions: '0755',
        path: '/goldencrust',
        mountPath: '/var/www/html/wp-content',
      },
      database: { name: 'goldencrust_db', user: 'goldencrust_user' },
      circuitBreaker: { threshold: 2, rollback: true },
      secretRecoveryDays: 7,
      tags: {},
      environment: {
        protected: false,
        taskRole: undefined,
        tags: {},
        database: { clientImage: 'mysql:8.0', tls: 'required' },
      },
    });
  });

  test('the higher layer wins, one after the other', () => {
    const memory = (layers: Parameters<typeof layered>[0]) => layered(layers).memory;
    const all = { defaults: 'memory: 1024\n', environment: 'memory: 2048', tenant: 'memory: 3072\n' };
    expect(memory({ ...all, override: 'memory: 4096' })).toBe(4096);
    expect(memory(all)).toBe(3072);
    expect(memory({ ...all, tenant: '' })).toBe(2048);
    expect(memory({ defaults: 'memory: 3072\n' })).toBe(3072);
  });

  test('maps merge key by key', () => {
    const { healthCheck, tags } = layered({
      defaults: 'healthCheck: {path: /a, intervalSeconds: 60}\ntags: {A: defaults, B: defaults}\n',
      tenant: 'healthCheck: {path: /b}\ntags: {B: tenant}\n',
    });
    expect(healthCheck).toMatchObject({ path: '/b', intervalSeconds: 60, timeoutSeconds: 10 });
    expect(tags).toEqual({ A: 'defaults', B: 'tenant' });
  });

  test('null removes what lower layers say, down to the default', () => {
    const lower = {
      defaults: 'priority: 7\nmemory: 2048\nhealthCheck: {path: /a}\nvariables: {A: x, B: y}\n',
    };
    const tenant = layered({
      ...lower,
      override: 'priority: null, memory: ~, healthCheck: null, variables: {A: null}',
    });
    expect(tenant).toMatchObject({ priority: undefined, memory: 1024, variables: { B: 'y' } });
    expect(tenant.healthCheck.path).toBe('/');
  });

  test('a layer above a null may set the value again', () => {
    expect(
      layered({ defaults: 'priority: 7\n', tenant: 'priority: null\n', override: 'priority: 9' }).priority,
    ).toBe(9);
  });

  test('an environment’s list replaces nothing but itself, and null gives its default', () => {
    const text = environmentWith('database:\n', 'database:\n  port: null\n  securityGroups: [sg-0000000a]\n');
    const { database, network } = selectTenant(fleetWith({ 'environments/sit.yml': text }), sit).environment;
    expect(database).toMatchObject({ port: 3306, securityGroups: ['sg-0000000a'] });
    expect(network.securityGroups).toEqual(['sg-01bca1fb9806ad397']);
  });

  test('a problem in a shared layer is told once, in its file', () => {
    const texts = { 'defaults.yml': 'cpu: 256\nmemory: 4096\n', 'tenants/twin.yml': tenantText('twin') };
    expect(problemsWith(texts)).toEqual([expect.stringMatching(/^fleet\/defaults\.yml:2:9: /)]);
  });
});

describe('names in braces', () => {
  test('are filled in, with underscores in the database', () => {
    const fleet = fleetWith({
      'defaults.yml':
        'variables: {HOME_URL: "https://{host}/{other}"}\nstorage: {path: "/{environment}/{tenant}"}\n',
      'tenants/a-b.yml': tenantText('a-b'),
    });
    expect(selectTenant(fleet, { environment: 'sit', tenant: 'a-b' })).toMatchObject({
      host: 'a-b.wpsit.kimmyai.io',
      database: { name: 'a_b_db', user: 'a_b_user' },
      storage: { path: '/sit/a-b' },
      variables: { HOME_URL: 'https://a-b.wpsit.kimmyai.io/{other}' },
    });
  });
});
