// Another commit's manifests out of a real repository, and how two commits stand to each other.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tenantsOf } from '../../../src/shared/fleet/rollout-jobs.ts';
import { earlierFiles } from '../../../src/shared/rollout/earlier-files.ts';
import { checkedOutCommit, isDescendant } from '../../../src/shared/rollout/git.ts';
import type { PlanGiven } from '../../../src/shared/rollout/plan-rollout.ts';
import { planRollout } from '../../../src/shared/rollout/plan-rollout.ts';
import type { Exec, World } from '../../../src/shared/world.ts';
import { exampleFleet, openStage } from './kit.ts';

let root = '';
const commits: string[] = [];
const calls: string[][] = [];

const person = ['-c', 'user.name=T', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
const run = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', root, ...person, ...args], { encoding: 'utf8' }).trim();

const exec: Exec = async ({ command, args, env, input }) => {
  calls.push([...args]);
  const { status, stdout, stderr } = spawnSync(command, [...args], {
    cwd: root,
    env: { ...process.env, ...env },
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { exitCode: status ?? 127, output: stderr + stdout };
};
const world = { exec, unique: 'run 1', run: { sha: '' } } as unknown as World;

const save = (files: ReadonlyMap<string, string>): string => {
  rmSync(join(root, 'fleet'), { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  run('add', '-A');
  run('commit', '-q', '--allow-empty', '-m', 'x');
  commits.push(run('rev-parse', 'HEAD'));
  return commits.at(-1) ?? '';
};

const first = exampleFleet();
const odd = 'name: odd # ünï\n\nrun 1: no header\nlast line without an end';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'fleet-'));
  run('init', '-q', '-b', 'main');
  writeFileSync(join(root, 'README.md'), 'no manifest');
  save(new Map());
  save(
    new Map([
      ...first,
      ['fleet/tenants/ü with space.yml', odd],
      ['fleet/empty.yml', ''],
      ['fleet/logo.png', 'x'],
    ]),
  );
  save(
    new Map([
      ...first,
      ['fleet/tenants/ironpeak.yml', `${first.get('fleet/tenants/ironpeak.yml')}image: wordpress:6.9\n`],
    ]),
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('files of a commit', () => {
  test('every manifest as it was, whatever its name and end, in two processes', async () => {
    calls.length = 0;
    const files = await earlierFiles({ folder: 'fleet', commit: commits[1] ?? '' }, world);
    expect(calls).toHaveLength(2);
    const wanted = new Map([...first, ['fleet/tenants/ü with space.yml', odd], ['fleet/empty.yml', '']]);
    expect(new Map(files.map(({ path, text }) => [path, text]))).toEqual(wanted);
  });

  test('paths are those of the folder as it is given', async () => {
    const [one] = await earlierFiles({ folder: './fleet/', commit: 'main' }, world);
    expect(one?.path.startsWith('fleet/')).toBe(true);
    expect(await earlierFiles({ folder: join(root, 'fleet'), commit: 'main' }, world)).toHaveLength(
      first.size,
    );
  });

  test('none where the folder did not exist yet', async () => {
    expect(await earlierFiles({ folder: 'fleet', commit: commits[0] ?? '' }, world)).toEqual([]);
  });

  test.each([
    ['a'.repeat(40), 'fetch-depth: 0'],
    ['nowhere', 'fetch-depth: 0'],
    ['0'.repeat(40), 'Leave `since` empty'],
    ['--output=x', 'names no commit'],
  ])('%s is no commit that can be read', async (commit, said) => {
    await expect(earlierFiles({ folder: 'fleet', commit }, world)).rejects.toThrow(said);
  });
});

describe('two commits', () => {
  const at = (index: number): string => commits[index] ?? '';
  const asks = (earlier: string, commit: string) => isDescendant({ folder: 'fleet', earlier, commit }, world);

  test('one comes after the other, or not', async () => {
    expect(await asks(at(1), at(2))).toBe(true);
    expect(await asks(at(2), at(2))).toBe(true);
    expect(await asks(at(2), at(1))).toBe(false);
    await expect(asks('a'.repeat(40), at(1))).rejects.toThrow('fetch-depth: 0');
  });

  test('what is checked out', async () => {
    expect(await checkedOutCommit('fleet', world)).toBe(at(2));
    const none = { ...world, exec: async () => ({ exitCode: 128, output: 'fatal' }) };
    await expect(checkedOutCommit('fleet', none)).rejects.toThrow('actions/checkout');
  });
});

test('a rollout of what changed, and one that goes on at a newer commit', async () => {
  const stage = await openStage({ exec });
  try {
    for (const [path, text] of [...first]) stage.files.set(path, text);
    stage.files.set(
      'fleet/tenants/ironpeak.yml',
      `${first.get('fleet/tenants/ironpeak.yml')}image: wordpress:6.9\n`,
    );
    const given: PlanGiven = {
      fleet: 'fleet',
      environment: 'sit',
      tenants: [],
      waves: [],
      since: commits[1] ?? '',
      resumeFrom: undefined,
      record: 'rollout.json',
      resumeCommit: 'newer',
    };
    const { rollout } = await planRollout(given, stage.world);
    expect(rollout.waves.flatMap(tenantsOf)).toEqual(['ironpeak']);
    const tenants = [{ tenant: 'serenity', wave: 'batch-3', state: 'failed', image: '' }];
    const record = {
      version: 1,
      repository: 'your-org/wpsit',
      runId: '5',
      attempt: 1,
      environment: 'sit',
      tenants,
    };
    const resume = (commit: string) => {
      stage.files.set('rollout.json', JSON.stringify({ ...record, commit }));
      return planRollout({ ...given, since: undefined, resumeFrom: '5' }, stage.world);
    };
    expect((await resume(commits[1] ?? '')).rollout).toMatchObject({
      commit: commits[2],
      waves: [{ name: 'batch-3' }],
    });
    run('checkout', '-q', '-b', 'side', commits[0] ?? '');
    const side = save(new Map(first));
    run('checkout', '-q', 'main');
    await expect(resume(side)).rejects.toThrow('does not come after');
  } finally {
    await stage.hub.close();
  }
});
