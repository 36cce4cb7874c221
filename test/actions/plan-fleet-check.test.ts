// The check of a pull request: all manifests, no AWS, every problem at once, and what a commit took away too soon.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/shared/errors.ts';
import { problemList } from '../../src/shared/problem-list.ts';
import { errorSummary } from '../../src/shared/report.ts';
import type { World } from '../../src/shared/world.ts';
import { createLab, fleetFolder } from '../lab.ts';
import { realExec, runPlanFleet } from './plan-fleet-kit.ts';

const pilot = `${fleetFolder}/tenants/goldencrust.yml`;

/** No AWS, no GitHub: whoever calls them fails. */
const offline = async (): Promise<{
  readonly world: World;
  readonly edit: (path: string, text: string) => void;
}> => {
  const { world, edit } = await createLab();
  const connect = (): never => {
    throw new Error('the check called AWS');
  };
  return { world: { ...world, connect, exec: realExec }, edit };
};

describe('check', () => {
  test('a sound fleet is told by environments and waves', async () => {
    const { world } = await offline();
    const { summary, problems } = await runPlanFleet(world, { mode: 'check' });
    expect(problems).toBe('0');
    expect(summary).toContain('✅ The manifests in `examples/wpsit` are sound');
    expect(summary).toMatch(
      /\| \*\*sit\*\* \| 815856636111, eu-west-1 \| 13 \| 0 \| pilot \(1\) → batch-1 \(4\) → batch-2 \(4\) → batch-3 \(4\) \|/,
    );
  });

  test('everything that is wrong comes at once, each with its place', async () => {
    const { world, edit } = await offline();
    edit(pilot, `${readFileSync(pilot, 'utf8')}replicas: 3\n`);
    edit(`${fleetFolder}/tenants/tenant1.yml`, 'name: tenant1\ncpu: 012\nenvironments:\n  nowhere: {}\n');
    const error = await runPlanFleet(world, { mode: 'check' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    const { problems } = error as UserError;
    expect(problems.length).toBeGreaterThanOrEqual(3);
    expect(problems.every(({ place, fix }) => place && place.line > 0 && place.column > 0 && fix)).toBe(true);
    expect(new Set(problems.map(({ place }) => place?.file))).toContain(pilot);
  });
});

describe('since', () => {
  let folder = '';
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      encoding: 'utf8',
    }).trim();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    await mkdir(join(folder, 'fleet'));
    await cp(fleetFolder, join(folder, 'fleet'), { recursive: true });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'first');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const worldOf = async (): Promise<World> => {
    const { world } = await offline();
    const at = join(folder, 'fleet');
    const paths = readdirSync(at, { recursive: true, encoding: 'utf8' }).map((path) => join(at, path));
    return {
      ...world,
      files: {
        ...world.files,
        list: async () => paths.filter((path) => path.endsWith('.yml')).sort(),
        read: async (path) => readFileSync(path, 'utf8'),
      },
    };
  };
  const check = async (since: string) =>
    runPlanFleet(await worldOf(), { mode: 'check', fleet: join(folder, 'fleet'), since });

  test('nothing removed is sound', async () => {
    await expect(check('HEAD')).resolves.toMatchObject({ problems: '0' });
  });

  test('a tenant removed before it retired is a problem with its remedy; retired first it is none', async () => {
    const tenant = join(folder, 'fleet/tenants/tenant1.yml');
    const sit = join(folder, 'fleet/environments/sit.yml');
    const text = readFileSync(tenant, 'utf8');
    const waves = readFileSync(sit, 'utf8');
    writeFileSync(sit, waves.replace('[tenant1, ', '['));
    rmSync(tenant);
    await expect(check('HEAD')).rejects.toThrow(/tenant1 was removed from sit[\s\S]*state: retired/);
    writeFileSync(tenant, `${text}state: retired\n`);
    git('commit', '--quiet', '-a', '-m', 'retire');
    rmSync(tenant);
    await expect(check('HEAD')).resolves.toMatchObject({ problems: '0' });
  });

  test('a commit that the checkout does not hold names the remedy', async () => {
    await expect(check('f'.repeat(40))).rejects.toThrow(/fetch-depth: 0/);
  });
});

describe('the list of problems', () => {
  const many = Array.from({ length: 5_000 }, (_, index) => ({
    what: `There is no environment nowhere${index}. <img> @everybody`,
    fix: 'Did you mean sit?',
    place: { file: `fleet/tenants/t${Math.floor(index / 3)}.yml`, line: (index % 3) + 1, column: 5 },
  }));

  test('names each file once, its problems below it', () => {
    const text = errorSummary('Plan fleet', new UserError(many.slice(0, 7)));
    expect(text).toContain('**7 problems in 3 files.**');
    expect(text.match(/^### fleet\/tenants\/t0\.yml$/gm)).toHaveLength(1);
    expect(text.match(/^- line \d, column 5: /gm)).toHaveLength(7);
    expect(text).not.toMatch(/<img>|@everybody/);
  });

  test.each([2_000, 50_000])('what does not fit into %i bytes is counted', (most) => {
    const text = problemList(many, most);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
    const shown = text.match(/^- line/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(5);
    const left = (many.length - shown).toLocaleString('en');
    expect(text).toContain(`_${left} more problems did not fit here; the log has all of them._`);
  });

  test('five thousand problems all fit into a job summary', () => {
    expect(errorSummary('Plan fleet', new UserError(many)).match(/^- line/gm)).toHaveLength(5_000);
  });
});
