// infra/github-roles.yml deployed into a sandbox of the SIT environment, and jobs that ask for its roles.
import { readFile } from 'node:fs/promises';
import { deployInfra } from '../../sandbox/aws/infra.ts';
import { evaluateTemplate, type Resource } from '../../sandbox/aws/infra-template.ts';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import type { Phase } from '../../src/shared/fleet/types.ts';
import { createClients } from '../sandbox/fixture.ts';
import { codeOf } from '../sandbox/refusal.ts';

export const templateFile = 'infra/github-roles.yml';
export const accountId = '815856636111';

export const parameters = {
  EnvironmentName: 'sit',
  GitHubOwner: 'your-org',
  GitHubOwnerId: '12345',
  GitHubRepository: 'wpsit',
  GitHubRepositoryId: '67890',
  Cluster: 'sit-cluster',
  ExecutionRoleName: 'sit-ecs-task-execution-role',
  LogGroup: '/ecs/sit',
  MasterSecret: 'sit-rds-master-credentials',
  BasicAuthSecret: 'sit-basic-auth',
};

export type Parameters = Readonly<Record<string, string>>;

export const deploy = async (sandbox: Sandbox, given: Parameters = {}): Promise<Parameters> =>
  deployInfra(sandbox, {
    template: await readFile(templateFile, 'utf8'),
    parameters: { ...parameters, ...given },
  });

/** The template's resources with everything filled in, by their logical ids. */
export const resourcesOf = async (given: Parameters = {}): Promise<Readonly<Record<string, Resource>>> =>
  evaluateTemplate(await readFile(templateFile, 'utf8'), {
    accountId,
    region: 'eu-west-1',
    parameters: { ...parameters, ...given },
    refer: ({ type }, attribute) => `${type}.${attribute}`,
  }).resources;

export const roleArn = (phase: Phase): string => `arn:aws:iam::${accountId}:role/sit-tenants-${phase}`;

export type Claims = Readonly<Record<string, string>>;

const workflowRef = (file: string): string =>
  `your-org/tenant-actions/.github/workflows/${file}@refs/tags/v1`;

/** What GitHub says of a job of the fleet's repository, in the tenants' environment. */
export const jobIn = (workflow: string, changed: Claims = {}): Claims => ({
  sub: 'repo:your-org/wpsit:environment:sit-tenants',
  repository: 'your-org/wpsit',
  repository_id: '67890',
  repository_owner: 'your-org',
  repository_owner_id: '12345',
  environment: 'sit-tenants',
  ref: 'refs/heads/main',
  event_name: 'workflow_dispatch',
  workflow: 'Deploy',
  job_workflow_ref: workflowRef(workflow),
  ...changed,
});

/** The same of a job without an environment. */
export const jobWithout = (workflow: string, changed: Claims = {}): Claims => {
  const { environment: _, ...claims } = jobIn(workflow);
  return { ...claims, sub: 'repo:your-org/wpsit:ref:refs/heads/main', ...changed };
};

/** `ok`, or the code that STS refuses with. */
export const ask = (sandbox: Sandbox, phase: Phase, claims: Claims): Promise<string> =>
  codeOf(
    createClients(sandbox).sts.assumeRoleWithWebIdentity({
      RoleArn: roleArn(phase),
      RoleSessionName: `${phase}-goldencrust-1`,
      WebIdentityToken: sandbox.mintToken({ sub: '', ...claims }),
    }),
  );
