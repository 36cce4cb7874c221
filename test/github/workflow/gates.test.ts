// What holds a job back or ends it early: approvals, concurrency groups, time, a person who cancels; and running again.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JobRecord } from '../../../sandbox/github/hub/types.ts';
import { createConcurrency, rerunFailed, runWorkflow } from '../../../sandbox/github/workflow/run.ts';
import type { Gate } from '../../../sandbox/github/workflow/types.ts';
import { action, conclusions, errorsOf, jobOf, type Lab, openLab, under } from './kit.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const fast = { interruptMs: 150, terminateMs: 100 };

describe('A protected environment', () => {
  const text = `on: push
jobs:
  gate:
    runs-on: x
    environment: {name: "\${{ github.ref_name }}-approval", deployment: false}
    steps: [{run: "echo in"}]
  after: {needs: gate, runs-on: x, environment: twin, steps: [{run: "echo after"}]}
`;
  const environments = { 'main-approval': { protected: true }, twin: { protected: false } };

  test('lets nobody in before the approval, and the hub shows the job waiting; its twin asks nobody.', async () => {
    const gates: Gate[] = [];
    const saved: string[] = [];
    const hub = {
      ...lab.hub,
      saveJob: (job: JobRecord) => {
        if (job.name === 'gate') saved.push(job.status);
        lab.hub.saveJob(job);
      },
    };
    const end = await lab.run(text, {
      hub,
      environments,
      approve: async (gate) => {
        gates.push(gate);
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(saved.at(-1)).toBe('waiting');
        return 'approved';
      },
    });
    expect(gates).toEqual([{ environment: 'main-approval', job: 'gate' }]);
    expect(conclusions(end)).toEqual({ gate: 'success', after: 'success' });
  });

  test('that says no fails the job without running it.', async () => {
    const end = await lab.run(text, { environments, approve: async () => 'rejected' });
    expect(conclusions(end)).toEqual({ gate: 'failure', after: 'skipped' });
    expect(jobOf(end, 'gate')).toMatchObject({ steps: [], startedAt: undefined });
  });

  test('holds no runner while it waits, and waiting ends with the run.', async () => {
    const cancel = new AbortController();
    const end = await lab.run(
      `on: push\njobs:\n  gate: {runs-on: x, environment: main-approval, steps: [{run: "true"}]}\n  other: {runs-on: x, steps: [{run: "true"}]}`,
      {
        environments,
        runners: 1,
        signal: cancel.signal,
        approve: () => new Promise(() => {}),
        onLine: (job) => job === 'other' && setTimeout(() => cancel.abort(), 200),
      },
    );
    expect(conclusions(end)).toEqual({ gate: 'cancelled', other: 'success' });
    expect(end.conclusion).toBe('cancelled');
  });

  test('that nobody made is an error that names it.', async () => {
    const end = await lab.run(text, { environments: {} });
    expect(errorsOf(jobOf(end, 'gate'))[0]).toContain("The environment 'main-approval' is not among");
  });
});

