// The summary of an application's release, from the pipelines' records and the run's jobs, with GitHub's API in a box.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { run as act, inputs } from '../../actions/report-rollout/src/report-rollout.ts';
import type { JobRecord } from '../../sandbox/github/hub/types.ts';
import { camel } from '../../src/shared/inputs.ts';
import type { ReleaseRecord } from '../../src/shared/pipeline/record.ts';
import type { World } from '../../src/shared/world.ts';
import { begin, openStage, type Stage } from '../shared/rollout/kit.ts';

const declared = (
  parse(readFileSync('actions/report-rollout/action.yml', 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  }
).inputs;

const report = async (world: World, over: Readonly<Record<string, string>> = {}): Promise<string> => {
  const given = { mode: 'release', environment: 'prod', application: 'envelope', token: 't', ...over };
  const values = Object.entries(inputs).map(([name, parser]) => {
    const text = Object.entries(given).find(([key]) => key === name)?.[1] ?? declared[name]?.default ?? '';
    const parsed = parser(text);
    if (parsed.kind === 'problem') throw new Error(`${name} ${parsed.what}`);
    return [camel(name), parsed.value];
  });
  return (await act(Object.fromEntries(values), world)).summary;
};

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.hub.close());

const ends: Readonly<Record<string, ReleaseRecord['end']>> = {
  Succeeded: 'succeeded',
  Failed: 'failed',
  Stopped: 'stopped',
  Stopping: 'stopped',
  Superseded: 'superseded',
  Cancelled: 'cancelled',
  TimedOut: 'timed-out',
};

const minute = 60_000;
const names = ['Source', 'Build', 'Approval', 'Migrate', 'Deploy'];

/** An execution that came as far as `until`, each stage a minute long; the last of them ended as `status` says. */
const record = (
  pipeline: string,
  status: string,
  { until = 'Deploy', ...over }: Partial<ReleaseRecord> & { readonly until?: string } = {},
): ReleaseRecord => {
  const reached = names.slice(0, names.indexOf(until) + 1);
  return {
    application: 'envelope',
    environment: 'prod',
    pipeline,
    executionId: `${pipeline}-1234`,
    executionUrl: `https://console.example/${pipeline}`,
    end: ends[status] ?? 'in-progress',
    stages: reached.map((name, index) => ({
      stage: name,
      status:
        name !== until || status === 'Succeeded'
          ? 'Succeeded'
          : status === 'Failed'
            ? 'Failed'
            : 'InProgress',
      startedAt: begin + index * minute,
      endedAt: begin + (index + 1) * minute,
    })),
    ...over,
  };
};

const keep = (...records: readonly (ReleaseRecord | string)[]): void => {
  for (const [index, each] of records.entries())
    stage.files.set(
      typeof each === 'string' ? `records/broken-${index}.json` : `records/${each.pipeline}.json`,
      typeof each === 'string' ? each : JSON.stringify(each),
    );
};

let ids = 0;
const job = (
  name: string,
  conclusion: JobRecord['conclusion'] | 'running' = 'success',
  over: Partial<JobRecord> = {},
) => {
  ids += 1;
  const began = conclusion !== 'skipped';
  stage.hub.saveJob({
    id: ids,
    runId: 7,
    attempt: 1,
    name: `release / ${name}`,
    status: conclusion === 'running' ? 'in_progress' : 'completed',
    conclusion: conclusion === 'running' ? null : conclusion,
    startedAt: began ? begin : undefined,
    completedAt: conclusion === 'running' ? undefined : begin + 5 * minute,
    steps: began ? [{ number: 1, name: 'Set up job', status: 'completed', conclusion: 'success' }] : [],
    annotations: [],
    ...over,
  });
};

const gate = (conclusion: JobRecord['conclusion'] = 'success'): void => {
  job('plan');
  job('approve release of envelope', conclusion);
  job('report', 'running');
};

