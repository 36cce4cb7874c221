// What a session is called and what it may touch: pure values within STS's limits.
import { describe, expect, test } from '@jest/globals';
import { decide, parsePolicy } from '../../../sandbox/aws/services/policy.ts';
import type { Tenant } from '../../../src/shared/fleet/types.ts';
import { sessionName } from '../../../src/shared/oidc/session-name.ts';
import { longestSessionPolicy, sessionPolicy, type TenantPhase } from '../../../src/shared/session-policy.ts';
import { sit } from '../../sandbox/fixture.ts';

describe('the name', () => {
  const naming = { phase: 'deploy', subject: 'goldencrust', runId: '17345678901', attempt: '2' };

  test('tells phase, tenant, run and attempt', () => {
    expect(sessionName(naming)).toBe('deploy-goldencrust-17345678901-2');
  });

  test.each([
    ['a long tenant', { subject: 'x'.repeat(63) }],
    ['a long tenant and run', { subject: 'x'.repeat(63), runId: '9'.repeat(19), attempt: '1000' }],
    ['foreign letters', { subject: 'münchen/../sit tenants', phase: 'database' }],
    ['nothing of GitHub', { runId: '', attempt: '' }],
  ])('of %s is one that STS takes, with the whole run in it', (_, change) => {
    const given = { ...naming, ...change };
    const name = sessionName(given);
    expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
    expect(name.endsWith(`-${given.runId || 'local'}-${given.attempt || '1'}`)).toBe(true);
    expect(name.startsWith(given.phase)).toBe(true);
  });
});

const phases = ['deploy', 'database', 'rollback'] as const;

type Change = { readonly name?: string; readonly environment?: Partial<Tenant['environment']> };

const tenantWith = ({ name = 'goldencrust', environment = {} }: Change = {}): Tenant =>
  ({ name, environment: { ...sit, ...environment } }) as Tenant;

/** As long as the manifests' rules let every name be that stands in the policy. */
const longest = tenantWith({
  name: 'w'.repeat(20),
  environment: {
    name: 'e'.repeat(8),
    region: 'us-gov-west-1',
    cluster: 'c'.repeat(255),
    executionRole: 'r'.repeat(64),
    taskRole: 't'.repeat(64),
    loadBalancer: { name: 'l'.repeat(32), listenerPort: 80 },
    fileSystem: `fs-${'0'.repeat(40)}`,
    logGroup: 'g'.repeat(512),
    database: { ...sit.database, masterSecret: 'm'.repeat(512) },
    basicAuthSecret: 'b'.repeat(512),
  },
});

describe.each(phases)('the policy of %s', (phase) => {
  test.each([
    ['the runbook’s names', tenantWith()],
    ['the longest names', longest],
    ['a file system by its name', tenantWith({ environment: { fileSystem: 'sit-efs' } })],
  ])('with %s is a policy that STS takes', (_, tenant) => {
    const text = sessionPolicy(tenant, phase);
    expect(text.length).toBeLessThanOrEqual(longestSessionPolicy);
    expect(text).toMatch(/^[\t\n\r\x20-\xFF]+$/);
    expect(parsePolicy(text).length).toBeGreaterThan(3);
  });
});

type Ask = readonly [action: string, resource: string, tags?: Readonly<Record<string, string>>];

const account = '815856636111';
const at = (service: string, rest: string): string => `arn:aws:${service}:eu-west-1:${account}:${rest}`;
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const tagged = (tenant: string) => ({ 'aws:resourcetag/tenant': tenant });