describe('A concurrency group', () => {
  const job = (concurrency: string, top = ''): string => `on: push
${top}
jobs:
  deploy:
    runs-on: x
    ${concurrency ? `concurrency: ${concurrency}` : ''}
    steps: [{run: "sleep 0.3"}]
`;
  // Each is under way before the next one comes.
  const inTurn = async (text: (n: number) => string, count: number, more = {}) => {
    const concurrency = createConcurrency();
    const ends = [];
    for (let n = 0; n < count; n++) {
      ends.push(lab.run(text(n), { concurrency, pace: fast, ...more }));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return Promise.all(ends);
  };

  test('lets one run; by default one waits, and a newcomer sends it away. Case does not count.', async () => {
    const ends = await inTurn((n) => job(n % 2 ? 'SIT-a' : 'sit-A'), 4);
    expect(ends.map(({ conclusion }) => conclusion)).toEqual([
      'success',
      'cancelled',
      'cancelled',
      'success',
    ]);
  });

  test('with queue max loses nobody and keeps the order; two never run at once.', async () => {
    const ends = await inTurn(() => job('{group: sit-a, queue: max}'), 4);
    expect(ends.map(({ conclusion }) => conclusion)).toEqual(Array(4).fill('success'));
    const jobs = ends.map((end) => jobOf(end, 'deploy'));
    for (const [n, one] of jobs.entries())
      if (n > 0) expect(one.startedAt).toBeGreaterThanOrEqual(jobs[n - 1]?.completedAt ?? 0);
  });

  test('of another name is no hindrance.', async () => {
    const [one, two] = await inTurn((n) => job(`{group: "sit-${n}", queue: max}`), 2);
    expect(jobOf(two as never, 'deploy').startedAt).toBeLessThan(jobOf(one as never, 'deploy').completedAt);
  });

  test('with cancel-in-progress ends who runs, for a whole workflow too.', async () => {
    for (const text of [
      job('{group: a, cancel-in-progress: true}'),
      job('', 'concurrency: {group: b, cancel-in-progress: true}'),
    ]) {
      const ends = await inTurn(() => text, 2);
      expect(ends.map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'success']);
    }
  });

  test('that is held above is a deadlock, and said to be one.', async () => {
    const end = await lab.run(job('sit', 'concurrency: SIT'));
    expect(errorsOf(jobOf(end, 'deploy'))[0]).toMatch(/deadlock for concurrency group 'sit'/);
  });

  test('with queue max and cancel-in-progress is refused.', async () => {
    await expect(lab.run(job('{group: a, queue: max, cancel-in-progress: true}'))).rejects.toThrow(
      /ci\.yml \(Line: 6, Col: 18\): 'queue: max' cannot be used together/,
    );
  });
});

describe('A cancelled run', () => {
  const text = `on: push
jobs:
  work:
    runs-on: x
    steps:
      - uses: $/act
      - {if: cancelled(), run: "echo cleaning \${{ job.status }}"}
      - {run: "echo never"}
      - {if: failure(), run: "echo never"}
  next: {needs: work, runs-on: x, steps: [{run: "true"}]}
  last: {needs: work, if: always(), runs-on: x, steps: [{run: "echo last"}]}
`;
  const main = `if (process.env.STATE_left) { console.log('post'); process.exit(); }
require('fs').appendFileSync(process.env.GITHUB_STATE, 'left=1\\n');
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => console.log('got ' + name));
console.log('working'); setInterval(() => {}, 1000);`;
  const files = {
    'ci.yml': text,
    ...under('act', {
      ...action(main, 'runs: {using: node24, main: dist/index.js, post: dist/index.js}'),
      'dist/package.json': '{"type":"commonjs"}',
    }),
  };

  test('interrupts, terminates, kills; cleaning steps, post steps and always() jobs still run.', async () => {
    const cancel = new AbortController();
    const end = await lab.run(files, {
      signal: cancel.signal,
      pace: fast,
      onLine: (_, line) => line === 'working' && cancel.abort(),
    });
    expect(end.conclusion).toBe('cancelled');
    expect(conclusions(end)).toEqual({ work: 'cancelled', next: 'skipped', last: 'success' });
    const { lines, steps } = jobOf(end, 'work');
    expect(lines.filter((line) => !line.startsWith('▸'))).toEqual([
      'working',
      'got SIGINT',
      'got SIGTERM',
      'ERROR: The operation was canceled.',
      'cleaning cancelled',
      'post',
    ]);
    expect(steps.map(({ conclusion }) => conclusion)).toEqual([
      'success',
      'cancelled',
      'success',
      'skipped',
      'skipped',
      'success',
      'success',
    ]);
  });

  test('leaves no process behind.', async () => {
    const cancel = new AbortController();
    let pid = 0;
    await lab.run(`on: push\njobs: {a: {runs-on: x, steps: [{run: "sleep 60 & echo pid $!; wait"}]}}`, {
      signal: cancel.signal,
      pace: fast,
      onLine: (_, line) => {
        if (!line.startsWith('pid ')) return;
        pid = Number(line.slice(4));
        cancel.abort();
      },
    });
    expect(pid).toBeGreaterThan(0);
    // Gone, or dead and not yet fetched by its parent.
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ');
    expect(status).toMatch(/State:\tZ/);
  });
});

