// Jobs as a graph: who waits, who is skipped, what is handed on, and the combinations of a matrix.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conclusions, errorsOf, jobOf, type Lab, openLab } from './kit.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const ok = 'runs-on: ubuntu-latest, steps: [{run: "true"}]';
const bad = 'runs-on: ubuntu-latest, steps: [{run: "false"}]';
const jobs = (...lines: readonly string[]): string =>
  `on: push\njobs:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;

test('A job runs when all it needs succeeded; a failure skips what follows, however far, but not who asks for it.', async () => {
  const end = await lab.run(
    jobs(
      `a: {${bad}}`,
      `b: {needs: a, ${ok}}`,
      `c: {needs: b, ${ok}}`,
      `d: {needs: b, if: failure(), ${ok}}`,
      `e: {needs: c, if: always(), ${ok}}`,
      // Known of GitHub: success() looks at every job before, so a skipped one far away skips this too.
      `f: {needs: e, ${ok}}`,
      `g: {needs: e, if: "!cancelled() && needs.e.result == 'success'", ${ok}}`,
      `h: {if: "needs.a.result == 'failure' && failure('a')", needs: [a], ${ok}}`,
    ),
  );
  expect(end.conclusion).toBe('failure');
  expect(conclusions(end)).toEqual({
    a: 'failure',
    b: 'skipped',
    c: 'skipped',
    d: 'success',
    e: 'success',
    f: 'skipped',
    g: 'success',
    h: 'success',
  });
});

test('Outputs reach the jobs that need them, and a forgiven failure counts as success.', async () => {
  const end = await lab.run(
    `on: push
jobs:
  plan:
    runs-on: ubuntu-latest
    continue-on-error: true
    outputs:
      list: \${{ steps.s.outputs.list }}
    steps:
      - {id: s, run: "echo 'list=[\\"x\\",\\"y\\"]' >> $GITHUB_OUTPUT; exit 1"}
  use:
    needs: plan
    runs-on: ubuntu-latest
    strategy: {matrix: {name: "\${{ fromJSON(needs.plan.outputs.list) }}"}}
    outputs:
      said: x
    steps: [{run: "echo \${{ matrix.name }} \${{ needs.plan.result }} \${{ strategy.job-index }}/\${{ strategy.job-total }}"}]
