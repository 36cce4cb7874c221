// deploy-fleet.yml as a user calls it, for a tenant that fails at every position: who ran, what the run ended with, what
// rollout.json says, and that resuming or running again runs exactly the rest. The pure law behind it is exhaustive in
// test/shared/rollout/law.test.ts; here every position is played once, with the three ways to go on taken in turn.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunEnd, rerunFailed } from '../../sandbox/github/workflow/run.ts';
import type { RolloutRecord } from '../../src/shared/fleet/rollout.ts';
import { openRig, type Rig, type Waves } from './kit.ts';
import { begun, inParallel, type Mark, mostAtOnce, spansOf } from './marks.ts';

const waves: Waves = {
  pilot: ['goldencrust'],
  second: ['tenant1', 'tenant2', 'sunsetbistro'],
  third: ['ironpeak'],
};
const everybody = Object.values(waves).flat();
const ms = { 'run-db-init': 60, 'wait-healthy': 400 };

const ways = ['resume at the same commit', 'resume at a newer commit', 'run failed jobs again'] as const;
type Case = {
  readonly budget: 0 | 1;
  readonly fails: readonly string[];
  readonly way: (typeof ways)[number];
  /** Who runs first, and who then. */
  readonly first: readonly string[];
  readonly second: readonly string[];
};

const from = (tenant: string): readonly string[] => everybody.slice(everybody.indexOf(tenant));
const until = (tenant: string): readonly string[] => everybody.slice(0, everybody.indexOf(tenant) + 1);
const behind = (tenant: string): readonly string[] => {
  const own = Object.values(waves).findIndex((tenants) => tenants.includes(tenant));
  return Object.values(waves)
    .slice(own + 1)
    .flat();
};
const wayOf = (index: number) => ways[index % ways.length] ?? ways[0];

/** Without a budget they go one by one, until one fails. */
const single = (tenant: string, index: number): Case => ({
  budget: 0,
  fails: [tenant],
  way: wayOf(index),
  first: until(tenant),
  second: from(tenant),
});

/** One failure is inside the budget, and everybody runs. GitHub runs again what needs a failed job: the later waves too. */
const forgiven = (tenant: string, index: number): Case => {
  const way = wayOf(index);
  const later = way === 'run failed jobs again' ? behind(tenant) : [];
  return { budget: 1, fails: [tenant], way, first: everybody, second: [tenant, ...later] };
};

/** Two failures halt the rollout after their wave, and inside it as soon as both are known. */
const halted = (fails: readonly [string, string], index: number): Case => {
  const ran = fails.includes('sunsetbistro') ? until('sunsetbistro') : until('tenant2');
  const rest = everybody.filter((tenant) => fails.includes(tenant) || !ran.includes(tenant));
  return { budget: 1, fails, way: wayOf(index), first: ran, second: rest };
};

const cases: readonly Case[] = [
  ...everybody.map(single),
  forgiven('tenant2', 2),
  halted(['tenant1', 'tenant2'], 1),
  halted(['tenant2', 'sunsetbistro'], 0),
];

type Played = {
  readonly ends: readonly [RunEnd, RunEnd];
  readonly records: readonly [RolloutRecord, RolloutRecord];
  readonly commits: readonly [string, string];
  readonly marks: readonly Mark[];
};

const play = async ({ budget, fails, way }: Case): Promise<Played> => {
  const rig = await openRig(waves, { maxConcurrency: 4, failureBudget: budget });
  try {
    await rig.order({ ms, fails: fails.map((tenant) => `wait-healthy ${tenant}`) });
    const call = rig.call('deploy-fleet.yml', {});
    const first = await rig.run('deploy-fleet.yml', {});
    const opened = rig.record(first);
    await rig.order({ ms });
    const newer = await rig.change(fails[0] ?? '');
    const resume = { 'resume-from': String(first.id), 'resume-commit': way === ways[0] ? 'same' : 'newer' };
    const second =
      way === 'run failed jobs again'
        ? await rerunFailed(call, first)
        : await rig.run('deploy-fleet.yml', resume);
    return {
      ends: [first, second],
      records: [opened, rig.record(second)],
      commits: [opened.commit, newer],
      marks: await rig.marks(),
    };
  } finally {
    await rig.close();
  }
};