const headline = (summary: string): string => summary.split('\n')[0] ?? '';
const rowOf = (summary: string, pipeline: string): string =>
  summary.split('\n').find((line) => line.startsWith('| ') && line.includes(`${pipeline}]`)) ?? '';

describe('everything through', () => {
  beforeEach(() => {
    gate();
    for (const name of ['api', 'tenant', 'hq']) job(`${name} / release`);
    job('api / migrate');
    job('redeploy');
    job('validate');
    keep(record('api', 'Succeeded'), record('tenant', 'Succeeded'), record('hq', 'Succeeded'));
  });

  test('says so, links every execution and draws every stage, with nothing left to do', async () => {
    const summary = await report(stage.world);
    expect(headline(summary)).toBe('## ✅ envelope in prod: released api, tenant, hq');
    expect(summary).not.toContain('What to do next');
    expect(rowOf(summary, 'tenant')).toContain(
      '✅ released |  | 5m 0s | [tenant-1234](https://console.example/tenant)',
    );
    expect(summary).toMatch(/migration after api\]\(\S+\) 5m 0s · ✅ \[redeployment\].* · ✅ \[validation\]/);
    const chart = /```mermaid\n([\s\S]*?)```/.exec(summary)?.[1] ?? '';
    expect(chart.match(/ {2}section .*/g)).toEqual(
      ['api', 'tenant', 'hq', 'services'].map((name) => `  section ${name}`),
    );
    for (const name of names)
      expect(chart.match(new RegExp(`✅ ${name} :done, \\d+, \\d+$`, 'gm'))).toHaveLength(3);
    expect(chart).toMatch(/✅ migrate :done/);
    expect(chart).toMatch(/✅ redeploy :done[\s\S]*✅ validate :done/);
  });

  test('but a look at it: the validation is what failed', async () => {
    job('validate', 'failure', { attempt: 2 });
    const summary = await report(stage.world);
    expect(headline(summary)).toBe('## ❌ envelope in prod: the validation failed');
    expect(summary).toContain('Everything is released; a re-run only looks again.');
    expect(summary).toContain('gh run rerun 7 --failed --repo your-org/wpsit');
  });

  test('a re-run counts, not the attempt before it', async () => {
    job('validate', 'failure', { attempt: 2 });
    job('validate', 'success', { attempt: 3 });
    expect(headline(await report(stage.world))).toMatch(/^## ✅/);
  });
});

type Ending = readonly [
  what: string,
  status: string,
  conclusion: JobRecord['conclusion'],
  said: RegExp,
  next: RegExp,
];

const endings: readonly Ending[] = [
  [
    'failed',
    'Failed',
    'failure',
    /❌ .*tenant failed at Migrate/,
    /follows the same execution and retries its failed stage/,
  ],
  ['stopped', 'Stopped', 'failure', /🚫 .*tenant was stopped/, /Ask who stopped/],
  [
    'superseded',
    'Superseded',
    'failure',
    /⏭️ .*tenant was superseded by a newer execution/,
    /holds these changes too; a re-run brings nothing/,
  ],
  [
    'a changed definition',
    'Cancelled',
    'failure',
    /🚫 .*tenant was cancelled/,
    /definition of tenant was changed/,
  ],
  ['not in time', 'TimedOut', 'failure', /⏱️ .*tenant was not through in time/, /goes on in CodePipeline/],
  ['left alone', 'InProgress', 'cancelled', /🔄 .*tenant still runs/, /follows it to its end/],
];

