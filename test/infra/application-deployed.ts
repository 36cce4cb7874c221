// infra/application-roles.yml deployed into a sandbox, and jobs of the application's repositories that ask for its roles.
import { readFile } from 'node:fs/promises';
import { deployInfra } from '../../sandbox/aws/infra.ts';
import { evaluateTemplate, type Resource } from '../../sandbox/aws/infra-template.ts';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { type ReleasePhase, releasePhases } from '../../src/shared/fleet/application.ts';
import { createClients } from '../sandbox/fixture.ts';
import { codeOf } from '../sandbox/refusal.ts';
import { accountId, type Claims, type Parameters } from './deployed.ts';

export const templateFile = 'infra/application-roles.yml';

export type Phase = ReleasePhase | 'images';
export const phases: readonly Phase[] = [...releasePhases, 'images'];

/** Names of the repositories that release the application, and their ids. */
export const callers = { 'epactltd/api': '67890', 'epactltd/tenant': '67891', 'epactltd/hq': '67892' };

export const parameters = {
  ApplicationName: 'envelope',
  EnvironmentName: 'prod',
  GitHubOwner: 'epactltd',
  GitHubOwnerId: '12345',
  GitHubRepositories: Object.keys(callers).join(','),
  GitHubRepositoryIds: Object.values(callers).join(', '),
  Cluster: 'envelope-prod-cluster',
};

export const deploy = async (sandbox: Sandbox, given: Parameters = {}): Promise<Parameters> =>
  deployInfra(sandbox, {
    template: await readFile(templateFile, 'utf8'),
    parameters: { ...parameters, ...given },
  });

/** The template's resources with everything filled in, by their logical ids. */
export const resourcesOf = async (given: Parameters = {}): Promise<Readonly<Record<string, Resource>>> =>
  evaluateTemplate(await readFile(templateFile, 'utf8'), {
    accountId,
    region: 'eu-west-2',
    parameters: { ...parameters, ...given },
    refer: ({ type }, attribute) => `${type}.${attribute}`,
  }).resources;

export const roleArn = (phase: Phase): string => `arn:aws:iam::${accountId}:role/envelope-prod-${phase}`;

/** A workflow of ours whose jobs take each role. */
export const workflows: Readonly<Record<Phase, string>> = {
  release: 'release-pipeline.yml',
  command: 'run-command.yml',
  redeploy: 'release-application.yml',
  validate: 'release-application.yml',
  images: 'build-and-push.yml',
};

/** What GitHub says of a job of this repository in the application's environment. */
export const jobOf = (
  workflow: string,
  changed: Claims = {},
  repository: keyof typeof callers = 'epactltd/api',
): Claims => ({
  sub: `repo:${repository}:environment:prod-envelope`,
  repository,
  repository_id: callers[repository],
  repository_owner: 'epactltd',
  repository_owner_id: '12345',
  environment: 'prod-envelope',
  ref: 'refs/tags/v2.4.0',
  event_name: 'release',
  workflow: 'Release',
  job_workflow_ref: `your-org/tenant-actions/.github/workflows/${workflow}@refs/tags/v1`,
  ...changed,
});

/** `ok`, or the code that STS refuses with. */
export const ask = (sandbox: Sandbox, phase: Phase, claims: Claims): Promise<string> =>
  codeOf(
    createClients(sandbox).sts.assumeRoleWithWebIdentity({
      RoleArn: roleArn(phase),
      RoleSessionName: `${phase}-envelope-1`,
      WebIdentityToken: sandbox.mintToken({ sub: '', ...claims }),
    }),
  );
