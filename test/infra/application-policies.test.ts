// What the documented roles of an application may do: within AWS's limits, only what is the application's, and each phase
// no other phase's work.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { parsePolicy } from '../../sandbox/aws/services/policy.ts';
import { createFixture } from '../sandbox/fixture.ts';
import { deploy, type Phase, phases, resourcesOf, roleArn, templateFile } from './application-deployed.ts';
import { accountId } from './deployed.ts';

type Statement = {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
};
type Policy = { readonly PolicyDocument: { readonly Statement: readonly Statement[] } };
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
const isRead = (action: string): boolean => /:(Describe|List|Get|BatchGet|Filter)/.test(action);

describe('within what AWS takes', () => {
  test('the template fits without a bucket', async () => {
    expect(Buffer.byteLength(await readFile(templateFile))).toBeLessThanOrEqual(51_200);
  });

  test('there is one role for each phase, and one for images', () => {
    expect(roles.map(({ RoleName }) => RoleName).sort()).toEqual(
      phases.map((phase) => `envelope-prod-${phase}`).sort(),
    );
  });

  test('policies stay below their quotas, and IAM reads them, with twenty repositories too', async () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      name: `epactltd/r${index}`,
      id: `9000000${index}`,
    }));
    const given = {
      GitHubRepositories: many.map(({ name }) => name).join(','),
      GitHubRepositoryIds: many.map(({ id }) => id).join(','),
    };
    const wide = Object.values(await resourcesOf(given)).map(
      ({ properties }) => properties as unknown as Role,
    );
    for (const { Policies = [], AssumeRolePolicyDocument } of [...roles, ...wide]) {
      const size = Policies.reduce((sum, one) => sum + JSON.stringify(one.PolicyDocument).length, 0);
      expect(size).toBeLessThanOrEqual(10_240);
      expect(JSON.stringify(AssumeRolePolicyDocument ?? {}).length).toBeLessThanOrEqual(2_048);
      for (const { PolicyDocument } of Policies)
        expect(parsePolicy(JSON.stringify(PolicyDocument)).length).toBeGreaterThan(0);
    }
  });
});

/** Writes that are allowed on every resource, each because AWS knows none for it. */
const writesAnywhere: readonly string[] = [];

