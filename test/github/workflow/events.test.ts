// Which event starts a workflow, with which inputs; and what this runner refuses by name.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunCall } from '../../../sandbox/github/workflow/run.ts';
import { jobOf, type Lab, openLab, standIn, under } from './kit.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const jobs = 'jobs: {a: {runs-on: x, steps: [{run: "true"}]}}';

type Event = RunCall['event'];
const starts = async (on: string, event: Event, ref = 'refs/heads/main'): Promise<boolean> => {
  const text = `on: ${on}\n${jobs}`;
  return lab.run(text, { event: { ref, ...event } }).then(
    () => true,
    (error: Error) => {
      if (!error.message.includes('does not start on this event')) throw error;
      return false;
    },
  );
};

const pull = (action: string, base = 'main'): Event => ({
  name: 'pull_request',
  payload: { action, pull_request: { number: 7, base: { ref: base }, head: { ref: 'topic' } } },
  ref: 'refs/pull/7/merge',
});

test('An event starts what waits for it, and filters hold.', async () => {
  const cases: readonly (readonly [string, Event, boolean, string?])[] = [
    ['push', { name: 'push', payload: {} }, true],
    ['[push, release]', { name: 'release', payload: { action: 'published' } }, true],
    ['push', { name: 'schedule', payload: {} }, false],
    ['{release: {types: [published]}}', { name: 'release', payload: { action: 'created' } }, false],
    ['pull_request', pull('synchronize'), true],
    ['pull_request', pull('labeled'), false],
    ['{pull_request: {branches: ["release/**"]}}', pull('opened'), false],
    ['{pull_request: {branches: ["release/**"]}}', pull('opened', 'release/a/b'), true],
    ['{push: {branches: ["ma*", "!mai?n"]}}', { name: 'push', payload: {} }, false],
    ['{push: {branches-ignore: [dev]}}', { name: 'push', payload: {} }, true],
    ['{push: {tags: ["v[0-9]+.*"]}}', { name: 'push', payload: {} }, false],
    ['{push: {tags: ["v[0-9]+.*"]}}', { name: 'push', payload: {} }, true, 'refs/tags/v12.3'],
    ['{schedule: [{cron: "7 3 * * *"}]}', { name: 'schedule', payload: { schedule: '7 3 * * *' } }, true],
    ['{schedule: [{cron: "7 3 * * *"}]}', { name: 'schedule', payload: { schedule: '8 3 * * *' } }, false],
  ];
  for (const [on, event, expected, ref] of cases)
    expect([on, event, await starts(on, event, ref)]).toEqual([on, event, expected]);
});

describe('workflow_dispatch', () => {
  const text = `on:
  workflow_dispatch:
    inputs:
      tenant: {type: string, required: true}
      size: {type: number, default: 4}
      deep: {type: boolean}
      mode: {type: choice, options: [plan, apply], default: plan}
      target: {type: environment}
jobs:
  a:
    runs-on: x
    steps:
      - run: echo "\${{ inputs.tenant }} \${{ inputs.size + 0 == 4 || inputs.size }} \${{ inputs.deep && 'deep' || 'flat' }} \${{ inputs.mode }} \${{ github.event.inputs.deep == 'true' }} [\${{ inputs.target }}]"
`.replace('inputs.size + 0 == 4 || ', '');
  const dispatch = (inputs: Record<string, unknown>) =>
    lab.run(text, {
      event: { name: 'workflow_dispatch', payload: {}, inputs },
      environments: { sit: { protected: false } },
    });

  test('gives typed inputs, with their defaults.', async () => {
    const lines = async (inputs: Record<string, unknown>) => jobOf(await dispatch(inputs), 'a').lines;
    expect(await lines({ tenant: 't' })).toContain('t 4 flat plan false []');
    expect(await lines({ tenant: 't', size: '5', deep: 'true', mode: 'apply', target: 'sit' })).toContain(
      't 5 deep apply true [sit]',
    );
  });

  test('refuses what is missing, unknown or of another type, all at once.', async () => {
    await expect(
      dispatch({ size: 'many', deep: 'yes', mode: 'destroy', target: 'moon', other: 1 }),
    ).rejects.toMatchObject({
      problems: [
        'Unexpected inputs provided: other',
        "Required input 'tenant' not provided",
        "Provided value 'many' for input 'size' is no number of this workflow",
        "Provided value 'yes' for input 'deep' is no boolean of this workflow",
        "Provided value 'destroy' for input 'mode' is no choice of this workflow",
        "Provided value 'moon' for input 'target' is no environment of this workflow",
      ],
    });
  });
});

