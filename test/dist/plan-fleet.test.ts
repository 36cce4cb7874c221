// The committed bundle of plan-fleet: what it puts out and says, against AWS over HTTP under a role assumed through OIDC.
import { expect, test } from '@jest/globals';
import { sha } from '../shared/rollout/kit.ts';
import { messagesOf } from './failures.ts';
import { openTrial, testLaws } from './github-laws.ts';
import { errorsOf } from './kit.ts';

const trial = openTrial();

const planRole = 'arn:aws:iam::815856636111:role/sit-tenants-plan';

/** Runs with a manifest changed, and puts it back. */
const withManifest = async <T>(path: string, change: (text: string) => string, body: () => Promise<T>) => {
  const { workspace } = trial.desk().rig;
  const text = await workspace.read(path);
  await workspace.edit(path, change(text));
  return body().finally(() => workspace.edit(path, text));
};

const operations = (): readonly string[] => trial.desk().rig.sandbox.calls.map(({ operation }) => operation);

test('check asks neither AWS nor GitHub', async () => {
  const [aws, github] = [trial.desk().rig.requests.length, trial.desk().hub.requests.length];
  const end = await trial.succeed('plan-fleet', { mode: 'check', environment: '' });
  expect(end.outputs).toMatchObject({ problems: '0', plan: '', rollout: '' });
  expect(end.summary).toContain('The manifests in `fleet` are sound');
  expect([trial.desk().rig.requests.length, trial.desk().hub.requests.length]).toEqual([aws, github]);
});

test('problems are annotated at file, line and column, and counted', async () => {
  const end = await withManifest(
    'fleet/tenants/goldencrust.yml',
    () => 'name: goldencrust\ncpu: plenty\nreplicas: 3\n',
    () => trial.run('plan-fleet', { mode: 'check', environment: '' }),
  );
  expect(end.exitCode).toBe(1);
  const places = errorsOf(end).map(({ properties: { file, line, col } }) => `${file}:${line}:${col}`);
  expect(places).toContain('fleet/tenants/goldencrust.yml:2:6');
  expect(places).toContain('fleet/tenants/goldencrust.yml:3:1');
  expect(end.outputs).toEqual({ problems: String(places.length) });
  expect(end.summary).toMatch(/^## ❌ /);
  expect(
    end.raw.filter((line) => /^\s+at |node:internal/.test(line) && !line.startsWith('::debug::')),
  ).toEqual([]);
});

test('matrix gives the waves to the workflow and opens the record', async () => {
  const end = await trial.succeed('plan-fleet', { mode: 'matrix' });
  const rollout = JSON.parse(end.outputs.rollout ?? '');
  expect(rollout).toMatchObject({ environment: 'sit', commit: sha, deployment: 'sit-tenants' });
  expect(rollout.waves.map(({ name }: { readonly name: string }) => name)).toEqual([
    ...['pilot', 'batch-1', 'batch-2', 'batch-3'],
  ]);
  expect(JSON.parse(end.outputs.waves ?? '')).toHaveLength(4);
  expect(end.outputs).toMatchObject({ commit: sha, count: '13' });
  const record = JSON.parse(await trial.desk().rig.workspace.read('rollout/rollout.json'));
  expect(record).toMatchObject({ environment: 'sit', commit: sha });
});

test('plan looks at AWS under the role of its phase, and only looks', async () => {
  const end = await trial.succeed('plan-fleet', { mode: 'plan', 'role-to-assume': planRole });
  expect(end.outputs.differs).toBe('true');
  const [{ tenants, headroom }] = JSON.parse(end.outputs.plan ?? '');
  expect(tenants).toHaveLength(13);
  expect(headroom.length).toBeGreaterThan(0);
  expect(end.summary).toContain('13 tenants will be created');
  expect(operations()).toContain('AssumeRoleWithWebIdentity');
  expect(
    trial
      .desk()
      .rig.sandbox.calls.filter(({ write }) => write)
      .map(({ operation }) => operation),
  ).toEqual([]);
});

test('a role that does not trust the job is one error that names what differs', async () => {
  const end = await trial.run('plan-fleet', {
    mode: 'plan',
    'role-to-assume': planRole.replace('plan', 'deploy'),
  });
  expect(end.exitCode).toBe(1);
  expect(messagesOf(end)).toHaveLength(1);
  expect(messagesOf(end)[0]).toMatch(/sit-tenants-deploy/);
});

testLaws('plan-fleet', { mode: 'plan', 'role-to-assume': planRole }, trial);
