// One job: its steps, what they share, and what they leave.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { action, conclusions, errorsOf, jobOf, type Lab, openLab, standIn, under } from './kit.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const job = (steps: string, keys = ''): string => `on: push
jobs:
  build:
    runs-on: ubuntu-latest
${keys}
    steps:
${steps}
`;

test('A step hands outputs, variables and paths to the steps behind it, and a summary to the page.', async () => {
  const end = await lab.run(
    job(`
      - id: first
        run: |
          echo "answer=42" >> "$GITHUB_OUTPUT"
          printf 'long<<EOT\\na\\nb\\nEOT\\n' >> "$GITHUB_OUTPUT"
          echo "COLOUR=blue" >> "$GITHUB_ENV"
          mkdir -p bin && printf '#!/bin/sh\\necho from path\\n' > bin/tool && chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
          echo "# Done" >> "$GITHUB_STEP_SUMMARY"
      - run: |
          echo "\${{ steps.first.outputs.answer }} $COLOUR \${{ env.COLOUR }} $(tool)"
          echo "\${{ steps.first.outputs.long }}"
`),
  );
  expect(end.conclusion).toBe('success');
  expect(jobOf(end, 'build')).toMatchObject({
    lines: expect.arrayContaining(['42 blue blue from path', 'a', 'b']),
    summary: '# Done\n',
  });
});

test('A checked out workspace runs an action of the repository with evaluated defaults.', async () => {
  const main = `console.log('input', process.env['INPUT_WHO-IS'], process.env.INPUT_TOKEN.length > 10, process.cwd() === process.env.GITHUB_WORKSPACE)`;
  const more = `inputs:\n  who-is: {description: a}\n  token: {description: b, default: "\${{ github.token }}"}`;
  const end = await lab.run({
    'ci.yml': job(`
      - uses: actions/checkout@${standIn}
      - uses: ./actions/hello
        with: {Who-Is: me, other: x}
      - uses: $/actions/hello
        with: {who-is: you}
`),
    ...under('actions/hello', action(main, more)),
  });
  expect(conclusions(end)).toEqual({ build: 'success' });
  const { lines, annotations } = jobOf(end, 'build');
  expect(lines).toEqual(expect.arrayContaining(['input me true true', 'input you true true']));
  expect(annotations).toMatchObject([
    { level: 'warning', message: "Unexpected input(s) 'other', valid inputs are ['who-is', 'token']" },
  ]);
});

test('A failed script fails the job with GitHub own words, and later steps are skipped unless they ask.', async () => {
  const end = await lab.run(
    job(`
      - run: exit 3
      - run: echo never
      - if: failure()
        run: echo after \${{ job.status }}
      - if: always()
        run: echo always
`),
  );
  expect(end.conclusion).toBe('failure');
  const { steps, lines } = jobOf(end, 'build');
  expect(errorsOf(jobOf(end, 'build'))).toEqual(['Process completed with exit code 3.']);
  expect(steps.map(({ conclusion }) => conclusion)).toEqual([
    'success',
    'failure',
    'skipped',
    'success',
    'success',
    'success',
  ]);
  expect(lines).toEqual(expect.arrayContaining(['after failure', 'always']));
});

test('continue-on-error keeps the outcome and mends the conclusion; step env reaches if, with and the process.', async () => {
  const end = await lab.run(
    job(
      `
      - id: weak
        continue-on-error: \${{ github.ref == 'refs/heads/main' }}
        run: exit 1
      - if: env.MODE == 'deep'
        env: {MODE: deep, FROM: "\${{ env.TOP }}-\${{ vars.SITE }}"}
        run: echo "$MODE $FROM $TOP \${{ steps.weak.outcome }} \${{ steps.weak.conclusion }}"
`,
      '    env: {TOP: top}',
    ),
    { variables: { SITE: 'sit' } },
  );
  expect(end.conclusion).toBe('success');
  expect(jobOf(end, 'build').lines).toContain('deep top-sit top failure success');
});

test('defaults, shells and working directories: the nearest one counts, and bash has pipefail only where it is named.', async () => {
  const end = await lab.run(
    `on: push