describe('a pipeline that is not through', () => {
  test.each(endings)('%s', async (_, status, conclusion, said, next) => {
    gate();
    job('api / release');
    job('tenant / release', conclusion);
    job('hq', 'cancelled', { steps: [], startedAt: undefined });
    job('redeploy', 'skipped');
    job('validate', 'skipped');
    keep(record('api', 'Succeeded'), record('tenant', status, { until: 'Migrate' }));
    const summary = await report(stage.world);
    expect(headline(summary)).toMatch(said);
    expect(summary).toMatch(next);
    expect(rowOf(summary, 'tenant')).toContain('(https://console.example/tenant)');
    expect(summary).toMatch(/\| hq|\[hq\]/);
    expect(summary).toContain('⏸️ not started');
  });

  test.each([
    ['Failed', 'gh run rerun', 'Start a new run'],
    ['Superseded', 'Start a new run for what is left, with `pipelines: hq`', 'gh run rerun'],
    ['Cancelled', 'Start a new run for what is left, with `pipelines: tenant,hq`', 'gh run rerun'],
    ['Stopped', 'Start a new run for what is left, with `pipelines: tenant,hq`', 'gh run rerun'],
  ])('%s: what goes on, and not what would fail again', async (status, wanted, unwanted) => {
    gate();
    job('tenant / release', 'failure');
    job('hq', 'cancelled', { steps: [], startedAt: undefined });
    keep(record('tenant', status, { until: 'Build' }));
    const summary = await report(stage.world);
    expect(summary).toContain(wanted);
    expect(summary).not.toContain(unwanted);
  });

  test('a rejected approval is nothing that a re-run mends', async () => {
    gate();
    job('tenant / release', 'failure');
    keep(record('tenant', 'Failed', { until: 'Approval', end: 'rejected' }));
    const summary = await report(stage.world);
    expect(headline(summary)).toContain('tenant was not approved');
    expect(summary).toMatch(/Settle why[\s\S]*Start a new run/);
    expect(summary).not.toContain('gh run rerun');
  });

  test('a newer execution that was followed to its end is what counts, and is named', async () => {
    gate();
    job('tenant / release');
    const followed = { executionId: 'newer-1', end: 'succeeded' as const };
    keep(record('tenant', 'Superseded', { until: 'Build', followed }));
    const summary = await report(stage.world);
    expect(headline(summary)).toBe('## ✅ envelope in prod: released tenant');
    expect(rowOf(summary, 'tenant')).toContain('released (by the newer execution newer-1');
  });

  test('a failed stage has its name in the table, its bar is critical', async () => {
    gate();
    job('tenant / release', 'failure');
    keep(record('tenant', 'Failed', { until: 'Build' }));
    const summary = await report(stage.world);
    expect(rowOf(summary, 'tenant')).toContain('| ❌ failed | Build |');
    expect(summary).toMatch(/❌ Build :crit, /);
  });

  test('an execution that succeeded in a job that did not is no release', async () => {
    gate();
    job('api / release', 'failure');
    keep(record('api', 'Succeeded'));
    const summary = await report(stage.world);
    expect(headline(summary)).toContain('api failed');
    expect(summary).toContain('the execution succeeded, its job failed afterwards');
  });

  test('a migration after it that failed is its own problem', async () => {
    gate();
    job('api / release');
    job('api / migrate', 'failure');
    keep(record('api', 'Succeeded'));
    const summary = await report(stage.world);
    expect(headline(summary)).toBe("## ❌ envelope in prod: api's migration failed");
    expect(summary).toContain('A re-run repeats the migration, not the pipeline.');
  });
});

describe('not started', () => {
  test.each([
    ['failure', 'the release was not approved', 'who rejected it'],
    ['cancelled', 'the run was cancelled while it waited for approval', 'Nobody had decided'],
  ] as const)('a gate with %s', async (conclusion, said, next) => {
    job('approve release of envelope', conclusion, { steps: [] });
    job(`\${{ matrix.pipeline.name }}`, 'skipped');
    job('redeploy', 'skipped');
    const summary = await report(stage.world);
    expect(headline(summary)).toBe(`## ⏸️ envelope in prod: not started, ${said}`);
    expect(summary).toContain(next);
    expect(summary).not.toContain('mermaid');
  });

  test('no pipeline asked for: services alone', async () => {
    gate();
    job('redeploy');
    const summary = await report(stage.world);
    expect(headline(summary)).toBe('## ✅ envelope in prod: no pipeline was asked for');
    expect(summary).not.toContain('### Pipelines');
  });
});

