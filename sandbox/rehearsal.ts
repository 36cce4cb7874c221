// A user's repository, an AWS account and GitHub in boxes, wired to each other: the repository's own workflow files run
// against the account under the roles that infra/github-roles.yml documents.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../src/shared/fleet/types.ts';
import { openHub } from './github/hub/hub.ts';
import type { Hub } from './github/hub/types.ts';
import { type Concurrency, createConcurrency } from './github/workflow/concurrency.ts';
import { runWorkflow } from './github/workflow/run.ts';
import type { RunCall, RunEnd } from './github/workflow/types.ts';
import { type OpenSandbox, openSandbox } from './open.ts';
import { commitAll, compareIn, head, type Layout, layRepository } from './rehearsal-repository.ts';
import { seedRoles } from './rehearsal-roles.ts';

export type Setup = Layout & {
  /** Folder of this project, which stands for `your-org/tenant-actions` and holds infra/. */
  readonly project: string;
  readonly environment: string;
  /** How much faster the cloud's own delays pass. */
  readonly speed: number;
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
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const hub = await openHub({
    repository,
    now: Date.now,
    mintToken: cloud.sandbox.mintToken,
    compare: compareIn(folder),
  });
  opened.push(hub.close);
  await layRepository(folder, setup, environment);
  const parts = { setup, cloud, hub, folder, concurrency: createConcurrency() };
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
    run: (started) => orGiveUp(runWorkflow({ ...standing(parts, sha), ...started }), setup.signal),
    close,
  };
};

type Parts = Pick<Rehearsal, 'cloud' | 'hub' | 'folder'> & {
  readonly setup: Setup;
  readonly concurrency: Concurrency;
};

/** What is the same for every run of a commit. */
const standing = ({ setup, cloud, hub, folder, concurrency }: Parts, sha: string) => ({
  hub,
  repository: { folder, sha, ref: 'refs/heads/main' },
  repositories: { [project]: setup.project },
  env: { AWS_ENDPOINT_URL: cloud.endpoint },
  environments: gatesOf(cloud.environment),
  runners: 8,
  concurrency,
  pace: impatient,
  ...(setup.signal ? { signal: setup.signal } : {}),
});

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