test('The event is there as GITHUB_EVENT_PATH and github.event.', async () => {
  const end = await lab.run(
    `on: pull_request\njobs: {a: {runs-on: x, steps: [{run: "grep -o '\\"number\\":7' $GITHUB_EVENT_PATH; echo \${{ github.event.pull_request.base.ref }} $GITHUB_BASE_REF $GITHUB_EVENT_NAME \${{ github.event.repository.full_name }} $GITHUB_REF"}]}}`,
    { event: pull('opened') },
  );
  expect(jobOf(end, 'a').lines).toEqual(
    expect.arrayContaining(['"number":7', 'main main pull_request hosting/fleet refs/pull/7/merge']),
  );
});

describe('Refused by name and place', () => {
  const refused = async (steps: string, keys = '', files = {}): Promise<string> => {
    const text = `on: push\njobs:\n  a:\n    runs-on: x\n    ${keys}\n    steps:\n      ${steps}\n`;
    const error = await lab.run({ 'ci.yml': text, ...files }).then(
      () => new Error('It ran'),
      (reason: unknown) => reason as Error,
    );
    return error.message;
  };
  const yml = (runs: string) => under('act', { 'action.yml': `name: a\ndescription: b\nruns: ${runs}` });

  test.each([
    ['an unknown key', '- {run: a, bogus: 1}', '', /ci\.yml \(Line: 7, Col: 18\): Unexpected value 'bogus'/],
    [
      'an unknown context',
      `- run: echo \${{ nope.x }}`,
      '',
      /\(Line: 7, Col: 14\): Unrecognized named-value: 'nope'/,
    ],
    [
      'a context that is not available',
      '- run: a',
      `name: "\${{ secrets.X }}"`,
      /Unrecognized named-value: 'secrets'/,
    ],
    ['an unknown function', `- run: echo \${{ now() }}`, '', /Unrecognized function: 'now'/],
    [
      'a container',
      '- run: a',
      'container: node',
      /\(Line: 5, Col: 5\): 'container' is not known to this runner/,
    ],
    ['services', '- run: a', 'services: {db: {image: x}}', /'services' is not known/],
    [
      'a background step',
      '- {run: a, background: true}',
      '',
      /\(Line: 7, Col: 18\): Unexpected value 'background'/,
    ],
    ['a foreign action', `- uses: some/one@${standIn}`, '', /'some\/one@a+': this runner has no stand-in/],
    [
      'a tag for a commit',
      '- uses: actions/checkout@v4',
      '',
      /a third-party action is named by a full commit SHA/,
    ],
    [
      'an input of a stand-in',
      `- {uses: "actions/checkout@${standIn}", with: {lfs: true}}`,
      '',
      /\(Line: 7, Col: 16\): .*does not know 'lfs'/,
    ],
    ['docker', '- uses: docker://alpine', '', /does not know docker/],
    [
      'needs of nobody',
      '- run: a\n  b: {runs-on: x, needs: [a, c], steps: [{run: a}]}',
      '',
      /depends on unknown job 'c'/,
    ],
    ['needs in a circle', '- run: a', 'needs: a', /cycle|at least one job with no dependencies/],
  ])('%s', async (_, steps, keys, expected) => {
    expect(await refused(steps, keys)).toMatch(expected);
  });

  test.each([
    ['{using: docker, image: x}', /docker/],
    ['{using: composite, steps: []}', /composite/],
    ['{using: node20, main: a.js}', /declares node20/],
    ['{using: node24, main: a.js}', /its a\.js is missing/],
    ['{using: node24, main: action.yml, pre: a.js}', /`pre`/],
    ['{using: node24, main: action.yml, odd: 1}', /odd/],
  ])('an action that is %s', async (runs, expected) => {
    expect(await refused('- uses: $/act', '', yml(runs))).toMatch(expected);
  });

  test('All at once.', async () => {
    const message = await refused('- uses: docker://a\n      - uses: $/none\n      - uses: x/y@z');
    expect(message.split('\n')).toHaveLength(3);
  });

  test('At run time: an unknown shell, another system, a local action before the checkout.', async () => {
    const end = await lab.run(`on: push
jobs:
  shell: {runs-on: x, steps: [{run: a, shell: pwsh}]}
  system: {runs-on: windows-latest, steps: [{run: a}]}
  local: {runs-on: x, steps: [{uses: ./act}]}
`);
    expect(lab.hub.jobsOf(end.id).map(({ status }) => status)).toEqual(Array(3).fill('completed'));
    const errors = end.jobs.map(({ name, lines }) => `${name}: ${lines.at(-1)}`).sort();
    expect(errors).toEqual([
      expect.stringMatching(/^local: ERROR: '\.\/act': it has no action\.yml/),
      expect.stringMatching(/^shell: ERROR: The shell 'pwsh' is not known/),
      expect.stringMatching(/^system: ERROR: runs-on "windows-latest"/),
    ]);
  });
});