describe('records', () => {
  test.each([
    ['no JSON', '{', /broken-1\.json.*JSON/],
    [
      'no name of a pipeline',
      JSON.stringify(record('a](b)', 'Failed')),
      /pipeline: is no name of a pipeline/,
    ],
    ['another shape', '{"application":"envelope"}', /broken-1\.json.*\w+: /],
    [
      "another release's",
      JSON.stringify(record('api', 'Succeeded', { environment: 'dev' })),
      /it is of envelope in dev/,
    ],
  ])('with %s are told, and the rest is reported', async (_, text, said) => {
    gate();
    job('api / release');
    job('tenant / release');
    keep(record('tenant', 'Succeeded'), text);
    const summary = await report(stage.world);
    expect(summary).toMatch(said);
    expect(stage.warnings.join()).toMatch(said);
    expect(rowOf(summary, 'api')).toContain('released (its record is missing)');
    expect(rowOf(summary, 'tenant')).toContain('tenant-1234');
  });

  test('that are missing altogether leave what the jobs tell', async () => {
    gate();
    job('api / release', 'failure');
    job('tenant / release', 'cancelled');
    const summary = await report(stage.world);
    expect(rowOf(summary, 'api')).toContain('❌ failed (nothing was started, or its record is missing)');
    expect(rowOf(summary, 'tenant')).toContain('🚫 cancelled');
  });
});

describe('foreign text', () => {
  test('cannot break the table, the chart or the page', async () => {
    gate();
    const evil = '<img src=x>|`a`\n## no\n[x](javascript:alert(1)) :crit, 0, 1\n```';
    keep(
      record('api', evil, {
        executionId: evil,
        executionUrl: 'javascript:alert(1)',
        stages: [{ stage: evil, status: 'Failed', startedAt: begin, endedAt: begin }],
      }),
    );
    const summary = await report(stage.world);
    expect(summary).not.toMatch(/<img|^## no|(?<!\\)\]\(javascript/m);
    expect(summary.match(/```/g)).toHaveLength(4);
    const [bar = ''] = summary.split('\n').filter((line) => /:crit, \d+, \d+$/.test(line));
    expect(bar.split(':')).toHaveLength(2);
  });

  test('and however many there are, the page stays small', async () => {
    gate();
    const stages = Array.from({ length: 500 }, (_, index) => ({
      stage: `Stage${index} ${'x'.repeat(500)}`,
      status: 'Succeeded' as const,
      startedAt: begin,
      endedAt: begin + minute,
    }));
    for (let index = 0; index < 150; index += 1) keep(record(`p${index}`, 'Failed', { stages }));
    const summary = await report(stage.world);
    expect(summary.length).toBeLessThan(60_000);
    expect((/```mermaid[\s\S]*?```/.exec(summary)?.[0] ?? '').length).toBeLessThan(50_000);
    expect(summary).toContain('more');
  });
});

describe('GitHub', () => {
  test('without the right to read jobs is a failure that names it', async () => {
    await expect(report(stage.as({ rights: { contents: 'read' } }))).rejects.toThrow('actions: read');
  });

  test('that shows a job as running seconds after its end is asked again', async () => {
    gate();
    job('validate', 'running');
    stage.onSleep(() => job('validate', 'success', { id: ids }));
    expect(await report(stage.world)).toMatch(/✅ \[validation\]/);
  });

  test('shows the same application in another environment too: the one that this job reports counts', async () => {
    gate();
    job('api / release');
    keep(record('api', 'Succeeded'));
    for (const [name, conclusion] of [
      ['approve release of envelope', 'success'],
      ['api / release', 'failure'],
      ['report', 'success'],
    ] as const)
      job('', conclusion, { name: `dev / ${name}` });
    expect(headline(await report(stage.world))).toBe('## ✅ envelope in prod: released api');
  });
});

test('without the application it says which input is needed', async () => {
  await expect(report(stage.world, { application: '' })).rejects.toThrow();
});
