// What people read of a rollout, word for word, and within GitHub's limits at any size.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { jobNames, type RolloutRecord } from '../../../src/shared/fleet/rollout.ts';
import type { Job } from '../../../src/shared/fleet/rollout-jobs.ts';
import { stopOf } from '../../../src/shared/fleet/rollout-stop.ts';
import { planSummary } from '../../../src/shared/rollout/plan-summary.ts';
import { runSummary } from '../../../src/shared/rollout/run-summary.ts';
import { waveSummary } from '../../../src/shared/rollout/wave-summary.ts';
import { duration, linked, plain, versionOf } from '../../../src/shared/rollout/words.ts';
import { begin, sha } from './kit.ts';
import { cancelled, halted, huge, result, resumed, waiting } from './pages.ts';
import { jobOf, waveOf } from './schedule.ts';

const page = (
  record: RolloutRecord,
  workflow: string | undefined = 'deploy-fleet.yml',
  jobs: readonly Job[] = [],
) =>
  runSummary({
    record,
    stop: stopOf(record, jobs),
    link: `https://github.com/your-org/wpsit/actions/runs/${record.runId}`,
    workflow,
    now: begin + 20_000_000,
  });

test('a run that was halted', () => {
  expect(page(halted)).toMatchInlineSnapshot(`
"## ❌ Rollout to sit halted in batch-2: 5 of 13 tenants healthy

❌ 1 failed · ⏸️ 7 not started · commit \`9f2c9f2\` · [run 7](https://github.com/your-org/wpsit/actions/runs/7) · 27m 32s

### What failed

- ❌ **[ironpeak](https://github.com/your-org/wpsit/actions/runs/7/job/6)** (wave batch-2, \`6.8-php8.3-apache\`, failed after 4m 12s)
  > Deployment ecs-svc/123 of sit-ironpeak-service failed: the container exited with code 1 \\| 'Error establishing a database connection'  
  > Check that &lt;db> accepts the user: run run-db-init for ironpeak again.

### How to go on

Correct what failed. With the manifests of this commit, choose **Re-run failed jobs** on this page; it runs what failed and everything after it:

\`\`\`sh
gh run rerun 7 --failed --repo your-org/wpsit
\`\`\`

With corrected manifests, start a new run for exactly the 8 tenants left; without the last option it takes this commit's manifests again:

\`\`\`sh
gh workflow run deploy-fleet.yml --repo your-org/wpsit -f environment=sit -f resume-from=7 -f resume-commit=newer
\`\`\`

### Tenants

| wave | tenant | state | took | version |
|---|---|---|---|---|
| **pilot** | [goldencrust](https://github.com/your-org/wpsit/actions/runs/7/job/1) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
| **batch-1** | [tenant1](https://github.com/your-org/wpsit/actions/runs/7/job/2) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [tenant2](https://github.com/your-org/wpsit/actions/runs/7/job/3) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [sunsetbistro](https://github.com/your-org/wpsit/actions/runs/7/job/4) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [sterlinglaw](https://github.com/your-org/wpsit/actions/runs/7/job/5) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
| **batch-2** | [ironpeak](https://github.com/your-org/wpsit/actions/runs/7/job/6) | ❌ failed | 4m 12s | \`6.8-php8.3-apache\` |
|  | premierprop | ⏸️ not started |  | \`6.8-php8.3-apache\` |
|  | lenslight | ⏸️ not started |  | \`6.8-php8.3-apache\` |
|  | nexgentech | ⏸️ not started |  | \`6.8-php8.3-apache\` |
| **batch-3** | serenity | ⏸️ not started |  | \`6.8-php8.3-apache\` |
|  | bloompetal | ⏸️ not started |  | \`6.8-php8.3-apache\` |
|  | precisionauto | ⏸️ not started |  | \`6.8-php8.3-apache\` |
|  | bbwstrustedservice | ⏸️ not started |  | \`6.8-php8.3-apache\` |

### Timeline

\`\`\`mermaid
gantt
  dateFormat x
  axisFormat %H:%M
  todayMarker off
  section pilot
  ✅ goldencrust :done, 1767603600000, 1767603852000
  section batch-1
  ✅ tenant1 :done, 1767603900000, 1767604152000
  ✅ tenant2 :done, 1767604160000, 1767604412000
  ✅ sunsetbistro :done, 1767604420000, 1767604672000
  ✅ sterlinglaw :done, 1767604680000, 1767604932000
  section batch-2
  ❌ ironpeak :crit, 1767605000000, 1767605252000
\`\`\`

"
`);
});

