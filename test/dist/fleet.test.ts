// A fleet with problems, as the committed bundle tells of them: annotated at file, line and column, before anything is called.
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { expectPlainFailure, messagesOf } from './failures.ts';
import { errorsOf, openRig, type Rig, runAction } from './kit.ts';

jest.setTimeout(60_000);

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterEach(() => {
  expect(rig.requests).toEqual([]);
});
afterAll(() => rig.close());

/** Runs with manifests changed, and puts them back. */
const runBroken = async (changes: Readonly<Record<string, (text: string) => string>>): Promise<StepEnd> => {
  const whole: [string, string][] = [];
  for (const [path, change] of Object.entries(changes)) {
    const text = await rig.workspace.read(path);
    whole.push([path, text]);
    await rig.workspace.edit(path, change(text));
  }
  const end = await runAction(rig, 'provision-tenant');
  for (const [path, text] of whole) await rig.workspace.edit(path, text);
  return end;
};

const placesOf = (end: StepEnd): readonly string[] =>
  errorsOf(end).flatMap(({ properties: { file, line, col } }) => (file ? [`${file}:${line}:${col}`] : []));

test('problems in several files are annotated at file, line and column, all at once, and nothing is called', async () => {
  const end = await runBroken({
    'fleet/environments/sit.yml': (text) => text.replace('cluster:', 'clustr:'),
    'fleet/tenants/goldencrust.yml': () => 'name: goldencrust\ncpu: plenty\n',
    'fleet/tenants/ironpeak.yml': () => 'name: ironpeak\nimage: [not, closed\n',
  });
  expectPlainFailure(end);
  const places = placesOf(end);
  expect(places).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^fleet\/environments\/sit\.yml:10:1$/),
      expect.stringMatching(/^fleet\/tenants\/goldencrust\.yml:2:6$/),
      expect.stringMatching(/^fleet\/tenants\/ironpeak\.yml:[23]:\d+$/),
    ]),
  );
});

test('more problems than GitHub shows are all in the log and the summary', async () => {
  const end = await runBroken({
    'fleet/environments/sit.yml': () => 'name: sit\nclustr: a\nregoin: b\nlogs: c\n',
  });
  expectPlainFailure(end);
  const errors = errorsOf(end);
  expect(errors).toHaveLength(10);
  const rest = Number(/^(\d+) more problems/.exec(errors.at(-1)?.text ?? '')?.[1]);
  const logged = end.lines.filter((line) => !line.startsWith('ERROR')).join('\n');
  expect(rest).toBeGreaterThan(1);
  expect(end.summary).toContain('### fleet/environments/sit.yml');
  expect(end.summary.match(/^- line \d+, column \d+: /gm)).toHaveLength(9 + rest);
  expect(logged.match(/environments\/sit\.yml:\d+:\d+: /g)).toHaveLength(9 + rest);
});

test('a workspace without a fleet says where it was looked for', async () => {
  const end = await runAction(rig, 'provision-tenant', { inputs: { fleet: 'infra/fleet' } });
  expectPlainFailure(end);
  expect(messagesOf(end).join('\n')).toContain('infra/fleet');
});