defaults: {run: {working-directory: outer}}
jobs:
  build:
    runs-on: ubuntu-latest
    defaults: {run: {shell: sh}}
    steps:
      - run: mkdir -p outer/inner
        working-directory: .
      - run: basename "$PWD"
      - run: basename "$PWD" && echo "\${BASH_VERSION:+bash}"
        shell: bash
        working-directory: outer/inner
      - run: false | true
        shell: bash
`,
  );
  const { lines } = jobOf(end, 'build');
  expect(lines).toEqual(expect.arrayContaining(['outer', 'inner', 'bash']));
  expect(errorsOf(jobOf(end, 'build'))).toEqual(['Process completed with exit code 1.']);
});

test('What is masked stays masked in every later step, summary, annotation and output.', async () => {
  const end = await lab.run(
    job(
      `
      - id: make
        run: |
          value=$(printf "made-up-%s" secret); echo "::add-mask::$value"
          echo "v=$value" >> "$GITHUB_OUTPUT"
          echo "ok=fine" >> "$GITHUB_OUTPUT"
      - run: |
          echo "\${{ steps.make.outputs.v }} and \${{ secrets.KEY }}"
          echo "::warning title=\${{ steps.make.outputs.v }}::see \${{ steps.make.outputs.v }}"
          echo "\${{ steps.make.outputs.v }}" >> "$GITHUB_STEP_SUMMARY"
`,
      `    outputs: {v: "\${{ steps.make.outputs.v }}", ok: "\${{ steps.make.outputs.ok }}"}`,
    ),
    { secrets: { KEY: 'not-a-real-key' } },
  );
  const build = jobOf(end, 'build');
  expect(build.lines).toContain('*** and ***');
  expect(build.outputs).toEqual({ ok: 'fine' });
  expect(JSON.stringify([build, lab.hub.jobsOf(end.id)])).not.toMatch(/made-up-secret|not-a-real-key/);
});

test('Ten annotations of a level are kept, and a summary over a MiB is dropped whole.', async () => {
  const end = await lab.run(
    job(`
      - run: |
          for n in $(seq 12); do echo "::error file=a.yml,line=$n::wrong $n"; done
          for n in $(seq 3); do echo "::notice::note $n"; done
          head -c 1100000 /dev/zero | tr '\\0' x >> "$GITHUB_STEP_SUMMARY"
      - run: echo small >> "$GITHUB_STEP_SUMMARY"
`),
  );
  const { annotations, summary, lines } = jobOf(end, 'build');
  expect(annotations.filter(({ path }) => path === 'a.yml')).toHaveLength(10);
  expect(annotations.filter(({ level }) => level === 'notice')).toHaveLength(3);
  expect(annotations[0]).toMatchObject({ level: 'failure', message: 'wrong 1', path: 'a.yml', line: 1 });
  expect(summary).toBe('small\n');
  expect(lines).toContainEqual(expect.stringContaining('supports content up to a size of 1024k, got 1075k'));
});

test('Post steps run last in first out with their saved state, also after a failure, where post-if lets them.', async () => {
  const main = `const fs = require('fs'); const me = process.env.INPUT_ME;
if (process.env.STATE_who) console.log('post', process.env.STATE_who, me); else fs.appendFileSync(process.env.GITHUB_STATE, 'who=' + me + '-state\\n');`;
  const yml = (condition: string) => ({
    ...action(
      main,
      `inputs: {me: {description: a}}\nruns: {using: node24, main: dist/index.js, post: dist/index.js, post-if: "${condition}"}`,
    ),
    'dist/package.json': '{"type":"commonjs"}',
  });
  const end = await lab.run({
    'ci.yml': job(`
      - {uses: $/one, with: {me: a}}
      - {uses: $/one, name: second, with: {me: b}}
      - {uses: $/two, with: {me: c}}
      - run: exit 1