const gate = (over: Partial<Job> = {}): Job => ({
  ...jobOf('', { doing: 'failed', second: 1_400 }),
  name: 'deploy / wave 3 / approve batch-2',
  steps: [],
  link: 'https://github.com/your-org/wpsit/actions/runs/7/job/60',
  ...over,
});
const before = (text: string) => text.slice(0, text.indexOf('### Tenants'));

test('a run whose next wave was rejected', () => {
  expect(before(page(waiting, undefined, [gate()]))).toMatchInlineSnapshot(`
"## ⏸️ Rollout to sit stopped before batch-2: its approval was rejected. 5 of 13 tenants healthy

⏸️ 8 not started · commit \`9f2c9f2\` · [run 7](https://github.com/your-org/wpsit/actions/runs/7) · 22m 12s

### How to go on

Talk to the reviewer who rejected [wave batch-2](https://github.com/your-org/wpsit/actions/runs/7/job/60) first; GitHub shows name and comment on this run's page.

Start a new run for exactly the 8 tenants left. It takes this commit's manifests and asks for approval again:

\`\`\`sh
gh workflow run deploy-fleet.yml --repo your-org/wpsit -f environment=sit -f resume-from=7
\`\`\`

With newer manifests, add \`-f resume-commit=newer\`.

"
`);
});

test('a run that was cancelled while it waited for approval', () => {
  expect(before(page(waiting, undefined, [gate({ conclusion: 'cancelled' })]))).toMatchInlineSnapshot(`
"## ⏸️ Rollout to sit stopped before batch-2: the run was cancelled while it waited for approval. 5 of 13 tenants healthy

⏸️ 8 not started · commit \`9f2c9f2\` · [run 7](https://github.com/your-org/wpsit/actions/runs/7) · 22m 12s

### How to go on

Nobody had decided about [wave batch-2](https://github.com/your-org/wpsit/actions/runs/7/job/60) yet.

Start a new run for exactly the 8 tenants left. It takes this commit's manifests and asks for approval again:

\`\`\`sh
gh workflow run deploy-fleet.yml --repo your-org/wpsit -f environment=sit -f resume-from=7
\`\`\`

With newer manifests, add \`-f resume-commit=newer\`.

"
`);
});

test('a run that was cancelled while a tenant was deployed', () => {
  const cut = jobOf('ironpeak', { doing: 'cancelled', second: 1_400 });
  expect(before(page(cancelled, undefined, [cut]))).toMatchInlineSnapshot(`
"## 🚫 Rollout to sit cancelled in batch-2: 5 of 13 tenants healthy

🚫 1 cancelled · ⏸️ 7 not started · commit \`9f2c9f2\` · [run 7](https://github.com/your-org/wpsit/actions/runs/7) · 27m 32s

### What was cancelled

- 🚫 **[ironpeak](https://github.com/your-org/wpsit/actions/runs/7/job/6)** (wave batch-2, \`6.8-php8.3-apache\`, cancelled after 4m 12s)
  > The run was cancelled; running again continues where it stopped.

### How to go on

The run was cancelled, and nothing failed.

Start a new run for exactly the 8 tenants left. It takes this commit's manifests and asks for approval again:

\`\`\`sh
gh workflow run deploy-fleet.yml --repo your-org/wpsit -f environment=sit -f resume-from=7
\`\`\`

With newer manifests, add \`-f resume-commit=newer\`.

"
`);
});

test('a rejection after a failure within the budget names both', () => {
  const tenants = waiting.tenants.map((each) =>
    each.tenant === 'tenant2' ? { ...each, state: 'failed' as const, finding: 'No.' } : each,
  );
  const text = page({ ...waiting, tenants }, undefined, [gate()]);
  expect(text).toContain('stopped before batch-2: its approval was rejected. 4 of 13 tenants healthy');
  expect(text).toContain('the 9 tenants left, with the 1 that failed: correct them first');
});

test("a wave's gate and its judge are called as they are looked for", () => {
  const { jobs } = parse(readFileSync('.github/workflows/wave.yml', 'utf8')) as {
    jobs: Record<string, { name: string }>;
  };
  const wave = '$' + '{{ fromJSON(inputs.rollout).waves[0].name }}';
  expect([jobs.gate?.name, jobs.judge?.name]).toEqual([jobNames.gate(wave), jobNames.judge(wave)]);
});

