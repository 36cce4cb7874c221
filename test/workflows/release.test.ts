// A release as the workflow files have it: one gate, the pipelines in order, nothing after one that failed, and a re-run
// that goes on.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunEnd, rerunFailed } from '../../sandbox/github/workflow/run.ts';
import { type Mark, spansOf } from './marks.ts';
import { dispatch, openReleaseRig, publish, type ReleaseRig } from './release-kit.ts';

const worked = (marks: readonly Mark[], { id, attempt }: RunEnd): readonly string[] =>
  marks
    .filter(({ run, edge, attempt: at }) => run === String(id) && edge === 'start' && at === attempt)
    .map(({ action, tenant }) => `${action} ${tenant}`);

const endOf = ({ jobs }: RunEnd, name: RegExp): readonly string[] =>
  jobs.filter((job) => name.test(job.name)).map(({ name: said, conclusion }) => `${said}: ${conclusion}`);

describe('from the repository of the manifests', () => {
  let rig: ReleaseRig;
  beforeAll(async () => {
    rig = await openReleaseRig('infra');
  });
  afterAll(() => rig.close());

  const release = (inputs: Readonly<Record<string, string>> = {}) =>
    rig.run('release-envelope.yml', dispatch({ pipelines: '', redeploy: 'all', ...inputs }));

  test('all pipelines one after the other in the manifest’s order, then six services, then a look', async () => {
    const end = await release();
    expect(end.conclusion).toBe('success');
    const marks = await rig.marks();
    expect(worked(marks, end)).toEqual([
      'trigger-pipeline api',
      'trigger-pipeline tenant',
      'trigger-pipeline hq',
      'redeploy-services envelope',
      'wait-healthy envelope',
    ]);
    const spans = spansOf(
      marks.filter(({ run, action }) => run === String(end.id) && action === 'trigger-pipeline'),
    );
    for (const [index, { from }] of spans.entries())
      expect(from).toBeGreaterThanOrEqual(spans[index - 1]?.to ?? 0);
  });

  test('one pipeline that fails: none after it, no redeployment, and a report all the same', async () => {
    await rig.order({ fails: ['trigger-pipeline tenant'] });
    const end = await release();
    expect(end.conclusion).toBe('failure');
    expect(worked(await rig.marks(), end)).toEqual(['trigger-pipeline api', 'trigger-pipeline tenant']);
    expect(endOf(end, /(redeploy|validate|report)$/)).toEqual([
      'release / redeploy: skipped',
      'release / validate: skipped',
      'release / report: success',
    ]);
    await rig.order({});
    const again = await rerunFailed(
      rig.call('release-envelope.yml', dispatch({ pipelines: '', redeploy: 'all' })),
      end,
    );
    expect(again.conclusion).toBe('success');
    expect(worked(await rig.marks(), again)).toEqual([
      'trigger-pipeline tenant',
      'trigger-pipeline hq',
      'redeploy-services envelope',
      'wait-healthy envelope',
    ]);
  });

  test('a re-run tries the failed stage again, which the action does unasked', async () => {
    const policies = (await rig.marks())
      .filter(({ action }) => action === 'trigger-pipeline')
      .map(({ given }) => given['retry-failed-stage']);
    expect(new Set(policies)).toEqual(new Set(['on-rerun']));
  });

  test('no pipeline at all: services are redeployed and looked at', async () => {
    const end = await release({ pipelines: 'none' });
    expect(end.conclusion).toBe('success');
    expect(worked(await rig.marks(), end)).toEqual(['redeploy-services envelope', 'wait-healthy envelope']);
  });

  test('a stage is returned, or an execution followed, through one pipeline alone', async () => {
    const back = { pipelines: 'hq', redeploy: '', operation: 'rollback', 'rollback-stage': 'Deploy' };
    const end = await release(back);
    expect(end.jobs.map(({ name }) => name)).toContain('release / approve rollback of envelope');
    expect(worked(await rig.marks(), end)).toEqual(['trigger-pipeline hq', 'wait-healthy envelope']);
    const [mark] = (await rig.marks()).filter(({ run }) => run === String(end.id));
    expect(mark?.given).toMatchObject({ operation: 'rollback', 'rollback-stage': 'Deploy' });
    const refused = await release({ ...back, pipelines: '' });
    expect(refused.conclusion).toBe('failure');
    expect(worked(await rig.marks(), refused)).toEqual([]);
  });

  test('a gate that is refused: nothing begins', async () => {
    const end = await rig.run('release-envelope.yml', dispatch({ pipelines: '', redeploy: 'all' }), {
      approve: async () => 'rejected',
    });
    expect(end.conclusion).toBe('failure');
    expect(worked(await rig.marks(), end)).toEqual([]);
  });

  test('a pipeline that the manifest does not have: said before anybody is asked', async () => {
    const asked: string[] = [];
    const end = await rig.run('release-envelope.yml', dispatch({ pipelines: 'app', redeploy: '' }), {
      approve: async ({ job }) => {
        asked.push(job);
        return 'approved';
      },
    });
    expect(end.conclusion).toBe('failure');
    expect(asked).toEqual([]);
    expect(end.jobs.find(({ name }) => name === 'release / plan')?.lines.join('\n')).toMatch(
      /app.*api, tenant, hq/s,
    );
  });

  test('one command, after its own gate', async () => {
    const end = await rig.run(
      'run-command.yml',
      dispatch({ service: 'worker', command: 'php artisan queue:retry all' }),
    );
    expect(end.conclusion).toBe('success');
    const [mark] = (await rig.marks()).filter(({ run }) => run === String(end.id));
    expect(mark?.given).toMatchObject({
      operation: 'command',
      service: 'worker',
      command: 'php artisan queue:retry all',
      application: 'envelope',
    });
  });
});

describe('from the repository of one pipeline', () => {
  let rig: ReleaseRig;
  beforeAll(async () => {
    rig = await openReleaseRig('api');
  });
  afterAll(() => rig.close());

  test('a published release starts its pipeline alone, with its commit and the manifests of the other repository', async () => {
    const end = await rig.run('release-api.yml', publish('v1.0.0'));
    expect(end.conclusion).toBe('success');
    const marks = await rig.marks();
    expect(worked(marks, end)).toEqual([
      'trigger-pipeline api',
      'redeploy-services envelope',
      'wait-healthy envelope',
    ]);
    expect(marks[0]?.given).toMatchObject({
      'source-revisions': `COMMIT_ID:${rig.sha}`,
      approval: 'approve',
      'on-superseded': 'fail',
    });
  });

  test('a prerelease goes nowhere', async () => {
    const end = await rig.run('release-api.yml', publish('v1.1.0-rc.1', true));
    expect(new Set(end.jobs.map(({ conclusion }) => conclusion))).toEqual(new Set(['skipped']));
    expect(worked(await rig.marks(), end)).toEqual([]);
  });
});