`),
    ...under('one', yml('always()')),
    ...under('two', yml('success()')),
  });
  const { lines, steps } = jobOf(end, 'build');
  expect(lines.filter((line) => line.startsWith('post'))).toEqual(['post b-state b', 'post a-state a']);
  expect(steps.map(({ name, conclusion }) => `${name}: ${conclusion}`)).toEqual(
    expect.arrayContaining(['Post Run $/two: skipped', 'Post second: success', 'Post Run $/one: success']),
  );
});

test('Jobs have machines of their own: nothing of this process, of another job or of the caller home is there.', async () => {
  const end = await lab.run(
    {
      'ci.yml': `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps: [{run: "touch here $HOME/there; env | cut -d= -f1 | sort | tr '\\\\n' ' '; ls -a $GITHUB_WORKSPACE $HOME"}]
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{run: "ls $GITHUB_WORKSPACE $HOME; echo $EXTRA $GITHUB_REPOSITORY $GITHUB_RUN_ATTEMPT $RUNNER_OS $GITHUB_JOB"}]
`,
    },
    { env: { EXTRA: 'http://127.0.0.1:1' } },
  );
  const one = jobOf(end, 'one').lines.join('\n');
  expect(one).toMatch(/GITHUB_OUTPUT/);
  expect(one).not.toMatch(/npm_|JEST|NODE_OPTIONS|ACTIONS_ID_TOKEN/);
  const two = jobOf(end, 'two').lines.join('\n');
  expect(two).not.toMatch(/here/);
  expect(two).toContain('http://127.0.0.1:1 hosting/fleet 1 Linux two');
});

test('The disabled commands fail their step, and NODE_OPTIONS is not handed on.', async () => {
  const end = await lab.run(
    job(`
      - run: echo "::set-env name=A::b"
        continue-on-error: true
      - run: echo "NODE_OPTIONS=--inspect" >> "$GITHUB_ENV"
        continue-on-error: true
      - id: old
        run: echo "::set-output name=v::1"
      - run: echo "[\${A:-}] [\${NODE_OPTIONS:-}] \${{ steps.old.outputs.v }}"
`),
  );
  expect(jobOf(end, 'build').lines).toContain('[] [] 1');
  expect(errorsOf(jobOf(end, 'build'))).toEqual([
    "Can't take 'set-env' from a step: GitHub disabled it.",
    "Can't take 'NODE_OPTIONS' from a step: GitHub disabled it.",
  ]);
});

const digest = (of: string | Buffer): Buffer => createHash('sha256').update(of).digest();

test('Quotes of a script come through beside an expression.', async () => {
  const end = await lab.run(job(`      - run: echo 'a' 'b "c"' {d} '\${{ github.ref_name }}'`));
  expect(jobOf(end, 'build').lines).toContain('a b "c" {d} main');
});

test('hashFiles, case, format, fromJSON and toJSON give what GitHub gives; an expression that fails, fails the job with its place.', async () => {
  const end = await lab.run({
    'a/x.txt': 'x',
    'ci.yml': job(`
      - run: |
          mkdir -p a && printf x > a/x.txt
      - run: |
          echo "\${{ hashFiles('a/*.txt') }}"
          echo "\${{ case(github.ref == 'b', 1, true, 2, 3) }} \${{ join(fromJSON('[1,2]'), '+') }}" '\${{ toJSON('x') }}'
          echo "[\${{ github.nothing }}]"
      - run: echo "\${{ fromJSON('{') }}"
`),
  });
  const build = jobOf(end, 'build');
  expect(build.lines).toEqual(
    expect.arrayContaining([digest(digest('x')).toString('hex'), '2 1+2 "x"', '[]']),
  );
  expect(errorsOf(build)[0]).toMatch(
    /ci\.yml \(Line: 1\d, Col: \d+\): The template is not valid\. Error parsing JSON/,
  );
});
