// Comparing commits through the hub, over a repository's real history.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getOctokit } from '@actions/github';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openHub } from '../../../sandbox/github/hub/hub.ts';
import type { Hub, Permissions } from '../../../sandbox/github/hub/types.ts';
import { commitAll, compareIn } from '../../../sandbox/rehearsal-repository.ts';
import { repo, sha, start } from './given.ts';

let folder: string;
let hub: Hub;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compare-'));
  git('init', '--quiet', '--initial-branch=main');
  hub = await openHub({
    repository: { owner: repo.owner, name: repo.repo, ownerId: 1001, id: 2002 },
    now: () => start,
    mintToken: () => 'jwt',
    compare: compareIn(folder),
  });
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

const git = (...args: readonly string[]): void => void execFileSync('git', ['-C', folder, ...args]);

const commit = async (text: string): Promise<string> => {
  await writeFile(join(folder, 'file'), text);
  return commitAll(folder, text);
};

const compared = async (base: string, head: string, rights: Permissions = { contents: 'read' }) => {
  const github = getOctokit(hub.issueToken(rights).token, { baseUrl: hub.url });
  const basehead = `${base}...${head}`;
  return (await github.rest.repos.compareCommitsWithBasehead({ ...repo, basehead })).data;
};

test('the status is how the head stands to the base', async () => {
  const one = await commit('one');
  const two = await commit('two');
  git('checkout', '--quiet', '-b', 'side', one);
  const side = await commit('side');
  expect(await compared(one, two)).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0 });
  expect(await compared(two, one)).toMatchObject({ status: 'behind', ahead_by: 0, behind_by: 1 });
  expect(await compared(two, two)).toMatchObject({ status: 'identical', ahead_by: 0, behind_by: 0 });
  expect(await compared(two, side)).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1 });
});

test('a commit that is not there and a missing right are refused', async () => {
  const one = await commit('one');
  await expect(compared(one, sha)).rejects.toMatchObject({ status: 404 });
  await expect(compared(sha, one)).rejects.toMatchObject({ status: 404 });
  await expect(compared(one, one, { actions: 'read' })).rejects.toMatchObject({ status: 403 });
});
