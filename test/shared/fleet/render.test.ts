// `npm run render`: the effective manifest, each value with the file and line that set it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { UserError } from '../../../src/shared/errors.ts';
import { renderTenant } from '../../../src/shared/fleet/render.ts';
import { environmentText, filesWith, fleetWith } from './files.ts';

const texts = {
  'defaults.yml': 'image: a:b\nmemory: 2048\nvariables:\n  TEXT: |\n    one\n    two {host}\n',
  'environments/sit.yml': `${environmentText}defaults: {desiredCount: 2}\nrollout: {failureBudget: "10%"}\n`,
  'tenants/goldencrust.yml':
    'name: goldencrust\ncpu: 1024\nenvironments:\n  sit:\n    priority: 140\n    memory: 4096\n    tags: null\n',
};
const who = { environment: 'sit', tenant: 'goldencrust' };
const rendered = renderTenant(filesWith(texts), who);

describe('the effective manifest', () => {
  test('is YAML with the tenant’s values', () => {
    const { environment, ...tenant } = fleetWith(texts).tenants.get('sit')?.get('goldencrust') ?? {};
    expect({ name: 'goldencrust', ...parse(rendered) }).toMatchObject(JSON.parse(JSON.stringify(tenant)));
    expect(parse(rendered).environment).toMatchObject({
      name: 'sit',
      accountId: '815856636111',
      rollout: { failureBudget: '10%' },
    });
    expect(environment).toBeDefined();
  });

  test.each([
    ['# goldencrust in sit, in the wave all (fleet/tenants/goldencrust.yml:4)'],
    ['image: a:b # fleet/defaults.yml:1'],
    ['desiredCount: 2 # fleet/environments/sit.yml:16'],
    ['cpu: 1024 # fleet/tenants/goldencrust.yml:2'],
    ['priority: 140 # fleet/tenants/goldencrust.yml:5'],
    ['memory: 4096 # fleet/tenants/goldencrust.yml:6'],
    ['host: goldencrust.wpsit.kimmyai.io # default'],
    ['tags: {} # default'],
    ['  TEXT: | # fleet/defaults.yml:4'],
    ['    two goldencrust.wpsit.kimmyai.io'],
    ['  accountId: "815856636111" # fleet/environments/sit.yml:2'],
    ['      - subnet-09d1d2de85ae02264 # fleet/environments/sit.yml:9'],
    ['    failureBudget: 10% # fleet/environments/sit.yml:17'],
    ['    deployment: sit-tenants # default'],
  ])('says %s', (line) => {
    expect(rendered.split('\n')).toContain(line);
  });

  test('tells of every value where it is from', () => {
    const values = rendered.split('\n').filter((line) => /^ *(- |[\w-]+: *\S)/.test(line));
    expect(values.filter((line) => !/ # (default|fleet\/\S+:\d+)$/.test(line))).toEqual([]);
    expect(values.length).toBeGreaterThan(40);
  });

  test('is refused with all problems of a broken fleet', () => {
    const files = filesWith({ 'defaults.yml': 'memroy: 5\ncpu: 5\n' });
    expect(() => renderTenant(files, who)).toThrow(UserError);
    expect(() => renderTenant(files, who)).toThrow(/defaults\.yml:1:1: [\s\S]*defaults\.yml:2:6: /);
  });
});

// Each of the script's tests starts a process.
jest.setTimeout(60_000);

const run = promisify(execFile);
const root = new URL('../../../', import.meta.url);
const render = (...args: readonly string[]) =>
  run(process.execPath, ['scripts/render.ts', ...args], { cwd: root });

describe('the script', () => {
  test('prints the example’s tenant', async () => {
    const { stdout } = await render('--environment', 'sit', '--tenant', 'goldencrust');
    expect(stdout).toContain('priority: 140 # examples/wpsit/tenants/goldencrust.yml:');
  });

  test.each([
    ['an unknown tenant', ['--environment', 'sit', '--tenant', 'golden'], 'Did you mean goldencrust?'],
    ['an unknown environment', ['--environment', 'sti', '--tenant', 'goldencrust'], 'Did you mean sit?'],
    ['nothing', [], '--environment <name> --tenant <name>'],
    ['an unknown option', ['--env', 'sit'], '--environment <name>'],
    ['an empty folder', ['--environment', 'a', '--tenant', 'b', '--fleet', 'nowhere'], 'holds no manifests'],
  ])('says of %s what to do, and shows no stack', async (_, args, message) => {
    const failed = await render(...args).catch((error: { code: number; stderr: string }) => error);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(failed.stderr).not.toMatch(/^ {4}at /m);
  });
});
