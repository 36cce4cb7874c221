// The real release workflows on the runner, called as the three repositories of Envelope call them: manifests in a
// repository of their own, actions that touch AWS as stand-ins.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openHub } from '../../sandbox/github/hub/hub.ts';
import {
  createConcurrency,
  type RunCall,
  type RunEnd,
  runWorkflow,
} from '../../sandbox/github/workflow/run.ts';
import { commitAll, compareIn } from '../../sandbox/rehearsal-repository.ts';
import { git, layBundle, openStandIn, type Rig } from './kit.ts';

const root = resolve('.');

export type ReleaseRig = Pick<Rig, 'order' | 'marks' | 'close'> & {
  readonly call: (workflow: string, event: RunCall['event']) => RunCall;
  /** Runs one of examples/workflows in a repository of epactltd: `api`, `tenant` and `hq` have no manifests, `infra` has. */
  readonly run: (workflow: string, event: RunCall['event'], more?: Partial<RunCall>) => Promise<RunEnd>;
  /** The commit that a release of the caller's repository names. */
  readonly sha: string;
};

export const publish = (tag: string, prerelease = false): RunCall['event'] => ({
  name: 'release',
  payload: { action: 'published', release: { tag_name: tag, prerelease } },
  ref: `refs/tags/${tag}`,
});

export const dispatch = (inputs: Readonly<Record<string, string>>): RunCall['event'] => ({
  name: 'workflow_dispatch',
  payload: {},
  inputs,
});

/** `edit` changes the repository of the manifests before its first commit. */
export const openReleaseRig = async (
  repository: 'api' | 'infra',
  edit: (infra: string) => Promise<void> = async () => {},
): Promise<ReleaseRig> => {
  const folder = await mkdtemp(join(tmpdir(), 'release-rig-'));
  const own = join(folder, repository);
  const infra = join(folder, 'infra');
  await layBundle(join(folder, 'bundle'));
  for (const each of new Set([own, infra])) {
    await mkdir(each);
    git(each, 'init', '--quiet', '--initial-branch=main');
    await cp(join(root, 'examples/workflows'), join(each, '.github/workflows'), { recursive: true });
  }
  await cp(join(root, 'examples/envelope'), join(infra, 'fleet'), { recursive: true });
  await edit(infra);
  for (const each of new Set([own, infra])) commitAll(each, 'Begin');
  const sha = git(own, 'rev-parse', 'HEAD');
  const standIn = await openStandIn(join(folder, 'stand-in'));
  const hub = await openHub({
    repository: { owner: 'epactltd', name: repository, ownerId: 1, id: 2 },
    now: Date.now,
    mintToken: (claims) => JSON.stringify(claims),
    compare: compareIn(own),
  });
  const shared = {
    hub,
    repository: { folder: own, sha, ref: 'refs/heads/main' },
    repositories: { 'your-org/tenant-actions': join(folder, 'bundle'), 'epactltd/infra': infra },
    env: { STAND_IN: join(folder, 'stand-in') },
    environments: { prod: { protected: true }, 'prod-envelope': { protected: false } },
    approve: async (): Promise<'approved'> => 'approved',
    runners: 8,
    concurrency: createConcurrency(),
  } as const;
  const call: ReleaseRig['call'] = (workflow, event) => ({
    ...shared,
    workflow: `.github/workflows/${workflow}`,
    event,
  });
  return {
    ...standIn,
    sha,
    call,
    run: (workflow, event, more = {}) => runWorkflow({ ...call(workflow, event), ...more }),
    close: async () => {
      await hub.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};