type Example = { readonly end: RunEnd; readonly record: RolloutRecord; readonly marks: readonly Mark[] };

const playExample = async (): Promise<Example> => {
  const rig = await openRig();
  try {
    await rig.order({ ms, fails: ['wait-healthy ironpeak', 'wait-healthy premierprop'] });
    const end = await rig.run('deploy-fleet.yml', {});
    return { end, record: rig.record(end), marks: await rig.marks() };
  } finally {
    await rig.close();
  }
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
const fail = (error: Error): never => {
  throw error;
};

const played = new Map<Case, Played | Error>();
let example: Example | Error = new Error('it was not played');
beforeAll(async () => {
  process.stdout.write(
    `Playing ${cases.length} rollouts of ${everybody.length} tenants: every position with a budget of 0, with 1 one inside it and two pairs that spend it; ways to go on in turn.\n`,
  );
  const plays = [
    async () => {
      example = await playExample().catch(asError);
    },
    ...cases.map((each) => async () => {
      played.set(each, await play(each).catch(asError));
    }),
  ];
  await inParallel(plays, (begin) => begin());
}, 400_000);

const got = (each: Case): Played => {
  const found = played.get(each) ?? new Error('it was not played');
  return found instanceof Error ? fail(found) : found;
};

const inState = ({ tenants }: RolloutRecord, state: string) =>
  tenants.filter((each) => each.state === state).map(({ tenant }) => tenant);
const sorted = (names: readonly string[]) => names.toSorted();

describe.each(cases)('budget $budget, $fails fail, then $way', (each) => {
  test('exactly those ran that should, the run failed, and rollout.json says who', () => {
    const { ends, records, marks } = got(each);
    expect(sorted(begun(marks, ends[0]))).toEqual(sorted(each.first));
    expect(ends[0].conclusion).toBe('failure');
    expect(inState(records[0], 'failed')).toEqual(each.fails);
    expect(inState(records[0], 'healthy')).toEqual(each.first.filter((name) => !each.fails.includes(name)));
    expect(inState(records[0], 'not-started')).toEqual(
      everybody.filter((name) => !each.first.includes(name)),
    );
    for (const { finding } of records[0].tenants.filter(({ state }) => state === 'failed'))
      expect(finding).toMatch(/did not become healthy/);
  });

  test('then exactly the rest, at the commit that was asked for, until everybody is healthy', () => {
    const { ends, records, commits, marks } = got(each);
    const [old, newer] = commits;
    expect(sorted(begun(marks, ends[1]))).toEqual(sorted(each.second));
    expect(ends[1].conclusion).toBe('success');
    expect(inState(records[1], 'healthy')).toEqual(everybody);
    const wanted = each.way === 'resume at a newer commit' ? newer : old;
    const second = marks.filter(({ run, attempt }) => run !== String(ends[0].id) || attempt === 2);
    expect(new Set(second.map(({ commit }) => commit))).toEqual(new Set([wanted]));
    expect(records[1].commit).toBe(wanted);
  });

  test('failed and in flight were never more than the budget and one', () => {
    const { marks } = got(each);
    expect(mostAtOnce(spansOf(marks))).toBeLessThanOrEqual(each.budget + 1);
    for (const tenants of Object.values(waves)) {
      const own = marks.filter(({ tenant, attempt, run }) => {
        const [first] = got(each).ends;
        return tenants.includes(tenant) && run === String(first.id) && attempt === 1;
      });
      const spans = spansOf(own);
      for (const { from: at } of spans) {
        const failed = own.filter((mark) => mark.edge === 'end' && mark.fails && mark.at <= at).length;
        const running = spans.filter(({ from: begin, to }) => begin <= at && at < to).length;
        expect(failed + running).toBeLessThanOrEqual(each.budget + 1);
      }
    }
  });
});

test('with a budget of 1 two are in flight', () => {
  const most = cases.filter(({ budget }) => budget === 1).map((each) => mostAtOnce(spansOf(got(each).marks)));
  expect(Math.max(...most)).toBe(2);
});

describe('Approvals', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig(waves, { maxConcurrency: 4, failureBudget: 0 });
  });
  afterAll(() => rig.close());

  test('a rejected one stops its wave and everything after it; the report still comes', async () => {
    const asked: string[] = [];
    const end = await rig.run(
      'deploy-fleet.yml',
      {},
      {
        approve: async ({ job, environment }) => {
          asked.push(`${environment}: ${job}`);
          return job.includes('second') ? 'rejected' : 'approved';
        },
      },
    );
    expect(asked).toEqual(['sit: deploy / wave 1 / approve pilot', 'sit: deploy / wave 2 / approve second']);
    expect(end.conclusion).toBe('failure');
    expect(begun(await rig.marks(), end)).toEqual(waves.pilot);
    expect(inState(rig.record(end), 'not-started')).toEqual(behind('goldencrust'));
    expect(end.jobs.find(({ name }) => name.endsWith('report'))?.conclusion).toBe('success');
  }, 120_000);

  test('a later gate waits for its own; who cancels meanwhile finds the rest not started', async () => {
    const stop = new AbortController();
    let gate: readonly string[] = [];
    const end = await rig.run(
      'deploy-fleet.yml',
      {},
      {
        signal: stop.signal,
        approve: ({ job }) => {
          if (job.includes('pilot')) return Promise.resolve('approved');
          setTimeout(() => {
            gate = [job];
            stop.abort();
          }, 1_500);
          return new Promise(() => {});
        },
      },
    );
    expect(gate).toEqual(['deploy / wave 2 / approve second']);
    expect(end.conclusion).toBe('cancelled');
    expect(begun(await rig.marks(), end)).toEqual(waves.pilot);
    expect(inState(rig.record(end), 'healthy')).toEqual(waves.pilot);
    expect(inState(rig.record(end), 'not-started')).toEqual(behind('goldencrust'));
  }, 120_000);
});

