// Files of the real world: what a job finds in its workspace and, where an input names one, in a folder outside it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Log, World } from '../../src/shared/world.ts';
import { realWorld } from '../../src/shared/world-real.ts';

let [workspace, outside] = ['', ''];
let files: World['files'];

beforeEach(async () => {
  [workspace, outside] = [
    await mkdtemp(join(tmpdir(), 'workspace-')),
    await mkdtemp(join(tmpdir(), 'runner-temp-')),
  ];
  const log: Log = { info: () => {}, warning: () => {}, secret: () => {}, group: (_, body) => body() };
  ({ files } = realWorld({
    reach: {},
    log,
    signal: new AbortController().signal,
    idToken: async () => '',
    remember: () => {},
    output: () => {},
    env: { GITHUB_WORKSPACE: workspace },
  }));
});
afterEach(async () => {
  for (const folder of [workspace, outside]) await rm(folder, { recursive: true });
});

describe('list', () => {
  test.each([
    ['of the workspace', () => 'fleet', 'fleet'],
    ['of the workspace, written with dots', () => './fleet/', 'fleet'],
    ['that is the workspace itself', () => '.', ''],
    ['outside the workspace', () => join(outside, 'records'), undefined],
  ])('a folder %s: its files at every depth in order, by paths that read takes', async (_, folder, shown) => {
    const base = folder() === '.' ? '' : folder();
    for (const name of ['b.yml', 'a/z.yml', 'a/b/c.yml']) await files.write(join(base, name), name);
    const listed = await files.list(folder());
    const prefix = shown ?? join(outside, 'records');
    expect(listed).toEqual(['a/b/c.yml', 'a/z.yml', 'b.yml'].map((name) => join(prefix, name)));
    expect(await Promise.all(listed.map(files.read))).toEqual(['a/b/c.yml', 'a/z.yml', 'b.yml']);
  });

  test.each([
    ['in the workspace', () => 'nothing'],
    ['outside', () => join(outside, 'nothing')],
  ])('a folder that is not there %s has no files', async (_, folder) => {
    expect(await files.list(folder())).toEqual([]);
  });
});

test('write makes the folders on its way, in the workspace and outside', async () => {
  await files.write('rollout/deep/rollout.json', '1');
  await files.write(join(outside, 'release/api.json'), '2');
  expect(await readFile(join(workspace, 'rollout/deep/rollout.json'), 'utf8')).toBe('1');
  expect(await readFile(join(outside, 'release/api.json'), 'utf8')).toBe('2');
});
