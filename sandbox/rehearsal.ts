// A user's repository, an AWS account and GitHub in boxes, wired to each other: the repository's own workflow files run
// against the account under the roles that infra/github-roles.yml documents.
import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, phases } from '../src/shared/fleet/types.ts';
import { deployInfra } from './aws/infra.ts';
import { openHub } from './github/hub/hub.ts';
import type { Hub } from './github/hub/types.ts';
import { createConcurrency } from './github/workflow/concurrency.ts';
import { runWorkflow } from './github/workflow/run.ts';
import type { RunCall, RunEnd } from './github/workflow/types.ts';
import { type OpenSandbox, openSandbox } from './open.ts';

export type Setup = {
  /** Folder of this project, which stands for `your-org/tenant-actions` and holds infra/. */
  readonly project: string;
  /** Fleet folder; it becomes `fleet/` of the repository. */
  readonly fleet: string;
  /** Folder of workflow files; it becomes `.github/workflows/`. */
  readonly workflows: string;
  readonly environment: string;
  /** How much faster the cloud's own delays pass. */
  readonly speed: number;
};

/** What a person would do at GitHub's page. */
export type Started = Pick<RunCall, 'workflow' | 'event' | 'approve'> &
  Partial<Pick<RunCall, 'onLine' | 'signal' | 'variables' | 'runners'>>;

export type Rehearsal = {
  readonly cloud: OpenSandbox;
  readonly environment: Environment;
  readonly hub: Hub;
  /** The repository's checkout. */
  readonly folder: string;
  /** Commits what was changed in the folder; answers the commit. */
  readonly commit: (message: string) => string;
  /** The newest commit, or the one before it. */
  readonly sha: (which?: 'newest' | 'before') => string;
  readonly run: (started: Started) => Promise<RunEnd>;
  readonly close: () => Promise<void>;
};

const repository = { owner: 'your-org', name: 'wpsit', ownerId: 12_345, id: 67_890 };
export const project = 'your-org/tenant-actions';

/** Throws UserError where the fleet has problems or no such environment. */
export const openRehearsal = async (setup: Setup): Promise<Rehearsal> => {
  const cloud = await openSandbox({ ...setup, port: 0 });
  const { environment } = cloud;
  await seedRoles(setup, cloud.sandbox, environment);
  const hub = await openHub({ repository, now: Date.now, mintToken: cloud.sandbox.mintToken });
  const folder = await layRepository(setup, environment);
  const concurrency = createConcurrency();
  const commit = (message: string): string => commitAll(folder, message);
  let sha = head(folder);
  return {
    cloud,
    environment,
    hub,
    folder,
    commit: (message) => {
      sha = commit(message);
      return sha;
    },
    sha: (which = 'newest') => (which === 'newest' ? sha : head(folder, '~1')),
    run: (started) =>
      runWorkflow({
        hub,
        repository: { folder, sha, ref: 'refs/heads/main' },
        repositories: { [project]: setup.project },
        env: { AWS_ENDPOINT_URL: cloud.endpoint },
        environments: gatesOf(environment),
        runners: 8,
        concurrency,
        ...started,
      }),
    close: async () => {
      await hub.close();
      await cloud.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const gatesOf = ({ github }: Environment): RunCall['environments'] => ({
  [github.approval]: { protected: true },
  [github.deployment]: { protected: false },
});

const seedRoles = async (
  { project: folder }: Setup,
  sandbox: OpenSandbox['sandbox'],
  environment: Environment,
): Promise<void> => {
  deployInfra(sandbox, {
    template: await readFile(join(folder, 'infra/github-roles.yml'), 'utf8'),
    parameters: {
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
    },
  });
};

const layRepository = async ({ fleet, workflows }: Setup, environment: Environment): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  git(folder, ['init', '--quiet', '--initial-branch=main']);
  await cp(workflows, join(folder, '.github/workflows'), { recursive: true });
  commitAll(folder, 'The workflows');
  await cp(fleet, join(folder, 'fleet'), { recursive: true });
  if (!Object.keys(environment.roles).length) await nameRoles(folder, environment);
  commitAll(folder, 'The fleet');
  return folder;
};

/** A fleet that names no roles is rehearsed under those that infra/github-roles.yml makes. */
const nameRoles = async (folder: string, { name }: Environment): Promise<void> => {
  const roles = phases.map((phase) => `  ${phase}: ${name}-tenants-${phase}\n`);
  await appendFile(join(folder, `fleet/environments/${name}.yml`), `\nroles:\n${roles.join('')}`);
};

const commitAll = (folder: string, message: string): string => {
  git(folder, ['add', '--all']);
  git(folder, [
    '-c',
    'user.name=rehearsal',
    '-c',
    'user.email=rehearsal@localhost',
    'commit',
    '--quiet',
    '-m',
    message,
  ]);
  return head(folder);
};

const head = (folder: string, back = ''): string => git(folder, ['rev-parse', `HEAD${back}`]);

const git = (folder: string, args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
