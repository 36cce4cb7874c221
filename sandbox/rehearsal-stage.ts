// What a rehearsal plays on: a tenants' environment or an application, with its gates, its roles and their template.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Application } from '../src/shared/fleet/application.ts';
import type { Environment } from '../src/shared/fleet/types.ts';
import type { deployInfra } from './aws/infra.ts';
import { type Completion, completeApplication, completeEnvironment } from './rehearsal-repository.ts';
import { applicationRoles, environmentRoles, type Roles } from './rehearsal-roles.ts';

export type GitHubRepository = {
  readonly owner: string;
  readonly name: string;
  readonly ownerId: number;
  readonly id: number;
};

type Caller = { readonly repository: GitHubRepository; readonly project: string };

export type Stage = {
  readonly roles: Roles;
  readonly github: { readonly approval: string; readonly deployment: string };
  readonly complete: Completion;
  /** The template's parameters. */
  readonly parameters: (caller: Caller) => Readonly<Record<string, string>>;
};

export const environmentStage = (environment: Environment): Stage => ({
  roles: environmentRoles(environment),
  github: environment.github,
  complete: completeEnvironment(environment),
  parameters: ({ repository, project }) => ({
    EnvironmentName: environment.name,
    GitHubOwner: repository.owner,
    GitHubOwnerId: String(repository.ownerId),
    GitHubRepository: repository.name,
    GitHubRepositoryId: String(repository.id),
    DeploymentEnvironment: environment.github.deployment,
    WorkflowsRepository: project,
    Cluster: environment.cluster,
    ExecutionRoleName: environment.executionRole,
    TaskRoleName: environment.taskRole ?? '',
    LogGroup: environment.logGroup,
    MasterSecret: environment.database.masterSecret,
    BasicAuthSecret: environment.basicAuthSecret ?? '',
  }),
});

export const applicationStage = (application: Application): Stage => ({
  roles: applicationRoles(application),
  github: application.environment.github,
  complete: completeApplication(application),
  parameters: ({ repository, project }) => ({
    ApplicationName: application.name,
    EnvironmentName: application.environment.name,
    GitHubOwner: repository.owner,
    GitHubOwnerId: String(repository.ownerId),
    GitHubRepositories: `${repository.owner}/${repository.name}`,
    GitHubRepositoryIds: String(repository.id),
    DeploymentEnvironment: application.environment.github.deployment,
    WorkflowsRepository: project,
    Cluster: application.cluster,
  }),
});

/** `folder`: the project's, which holds the template. */
export const stackOf = async (
  folder: string,
  { roles, parameters }: Stage,
  caller: Caller,
): Promise<Parameters<typeof deployInfra>[1]> => ({
  template: await readFile(join(folder, roles.template), 'utf8'),
  parameters: parameters(caller),
});