`,
  );
  expect(end.conclusion).toBe('success');
  expect(conclusions(end)).toEqual({ plan: 'failure', 'use (x)': 'success', 'use (y)': 'success' });
  expect(jobOf(end, 'use (y)').lines).toContain('y success 1/2');
});

describe('A matrix', () => {
  const matrix = (strategy: string, name = ''): string =>
    jobs(
      `m: {${name} strategy: ${strategy}, runs-on: ubuntu-latest, steps: [{env: {M: "\${{ toJSON(matrix) }}"}, run: echo $M}]}`,
    );

  test('multiplies, excludes, extends and adds as GitHub documents it.', async () => {
    const end = await lab.run(
      matrix(
        '{matrix: {fruit: [apple, pear], animal: [cat, dog], include: [{color: green}, {color: pink, animal: cat}, {fruit: apple, shape: circle}, {fruit: banana}, {fruit: banana, animal: cat}], exclude: [{fruit: pear, animal: dog}]}}',
      ),
    );
    expect(Object.keys(conclusions(end)).sort()).toEqual([
      'm (apple, cat)',
      'm (apple, dog)',
      'm (banana)',
      'm (banana, cat)',
      'm (pear, cat)',
    ]);
    expect(jobOf(end, 'm (apple, cat)').lines.join('')).toContain('"color": "pink", "shape": "circle"');
  });

  test('names its jobs by the name, with the values behind it unless the name is an expression.', async () => {
    const legs = '{matrix: {a: [1], b: [{c: x, d: [true]}]}}';
    const named = async (name: string) => Object.keys(conclusions(await lab.run(matrix(legs, name))));
    expect(await named('')).toEqual(['m (1, x, true)']);
    expect(await named('name: Deploy,')).toEqual(['Deploy (1, x, true)']);
    expect(await named(`name: "Deploy \${{ matrix.a }}",`)).toEqual(['Deploy 1']);
  });

  test('that is empty, too large or no mapping fails the job and says so.', async () => {
    const problem = async (value: string) => errorsOf(jobOf(await lab.run(matrix(value)), 'm'))[0];
    expect(await problem(`{matrix: {a: "\${{ fromJSON('[]') }}"}}`)).toMatch(
      /vector 'a' does not contain any values/,
    );
    expect(await problem(`{matrix: "\${{ fromJSON('{}') }}"}`)).toMatch(/at least one vector/);
    const many = JSON.stringify(JSON.stringify(Array.from({ length: 257 }, (_, n) => n))).slice(1, -1);
    expect(await problem(`{matrix: {a: "\${{ fromJSON('${many}') }}"}}`)).toMatch(
      /257 configurations; GitHub allows 256/,
    );
  });

  test('that is skipped shows its name as it stands in the file, once.', async () => {
    const text = `on: push\njobs: {m: {if: "false", name: "to \${{ matrix.a }}", strategy: {matrix: {a: [1, 2]}}, ${ok}}}`;
    expect(conclusions(await lab.run(text))).toEqual({ 'to ${{ matrix.a }}': 'skipped' });
  });

  const racing = (strategy: string): string =>
    jobs(
      `m: {strategy: {${strategy} matrix: {n: [1, 2, 3]}}, runs-on: ubuntu-latest, steps: [{run: "[ \${{ matrix.n }} != 1 ] && sleep 1; [ \${{ matrix.n }} != 1 ]"}, {if: cancelled(), run: "echo cleaned"}]}`,
    );

  test('fails fast: the others are cancelled and clean up.', async () => {
    const end = await lab.run(racing(''), { pace: { interruptMs: 50, terminateMs: 50 } });
    expect(conclusions(end)).toEqual({ 'm (1)': 'failure', 'm (2)': 'cancelled', 'm (3)': 'cancelled' });
    expect(jobOf(end, 'm (2)').lines).toContain('cleaned');
  });

  test('with fail-fast false runs on, max-parallel at a time in its order.', async () => {
    const end = await lab.run(racing(`fail-fast: false, max-parallel: "\${{ fromJSON('1') }}",`));
    expect(conclusions(end)).toEqual({ 'm (1)': 'failure', 'm (2)': 'success', 'm (3)': 'success' });
    const [first, second, third] = [1, 2, 3].map((n) => jobOf(end, `m (${n})`));
    expect(second?.startedAt).toBeGreaterThanOrEqual(first?.completedAt ?? 0);
    expect(third?.startedAt).toBeGreaterThanOrEqual(second?.completedAt ?? 0);
  });
});

test('No more jobs run at once than there are runners.', async () => {
  const end = await lab.run(
    jobs(`m: {strategy: {matrix: {n: [1, 2, 3, 4]}}, runs-on: ubuntu-latest, steps: [{run: sleep 0.1}]}`),
    { runners: 2 },
  );
  const overlaps = end.jobs.map(
    (job) =>
      end.jobs.filter(
        (other) => (other.startedAt ?? 0) <= (job.startedAt ?? 0) && other.completedAt > (job.startedAt ?? 0),
      ).length,
  );
  expect(Math.max(...overlaps)).toBe(2);
});

test('The hub sees every job through its life, and the run to its end.', async () => {
  const seen: string[] = [];
  const hub = {
    ...lab.hub,
    saveJob: (job: Parameters<typeof lab.hub.saveJob>[0]) => {
      seen.push(`${job.name} ${job.status} ${job.conclusion}`);
      lab.hub.saveJob(job);
    },
  };
  const end = await lab.run(jobs(`a: {${ok}}`), { hub });
  expect([...new Set(seen)]).toEqual(['a queued null', 'a in_progress null', 'a completed success']);
  expect(lab.hub.jobsOf(end.id)).toMatchObject([
    {
      name: 'a',
      attempt: 1,
      steps: [{ name: 'Set up job' }, { name: 'Run true', number: 2 }, { name: 'Complete job' }],
    },
  ]);
});
