// A tenant's first step, with GitHub's API in a box: it waits, starts or says why not.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { planOf } from '../../../src/shared/fleet/rollout-plan.ts';
import type { Environment } from '../../../src/shared/fleet/types.ts';
import { admit } from '../../../src/shared/rollout/admit.ts';
import { type Ended, jobRecord, openStage, type Stage, sha } from './kit.ts';

const batch = ['tenant1', 'tenant2', 'sunsetbistro', 'sterlinglaw'];

const rolloutWith = (failures: number): string => {
  const environment = {
    name: 'sit',
    github: { approval: 'sit', deployment: 'sit-tenants' },
    rollout: { onFailure: 'stop' },
  } as Environment;
  const pace = {
    soakMinutes: 0,
    maxConcurrency: 4,
    failureBudget: { kind: 'count', count: failures },
  } as const;
  const plan = planOf(environment, sha, [
    { name: 'pilot', tenants: ['goldencrust'], ...pace },
    { name: 'batch-1', tenants: batch, ...pace },
  ]);
  if (plan.kind === 'problems') throw new Error('no plan');
  return JSON.stringify(plan.rollout);
};

describe.each([100, 1])('pages of %d jobs', (pageSize) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({ settings: { pageSize } });
  });
  afterEach(() => stage.hub.close());

  const job = (id: number, tenant: string, ended: Ended, attempt = 1) =>
    stage.hub.saveJob(jobRecord({ id, tenant, ended, attempt }));
  const ask = (tenant: string, failures: number, world = stage.world) =>
    admit(
      {
        fleet: 'fleet',
        environment: 'sit',
        tenant,
        rollout: rolloutWith(failures),
        token: 't',
        timeoutMinutes: 5,
      },
      world,
    );

  test('starts while the budget lasts', async () => {
    job(1, 'tenant1', 'failed');
    job(2, 'tenant2', 'healthy');
    job(3, 'sunsetbistro', 'asking');
    expect(await ask('sunsetbistro', 1)).toContain('sunsetbistro may start');
  });

  test('a spent budget is said, with who spent it', async () => {
    job(1, 'tenant1', 'failed');
    job(2, 'tenant2', 'asking');
    await expect(ask('tenant2', 0)).rejects.toThrow(
      'Not started: tenant2. 1 of wave batch-1 failed (tenant1)',
    );
  });

  test('another wave, another environment and a job of no tenant count for nothing', async () => {
    job(1, 'goldencrust', 'failed');
    stage.hub.saveJob(
      jobRecord({
        id: 2,
        tenant: 'tenant2',
        ended: 'failed',
        name: 'deploy / wave 2 / chunk 1 / tenant2 / deploy to prod',
      }),
    );
    stage.hub.saveJob(
      jobRecord({ id: 3, tenant: 'x', ended: 'failed', name: 'deploy / wave 1 / judge pilot' }),
    );
    job(4, 'tenant1', 'asking');
    expect(await ask('tenant1', 0)).toContain('may start');
  });

  test('waits until who started before is done', async () => {
    job(1, 'tenant1', 'failed');
    job(2, 'tenant2', 'running');
    job(3, 'sunsetbistro', 'asking');
    let naps = 0;
    stage.onSleep(() => {
      naps += 1;
      if (naps === 3) job(2, 'tenant2', 'healthy');
    });
    await ask('sunsetbistro', 1);
    expect(naps).toBe(3);
    expect(stage.lines.join('\n')).toContain('waiting for tenant2');
  });

  test('who is waited for fails: refused', async () => {
    job(1, 'tenant1', 'failed');
    job(2, 'tenant2', 'running');
    job(3, 'sunsetbistro', 'asking');
    stage.onSleep(() => job(2, 'tenant2', 'failed'));
    await expect(ask('sunsetbistro', 1)).rejects.toThrow('2 of wave batch-1 failed (tenant1, tenant2)');
  });

  test('gives up after its time', async () => {
    job(1, 'tenant1', 'failed');
    job(2, 'tenant2', 'running');
    job(3, 'sunsetbistro', 'asking');
    await expect(ask('sunsetbistro', 1)).rejects.toThrow('turn of sunsetbistro');
  });

  test('a re-run counts what failed in its own attempt only', async () => {
    job(1, 'tenant1', 'failed', 1);
    stage.hub.saveRun({
      id: 7,
      attempt: 2,
      name: 'Deploy fleet',
      event: 'push',
      headSha: sha,
      status: 'in_progress',
      conclusion: null,
    });
    job(11, 'tenant1', 'running', 2);
    job(12, 'tenant2', 'asking', 2);
    stage.onSleep(() => job(11, 'tenant1', 'healthy', 2));
    expect(await ask('tenant2', 0, stage.as({ run: { attempt: '2' } }))).toContain('may start');
  });
});