describe('least privilege', () => {
  test('every action is named', () => {
    const actions = roles.flatMap(statementsOf).flatMap(({ Action }) => list(Action));
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('writes name their resources', () => {
    const anywhere = roles
      .flatMap(statementsOf)
      .filter(({ Resource }) => list(Resource).includes('*'))
      .flatMap(({ Action }) => list(Action))
      .filter((action) => !isRead(action));
    expect([...new Set(anywhere)]).toEqual(writesAnywhere);
  });

  test('validate reads, and no secret', () => {
    const validate = roles.filter(({ RoleName }) => RoleName.endsWith('-validate'));
    const actions = validate.flatMap(statementsOf).flatMap(({ Action }) => list(Action));
    expect(actions.length).toBeGreaterThan(4);
    expect(actions.filter((action) => !isRead(action) || action.endsWith('GetSecretValue'))).toEqual([]);
  });

  test('roles are passed by command alone, to tasks only', () => {
    const passing = roles.filter((role) =>
      statementsOf(role).some(({ Action }) => list(Action).includes('iam:PassRole')),
    );
    expect(passing.map(({ RoleName }) => RoleName)).toEqual(['envelope-prod-command']);
    for (const { Action, Condition, Resource } of passing.flatMap(statementsOf)) {
      if (!list(Action).includes('iam:PassRole')) continue;
      expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
      expect(list(Resource)).not.toContain('*');
    }
  });

  test('names are those of the parameters', async () => {
    const text = JSON.stringify(
      await resourcesOf({ ApplicationName: 'shop', EnvironmentName: 'uat', Cluster: 'main' }),
    );
    for (const part of [':shop-uat-*', 'cluster/main"', 'service/main/shop-uat-*', 'repository/shop-*"'])
      expect(text).toContain(part);
    expect(text).not.toMatch(/envelope|\$\{/);
  });
});

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:${accountId}:${resource}`;

const may = (action: string, resource: string): readonly Phase[] =>
  phases.filter((phase) => sandbox.neighbours.iam.allows({ roleArn: roleArn(phase), action, resource }));

describe('who may', () => {
  const pipeline = arn('codepipeline', 'envelope-prod-api-pipeline');
  const writes: readonly (readonly [string, string, readonly Phase[]])[] = [
    ['codepipeline:StartPipelineExecution', pipeline, ['release']],
    ['codepipeline:StopPipelineExecution', pipeline, ['release']],
    ['codepipeline:RetryStageExecution', `${pipeline}/Deploy`, ['release']],
    ['codepipeline:PutApprovalResult', `${pipeline}/Approval/Approve`, ['release']],
    ['ecs:UpdateService', arn('ecs', 'service/envelope-prod-cluster/envelope-prod-api'), ['redeploy']],
    ['ecr:PutImage', arn('ecr', 'repository/envelope-api'), ['images']],
  ];

  test.each(writes)('%s on %s', (action, resource, allowed) => {
    expect(may(action, resource)).toEqual(allowed);
  });

  const foreign: readonly (readonly [string, string])[] = [
    ['codepipeline:StartPipelineExecution', arn('codepipeline', 'envelope-dev-api-pipeline')],
    ['codepipeline:StartPipelineExecution', arn('codepipeline', 'another-prod-api-pipeline')],
    ['codepipeline:PutApprovalResult', arn('codepipeline', 'billing-prod-pipeline/Approval/Approve')],
    ['codepipeline:UpdatePipeline', pipeline],
    ['codepipeline:DisableStageTransition', `${pipeline}/Deploy`],
    ['ecs:UpdateService', arn('ecs', 'service/envelope-prod-cluster/billing-prod-api')],
    ['ecs:UpdateService', arn('ecs', 'service/other-cluster/envelope-prod-api')],
    ['ecs:DeleteService', arn('ecs', 'service/envelope-prod-cluster/envelope-prod-api')],
    ['ecs:RegisterTaskDefinition', '*'],
    ['logs:GetLogEvents', arn('logs', 'log-group:/ecs/billing-prod-api:log-stream:x')],
    ['ecr:PutImage', arn('ecr', 'repository/billing-api')],
    ['ecr:BatchDeleteImage', arn('ecr', 'repository/envelope-api')],
    ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:envelope/prod/app-key-a1b2c3')],
  ];

  test.each(foreign)('%s on %s: nobody', (action, resource) => {
    expect(may(action, resource)).toEqual([]);
  });

  test('answer approvals: nobody where people do', async () => {
    const { sandbox: strict } = createFixture();
    await deploy(strict, { AllowApproval: 'false' });
    const allows = (action: string, resource: string): boolean =>
      strict.neighbours.iam.allows({ roleArn: roleArn('release'), action, resource });
    expect(allows('codepipeline:PutApprovalResult', `${pipeline}/Approval/Approve`)).toBe(false);
    expect(allows('codepipeline:StartPipelineExecution', pipeline)).toBe(true);
  });

  test('push to other repositories, where they are named', async () => {
    const { sandbox: named } = createFixture();
    await deploy(named, { ImageRepositories: 'epact/envelope/*' });
    const allows = (repository: string): boolean =>
      named.neighbours.iam.allows({
        roleArn: roleArn('images'),
        action: 'ecr:PutImage',
        resource: arn('ecr', `repository/${repository}`),
      });
    expect([allows('epact/envelope/api'), allows('envelope-api')]).toEqual([true, false]);
  });
});

describe('CloudFormation refuses', () => {
  test.each([
    ['a repository without its owner', { GitHubRepositories: 'epactltd/api,tenant' }, 'GitHubRepositories'],
    ['a name among the ids', { GitHubRepositoryIds: '1,api' }, 'GitHubRepositoryIds'],
    ['an empty list', { GitHubRepositoryIds: '' }, 'GitHubRepositoryIds'],
    ['a word for yes', { AllowApproval: 'yes' }, 'AllowApproval'],
  ])('%s', async (_, given, named) => {
    await expect(resourcesOf(given)).rejects.toThrow(named);
  });
});
