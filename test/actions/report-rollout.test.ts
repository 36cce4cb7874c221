// What report-rollout leaves on GitHub and gives to the workflow, with GitHub's API in a box.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { run as act, inputs } from '../../actions/report-rollout/src/report-rollout.ts';
import { readRecord } from '../../src/shared/fleet/rollout-texts.ts';
import { camel } from '../../src/shared/inputs.ts';
import { planRollout } from '../../src/shared/rollout/plan-rollout.ts';
import type { World } from '../../src/shared/world.ts';
import { type Ended, jobRecord, openStage, type Stage, saveRun, sha } from '../shared/rollout/kit.ts';

const declared = (
  parse(readFileSync('actions/report-rollout/action.yml', 'utf8')) as {
    inputs: Record<string, { default?: string }>;
  }
).inputs;

const report = (given: Readonly<Record<string, string>>, world: World) => {
  const values = Object.entries(inputs).map(([name, parser]) => {
    const text = { environment: 'sit', token: 't', ...given }[name] ?? declared[name]?.default ?? '';
    const parsed = parser(text);
    if (parsed.kind === 'problem') throw new Error(`${name} ${parsed.what}`);
    return [camel(name), parsed.value];
  });
  return act(Object.fromEntries(values), world);
};

const plan = (world: World, over: Partial<Parameters<typeof planRollout>[0]> = {}) =>
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
    world,
  );

const batch = ['tenant1', 'tenant2', 'sunsetbistro', 'sterlinglaw'];

