// The real workflow files on the runner, over a bundle whose actions that touch AWS are stand-ins: job graph, admission,
// judging, records and resuming are the real ones, in processes of their own, and a tenant takes half a second.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { openHub } from '../../sandbox/github/hub/hub.ts';
import type { Hub } from '../../sandbox/github/hub/types.ts';
import {
  createConcurrency,
  type RunCall,
  type RunEnd,
  runWorkflow,
} from '../../sandbox/github/workflow/run.ts';
import { compareIn } from '../../sandbox/rehearsal-repository.ts';
import type { RolloutRecord } from '../../src/shared/fleet/rollout.ts';
import type { Mark } from './marks.ts';

const root = resolve('.');
const real = new Set(['plan-fleet', 'report-rollout']);

export type Waves = Readonly<Record<string, readonly string[]>>;

export type Orders = {
  /** `<action> <tenant>`: what fails. */
  readonly fails: readonly string[];
  /** Milliseconds that an action takes. */
  readonly ms: Readonly<Record<string, number>>;
};

export type Rig = {
  readonly hub: Hub;
  readonly call: (
    workflow: string,
    inputs: Readonly<Record<string, unknown>>,
    more?: Partial<RunCall>,
  ) => RunCall;
  readonly run: (
    workflow: string,
    inputs: Readonly<Record<string, unknown>>,
    more?: Partial<RunCall>,
  ) => Promise<RunEnd>;
  readonly order: (orders: Partial<Orders>) => Promise<void>;
  readonly marks: () => Promise<readonly Mark[]>;
  /** Commits a change of a tenant's manifest; answers the commit. */
  readonly change: (tenant: string) => Promise<string>;
  readonly record: (run: RunEnd) => RolloutRecord;
  readonly close: () => Promise<void>;
};

export type Pace = {
  readonly maxConcurrency: number;
  readonly failureBudget: number;
  readonly onFailure?: 'stop' | 'previous-revision';
};

/** A repository with the example's fleet in these waves; without them, the example as it is. */
export const openRig = async (waves?: Waves, pace?: Pace): Promise<Rig> => {
  const folder = await mkdtemp(join(tmpdir(), 'rig-'));
  const own = join(folder, 'repository');
  await layBundle(join(folder, 'bundle'));
  await layRepository(own, async (fleet) => {
    if (waves) await narrow(fleet, waves, { onFailure: 'stop', ...pace, soakMinutes: 0 });
  });
  const standIn = await openStandIn(join(folder, 'stand-in'));
  const hub = await openHub({
    repository: { owner: 'your-org', name: 'wpsit', ownerId: 12_345, id: 67_890 },
    now: Date.now,
    mintToken: (claims) => JSON.stringify(claims),
    compare: compareIn(own),
  });
  let sha = commitAll(own, 'The fleet');
  const shared = {
    hub,
    repositories: { 'your-org/tenant-actions': join(folder, 'bundle') },
    env: { STAND_IN: join(folder, 'stand-in') },
    environments: { sit: { protected: true }, 'sit-tenants': { protected: false } },
    approve: async (): Promise<'approved'> => 'approved',
    runners: 8,
    concurrency: createConcurrency(),
  } as const;
  const call: Rig['call'] = (workflow, inputs, more = {}) => ({
    ...shared,
    repository: { folder: own, sha, ref: 'refs/heads/main' },
    workflow: `.github/workflows/${workflow}`,
    event: { name: 'workflow_dispatch', payload: {}, inputs: { environment: 'sit', ...inputs } },
    ...more,
  });
  return {
    hub,
    ...standIn,
    call,
    run: (workflow, inputs, more) => runWorkflow(call(workflow, inputs, more)),
    change: async (tenant) => {
      const file = join(own, `fleet/tenants/${tenant}.yml`);
      await writeFile(file, `${await readFile(file, 'utf8')}image: wordpress:6.8.1-php8.3-apache\n`);
      sha = commitAll(own, `Change ${tenant}`);
      return sha;
    },
    record: (run) => recordOf(hub, run),
    close: async () => {
      await hub.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};

/** What stand-in.cjs reads and writes. */
export const openStandIn = async (folder: string): Promise<Pick<Rig, 'order' | 'marks'>> => {
  const records = join(folder, 'records.jsonl');
  await mkdir(folder);
  await writeFile(records, '');
  const order: Rig['order'] = (orders) => writeFile(join(folder, 'orders.json'), JSON.stringify(orders));
  await order({});
  const marks: Rig['marks'] = async () =>
    (await readFile(records, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Mark);
  return { order, marks };
};

export const layBundle = async (folder: string): Promise<void> => {
  await cp(join(root, '.github/workflows'), join(folder, '.github/workflows'), { recursive: true });
  for (const name of await readdir(join(root, 'actions'))) {
    const [from, to] = [join(root, 'actions', name), join(folder, 'actions', name)];
    await mkdir(to, { recursive: true });
    await cp(join(from, 'action.yml'), join(to, 'action.yml'));
    if (real.has(name)) await symlink(join(from, 'dist'), join(to, 'dist'));
    else await cp(join(root, 'test/workflows/stand-in.cjs'), join(to, 'dist/index.js'));
  }
};

const layRepository = async (folder: string, edit: (fleet: string) => Promise<void>): Promise<void> => {
  await cp(join(root, 'examples/workflows'), join(folder, '.github/workflows'), { recursive: true });
  await cp(join(root, 'examples/wpsit'), join(folder, 'fleet'), { recursive: true });
  await edit(join(folder, 'fleet'));
  git(folder, 'init', '--quiet', '--initial-branch=main');
};

/** The example's fleet cut down to these waves of its environment sit. */
export const narrow = async (fleet: string, waves: Waves, rollout: object): Promise<void> => {
  const kept = new Set(Object.values(waves).flat());
  for (const file of await readdir(join(fleet, 'tenants')))
    if (!kept.has(file.replace('.yml', ''))) await rm(join(fleet, 'tenants', file));
  for (const name of ['dev', 'prod']) await rm(join(fleet, `environments/${name}.yml`));
  const path = join(fleet, 'environments/sit.yml');
  const sit = parse(await readFile(path, 'utf8')) as object;
  const listed = Object.entries(waves).map(([name, tenants]) => ({ name, tenants }));
  await writeFile(path, stringify({ ...sit, rollout, waves: listed }));
};

export const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

const commitAll = (folder: string, message: string): string => {
  git(folder, 'add', '--all');
  git(folder, '-c', 'user.name=rig', '-c', 'user.email=rig@localhost', 'commit', '--quiet', '-m', message);
  return git(folder, 'rev-parse', 'HEAD');
};

/** The newest artifact `rollout-sit` of the run. */
const recordOf = (hub: Hub, { id }: RunEnd): RolloutRecord => {
  const files = hub.artifacts
    .list(id)
    .filter(({ name }) => name === 'rollout-sit')
    .at(-1)?.files;
  return JSON.parse(String(files?.get('rollout.json'))) as RolloutRecord;
};
