// Whom a rollout is for and in which jobs: budgets, chunks, slots, selections, and what a record lets resume.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/shared/errors.ts';
import type { PlannedRollout, RolloutRecord } from '../../../src/shared/fleet/rollout.ts';
import { tenantsOf } from '../../../src/shared/fleet/rollout-jobs.ts';
import { planOf } from '../../../src/shared/fleet/rollout-plan.ts';
import { readPlan, readRecord } from '../../../src/shared/fleet/rollout-texts.ts';
import type { Environment } from '../../../src/shared/fleet/types.ts';
import type { Wave } from '../../../src/shared/fleet/waves.ts';
import { type PlanGiven, planRollout } from '../../../src/shared/rollout/plan-rollout.ts';
import { openStage, type Stage, sha } from './kit.ts';

const environment = {
  name: 'sit',
  github: { approval: 'sit', deployment: 'sit-tenants' },
  rollout: { onFailure: 'stop' },
} as Environment;

const wave = (name: string, tenants: number, over: Partial<Wave> = {}): Wave => ({
  name,
  tenants: Array.from({ length: tenants }, (_, index) => `${name}-t${index}`),
  soakMinutes: 0,
  failureBudget: { kind: 'count', count: 0 },
  maxConcurrency: 4,
  ...over,
});

const planned = (...waves: readonly Wave[]): PlannedRollout => {
  const plan = planOf(environment, sha, waves);
  if (plan.kind === 'problems') throw new UserError(plan.problems);
  return plan.rollout;
};

const problem = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('nothing was wrong');
};

describe('arithmetic', () => {
  test.each([
    [{ kind: 'count', count: 0 }, 13, 0, 1],
    [{ kind: 'count', count: 2 }, 13, 2, 3],
    [{ kind: 'count', count: 9 }, 13, 9, 4],
    [{ kind: 'percent', percent: 10 }, 19, 1, 2],
    [{ kind: 'percent', percent: 10 }, 9, 0, 1],
    [{ kind: 'percent', percent: 100 }, 3, 3, 4],
  ] as const)(
    'a budget of %j in a wave of %d is %d, with %d in flight',
    (failureBudget, size, budget, inFlight) => {
      expect(planned(wave('a', size, { failureBudget })).waves[0]).toMatchObject({
        failureBudget: budget,
        inFlight,
      });
    },
  );

  test('chunks hold 256 tenants, all of them once, in order', () => {
    const { chunks } = planned(wave('a', 600)).waves[0] ?? { chunks: [] };
    expect(chunks.map(({ number, tenants }) => [number, tenants.length])).toEqual([
      [1, 256],
      [2, 256],
      [3, 88],
    ]);
    expect(tenantsOf({ chunks })).toEqual(wave('a', 600).tenants);
  });

  test('empty waves take no slot, and nobody waits after the last', () => {
    const soak = { soakMinutes: 5 };
    const { waves } = planned(wave('a', 1, soak), wave('b', 0, soak), wave('c', 1, soak));
    expect(waves.map(({ slot, name, soakMinutes }) => [slot, name, soakMinutes])).toEqual([
      [1, 'a', 5],
      [2, 'c', 0],
    ]);
  });

  test('10,000 tenants fit in batches of 1,000', () => {
    const rollout = planned(...Array.from({ length: 10 }, (_, index) => wave(`batch-${index + 1}`, 1_000)));
    expect(rollout.waves.flatMap(tenantsOf)).toHaveLength(10_000);
    expect(readPlan(JSON.stringify(rollout))).toEqual(rollout);
  });

  test('too many waves: the size that would fit is said', async () => {
    const batches = Array.from({ length: 25 }, (_, index) => wave(`batch-${index + 1}`, index < 24 ? 4 : 1));
    const said = await problem(() => planned(wave('pilot', 1), ...batches));
    expect(said).toContain('26 waves; the workflow has jobs for 10');
    // 97 tenants in nine waves.
    expect(said).toContain('rest: {size: 11}');
    expect(
      planned(wave('pilot', 1), ...Array.from({ length: 9 }, (_, i) => wave(`batch-${i + 1}`, 11))).waves,
    ).toHaveLength(10);
    const named = Array.from({ length: 11 }, (_, index) => wave(`w${index}`, 1));
    expect(await problem(() => planned(...named))).toContain(
      'Merge waves in environments/sit.yml until there are 10',
    );
  });

  test('a wave beyond what fits a step', async () => {
    expect(await problem(() => planned(wave('a', 4_001)))).toContain('Split it into 2 waves');
    const most = planned(wave('a', 4_000));
    expect(most.waves[0]?.chunks).toHaveLength(16);
    expect(JSON.stringify(most).length).toBeLessThan(128 * 1024);
  });
});