/** What a session may be asked to write for a tenant of this name. */
const writesFor = (tenant: string): Readonly<Record<TenantPhase, readonly Ask[]>> => {
  const secret = at('secretsmanager', `secret:sit-${tenant}-db-credentials-a1B2c3`);
  const service = at('ecs', `service/sit-cluster/sit-${tenant}-service`);
  const group = at('elasticloadbalancing', `targetgroup/sit-${tenant}-tg/0123456789abcdef`);
  const rule = at(
    'elasticloadbalancing',
    'listener-rule/app/sit-alb/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee',
  );
  const door = at('elasticfilesystem', 'access-point/fsap-0123456789abcdef0');
  const task = at('ecs', 'task/sit-cluster/0123456789abcdef0123456789abcdef');
  const family = (name: string): string => at('ecs', `task-definition/${name}:7`);
  return {
    deploy: [
      ['secretsmanager:CreateSecret', at('secretsmanager', `secret:sit-${tenant}-db-credentials`)],
      ['secretsmanager:GetSecretValue', secret],
      ['secretsmanager:PutSecretValue', secret],
      ['ecs:TagResource', family(`sit-${tenant}`)],
      ['ecs:CreateService', service],
      ['ecs:UpdateService', service],
      ['elasticloadbalancing:CreateTargetGroup', group],
      ['elasticloadbalancing:ModifyTargetGroup', group],
      ['elasticloadbalancing:ModifyRule', rule, tagged(tenant)],
      ['elasticloadbalancing:AddTags', rule, tagged(tenant)],
      ['elasticfilesystem:TagResource', door, tagged(tenant)],
      ['iam:CreateRole', role(`sit-${tenant}-execution`)],
      ['iam:PassRole', role(`sit-${tenant}-execution`)],
    ],
    database: [
      ['secretsmanager:GetSecretValue', secret],
      ['ecs:RunTask', family(`sit-db-init-${tenant}`)],
      ['ecs:DeleteTaskDefinitions', family(`sit-db-init-${tenant}`)],
      ['ecs:StopTask', task, tagged(tenant)],
      ['elasticfilesystem:DeleteAccessPoint', door, tagged(tenant)],
    ],
    rollback: [
      ['secretsmanager:DeleteSecret', secret],
      ['ecs:DeleteService', service],
      ['ecs:DeleteTaskDefinitions', family(`sit-${tenant}`)],
      ['ecs:RunTask', family(`sit-db-init-${tenant}`)],
      ['ecs:StopTask', task, tagged(tenant)],
      ['elasticloadbalancing:DeleteTargetGroup', group],
      ['elasticloadbalancing:DeleteRule', rule, tagged(tenant)],
      ['elasticfilesystem:DeleteAccessPoint', door, tagged(tenant)],
      ['iam:DeleteRole', role(`sit-${tenant}-execution`)],
    ],
  };
};

const allowed = (phase: TenantPhase, [action, resource, tags = {}]: Ask): boolean =>
  decide(parsePolicy(sessionPolicy(tenantWith(), phase)), {
    action,
    resource,
    keys: new Map(Object.entries(tags).map(([key, value]) => [key, [value]])),
  }) === 'allowed';

describe('a session of goldencrust', () => {
  test.each(phases)('in %s may touch what is goldencrust’s', (phase) => {
    expect(writesFor('goldencrust')[phase].filter((ask) => !allowed(phase, ask))).toEqual([]);
  });

  // Names that begin, end or go on like the tenant's own.
  test.each(['ironpeak', 'goldencrust-2', 'goldencrus', 'x-goldencrust', 'goldencrust-db-credentials'])(
    'may touch nothing of %s in any phase',
    (neighbour) => {
      const all = phases.flatMap((phase) => writesFor(neighbour)[phase]);
      for (const phase of phases) expect(all.filter((ask) => allowed(phase, ask))).toEqual([]);
    },
  );

  test.each(phases)('in %s may neither read strangers’ secrets nor write to the platform', (phase) => {
    const asks: readonly Ask[] = [
      ['secretsmanager:GetSecretValue', at('secretsmanager', 'secret:sit-payroll-a1B2c3')],
      ['secretsmanager:PutSecretValue', at('secretsmanager', 'secret:sit-rds-master-credentials-a1B2c3')],
      ['ecs:DeleteCluster', at('ecs', 'cluster/sit-cluster')],
      [
        'elasticloadbalancing:DeleteListener',
        at('elasticloadbalancing', 'listener/app/sit-alb/50dc6c495c0c9188/f2f7dc8efc522ab2'),
      ],
      ['elasticfilesystem:DeleteFileSystem', at('elasticfilesystem', 'file-system/fs-0be15624e203bf94a')],
      ['iam:PutRolePolicy', role('sit-tenants-deploy')],
      ['iam:PassRole', role('admin')],
      ['logs:DeleteLogGroup', at('logs', 'log-group:/ecs/sit:*')],
      ['sts:AssumeRole', role('admin')],
    ];
    expect(asks.filter((ask) => allowed(phase, ask))).toEqual([]);
  });

  test('in the database phase writes no role’s policy and no secret', () => {
    const asks: readonly Ask[] = [
      ['iam:PutRolePolicy', role('sit-ecs-task-execution-role')],
      ['secretsmanager:PutSecretValue', at('secretsmanager', 'secret:sit-goldencrust-db-credentials-a1B2c3')],
      ['ecs:UpdateService', at('ecs', 'service/sit-cluster/sit-goldencrust-service')],
    ];
    expect(asks.filter((ask) => allowed('database', ask))).toEqual([]);
  });
});
