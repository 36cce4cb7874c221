// A user's repository, an AWS account and GitHub in boxes, wired to each other: the repository's own workflow files run
// against the account under the roles that infra/github-roles.yml documents.
import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, phases } from '../src/shared/fleet/types.ts';
import { openHub } from './github/hub/hub.ts';
import type { Hub } from './github/hub/types.ts';
import { createConcurrency } from './github/workflow/concurrency.ts';
import { runWorkflow } from './github/workflow/run.ts';
import type { RunCall, RunEnd } from './github/workflow/types.ts';
import { type OpenSandbox, openSandbox } from './open.ts';
import { roleName, seedRoles } from './rehearsal-roles.ts';

export type Setup = {
  /** Folder of this project, which stands for `your-org/tenant-actions` and holds infra/. */
  readonly project: string;
  /** Fleet folder; its files become part of the repository. */
  readonly fleet: string;
  /** Folder of workflow files; it becomes `.github/workflows/`. */
  readonly workflows: string;
  readonly environment: string;
  /** How much faster the cloud's own delays pass. */
  readonly speed: number;
  /** Where the fleet lies in the repository; `fleet` unless given. */
  readonly fleetAt?: string;
  /** Ends every run: cancelled first, given up some seconds later with this signal's reason. */
  readonly signal?: AbortSignal;
};

/** What a person would do at GitHub's page. */
export type Started = Pick<RunCall, 'workflow' | 'event' | 'approve'> &
  Partial<Pick<RunCall, 'onLine' | 'signal' | 'variables' | 'runners'>>;

export type Rehearsal = {
  readonly cloud: OpenSandbox;
  readonly environment: Environment;
  /** What a person should know: stand-ins, and roles that are not the fleet's own. */
  readonly notes: readonly string[];
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

/** Throws UserError where the fleet has problems or no such environment; what it opened is closed then. */
export const openRehearsal = async (setup: Setup): Promise<Rehearsal> => {
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    return await open(setup, opened, close);
  } catch (error) {
    await close();
    throw error;
  }
};

const open = async (
  setup: Setup,
  opened: (() => Promise<void>)[],
  close: Rehearsal['close'],
): Promise<Rehearsal> => {
  const cloud = await openSandbox({ ...setup, port: 0 });
  opened.push(cloud.close);
  setup.signal?.throwIfAborted();
  const { environment } = cloud;
  const notes = seedRoles(cloud.sandbox, environment, await stackOf(setup, environment));
  const hub = await openHub({ repository, now: Date.now, mintToken: cloud.sandbox.mintToken });
  opened.push(hub.close);
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  await layRepository(folder, setup, environment);
  const concurrency = createConcurrency();
  let sha = head(folder);
  return {
    cloud,
    environment,
    notes: [...cloud.notes, ...notes],
    hub,
    folder,
    commit: (message) => {
      sha = commitAll(folder, message);
      return sha;
    },
    sha: (which = 'newest') => (which === 'newest' ? sha : head(folder, '~1')),
    run: (started) =>
      orGiveUp(
        runWorkflow({
          hub,
          repository: { folder, sha, ref: 'refs/heads/main' },
          repositories: { [project]: setup.project },
          env: { AWS_ENDPOINT_URL: cloud.endpoint },
          environments: gatesOf(environment),
          runners: 8,
          concurrency,
          pace: impatient,
          ...(setup.signal ? { signal: setup.signal } : {}),
          ...started,
        }),
        setup.signal,
      ),
    close,
  };
};

/** Nobody at a keyboard waits the ten seconds that GitHub gives a cancelled step. */
const impatient = { interruptMs: 2_000, terminateMs: 1_000 };
/** For what a workflow does when it is cancelled. */
const lastMs = 6_000;

/** A cancelled run may go on where its steps say always(); it is waited for a little, then left to the end of this process. */
const orGiveUp = async (run: Promise<RunEnd>, signal: AbortSignal | undefined): Promise<RunEnd> => {
  if (!signal) return run;
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    timer = setTimeout(() => reject(signal.reason), lastMs);
  };
  if (signal.aborted) arm();
  else signal.addEventListener('abort', arm, { once: true });
  return Promise.race([run, promise]).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', arm);
  });
};

const gatesOf = ({ github }: Environment): RunCall['environments'] => ({
  [github.approval]: { protected: true },
  [github.deployment]: { protected: false },
});

const stackOf = async ({ project: folder }: Setup, environment: Environment) => ({
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

const layRepository = async (folder: string, setup: Setup, environment: Environment): Promise<void> => {
  const { fleet, workflows, fleetAt = 'fleet' } = setup;
  git(folder, ['init', '--quiet', '--initial-branch=main']);
  await cp(workflows, join(folder, '.github/workflows'), { recursive: true });
  commitAll(folder, 'The workflows');
  await cp(fleet, join(folder, fleetAt), { recursive: true });
  if (!Object.keys(environment.roles).length) await nameRoles(join(folder, fleetAt), environment);
  commitAll(folder, 'The fleet');
};

/** A fleet that names no roles is rehearsed under those that infra/github-roles.yml makes. */
const nameRoles = async (fleet: string, environment: Environment): Promise<void> => {
  const roles = phases.map((phase) => `  ${phase}: ${roleName(environment, phase)}\n`);
  await appendFile(join(fleet, `environments/${environment.name}.yml`), `\nroles:\n${roles.join('')}`);
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
