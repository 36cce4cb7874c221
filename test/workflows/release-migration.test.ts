// A pipeline that leaves the migration to us: it is run when that pipeline is through and before the next one begins, a
// failed one ends the release, and a re-run repeats the migration alone.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type RunEnd, rerunFailed } from '../../sandbox/github/workflow/run.ts';
import { spansOf } from './marks.ts';
import { dispatch, openReleaseRig, type ReleaseRig } from './release-kit.ts';

/** The example, whose api pipeline has no Migrate stage; and a caller that wants no migration. */
const leaveMigrations = async (infra: string): Promise<void> => {
  const [manifest, workflow, unmigrated] = [
    'fleet/applications/envelope.yml',
    '.github/workflows/release-envelope.yml',
    '.github/workflows/release-unmigrated.yml',
  ].map((path) => join(infra, path)) as [string, string, string];
  const [application, caller] = [await readFile(manifest, 'utf8'), await readFile(workflow, 'utf8')];
  expect(application).toContain('migration: pipeline');
  await writeFile(manifest, application.replace('migration: pipeline', 'migration: after'));
  await writeFile(unmigrated, caller.replace('    with:\n', '    with:\n      migrate: false\n'));
};

let rig: ReleaseRig;
beforeAll(async () => {
  rig = await openReleaseRig('infra', leaveMigrations);
});
afterAll(() => rig.close());
beforeEach(() => rig.order({}));

const everything = dispatch({ pipelines: '', redeploy: 'all' });

const marksOf = async ({ id, attempt }: RunEnd) =>
  (await rig.marks()).filter((mark) => mark.run === String(id) && mark.attempt === attempt);

const worked = async (end: RunEnd): Promise<readonly string[]> =>
  (await marksOf(end))
    .filter(({ edge }) => edge === 'start')
    .map(({ action, tenant }) => `${action} ${tenant}`);

const conclusionOf = ({ jobs }: RunEnd, name: string) => jobs.find((job) => job.name === name)?.conclusion;

test('the migration runs after its pipeline, and the next pipeline begins after the migration', async () => {
  await rig.order({ ms: { 'run-db-init': 1_000 } });
  const end = await rig.run('release-envelope.yml', everything);
  expect(end.conclusion).toBe('success');
  expect(await worked(end)).toEqual([
    'trigger-pipeline api',
    'run-db-init envelope',
    'trigger-pipeline tenant',
    'trigger-pipeline hq',
    'redeploy-services envelope',
    'wait-healthy envelope',
  ]);
  const marks = await marksOf(end);
  const [migration] = marks.filter(({ action }) => action === 'run-db-init');
  expect(migration?.given).toMatchObject({
    operation: 'migrate',
    application: 'envelope',
    environment: 'prod',
  });
  const spans = spansOf(
    marks.map((mark) => (mark.action === 'run-db-init' ? { ...mark, tenant: 'migration' } : mark)),
  );
  for (const [index, { from }] of spans.slice(0, 4).entries())
    expect(from).toBeGreaterThanOrEqual(spans[index - 1]?.to ?? 0);
  expect(conclusionOf(end, 'release / tenant / migrate')).toBe('skipped');
}, 60_000);

test('migrate: false leaves it out, and nothing else', async () => {
  const end = await rig.run('release-unmigrated.yml', everything);
  expect(end.conclusion).toBe('success');
  expect(conclusionOf(end, 'release / api / migrate')).toBe('skipped');
  expect(await worked(end)).toEqual([
    'trigger-pipeline api',
    'trigger-pipeline tenant',
    'trigger-pipeline hq',
    'redeploy-services envelope',
    'wait-healthy envelope',
  ]);
}, 60_000);

test('a migration that fails stops the release; re-run, it is repeated without its pipeline, and the rest follows', async () => {
  await rig.order({ fails: ['run-db-init envelope'] });
  const failed = await rig.run('release-envelope.yml', everything);
  expect(failed.conclusion).toBe('failure');
  expect(await worked(failed)).toEqual(['trigger-pipeline api', 'run-db-init envelope']);
  expect(conclusionOf(failed, 'release / validate')).toBe('skipped');
  const report = failed.jobs.find(({ name }) => name === 'release / report');
  expect(report?.conclusion).toBe('success');
  expect(report?.summary).toMatch(/the migration after api/);
  await rig.order({});
  const again = await rerunFailed(rig.call('release-envelope.yml', everything), failed);
  expect(again.conclusion).toBe('success');
  expect(await worked(again)).toEqual([
    'run-db-init envelope',
    'trigger-pipeline tenant',
    'trigger-pipeline hq',
    'redeploy-services envelope',
    'wait-healthy envelope',
  ]);
}, 60_000);
