// docs/troubleshooting.md has every rule's texts as a person pastes them, leads nowhere that is not there, and is not stale.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  distinct,
  problemsOf,
  ruleSections,
  sourceIndex,
  symptomIndex,
  type Told,
} from '../../scripts/troubleshooting/page.ts';
import { sourcePages } from '../../scripts/troubleshooting/sources.ts';
import { unseen } from '../../scripts/troubleshooting/unseen.ts';
import { everyRule } from '../../src/shared/diagnose/rules/every.ts';

const rule = (changes: Partial<Told> = {}): Told => ({
  id: 'database-missing',
  area: 'database',
  level: 'cause',
  lasts: 'permanent',
  sure: 'certain',
  symptoms: ["Unknown database '…'", 'a | b', 'with `ticks`'],
  cause: 'The database {database} is missing; `$' + '{kept}` stays.',
  fix: ['Make it with `run --db {database}`.', 'Or not.'],
  verify: 'Look at {database}.',
  ...changes,
});

describe('a rule on the page', () => {
  const page = ruleSections([rule()], []);

  test('stands under its area with its id as heading, its texts word for word', () => {
    expect(page).toMatch(/^## The database\n\n### database-missing\n/);
    expect(page).toContain("~~~text\nUnknown database '…'\na | b\nwith `ticks`\n~~~");
  });

  test('shows names that only a case has in angle brackets, in code and in prose', () => {
    expect(page).toContain('The database &lt;database> is missing; `$' + '{kept}` stays.');
    expect(page).toContain('1. Make it with `run --db <database>`.\n2. Or not.');
  });

  test('says how sure it is and whether it lasts', () => {
    expect(page).toContain('Certain: nothing else looks like this. Permanent: ');
    expect(ruleSections([rule({ sure: 'possible', lasts: 'passing' })], [])).toMatch(
      /Possible: .* Passing: /,
    );
  });
});

test('what no action sees says so', () => {
  const { id, symptoms, cause, fix, verify } = rule();
  const page = ruleSections([], [{ id, symptoms, cause, fix, verify }]);
  expect(page).toMatch(/^## Beside the actions\n\n### database-missing\n/);
  expect(page).toContain('No action sees this');
});

test('the index names every text once, alphabetically whatever it is quoted with, with all its rules', () => {
  const other = rule({ id: 'other', symptoms: ['a | b', '"Zebra"', '[apple]'] });
  expect(symptomIndex([rule(), other]).split('\n').slice(2)).toEqual([
    '| `a \\| b` | [database-missing](#database-missing), [other](#other) |',
    '| `[apple]` | [other](#other) |',
    "| `Unknown database '…'` | [database-missing](#database-missing) |",
    '| `` with `ticks` `` | [database-missing](#database-missing) |',
    '| `"Zebra"` | [other](#other) |',
  ]);
});

test('a rule that two kinds of evidence show stands there once, with the texts of both', () => {
  expect(distinct([rule(), rule({ symptoms: ['another'] })]).map(({ symptoms }) => symptoms)).toEqual([
    [...rule().symptoms, 'another'],
  ]);
});

test('two rules of one name, and an issue that names no rule, are problems', () => {
  const pages = [{ name: 'A', issues: [{ heading: 'x', text: ['y'], rules: ['gone'] }] }];
  expect(problemsOf(pages, [rule(), rule({ cause: 'Another.' })])).toEqual([
    'rule database-missing: there are two of that name',
    expect.stringMatching(/sources\.ts: there is no rule gone/),
  ]);
  expect(sourceIndex(pages, [])).toContain('| x | `y` |');
});

describe('the repository’s own page', () => {
  const rules = [...distinct(everyRule), ...unseen];
  const page = readFileSync('docs/troubleshooting.md', 'utf8');

  test('has every rule once, and every issue of the sources leads somewhere', () => {
    expect(problemsOf(sourcePages, rules)).toEqual([]);
    for (const { issues } of sourcePages)
      for (const { rules: known, advice } of issues)
        expect(known.length + (advice ? 1 : 0)).toBeGreaterThan(0);
  });

  test('has no link within itself that leads nowhere', () => {
    const anchors = new Set(
      [...page.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replace(/\s/g, '-'),
      ),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect([...new Set(links)].filter((link) => !anchors.has(link))).toEqual([]);
  });

  test('stays small enough for GitHub to render', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(450_000);
  });
});

const made: string[] = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

test('is filled from the rules, and --check finds it stale and writes nothing', () => {
  const root = mkdtempSync(join(tmpdir(), 'page-'));
  made.push(root);
  const path = join(root, 'docs/troubleshooting.md');
  const names = ['areas', 'symptoms', 'sources', 'rules'];
  mkdirSync(join(root, 'docs'));
  writeFileSync(path, `own\n${names.map((name) => `<!-- ${name} -->\n<!-- /${name} -->\n`).join('')}`);
  const run = (...options: readonly string[]) =>
    spawnSync(process.execPath, ['scripts/troubleshooting.ts', root, ...options], { encoding: 'utf8' });
  const stale = run('--check');
  expect(stale.status).toBe(1);
  expect(stale.stderr).toMatch(/docs\/troubleshooting\.md: .*npm run docs/);
  expect(readFileSync(path, 'utf8')).not.toContain('###');
  expect(run().status).toBe(0);
  const filled = readFileSync(path, 'utf8');
  for (const { id, symptoms } of everyRule) {
    expect(filled).toContain(`### ${id}\n`);
    for (const symptom of symptoms) expect(filled).toContain(symptom);
  }
  expect(run('--check').status).toBe(0);
});