describe('questions that need no jobs', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.hub.close());

  const ask = (tenant: string, failures: number, over: Partial<Parameters<typeof admit>[0]> = {}) =>
    admit(
      {
        fleet: 'fleet',
        environment: 'sit',
        tenant,
        rollout: rolloutWith(failures),
        token: 't',
        timeoutMinutes: 5,
        ...over,
      },
      stage.world,
    );

  test('a wave that cannot spend more than its budget and one asks for the tenant alone, once', async () => {
    await ask('goldencrust', 0);
    await ask('tenant1', 3);
    const listing = { route: 'GET /repos/{owner}/{repo}/deployments', status: 200 };
    expect(stage.hub.requests).toMatchObject([listing, listing]);
  });

  test('a rollout that the tenant or the environment is not of', async () => {
    await expect(ask('serenity', 0)).rejects.toThrow('serenity is in no wave of this rollout');
    await expect(ask('tenant1', 0, { rollout: '{}' })).rejects.toThrow(
      'Input rollout is not as it should be',
    );
    const other = rolloutWith(0).replace('"sit"', '"prod"');
    await expect(ask('tenant1', 0, { rollout: other })).rejects.toThrow('one of prod, not of sit');
  });

  test('a missing right is named', async () => {
    const world = stage.as({ rights: { checks: 'read', deployments: 'read' } });
    const given = {
      fleet: 'fleet',
      environment: 'sit',
      tenant: 'tenant1',
      rollout: rolloutWith(0),
      token: 't',
      timeoutMinutes: 5,
    };
    await expect(admit(given, world)).rejects.toThrow('`actions: read`');
  });
});

describe('promotion', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({ settings: { pageSize: 1 } });
    const sit = stage.files.get('fleet/environments/sit.yml') ?? '';
    const dev = sit.replace('name: sit', 'name: dev').replace('wpsit.kimmyai.io', 'wpdev.kimmyai.io');
    stage.files.set(
      'fleet/environments/dev.yml',
      dev
        .slice(0, dev.indexOf('\nwaves:'))
        .replace('815856636111', '536580886816')
        .replace('sit-mysql.', 'dev-mysql.'),
    );
    stage.files.set('fleet/environments/sit.yml', `${sit}\npromotesFrom: dev\n`);
    stage.files.set('fleet/tenants/ironpeak.yml', 'name: ironpeak\nenvironments:\n  sit: {}\n  dev: {}\n');
  });
  afterEach(() => stage.hub.close());

  const ask = () =>
    admit(
      {
        fleet: 'fleet',
        environment: 'sit',
        tenant: 'ironpeak',
        rollout: rolloutWith(0).replace('goldencrust', 'ironpeak'),
        token: 't',
        timeoutMinutes: 5,
      },
      stage.world,
    );
  const deployed = async (image: string, ...states: readonly ('success' | 'failure' | 'inactive')[]) => {
    const github = await stage.world.github('t');
    const at = { owner: 'your-org', repo: 'wpsit' };
    const { data } = await github.rest.repos.createDeployment({
      ...at,
      ref: sha,
      environment: 'dev/ironpeak',
      payload: { image },
      auto_merge: false,
      required_contexts: [],
    });
    for (const state of states)
      await github.rest.repos.createDeploymentStatus({
        ...at,
        deployment_id: (data as { id: number }).id,
        state,
      });
  };

  test('an image that was never healthy one environment earlier is not started', async () => {
    await deployed('wordpress:6.8-php8.3-apache', 'failure');
    await deployed('wordpress:6.9', 'success');
    await expect(ask()).rejects.toThrow(
      'Not started: ironpeak. wordpress:6.8-php8.3-apache was never healthy in dev',
    );
  });

  test('one that was is started, though others came after it', async () => {
    await deployed('wordpress:6.8-php8.3-apache', 'success', 'inactive');
    await deployed('wordpress:6.9', 'success');
    expect(await ask()).toContain('may start');
  });
});
