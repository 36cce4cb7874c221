// What must never stand in the repository, looked for in every file that git knows or would take.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const git = (...args: readonly string[]): Buffer =>
  execFileSync('git', [...args], { maxBuffer: 256 * 1024 * 1024 });
const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard')
  .toString()
  .split('\0')
  .filter((file) => file && existsSync(file) && statSync(file).isFile());
const textOf = (file: string): string => readFileSync(file, 'utf8');
const isDist = (file: string): boolean => /^actions\/[^/]+\/dist\//.test(file);

/** `file:line` of every line of our own files that matches; bundles and the lock file are other people's words. */
const linesWith = (pattern: RegExp): readonly string[] =>
  files
    .filter((file) => !isDist(file) && file !== 'package-lock.json')
    .flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );

describe('no file has', () => {
  test('a path of the machine that it was written on', () => {
    const homes = /(^|[\s'"`=(:])\/(work|root|home\/\w+|Users\/\w+)\//;
    expect([...linesWith(homes), ...linesWith(new RegExp(process.cwd()))]).toEqual([]);
  });

  test("a package registry's host", () => {
    const hosts = /registry\.(npmjs|yarnpkg)|pypi\.(org|io)|python[h]osted|proxy\.golang/;
    expect(linesWith(hosts)).toEqual([]);
  });

  test('a download address in the lock file', () => {
    expect(textOf('package-lock.json')).not.toMatch(/"resolved": "http/);
  });

  test('the password that the original runbook leaked', () => {
    const leaked = '32aeef6841a22198272d49cc68a2d74109afd5ad9bb7262a06cbd8f8672cca52';
    const isLeaked = (word: string): boolean => createHash('sha256').update(word).digest('hex') === leaked;
    const words = new Set(
      files
        .filter((file) => file !== 'package-lock.json')
        .flatMap((file) => textOf(file).match(/(?<![A-Za-z0-9])[A-Za-z0-9]{20,28}(?![A-Za-z0-9])/g) ?? []),
    );
    expect([...words].some(isLeaked)).toBe(false);
  });
});

describe('workflows', () => {
  const workflows = globSync(['.github/workflows/*.yml', 'actions/*/action.yml', 'examples/**/*.yml']);
  const valuesOf = (node: unknown, key: string): readonly unknown[] => {
    if (typeof node !== 'object' || node === null) return [];
    return Object.entries(node).flatMap(([name, value]) => [
      ...(name === key ? [value] : []),
      ...valuesOf(value, key),
    ]);
  };
  const stepsOf = (file: string, key: string): readonly string[] =>
    valuesOf(parse(textOf(file)), key).filter((value): value is string => typeof value === 'string');

  test.each(workflows)('%s: what others wrote is pinned to a commit', (file) => {
    const loose = stepsOf(file, 'uses').filter((uses) => !/^(\.|\$)\/|@[0-9a-f]{40}$/.test(uses));
    expect(loose).toEqual([]);
  });

  test.each(workflows)('%s: no expression inside a shell script', (file) => {
    expect(stepsOf(file, 'run').filter((script) => script.includes('${{'))).toEqual([]);
  });

  test.each(globSync('.github/workflows/*.yml'))(
    '%s: no permission but a job asks, and every job ends',
    (file) => {
      const { permissions, jobs } = parse(textOf(file)) as {
        permissions?: object;
        jobs: Record<string, { permissions?: object; 'timeout-minutes'?: number; uses?: string }>;
      };
      expect(permissions).toEqual({});
      for (const [name, job] of Object.entries(jobs)) {
        expect({ name, permissions: typeof job.permissions }).toEqual({ name, permissions: 'object' });
        if (job.uses === undefined)
          expect({ name, minutes: job['timeout-minutes'] ?? 0 }).not.toEqual({ name, minutes: 0 });
      }
    },
  );
});

describe('what a runner downloads for one `uses:`', () => {
  test('is at most 2.5 MB', () => {
    expect(gzipSync(git('archive', 'HEAD')).length).toBeLessThanOrEqual(2.5e6);
  });

  test('and each action at most 1.2 MB of it', () => {
    const sizes = globSync('actions/*/dist').map((dist) => ({
      dist,
      megabytes: globSync(`${dist}/*`).reduce((sum, file) => sum + statSync(file).size, 0) / 1e6,
    }));
    expect(sizes.filter(({ megabytes }) => megabytes > 1.2)).toEqual([]);
  });
});