describe('selection', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.hub.close());

  const plan = (over: Partial<PlanGiven> = {}) =>
    planRollout(
      {
        fleet: 'fleet',
        environment: 'sit',
        tenants: [],
        waves: [],
        since: undefined,
        resumeFrom: undefined,
        record: 'rollout/rollout.json',
        resumeCommit: 'same',
        ...over,
      },
      stage.world,
    );
  const names = async (over: Partial<PlanGiven> = {}) =>
    (await plan(over)).rollout.waves.map((each) => [each.name, ...tenantsOf(each)]);

  test('all of the example, in its waves', async () => {
    const { rollout, count } = await plan();
    expect(count).toBe(13);
    expect(rollout).toMatchObject({
      environment: 'sit',
      commit: sha,
      approval: 'sit',
      deployment: 'sit-tenants',
    });
    expect(rollout.waves.map(({ name }) => name)).toEqual(['pilot', 'batch-1', 'batch-2', 'batch-3']);
    const record = readRecord(stage.files.get('rollout/rollout.json') ?? '', 'x');
    expect(record.tenants.map(({ state }) => state)).toEqual(Array(13).fill('not-started'));
    expect(record.tenants.every(({ image }) => image.includes(':'))).toBe(true);
  });

  test('some tenants, some waves, and both', async () => {
    expect(await names({ tenants: ['ironpeak', 'tenant1'] })).toEqual([
      ['batch-1', 'tenant1'],
      ['batch-2', 'ironpeak'],
    ]);
    expect(await names({ waves: ['pilot'] })).toEqual([['pilot', 'goldencrust']]);
    expect(await plan({ waves: ['pilot'], tenants: ['ironpeak'] })).toMatchObject({
      count: 0,
      rollout: { waves: [] },
    });
  });

  test('every unknown name is said at once, with the nearest', async () => {
    const said = await problem(() => plan({ tenants: ['ironpaek', 'tenant1'], waves: ['pilots'] }));
    expect(said).toContain('There is no tenant ironpaek in sit. Did you mean `ironpeak`?');
    expect(said).toContain('There is no wave pilots in sit. Did you mean `pilot`?');
    expect(await problem(() => plan({ environment: 'sitt' }))).toContain('Did you mean `sit`?');
  });

  test('a retired tenant is in no rollout, not even by its name', async () => {
    const path = 'fleet/tenants/goldencrust.yml';
    stage.files.set(path, `${stage.files.get(path)}state: retired\n`);
    const sit = stage.files.get('fleet/environments/sit.yml') ?? '';
    stage.files.set(
      'fleet/environments/sit.yml',
      sit.replace(/ {2}- name: pilot\n.*tenants: \[goldencrust\]\n/, ''),
    );
    expect((await plan()).count).toBe(12);
    expect(await problem(() => plan({ tenants: ['goldencrust'] }))).toContain('retired');
  });

  describe('resuming', () => {
    const record = (over: Partial<RolloutRecord> = {}): RolloutRecord => ({
      version: 1,
      repository: 'your-org/wpsit',
      runId: '5',
      attempt: 2,
      environment: 'sit',
      commit: sha,
      tenants: [
        {
          tenant: 'goldencrust',
          wave: 'pilot',
          state: 'healthy',
          image: 'wordpress:6.4',
          link: 'https://github.com/a',
        },
        { tenant: 'tenant1', wave: 'batch-1', state: 'failed', image: 'wordpress:6.4' },
        { tenant: 'tenant2', wave: 'batch-1', state: 'cancelled', image: 'wordpress:6.4' },
        { tenant: 'ironpeak', wave: 'batch-2', state: 'not-started', image: 'wordpress:6.4' },
        { tenant: 'closed', wave: 'batch-2', state: 'running', image: 'wordpress:6.4' },
      ],
      ...over,
    });
    const resume = (over: Partial<RolloutRecord> = {}, given: Partial<PlanGiven> = {}) => {
      stage.files.set('rollout/rollout.json', JSON.stringify(record(over)));
      return plan({ resumeFrom: '5', ...given });
    };

    test('exactly what is left, in its waves; who has gone is named', async () => {
      const { rollout, summary } = await resume();
      expect(rollout.waves.map((each) => [each.slot, each.name, ...tenantsOf(each)])).toEqual([
        [1, 'batch-1', 'tenant1', 'tenant2'],
        [2, 'batch-2', 'ironpeak'],
      ]);
      expect(summary).toContain('closed');
      expect(stage.warnings.join()).toContain('closed');
    });

    test('its record keeps who is healthy already, with the run it comes from', async () => {
      await resume();
      const opened = readRecord(stage.files.get('rollout/rollout.json') ?? '', 'x');
      expect(opened.runId).toBe('7');
      expect(opened.tenants.map(({ tenant, state, run }) => [tenant, state, run])).toEqual([
        ['goldencrust', 'healthy', '5'],
        ['tenant1', 'not-started', undefined],
        ['tenant2', 'not-started', undefined],
        ['ironpeak', 'not-started', undefined],
      ]);
      expect(opened.tenants[0]?.link).toBe('https://github.com/a');
    });

    test('nothing is left', async () => {
      const healthy = record().tenants.map((each) => ({ ...each, state: 'healthy' as const }));
      expect(await resume({ tenants: healthy })).toMatchObject({ count: 0 });
    });

    test('a foreign record is refused with every reason', async () => {
      const said = await problem(() =>
        resume({ runId: '4', repository: 'other/fleet', environment: 'prod', commit: 'a'.repeat(40) }),
      );
      expect(said).toContain('run 4, not of 5');
      expect(said).toContain('other/fleet');
      expect(said).toContain('environment prod, not of sit');
      expect(said).toContain('resume-commit to newer');
    });

    test.each([
      ['no JSON', '{'],
      ['another version', JSON.stringify({ ...record(), version: 2 })],
      ['a commit that is an option', JSON.stringify({ ...record(), commit: '--upload-pack=x' })],
    ])('%s is no record', async (_, text) => {
      stage.files.set('rollout/rollout.json', text);
      expect(await problem(() => plan({ resumeFrom: '5' }))).toContain(
        'rollout/rollout.json is not as it should be',
      );
    });

    test('without its record, or with another selection', async () => {
      expect(await problem(() => plan({ resumeFrom: '5' }))).toContain(
        'There is no record of run 5 at rollout/rollout.json. Give the number in the address of a Deploy fleet run',
      );
      expect(await problem(() => resume({}, { tenants: ['tenant1'] }))).toContain(
        'resume-from goes with none of',
      );
    });
  });
});
