// What the documented roles may do: within AWS's limits, no more than the actions need, and never another environment's.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { parsePolicy } from '../../sandbox/aws/services/policy.ts';
import { type Phase, phases } from '../../src/shared/fleet/types.ts';
import { createFixture } from '../sandbox/fixture.ts';
import { accountId, deploy, resourcesOf, roleArn, templateFile } from './deployed.ts';

type Statement = {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
};
type Policy = {
  readonly PolicyName: string;
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
};
type Role = {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: object;
  readonly Policies: readonly Policy[];
};

let roles: readonly Role[];
let sandbox: Sandbox;
beforeAll(async () => {
  const resources = Object.values(await resourcesOf());
  roles = resources
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map(({ properties }) => properties as unknown as Role);
  ({ sandbox } = createFixture());
  await deploy(sandbox);
});

const list = (texts: string | readonly string[]): readonly string[] =>
  typeof texts === 'string' ? [texts] : texts;

const statementsOf = ({ Policies }: Role): readonly Statement[] =>
  Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

const isRead = (action: string): boolean => /:(Describe|List|Get)/.test(action);

describe('within what AWS takes', () => {
  test('the template fits without a bucket', async () => {
    expect(Buffer.byteLength(await readFile(templateFile))).toBeLessThanOrEqual(51_200);
  });

  test('there is one role for each phase', () => {
    expect(roles.map(({ RoleName }) => RoleName).sort()).toEqual(
      phases.map((phase) => `sit-tenants-${phase}`).sort(),
    );
  });

  test('inline policies of a role stay below their quota, trust policies below theirs', () => {
    for (const { Policies, AssumeRolePolicyDocument } of roles) {
      const size = Policies.reduce((sum, one) => sum + JSON.stringify(one.PolicyDocument).length, 0);
      expect(size).toBeLessThanOrEqual(10_240);
      expect(JSON.stringify(AssumeRolePolicyDocument).length).toBeLessThanOrEqual(2_048);
    }
  });

  test('every policy is one that IAM reads', () => {
    for (const { Policies } of roles)
      for (const { PolicyDocument } of Policies)
        expect(parsePolicy(JSON.stringify(PolicyDocument)).length).toBeGreaterThan(0);
  });
});

/** Writes that are allowed on every resource, each because AWS knows none for it. */
const writesAnywhere: readonly string[] = ['ecs:DeregisterTaskDefinition'];

describe('least privilege', () => {
  test('every action is named', () => {
    const actions = roles.flatMap(statementsOf).flatMap(({ Action }) => list(Action));
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('writes name their resources, but for a list with reasons', () => {
    const anywhere = roles
      .flatMap(statementsOf)
      .filter(({ Resource }) => list(Resource).includes('*'))
      .flatMap(({ Action }) => list(Action))
      .filter((action) => !isRead(action));
    expect([...new Set(anywhere)]).toEqual(writesAnywhere);
  });

  test('plan reads, and no secret', () => {
    const plan = roles.filter(({ RoleName }) => RoleName.endsWith('-plan'));
    const actions = plan.flatMap(statementsOf).flatMap(({ Action }) => list(Action));
    expect(actions.filter((action) => !isRead(action) || action.endsWith('GetSecretValue'))).toEqual([]);
  });

  test('roles are passed to tasks only', () => {
    const passing = roles.flatMap(statementsOf).filter(({ Action }) => list(Action).includes('iam:PassRole'));
    expect(passing.length).toBe(3);
    for (const { Condition, Resource } of passing) {
      expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
      expect(list(Resource)).not.toContain('*');
    }
  });

  test('a task role may be passed where there is one', async () => {
    const withRole = JSON.stringify(await resourcesOf({ TaskRoleName: 'sit-task' }));
    expect(withRole).toContain(`arn:aws:iam::${accountId}:role/sit-task"`);
    expect(JSON.stringify(await resourcesOf())).not.toContain(':role/"');
  });

  test('without Basic Auth no secret of it is granted', async () => {
    const without = JSON.stringify(await resourcesOf({ BasicAuthSecret: '' }));
    expect(without).not.toContain('ReadBasicAuth');
    expect(JSON.stringify(await resourcesOf())).toContain('secret:sit-basic-auth-*');
  });
});

const secretArn = (name: string): string =>
  `arn:aws:secretsmanager:eu-west-1:${accountId}:secret:${name}-a1b2c3`;

const may = (phase: Phase, action: string, resource: string): boolean =>
  sandbox.neighbours.iam.allows({ roleArn: roleArn(phase), action, resource });

describe('secrets', () => {
  const readers = (name: string) =>
    phases.filter((phase) => may(phase, 'secretsmanager:GetSecretValue', secretArn(name)));

  test("a tenant's is read by the phases that need it", () => {
    expect(readers('sit-goldencrust-db-credentials')).toEqual(['deploy', 'database', 'rollback']);
  });

  test("the master's is read by the database phase alone", () => {
    expect(readers('sit-rds-master-credentials')).toEqual(['database']);
  });

  test.each(['dev-goldencrust-db-credentials', 'prod-rds-master-credentials', 'somebody-elses'])(
    '%s is read by none',
    (name) => {
      expect(readers(name)).toEqual([]);
    },
  );
});

describe("tenants' own roles", () => {
  const execution = `arn:aws:iam::${accountId}:role/sit-goldencrust-execution`;

  test('are made and written on only within the boundary', () => {
    // Asked without a boundary, as for a role that has none.
    for (const action of ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'])
      expect(may('deploy', action, execution)).toBe(false);
    expect(may('deploy', 'iam:GetRole', execution)).toBe(true);
    expect(may('deploy', 'iam:DeleteRolePermissionsBoundary', execution)).toBe(false);
  });

  test('may do no more than the boundary says, whatever is written on them', () => {
    const { iam } = sandbox.neighbours;
    const everything = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    };
    const arn = iam.seedRole({
      name: 'sit-goldencrust-execution',
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      permissionsBoundary: `arn:aws:iam::${accountId}:policy/sit-tenant-boundary`,
    });
    iam.seedPolicy({ role: 'sit-goldencrust-execution', name: 'all', document: JSON.stringify(everything) });
    const mayDo = (action: string, resource: string): boolean =>
      iam.allows({ roleArn: arn, action, resource });
    expect(mayDo('secretsmanager:GetSecretValue', secretArn('sit-goldencrust-db-credentials'))).toBe(true);
    expect(mayDo('secretsmanager:GetSecretValue', secretArn('sit-rds-master-credentials'))).toBe(false);
    expect(mayDo('secretsmanager:GetSecretValue', secretArn('dev-goldencrust-db-credentials'))).toBe(false);
    expect(mayDo('iam:CreateUser', '*')).toBe(false);
  });

  test.each(['sit-ecs-task-execution-role', 'admin', 'dev-goldencrust-execution'])(
    'another role is never deleted: %s',
    (name) => {
      expect(may('rollback', 'iam:DeleteRole', `arn:aws:iam::${accountId}:role/${name}`)).toBe(false);
      expect(may('rollback', 'iam:DeleteRole', execution)).toBe(true);
    },
  );
});
