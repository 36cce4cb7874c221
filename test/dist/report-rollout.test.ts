// The committed bundle of report-rollout against GitHub's API over HTTP: statuses, verdicts, the record.
import { expect, test } from '@jest/globals';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { jobRecord, sha } from '../shared/rollout/kit.ts';
import { messagesOf } from './failures.ts';
import { expectFailure, openTrial, testLaws } from './github-laws.ts';

const trial = openTrial();

test("tenant keeps the tenant's deployment", async () => {
  for (const state of ['in_progress', 'success'])
    await trial.succeed('report-rollout', { mode: 'tenant', tenant: 'goldencrust', state });
  const [deployment, ...others] = trial.desk().hub.snapshot().deployments;
  expect(others).toEqual([]);
  expect(deployment).toMatchObject({ environment: 'sit/goldencrust', payload: { commit: sha, run: '7' } });
  expect(deployment?.statuses.at(-1)).toMatchObject({
    state: 'success',
    environmentUrl: 'https://goldencrust.wpsit.kimmyai.io/',
  });
});

const wave = async (slot: string): Promise<StepEnd> => {
  const { outputs } = await trial.succeed('plan-fleet', { mode: 'matrix' });
  return trial.run('report-rollout', { mode: 'wave', slot, rollout: outputs.rollout ?? '' });
};

test('wave lets the next one start', async () => {
  trial.desk().hub.saveJob(jobRecord({ id: 1, tenant: 'goldencrust', ended: 'healthy' }));
  const end = await wave('1');
  expect(messagesOf(end)).toEqual([]);
  expect(end.outputs).toMatchObject({ proceed: 'true', failed: '0' });
  expect(JSON.parse(end.outputs.results ?? '')).toMatchObject([{ tenant: 'goldencrust', state: 'healthy' }]);
  expect(end.summary).toContain('Wave pilot: 1 of 1 tenant healthy');
});

test('wave above its budget fails with what failed, and nothing proceeds', async () => {
  const over = { name: 'deploy / wave 2 / chunk 1 / tenant1 / deploy to sit' };
  const finding = 'tenant1 answers 500.\nLook at its database.';
  trial.desk().hub.saveJob(jobRecord({ id: 2, tenant: 'tenant1', ended: 'failed', finding, ...over }));
  const end = await wave('2');
  expectFailure(end);
  expect(messagesOf(end).join('\n')).toContain('tenant1');
  expect(end.outputs.proceed).toBeUndefined();
});

test('run writes the summary and completes the record', async () => {
  const end = await trial.succeed('report-rollout', { mode: 'run' });
  expect(end.summary).toMatch(/^## /);
  expect(end.summary).toContain('tenant1 answers 500.');
  expect(end.outputs.failed).toBe('1');
  const { tenants } = JSON.parse(await trial.desk().rig.workspace.read('rollout/rollout.json'));
  expect(tenants).toEqual(expect.arrayContaining([expect.objectContaining({ tenant: 'goldencrust' })]));
});

test('a token without the right to read jobs is one error that names the permission', async () => {
  const { token } = trial.desk().hub.issueToken({ contents: 'read' });
  const end = await trial.run('report-rollout', { mode: 'run', token });
  expectFailure(end);
  expect(messagesOf(end).join('\n')).toMatch(/actions: read/);
});

testLaws('report-rollout', { mode: 'run' }, trial);