test('with on-failure previous-revision who failed after something was rolled out is rolled back, and nobody else', async () => {
  const rig = await openRig(
    { pilot: ['goldencrust'] },
    { maxConcurrency: 1, failureBudget: 0, onFailure: 'previous-revision' },
  );
  try {
    const rolledBack = async (fails: readonly string[]) => {
      await rig.order({ fails });
      const { id, conclusion } = await rig.run('deploy-fleet.yml', {});
      const marks = (await rig.marks()).filter(({ run, edge }) => run === String(id) && edge === 'start');
      return [conclusion, marks.some(({ action }) => action === 'rollback-tenant')];
    };
    expect(await rolledBack(['provision-tenant goldencrust'])).toEqual(['failure', false]);
    expect(await rolledBack(['wait-healthy goldencrust'])).toEqual(['failure', true]);
    expect(await rolledBack([])).toEqual(['success', false]);
  } finally {
    await rig.close();
  }
}, 60_000);

test('the thirteen tenants of the example: batch-2 spends its budget, batch-3 never starts', () => {
  const { end, record, marks } = example instanceof Error ? fail(example) : example;
  expect(record.tenants).toHaveLength(13);
  expect(inState(record, 'failed')).toEqual(['ironpeak', 'premierprop']);
  expect(inState(record, 'not-started')).toEqual([
    'lenslight',
    'nexgentech',
    ...record.tenants.filter(({ wave }) => wave === 'batch-3').map(({ tenant }) => tenant),
  ]);
  expect(begun(marks, end)).toHaveLength(7);
  expect(mostAtOnce(spansOf(marks))).toBe(2);
});