describe('Time', () => {
  test('of a step that is over fails it; of a job that is over cancels it.', async () => {
    const end = await lab.run(
      `on: push
jobs:
  step:
    runs-on: x
    steps:
      - {name: Sleep, run: sleep 5, timeout-minutes: 0.5}
      - {if: failure(), run: echo failed}
  job: {runs-on: x, timeout-minutes: "\${{ fromJSON('1') }}", steps: [{run: sleep 5}, {if: cancelled(), run: echo cancelled}]}
`,
      { pace: { minuteMs: 300, ...fast } },
    );
    expect(conclusions(end)).toEqual({ step: 'failure', job: 'cancelled' });
    expect(errorsOf(jobOf(end, 'step'))).toContain("The action 'Sleep' has timed out after 0.5 minutes.");
    expect(jobOf(end, 'step').lines).toContain('failed');
    expect(errorsOf(jobOf(end, 'job'))).toContain(
      'The job has exceeded the maximum execution time of 1 minutes',
    );
    expect(jobOf(end, 'job').lines).toContain('cancelled');
  });
});

describe('Running again what failed', () => {
  const text = `on: push
jobs:
  plan:
    runs-on: x
    outputs: {list: "\${{ steps.s.outputs.list }}"}
    steps: [{id: s, run: "echo list=[1,2,3] >> $GITHUB_OUTPUT"}]
  tenant:
    needs: plan
    strategy: {fail-fast: false, matrix: {n: "\${{ fromJSON(needs.plan.outputs.list) }}"}}
    uses: ./.github/workflows/tenant.yml
    with: {n: "\${{ matrix.n }}"}
  last: {needs: tenant, runs-on: x, steps: [{run: "true"}]}
  report: {needs: tenant, if: always(), runs-on: x, steps: [{run: "echo \${{ needs.tenant.result }} \${{ github.run_attempt }}"}]}
  apart: {runs-on: x, steps: [{run: "true"}]}
`;
  const tenant = `on: {workflow_call: {inputs: {n: {type: number}}}}
jobs:
  deploy: {runs-on: x, steps: [{run: "[ \${{ inputs.n }}-\${{ github.run_attempt }} != 2-1 ]"}]}
`;

  test('runs that and what needs it, and takes over the rest.', async () => {
    const call = await lab.call({ 'ci.yml': text, 'tenant.yml': tenant });
    const first = await runWorkflow(call);
    expect(conclusions(first)).toMatchObject({
      'tenant (2) / deploy': 'failure',
      last: 'skipped',
      report: 'success',
    });
    const second = await rerunFailed(call, first);
    expect(second).toMatchObject({ id: first.id, attempt: 2, conclusion: 'success' });
    expect(new Set(Object.values(conclusions(second)))).toEqual(new Set(['success']));
    const started = (name: string) => [first, second].map((end) => jobOf(end, name).startedAt);
    for (const name of ['plan', 'apart', 'tenant (1) / deploy', 'tenant (3) / deploy'])
      expect(started(name)[1]).toBe(started(name)[0]);
    expect(jobOf(second, 'report').lines).toContain('success 2');
    expect(lab.hub.jobsOf(first.id).filter(({ attempt }) => attempt === 2)).toHaveLength(7);
    expect(new Set(lab.hub.jobsOf(first.id).map(({ id }) => id)).size).toBe(14);
  });
});

test('A job with an environment is a deployment with its address, unless it says otherwise.', async () => {
  const end = await lab.run(
    `on: push
jobs:
  seen: {runs-on: x, environment: {name: sit, url: "https://\${{ steps.s.outputs.host }}"}, steps: [{id: s, run: "echo host=a.example.org >> $GITHUB_OUTPUT"}]}
  unseen: {runs-on: x, environment: {name: sit, deployment: "\${{ github.ref == 'x' }}"}, steps: [{run: "true"}]}
`,
    { environments: { sit: { protected: false } } },
  );
  expect(jobOf(end, 'seen').deployment).toEqual({ environment: 'sit', url: 'https://a.example.org' });
  expect(jobOf(end, 'unseen').deployment).toBeUndefined();
});