describe('a gate counts', () => {
  const kindWith = (...jobs: readonly Job[]) => stopOf(waiting, jobs).kind;
  test('where its wave was not started', () => {
    expect(kindWith(gate())).toBe('gate');
    expect(kindWith(gate({ name: 'wave 3 / approve batch-2' }))).toBe('gate');
    expect(stopOf(halted, [gate()])).toMatchObject({ kind: 'halted', place: 'in', wave: 'batch-2' });
    expect(kindWith(gate({ name: 'deploy / wave 4 / approve batch-3' }))).toBe('halted');
  });
  test('in its latest attempt, and none before the attempt of a tenant', () => {
    expect(kindWith(gate({ attempt: 2, conclusion: 'success' }), gate())).toBe('halted');
    const again = jobOf('goldencrust', { doing: 'healthy', second: 0 }, { attempt: 2 });
    expect(kindWith(again, gate())).toBe('halted');
  });
  test('for its environment alone', () => {
    const own = jobOf('goldencrust', { doing: 'healthy', second: 0 });
    const other = { ...own, name: 'production / wave 1 / chunk 1 / goldencrust / deploy to production' };
    const theirs = gate({ name: 'production / wave 3 / approve batch-2' });
    expect(kindWith(own, other, theirs)).toBe('halted');
    expect(kindWith(other, theirs)).toBe('halted');
    expect(kindWith(own, other, gate(), theirs)).toBe('gate');
  });
  test('as failed where a step of it ran', () => {
    const steps = [{ name: 'Approved', conclusion: 'failure' }];
    expect(stopOf(waiting, [gate({ steps })])).toMatchObject({ kind: 'gate', how: 'failed' });
  });
});

test('a run that was cancelled in its soak time, and one that stopped there', () => {
  const judge = gate({ name: 'deploy / wave 2 / judge batch-1', conclusion: 'cancelled' });
  expect(page(waiting, undefined, [judge])).toContain('🚫 Rollout to sit cancelled after batch-1: 5 of 13');
  expect(page(waiting)).toContain('⚠️ Rollout to sit halted after batch-1: 5 of 13');
});

test('a run that went on from it', () => {
  expect(page(resumed)).toMatchInlineSnapshot(`
"## ✅ Rollout to sit: 13 tenants healthy

goes on from [run 7](https://github.com/your-org/wpsit/actions/runs/7) · commit \`9f2c9f2\` · [run 9](https://github.com/your-org/wpsit/actions/runs/9), attempt 2 · 34m 32s

### Tenants

| wave | tenant | state | took | version |
|---|---|---|---|---|
| **pilot** | [goldencrust](https://github.com/your-org/wpsit/actions/runs/7/job/1) | ✅ healthy (run 7) | 4m 12s | \`6.8-php8.3-apache\` |
| **batch-1** | [tenant1](https://github.com/your-org/wpsit/actions/runs/7/job/2) | ✅ healthy (run 7) | 4m 12s | \`6.8-php8.3-apache\` |
|  | [tenant2](https://github.com/your-org/wpsit/actions/runs/7/job/3) | ✅ healthy (run 7) | 4m 12s | \`6.8-php8.3-apache\` |
|  | [sunsetbistro](https://github.com/your-org/wpsit/actions/runs/7/job/4) | ✅ healthy (run 7) | 4m 12s | \`6.8-php8.3-apache\` |
|  | [sterlinglaw](https://github.com/your-org/wpsit/actions/runs/7/job/5) | ✅ healthy (run 7) | 4m 12s | \`6.8-php8.3-apache\` |
| **batch-2** | [ironpeak](https://github.com/your-org/wpsit/actions/runs/7/job/25) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [premierprop](https://github.com/your-org/wpsit/actions/runs/7/job/26) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [lenslight](https://github.com/your-org/wpsit/actions/runs/7/job/27) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [nexgentech](https://github.com/your-org/wpsit/actions/runs/7/job/28) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
| **batch-3** | [serenity](https://github.com/your-org/wpsit/actions/runs/7/job/29) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [bloompetal](https://github.com/your-org/wpsit/actions/runs/7/job/30) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [precisionauto](https://github.com/your-org/wpsit/actions/runs/7/job/31) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |
|  | [bbwstrustedservice](https://github.com/your-org/wpsit/actions/runs/7/job/32) | ✅ healthy | 4m 12s | \`6.8-php8.3-apache\` |

### Timeline

\`\`\`mermaid
gantt
  dateFormat x
  axisFormat %H:%M
  todayMarker off
  section batch-2
  ✅ ironpeak :done, 1767613900000, 1767614152000
  ✅ premierprop :done, 1767614160000, 1767614412000
  ✅ lenslight :done, 1767614420000, 1767614672000
  ✅ nexgentech :done, 1767614680000, 1767614932000
  section batch-3
  ✅ serenity :done, 1767614940000, 1767615192000
  ✅ bloompetal :done, 1767615200000, 1767615452000
  ✅ precisionauto :done, 1767615460000, 1767615712000
  ✅ bbwstrustedservice :done, 1767615720000, 1767615972000
\`\`\`

"
`);
});

