// What a container writes to its log is a stranger's text: printed by an action, it commands nothing and hides nothing.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createReader } from '../../sandbox/github/commands.ts';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { errorsOf, openRig, type Rig, runAction, type Texts } from './kit.ts';

jest.setTimeout(60_000);

const esc = String.fromCharCode(27);
const hostile = [
  '::error::made up by a container',
  '  ::warning file=fleet/tenants/goldencrust.yml,line=1::made up',
  '::add-mask::goldencrust',
  '::stop-commands::never-again',
  '::set-output name=changed::hacked',
  '::group::a group without an end',
  '##[error]made up, the older way',
  'in the middle ##[add-mask]goldencrust',
  '###[stop-commands]never-again',
  `${esc}[31m::error::${esc}[0m in colours`,
  `${esc}[2K${esc}[1A::error::over the line above`,
  `${esc}]0;title\u0007::error::after a title`,
  'first\r::error::after a carriage return',
  'first\n::error::after a line feed',
  '\u2028::error::after a line separator',
  `long ${'x'.repeat(10_000)}`,
  '| `cell` | <script>alert(1)</script> | ~~~',
];

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  rig.say(hostile);
});
afterAll(() => rig.close());

/** The log holds the text, and the runner was told nothing that the action does not say itself. */
const expectHarmless = ({ raw, commands }: StepEnd): void => {
  expect(raw.some((line) => line.includes('made up by a container'))).toBe(true);
  const own = new Set(['group', 'endgroup', 'add-mask', 'error']);
  expect(commands.filter(({ name }) => !own.has(name))).toEqual([]);
  expect(
    commands.filter(({ text }) => /made up|goldencrust$|colours|over the line|after a/.test(text)),
  ).toEqual([]);
  expect(raw.filter((line) => /^\s*::(?!group::|endgroup::|error::)/.test(line))).toEqual([]);
  expect(raw.filter((line) => line.includes('##['))).toEqual([]);
  expect(raw.filter((line) => line.includes(esc))).toEqual([]);
  expect(Math.max(...raw.map((line) => line.length))).toBeLessThan(2_000);
};

const run = (
  action: 'provision-tenant' | 'run-db-init' | 'wait-healthy',
  inputs: Texts = {},
): Promise<StepEnd> => runAction(rig, action, { inputs });

test('printed as they are, these lines would be obeyed', () => {
  const obeyed = hostile
    .flatMap((line) => line.split(/\r\n|\n|\r/))
    .map((line) => createReader()(line))
    .flatMap((reading) => (reading.kind === 'command' ? [reading.command.name] : []));
  expect(obeyed).toEqual([
    ...['error', 'warning', 'add-mask', 'stop-commands', 'set-output', 'group'],
    ...['error', 'add-mask', 'stop-commands'],
    ...['error', 'error', 'error'],
  ]);
});

test('in the log tail of a database step that ended well', async () => {
  expect((await run('provision-tenant', { steps: 'secret,access' })).exitCode).toBe(0);
  const end = await run('run-db-init');
  expect(errorsOf(end)).toEqual([]);
  expectHarmless(end);
  expect(end.outputs.changed).toBe('true');
  expect(end.summary).not.toContain('<script>');
});

test('in the log tail of one that failed', async () => {
  expect((await run('provision-tenant', { tenant: 'tenant1', steps: 'secret,access' })).exitCode).toBe(0);
  const failed = await run('run-db-init', { tenant: 'tenant1', operation: 'verify' });
  expect(errorsOf(failed)).toHaveLength(1);
  expectHarmless(failed);
  // In a fence that it cannot close, markup is text.
  const parts = failed.summary.split('~~~');
  expect(parts.length % 2).toBe(1);
  expect(parts.filter((_, index) => index % 2 === 1).join('')).toContain('<script>');
  expect(parts.filter((_, index) => index % 2 === 0).join('')).not.toContain('<script>');
});

test("in the evidence of a web container's failure", async () => {
  const manifest = 'fleet/tenants/goldencrust.yml';
  await rig.workspace.edit(manifest, `${await rig.workspace.read(manifest)}image: wordpress:exits-1\n`);
  expect((await run('provision-tenant')).exitCode).toBe(0);
  const end = await run('wait-healthy', { 'timeout-minutes': '0.2' });
  expect(errorsOf(end)).toHaveLength(1);
  expectHarmless(end);
});