describe.each([100, 1])('pages of %d', (pageSize) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({ settings: { pageSize } });
  });
  afterEach(() => stage.hub.close());

  const jobs = (
    ended: Readonly<Record<string, Ended>>,
    over: Parameters<typeof jobRecord>[0] | object = {},
  ) => {
    for (const [index, [tenant, each]] of Object.entries(ended).entries())
      stage.hub.saveJob(
        jobRecord({
          id: index + 1,
          tenant,
          ended: each,
          ...(each === 'failed' ? { finding: `${tenant} answers 500.\nLook at its database.` } : {}),
          ...over,
        }),
      );
  };

  describe('a tenant', () => {
    const tell = (state: string, world = stage.world) =>
      report({ mode: 'tenant', tenant: 'goldencrust', state }, world);
    const deployments = () => stage.hub.snapshot().deployments;

    test('has one deployment for a run and attempt, with its site', async () => {
      await tell('in_progress');
      await tell('success');
      await tell('success');
      expect(deployments()).toHaveLength(1);
      expect(deployments()[0]).toMatchObject({
        environment: 'sit/goldencrust',
        payload: {
          tenant: 'goldencrust',
          environment: 'sit',
          image: 'wordpress:6.8-php8.3-apache',
          commit: sha,
          run: '7',
          attempt: '1',
        },
      });
      expect(deployments()[0]?.statuses.at(-1)).toEqual({
        state: 'success',
        environmentUrl: 'https://goldencrust.wpsit.kimmyai.io/',
        logUrl: 'https://github.com/your-org/wpsit/actions/runs/7/attempts/1',
        description: 'Healthy',
      });
    });

    test('a later attempt has its own, and makes the earlier one inactive', async () => {
      await tell('in_progress');
      await tell('success');
      const again = stage.as({ run: { attempt: '2' } });
      await tell('in_progress', again);
      await tell('success', again);
      expect(deployments().map(({ statuses }) => statuses.at(-1)?.state)).toEqual(['inactive', 'success']);
    });

    test('one that never began ends nothing; one that was cancelled ends in an error', async () => {
      await tell('failure');
      expect(deployments()).toEqual([]);
      await tell('in_progress');
      await tell('cancelled');
      expect(deployments()[0]?.statuses.map(({ state }) => state)).toEqual(['in_progress', 'error']);
    });

    test('one is told whatever is wrong with another tenant’s manifest', async () => {
      stage.files.set('fleet/tenants/ironpeak.yml', 'name: ironpeak\nimgae: x\n');
      await tell('removed', stage.world);
      expect(stage.hub.snapshot().deployments).toHaveLength(1);
    });

    test('one that was removed has a deployment of its own, inactive, with the commit', async () => {
      await tell('in_progress');
      await tell('success');
      const teardown = 'ab12'.repeat(10);
      await tell('removed', stage.as({ run: { id: '8', sha: teardown } }));
      expect(deployments()).toHaveLength(2);
      expect(deployments()[1]).toMatchObject({
        environment: 'sit/goldencrust',
        payload: { tenant: 'goldencrust', commit: teardown, run: '8' },
        statuses: [{ state: 'inactive', description: 'Removed' }],
      });
    });

    test('what GitHub refuses is a warning, never a failure', async () => {
      await tell('success', stage.as({ rights: { actions: 'read' } }));
      expect(stage.warnings.join()).toContain('`deployments: write`');
      stage.hub.faults.arm({ effect: { kind: 'status', status: 500 }, count: 9 });
      await tell('success');
      expect(stage.warnings).toHaveLength(2);
      expect(deployments()).toEqual([]);
    });

    test('an unknown tenant is a failure all the same', async () => {
      await expect(
        report({ mode: 'tenant', tenant: 'nobody', state: 'success' }, stage.world),
      ).rejects.toThrow('nobody');
      await expect(report({ mode: 'tenant' }, stage.world)).rejects.toThrow('Input tenant is needed here');
    });
  });

  describe('a wave', () => {
    const judge = async (failures: number, soakMinutes = 0) => {
      const { rollout } = await plan(stage.world);
      const waves = rollout.waves
        .filter(({ slot }) => slot === 2)
        .map((wave) => ({ ...wave, failureBudget: failures, soakMinutes }));
      const given = { mode: 'wave', slot: '2', rollout: JSON.stringify({ ...rollout, waves }) };
      return report(given, stage.world);
    };
    const allHealthy = Object.fromEntries(batch.map((tenant) => [tenant, 'healthy'])) as Record<
      string,
      Ended
    >;

    test('where everybody is healthy is followed by the next, after its soak time', async () => {
      jobs(allHealthy);
      const before = stage.world.clock.now();
      const { proceed, failed, results, summary } = await judge(0, 30);
      expect({ proceed, failed }).toEqual({ proceed: 'true', failed: '0' });
      expect(JSON.parse(results).map(({ tenant }: { tenant: string }) => tenant)).toEqual(batch);
      expect(summary).toContain('4 of 4 tenants healthy');
      expect(stage.world.clock.now() - before).toBe(30 * 60_000);
    });

    test('may have as many failures as its budget', async () => {
      jobs({ ...allHealthy, tenant2: 'failed' });
      expect(await judge(1)).toMatchObject({ proceed: 'true', failed: '1' });
      await expect(judge(0)).rejects.toThrow(
        'Wave batch-1 halts the rollout: 1 failed (tenant2), and the failure budget is 0.',
      );
    });

    test.each(['cancelled', 'refused', 'queued', 'running'] as const)(
      'halts where a tenant is %s, whatever the budget',
      async (ended) => {
        jobs({ ...allHealthy, sterlinglaw: ended });
        await expect(judge(4)).rejects.toThrow('sterlinglaw');
      },
    );

    test('a job that GitHub shows as running for a moment longer has ended all the same', async () => {
      jobs({ ...allHealthy, sterlinglaw: 'running' });
      stage.onSleep(() => jobs(allHealthy));
      expect(await judge(0)).toMatchObject({ proceed: 'true' });
    });

    test('halts where a tenant has no job', async () => {
      const { tenant1: _, ...others } = allHealthy;
      jobs(others);
      await expect(judge(4)).rejects.toThrow('1 not started (tenant1)');
    });

    test('what failed says why, in the details', async () => {
      jobs({ ...allHealthy, tenant2: 'failed' });
      const error = await judge(0).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ details: ['❌ tenant2 failed after 4m 12s: tenant2 answers 500.'] });
    });

    test('a re-run needs only what it ran again', async () => {
      jobs({ ...allHealthy, tenant2: 'failed' });
      saveRun(stage.hub, 7, 2);
      stage.hub.saveJob(jobRecord({ id: 50, tenant: 'tenant2', ended: 'healthy', attempt: 2 }));
      expect(await judge(0)).toMatchObject({ proceed: 'true', failed: '0' });
    });
  });

  describe('a run', () => {
    const first = {
      goldencrust: 'healthy',
      tenant1: 'healthy',
      tenant2: 'failed',
      sunsetbistro: 'refused',
    } as const;
    const record = () => readRecord(stage.files.get('rollout/rollout.json') ?? '', 'x');
    const states = () => Object.fromEntries(record().tenants.map(({ tenant, state }) => [tenant, state]));

    test('has its summary and its record', async () => {
      await plan(stage.world);
      jobs(first);
      const { summary, failed } = await report({ mode: 'run' }, stage.world);
      expect(failed).toBe('1');
      expect(summary).toContain('## ❌ Rollout to sit halted in batch-1: 2 of 13 tenants healthy');
      expect(summary).toContain('> tenant2 answers 500.');
      expect(summary).toContain(
        "gh workflow run 'Deploy fleet' --repo your-org/wpsit -f environment=sit -f resume-from=7",
      );
      expect(states()).toMatchObject({
        goldencrust: 'healthy',
        tenant2: 'failed',
        sunsetbistro: 'not-started',
        serenity: 'not-started',
      });
      expect(record()).toMatchObject({ runId: '7', repository: 'your-org/wpsit', commit: sha, attempt: 1 });
    });

    test('that a release started is resumed by a workflow that a person can start', async () => {
      await plan(stage.world);
      saveRun(stage.hub, 7, 1, 'release');
      jobs(first);
      const { summary } = await report({ mode: 'run' }, stage.world);
      expect(summary).toContain('gh workflow run deploy-fleet.yml --repo your-org/wpsit');
    });

    /** The gate of wave 2 as GitHub keeps one that was never run. */
    const gate = (conclusion: 'failure' | 'cancelled', ...said: readonly string[]) =>
      stage.hub.saveJob({
        ...jobRecord({ id: 60, tenant: '', ended: 'failed' }),
        name: 'deploy / wave 2 / approve batch-1',
        conclusion,
        startedAt: undefined,
        steps: [],
        annotations: said.map((message) => ({
          level: 'failure',
          message,
          title: '',
          path: '.github',
          line: 1,
        })),
      });

    test.each<['failure' | 'cancelled', string[], string]>([
      [
        'failure',
        ["The deployment was rejected or didn't satisfy other protection rules."],
        'its approval was rejected',
      ],
      ['failure', ['The deployment to sit was rejected'], 'its approval was rejected'],
      ['cancelled', [], 'the run was cancelled while it waited for approval'],
    ])('whose next gate ended as %s after %j says so, and that nothing failed', async (ended, said, how) => {
      await plan(stage.world);
      jobs({ goldencrust: 'healthy' });
      gate(ended, ...said);
      const { summary, failed } = await report({ mode: 'run' }, stage.world);
      expect(failed).toBe('0');
      expect(summary).toContain(
        `## ⏸️ Rollout to sit stopped before batch-1: ${how}. 1 of 13 tenants healthy`,
      );
      expect(summary).toContain('-f resume-from=7');
      expect(summary).not.toMatch(/Correct what failed|halted|gh run rerun/);
    });

    test('whose gate could not be asked for says why', async () => {
      await plan(stage.world);
      jobs({ goldencrust: 'healthy' });
      const why = 'Branch "fix" is not allowed to deploy to sit due to environment protection rules.';
      gate('failure', "The deployment was rejected or didn't satisfy other protection rules.", why);
      const { summary } = await report({ mode: 'run' }, stage.world);
      expect(summary).toContain('stopped before batch-1: its approval failed.');
      expect(summary).toContain(`> ${why}`);
    });

    const overdue = 'The job running on runner x has exceeded the maximum execution time of 300 minutes.';
    test('that was cancelled says so of whom it cut off; who ran out of time says that', async () => {
      await plan(stage.world);
      jobs({ goldencrust: 'cancelled' }, { finding: 'The operation was canceled.' });
      const { summary } = await report({ mode: 'run' }, stage.world);
      expect(summary).toContain('## 🚫 Rollout to sit cancelled in pilot: 0 of 13 tenants healthy');
      expect(summary).toContain('> The run was cancelled; running again continues where it stopped.');
      jobs({ goldencrust: 'cancelled' }, { finding: overdue });
      const late = await report({ mode: 'run' }, stage.world);
      expect(late.summary).toContain('## ⚠️ Rollout to sit halted in pilot');
      expect(late.summary).toContain(`> ${overdue}`);
    });

    test('needs the record that plan-fleet opened', async () => {
      await expect(report({ mode: 'run' }, stage.world)).rejects.toThrow('is not the record of this run');
    });

    test('that goes on from another keeps what that one left healthy', async () => {
      await plan(stage.world);
      jobs(first);
      await report({ mode: 'run' }, stage.world);
      saveRun(stage.hub, 9, 1);
      const world = stage.as({ run: { id: '9', url: 'https://github.com/your-org/wpsit/actions/runs/9' } });
      const { rollout, count } = await plan(world, { resumeFrom: '7' });
      expect(count).toBe(11);
      for (const [index, tenant] of rollout.waves
        .flatMap(({ chunks }) => chunks.flatMap(({ tenants }) => tenants))
        .entries())
        stage.hub.saveJob(jobRecord({ id: 100 + index, tenant, ended: 'healthy', runId: 9 }));
      const { summary } = await report({ mode: 'run' }, world);
      expect(summary).toContain('## ✅ Rollout to sit: 13 tenants healthy');
      expect(summary).toContain('goes on from [run 7]');
      expect(record().tenants.map(({ run }) => run)).toEqual(['7', '7', ...Array(11).fill(undefined)]);
      expect(new Set(Object.values(states()))).toEqual(new Set(['healthy']));
    });

    test('without the right to read annotations still has its record', async () => {
      await plan(stage.world);
      jobs(first);
      const { summary } = await report({ mode: 'run' }, stage.as({ rights: { actions: 'read' } }));
      expect(summary).toContain('The job left no finding');
      expect(stage.warnings.join()).toContain('`checks: read`');
    });
  });
});