test('a plan', () => {
  const waves = [
    waveOf(['goldencrust'], { name: 'pilot', soakMinutes: 30 }),
    waveOf(
      Array.from({ length: 40 }, (_, index) => `tenant${index}`),
      { slot: 2, name: 'rest', failureBudget: 2 },
    ),
  ];
  const plan = {
    environment: 'sit',
    commit: sha,
    approval: 'sit',
    deployment: 'sit-tenants',
    onFailure: 'stop',
    waves,
  } as const;
  expect(planSummary(plan, ['closed is gone'])).toMatchInlineSnapshot(`
"## Rollout to sit: 41 tenants in 2 waves

> ⚠️ closed is gone

commit \`9f2c9f2\` · each wave is approved in \`sit\` · a tenant that fails stays as it is

|  | wave | tenants | at once | may fail | then wait |
|---|---|---|---|---|---|
| 1 | **pilot** | goldencrust | 1 | 0 | 30 min |
| 2 | **rest** | tenant0, tenant1, tenant2, tenant3, tenant4, tenant5, tenant6, tenant7, tenant8, tenant9, tenant10, tenant11 and 28 more | 3 | 2 |  |

"
`);
  expect(planSummary({ ...plan, waves: [] }, [])).toContain('nothing to do');
});

test('a wave within its budget', () => {
  const wave = waveOf(['a', 'b'], { failureBudget: 1, soakMinutes: 5 });
  const results = [
    result('a', 'batch', { state: 'healthy', startedAt: 0, endedAt: 60_000 }),
    result('b', 'batch', { state: 'failed', startedAt: 0, endedAt: 90_000, finding: 'No.\nDo this.' }),
  ];
  expect(waveSummary(wave, results)).toMatchInlineSnapshot(`
"## ⚠️ Wave batch: 1 of 2 tenants healthy

1m 30s · 1 failed, within the budget of 1 · then 5 minutes until the next wave

- ❌ **b** (wave batch, \`6.8-php8.3-apache\`, failed after 1m 30s)
  > No.  
  > Do this.

"
`);
});

describe('any size', () => {
  const limit = 1024 * 1024 - 4_096;
  test.each([
    ['healthy', huge('healthy')],
    ['failed, with long findings', huge('failed', '`|<'.repeat(333))],
    ['not started', huge('not-started')],
  ])('10,000 tenants %s', (_, record) => {
    const text = page(record);
    expect(Buffer.byteLength(text)).toBeLessThan(limit);
    const [chart = ''] = /```mermaid[\s\S]*?```/.exec(text) ?? [];
    expect(chart.length).toBeLessThan(50_000);
    // Shortened, never dropped: the numbers of each wave are there.
    expect(text).toContain('| **batch-10** | 1000 |');
  });

  test('10,000 waves of one', () => {
    const record = huge('failed');
    const tenants = record.tenants.map((each, index) => ({ ...each, wave: `wave-${index}` }));
    const text = page({ ...record, tenants });
    expect(Buffer.byteLength(text)).toBeLessThan(limit);
    expect((/```mermaid[\s\S]*?```/.exec(text)?.[0] ?? '').length).toBeLessThan(50_000);
  });
});

test('nothing that a job said becomes Markdown', () => {
  const finding = '| x | <img src=x> `code` [a](http://b) ![c](d) **e** # f ``` \n- g';
  const tenants = [result('a', 'w', { state: 'failed', finding }), result('b', 'w')];
  const text = page({ ...halted, tenants });
  const said = text.split('\n').filter((line) => line.startsWith('  > '));
  expect(said).toEqual([
    "  > \\| x \\| &lt;img src=x> 'code' \\[a\\](http://b) \\!\\[c\\](d) \\*\\*e\\*\\* \\# f '''  ",
    '  > \\- g',
  ]);
  expect(linked('x', 'javascript:alert(1)')).toBe('x');
  expect(plain('a_b')).toBe('a\\_b');
});

test('nobody knows the workflow, or its name needs quotes', () => {
  expect(page(halted, undefined)).toContain('gh workflow run deploy-fleet.yml --repo');
  expect(page(halted, "It's a fleet")).toContain("gh workflow run 'It'\\''s a fleet' --repo");
});

test.each([
  ['wordpress:6.8-php8.3-apache', '6.8-php8.3-apache'],
  ['host:5000/wp/site:1.2', '1.2'],
  ['host:5000/wp/site', 'host:5000/wp/site'],
  [`wordpress:6.8@sha256:${'ab'.repeat(32)}`, 'abababababab'],
])('the version of %s is %s', (image, version) => {
  expect(versionOf(image)).toBe(version);
});

test.each([
  [0, '0s'],
  [59_400, '59s'],
  [60_000, '1m 0s'],
  [3_599_000, '59m 59s'],
  [7_500_000, '2h 5m'],
  [-5, '0s'],
])('%d ms are %s', (ms, said) => {
  expect(duration(ms)).toBe(said);
});
