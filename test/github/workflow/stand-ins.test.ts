// The stand-ins for third-party actions: a checkout with as much history as asked for, artifacts between jobs and runs.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conclusions, errorsOf, jobOf, type Lab, openLab, standIn, write } from './kit.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    encoding: 'utf8',
  }).trim();

const use = (name: string, inputs = ''): string => `{uses: "actions/${name}@${standIn}", with: {${inputs}}}`;
const workflow = (...steps: readonly string[]): string =>
  `on: [push, pull_request]\njobs:\n  a:\n    runs-on: x\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`;

describe('actions/checkout', () => {
  const commit = async (folder: string, text: string): Promise<string> => {
    await write(folder, { 'site.txt': text });
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '-m', text);
    return git(folder, 'rev-parse', 'HEAD');
  };

  test('lays out the commit of the run, whatever the checkout holds by now, as deep as asked for.', async () => {
    const folder = join(lab.folder, 'history');
    const text = workflow(
      use('checkout'),
      '{run: "cat site.txt; git rev-list --count HEAD; git status --porcelain"}',
      use('checkout', 'fetch-depth: 0, path: deep, persist-credentials: false'),
      '{run: "git rev-list --count HEAD; git diff --name-only HEAD^ HEAD", working-directory: deep}',
      use('checkout', `ref: "\${{ github.event.first }}", path: old`),
      '{run: "cat old/site.txt"}',
    );
    await write(folder, { 'ci.yml': text });
    git(folder, 'init', '--quiet', '-b', 'main');
    const first = await commit(folder, 'one');
    const sha = await commit(folder, 'two');
    await commit(folder, 'three');
    await write(folder, { 'site.txt': 'uncommitted', 'ci.yml': 'broken' });
    const before = git(folder, 'status', '--porcelain');
    const end = await lab.run(
      {},
      { repository: { folder, sha, ref: 'refs/heads/main' }, event: { name: 'push', payload: { first } } },
    );
    const lines = jobOf(end, 'a').lines.filter((line) => !/^(▸|Checking out)/.test(line));
    expect(lines).toEqual(['two1', '2', 'site.txt', 'one']);
    expect(git(folder, 'status', '--porcelain')).toBe(before);
  });

  test('fails for a ref or repository that is not there, and says which.', async () => {
    const end = await lab.run(workflow(use('checkout', 'repository: other/place')));
    expect(errorsOf(jobOf(end, 'a'))[0]).toContain('other/place');
  });

  test('A pull request that touches none of the paths starts nothing.', async () => {
    const folder = join(lab.folder, 'paths');
    await write(folder, {
      'ci.yml': 'on: {pull_request: {paths: ["fleet/**"]}}\njobs: {a: {runs-on: x, steps: [{run: "true"}]}}',
    });
    git(folder, 'init', '--quiet', '-b', 'main');
    const base = await commit(folder, 'one');
    const run = (sha: string) =>
      lab.run(
        {},
        {
          repository: { folder, sha, ref: 'refs/pull/1/merge' },
          event: {
            name: 'pull_request',
            payload: { action: 'opened', pull_request: { base: { ref: 'main', sha: base } } },
          },
        },
      );
    await expect(run(await commit(folder, 'two'))).rejects.toThrow('none of the changed files');
    await write(folder, { 'fleet/a.yml': 'x' });
    git(folder, 'add', 'fleet');
    expect((await run(await commit(folder, 'three'))).conclusion).toBe('success');
  });
});

describe('Artifacts', () => {
  const two = (up: string, down: string): string => `on: push
jobs:
  up:
    runs-on: x
    steps:
      - run: mkdir -p out/deep && echo x > out/.hidden && mkdir $RUNNER_TEMP/far && echo x > $RUNNER_TEMP/far/d.json && echo one > out/a.json && echo two > out/deep/b.json && echo no > out/c.txt
${up}
  down:
    needs: up
    runs-on: x
    steps:
${down}
      - run: find . -type f | sort
`;
  const lines = (steps: readonly string[]): string => steps.map((step) => `      - ${step}`).join('\n');

  test('go from job to job by name or pattern, below the folder that their files share.', async () => {
    const end = await lab.run(
      two(
        lines([
          use(
            'upload-artifact',
            'name: plan, path: "out/**/*.json", if-no-files-found: error, retention-days: 7',
          ),
          use('upload-artifact', 'name: part-1, path: out/c.txt'),
          use('upload-artifact', `name: far, path: "\${{ runner.temp }}/far/d.json"`),
          use('upload-artifact', 'name: part-2, path: "out\\n!out/deep\\n!out/c.txt"'),
        ]),
        lines([
          use('download-artifact', 'name: plan, path: plan'),
          use('download-artifact', 'pattern: part-*'),
          use('download-artifact', `name: far, path: "\${{ runner.temp }}/near"`),
          '{run: "ls $RUNNER_TEMP/near"}',
          use('download-artifact', 'pattern: part-*, merge-multiple: true, path: all'),
        ]),
      ),
    );
    expect(conclusions(end)).toEqual({ up: 'success', down: 'success' });
    expect(jobOf(end, 'down').lines).toContain('d.json');
    expect(jobOf(end, 'down').lines.filter((line) => line.startsWith('./'))).toEqual([
      './all/a.json',
      './all/c.txt',
      './part-1/c.txt',
      './part-2/a.json',
      './plan/a.json',
      './plan/deep/b.json',
    ]);
  });

  test('of another run are given for a token; a second one of a name only where it may overwrite.', async () => {
    const up = (overwrite: boolean) =>
      lab.run(
        workflow(
          '{run: "echo 1 > a"}',
          use('upload-artifact', 'name: rollout, path: a'),
          '{run: "echo 2 > a"}',
          use('upload-artifact', `name: rollout, path: a, overwrite: ${overwrite}`),
        ),
      );
    const first = await up(true);
    expect(first.conclusion).toBe('success');
    expect((await up(false)).conclusion).toBe('failure');
    const down = (token: string) =>
      lab.run(
        workflow(use('download-artifact', `name: rollout, run-id: ${first.id}${token}`), '{run: cat a}'),
      );
    expect(errorsOf(jobOf(await down(''), 'a'))[0]).toContain('github-token');
    expect(jobOf(await down(`, github-token: "\${{ github.token }}"`), 'a').lines).toContain('2');
  });

  test('that are missing fail the step that wants them, where it says so.', async () => {
    const end = await lab.run(
      two(
        lines([use('upload-artifact', 'name: none, path: nothing, if-no-files-found: ignore')]),
        lines([use('download-artifact', 'name: none')]),
      ),
    );
    expect(conclusions(end)).toEqual({ up: 'success', down: 'failure' });
    const strict = await lab.run(workflow(use('upload-artifact', 'path: nothing, if-no-files-found: error')));
    expect(errorsOf(jobOf(strict, 'a'))[0]).toContain('No files were found with the provided path: nothing');
  });
});

test('actions/setup-node says which Node is there.', async () => {
  const end = await lab.run(workflow(use('setup-node', 'node-version: 24')));
  expect(jobOf(end, 'a').lines).toContainEqual(expect.stringContaining(process.versions.node));
});
