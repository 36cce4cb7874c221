// As whom an action talks to AWS: which role, in which account, and how early a wrong one is refused.
import { describe, expect, test } from '@jest/globals';
import type { Environment } from '../../src/shared/fleet/types.ts';
import { connectAs, type Identity } from '../../src/shared/identity.ts';
import type { Connection } from '../../src/shared/world.ts';
import { sit } from '../sandbox/fixture.ts';
import { createBench, thrownBy } from './oidc/bench.ts';

const run = {
  id: '17345',
  attempt: '2',
  actor: 'tester',
  sha: 'abc',
  url: '',
  repository: 'your-org/wpsit',
  event: 'workflow_dispatch',
  eventPath: '',
};

const rolesOf = (roles: Environment['roles']): Environment => ({ ...sit, roles });

/** What was connected to, what was asked of GitHub and AWS before the first call, and the clients. */
const connecting = async (change: Partial<Identity>, ambientRegion?: string) => {
  const bench = createBench({ machine: { env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' } } });
  const connections: Connection[] = [];
  const aws = connectAs(
    { environment: sit, phase: 'deploy', roleToAssume: undefined, subject: 'goldencrust', ...change },
    {
      connect: (connection) => {
        connections.push(connection);
        return bench.connect(connection);
      },
      ambientRegion,
      run,
    },
  );
  const thrown = await thrownBy(aws);
  return { bench, connections, aws, ...thrown };
};

const other = 'arn:aws:iam::999999999999:role/sit-tenants-deploy';
const elsewhere = 'arn:aws:iam::815856636111:role/elsewhere';

describe('the role', () => {
  test.each<[string, Partial<Identity>, string | undefined]>([
    ['is the input’s', { roleToAssume: elsewhere }, elsewhere],
    [
      'is the input’s before the environment’s',
      { roleToAssume: elsewhere, environment: rolesOf({ deploy: 'sit-tenants-deploy' }) },
      elsewhere,
    ],
    [
      'is the environment’s of the phase',
      {
        environment: rolesOf({ deploy: 'sit-tenants-deploy', database: 'sit-tenants-database' }),
        phase: 'database',
      },
      'arn:aws:iam::815856636111:role/sit-tenants-database',
    ],
    [
      'is none where the phase has none: the job’s own credentials count',
      { environment: rolesOf({ deploy: 'sit-tenants-deploy' }), phase: 'rollback' },
      undefined,
    ],
  ])('%s', async (_, change, roleArn) => {
    const { connections } = await connecting(change);
    expect(connections.map((connection) => connection.roleArn)).toEqual([roleArn]);
  });

  test('is asked for under a name that tells phase, tenant, run and attempt, narrowed by the policy', async () => {
    const { connections } = await connecting({
      environment: rolesOf({ deploy: 'sit-tenants-deploy' }),
      sessionPolicy: '{}',
    });
    expect(connections[0]).toMatchObject({
      sessionName: 'deploy-goldencrust-17345-2',
      sessionPolicy: '{}',
    });
  });
});

describe('where the role was named', () => {
  const environment = rolesOf({ deploy: 'sit-tenants-deploy' });
  test.each<[string, Partial<Identity>, Connection['roleFrom']]>([
    [
      'in the manifest',
      { environment },
      { phase: 'deploy', key: 'roles.deploy', file: 'environments/sit.yml' },
    ],
    [
      'in the input',
      { environment, roleToAssume: elsewhere },
      { phase: 'deploy', key: 'input role-to-assume', file: undefined },
    ],
    [
      "in an application's manifest",
      {
        environment: { ...sit, name: 'prod', roles: { release: 'envelope-release' } },
        phase: 'release',
        application: 'envelope',
      },
      { phase: 'release', key: 'environments.prod.roles.release', file: 'applications/envelope.yml' },
    ],
    ['nowhere', {}, undefined],
  ])('goes with the connection: %s', async (_, change, roleFrom) => {
    const { connections } = await connecting(change);
    expect(connections.map((connection) => connection.roleFrom)).toEqual([roleFrom]);
  });
});

describe('the account', () => {
  test.each<[string, Partial<Identity>]>([
    ['input', { roleToAssume: other }],
    ['manifest', { environment: rolesOf({ deploy: other }) }],
  ])('of a role from the %s is compared before anybody is asked', async (_, change) => {
    const { bench, connections, error, shown } = await connecting(change);
    expect(error).toMatchObject({ name: 'Refused' });
    expect(shown).toContain('999999999999');
    expect(shown).toContain('815856636111');
    expect({ connections, tokens: bench.tokens, calls: bench.sandbox.calls }).toEqual({
      connections: [],
      tokens: [],
      calls: [],
    });
  });

  test('of a role that is right takes no call of its own', async () => {
    const { bench, aws } = await connecting({ environment: rolesOf({ deploy: 'sit-tenants-deploy' }) });
    await aws;
    expect(bench.sandbox.calls).toEqual([]);
  });

  test('of the job’s own credentials is asked for once', async () => {
    const { bench, aws } = await connecting({});
    await aws;
    expect(bench.sandbox.calls.map(({ operation }) => operation)).toEqual(['GetCallerIdentity']);
  });

  test('of the job’s own credentials that is wrong is refused', async () => {
    const { error } = await connecting({ environment: { ...sit, accountId: '111111111111' } });
    expect(error).toMatchObject({ name: 'Refused', message: expect.stringContaining('815856636111') });
  });
});

test.each<[string, Partial<Identity>, string]>([
  ['a tenant', {}, 'region in environments/sit.yml'],
  ['an application', { application: 'envelope' }, 'environments.sit.region in applications/envelope.yml'],
])('what to correct for %s is named', async (_, change, what) => {
  const { shown } = await connecting(change, 'eu-central-1');
  expect(shown).toContain(what);
});

test('a job that is set up for another region is refused before anybody is asked', async () => {
  const { bench, error } = await connecting({}, 'eu-central-1');
  expect(error).toMatchObject({ name: 'Refused', message: expect.stringContaining('eu-central-1') });
  expect(bench.sandbox.calls).toEqual([]);
});
