// A user's repository, an AWS account and GitHub in boxes, wired to each other: the repository's own workflow files run
// against the account under the roles that infra/ documents.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHub } from './github/hub/hub.ts';
import type { Hub } from './github/hub/types.ts';
import { type Concurrency, createConcurrency } from './github/workflow/concurrency.ts';
import { rerunFailed, runWorkflow } from './github/workflow/run.ts';
import type { RunCall, RunEnd } from './github/workflow/types.ts';
import {
  type ApplicationOpening,
  type OpenApplication,
  type Opening,
  type OpenSandbox,
  openSandbox,
} from './open.ts';
import { orGiveUp } from './rehearsal-end.ts';
import { commitAll, compareIn, head, type Layout, layFleet, layWorkflows } from './rehearsal-repository.ts';
import { seedRoles } from './rehearsal-roles.ts';
import {
  applicationStage,
  environmentStage,
  type GitHubRepository,
  type Stage,
  stackOf,
} from './rehearsal-stage.ts';

type Common = Layout & {
  /** Folder of this project, which stands for `your-org/tenant-actions` and holds infra/. */
  readonly project: string;
  /** How much faster the cloud's own delays pass. */
  readonly speed: number;
  /** Ends every run: cancelled first, given up some seconds later with this signal's reason. */
  readonly signal?: AbortSignal;
  /** `your-org/wpsit` unless given. */
  readonly repository?: Pick<GitHubRepository, 'owner' | 'name'>;
  /** `owner/name` of another repository that holds the fleet; the workflows' own unless given. */
  readonly manifests?: string;
};

export type Setup = Common & Pick<Opening, 'environment'>;
export type ApplicationSetup = Common & Pick<ApplicationOpening, 'application' | 'works'>;

/** What a person would do at GitHub's page. */
export type Started = Pick<RunCall, 'workflow' | 'event' | 'approve'> &
  Partial<Pick<RunCall, 'onLine' | 'signal' | 'secrets' | 'variables' | 'runners'>>;

type Rehearsing<Cloud extends OpenSandbox | OpenApplication> = {
  readonly cloud: Cloud;
  readonly environment: Cloud['environment'];
  readonly application: Cloud['application'];
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
  /** GitHub's *Re-run failed jobs*, of the run that ended so. */
  readonly rerun: (started: Started, end: RunEnd) => Promise<RunEnd>;
  readonly close: () => Promise<void>;
};

export type Rehearsal = Rehearsing<OpenSandbox>;
export type ApplicationRehearsal = Rehearsing<OpenApplication>;

export const project = 'your-org/tenant-actions';

/** Throws UserError where the fleet has problems, or no such environment or application; what it opened is closed then. */
export function openRehearsal(setup: Setup): Promise<Rehearsal>;
export function openRehearsal(setup: ApplicationSetup): Promise<ApplicationRehearsal>;
export async function openRehearsal(
  setup: Setup | ApplicationSetup,
): Promise<Rehearsal | ApplicationRehearsal> {
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
}

const open = async (
  setup: Setup | ApplicationSetup,
  opened: (() => Promise<void>)[],
  close: Rehearsal['close'],
): Promise<Rehearsal | ApplicationRehearsal> => {
  if ('application' in setup) {
    const cloud = await openSandbox({ ...setup, port: 0 });
    opened.push(cloud.close);
    const { application, environment } = cloud;
    const rest = await wire({ setup, cloud, stage: applicationStage(application) }, opened, close);
    return { ...rest, cloud, application, environment };
  }
  const cloud = await openSandbox({ ...setup, port: 0 });
  opened.push(cloud.close);
  const { application, environment } = cloud;
  const rest = await wire({ setup, cloud, stage: environmentStage(environment) }, opened, close);
  return { ...rest, cloud, application, environment };
};

type Ground = {
  readonly setup: Common;
  readonly cloud: OpenSandbox | OpenApplication;
  readonly stage: Stage;
};

const standardRepository = { owner: 'your-org', name: 'wpsit', ownerId: 12_345, id: 67_890 };

const wire = async (
  { setup, cloud, stage }: Ground,
  opened: (() => Promise<void>)[],
  close: Rehearsal['close'],
): Promise<Omit<Rehearsal, 'cloud' | 'environment' | 'application'>> => {
  setup.signal?.throwIfAborted();
  const repository = { ...standardRepository, ...setup.repository };
  const notes = seedRoles(
    cloud.sandbox,
    stage.roles,
    await stackOf(setup.project, stage, { repository, project }),
  );
  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
    opened.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  };
  const folder = await newFolder();
  const hub = await openHub({
    repository,
    now: Date.now,
    mintToken: cloud.sandbox.mintToken,
    compare: compareIn(folder),
  });
  opened.push(hub.close);
  await layWorkflows(folder, setup);
  const manifests = setup.manifests ? await newFolder() : folder;
  await layFleet(manifests, setup, stage.complete);
  const repositories = { [project]: setup.project, ...(setup.manifests && { [setup.manifests]: manifests }) };
  const parts = { setup, cloud, stage, hub, folder, repositories, concurrency: createConcurrency() };
  return { notes: [...cloud.notes, ...notes], hub, folder, close, ...runner(parts) };
};

/** Runs take the newest commit that was made by `commit`. */
const runner = (parts: Parts): Pick<Rehearsal, 'commit' | 'sha' | 'run' | 'rerun'> => {
  const { setup, folder } = parts;
  let sha = head(folder);
  return {
    commit: (message) => {
      sha = commitAll(folder, message);
      return sha;
    },
    sha: (which = 'newest') => (which === 'newest' ? sha : head(folder, '~1')),
    run: (started) => orGiveUp(runWorkflow({ ...standing(parts, sha), ...started }), setup.signal),
    rerun: (started, end) =>
      orGiveUp(rerunFailed({ ...standing(parts, sha), ...started }, end), setup.signal),
  };
};

type Parts = Ground &
  Pick<Rehearsal, 'hub' | 'folder'> & {
    readonly repositories: RunCall['repositories'];
    readonly concurrency: Concurrency;
  };

/** What is the same for every run of a commit. */
const standing = ({ setup, cloud, stage, hub, folder, repositories, concurrency }: Parts, sha: string) => ({
  hub,
  repository: { folder, sha, ref: 'refs/heads/main' },
  repositories,
  env: { AWS_ENDPOINT_URL: cloud.endpoint },
  environments: {
    [stage.github.approval]: { protected: true },
    [stage.github.deployment]: { protected: false },
  },
  runners: 8,
  concurrency,
  pace: impatient,
  ...(setup.signal ? { signal: setup.signal } : {}),
});

/** Nobody at a keyboard waits the ten seconds that GitHub gives a cancelled step. */
const impatient = { interruptMs: 2_000, terminateMs: 1_000 };
