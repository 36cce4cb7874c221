// Who runs a job again that has rolled a stage back does not go back one further.
import { describe, expect, test } from '@jest/globals';
import type { ApplicationLab } from '../application-lab.ts';
import { createReleaseLab, runAttempt, runTurns, type Turn } from './release-lab.ts';

const release = (given: Turn['given'] = {}): Turn => ({
  action: 'trigger-pipeline',
  given: { pipeline: 'api', approval: 'approve', ...given },
});

describe('a stage is returned once', () => {
  const threeReleases = ['1', '2', '3'].map((id) => ({ ...release(), id }));
  const rollbacksIn = ({ sandbox }: ApplicationLab): number =>
    sandbox.neighbours.codepipeline
      .executions('envelope-prod-api-pipeline')
      .filter(({ kind }) => kind.type === 'ROLLBACK').length;
  const rollback = release({ operation: 'rollback', 'rollback-stage': 'Deploy' });

  test('though the job is run again', async () => {
    const lab = await createReleaseLab();
    expect(await runTurns(lab, threeReleases)).toBe(0);
    await runAttempt(lab, rollback, 1);
    await lab.clock.sleep(60_000);
    const again = await runAttempt(lab, rollback, 2);
    expect([again.status, again.changed, rollbacksIn(lab)]).toEqual(['Succeeded', 'false', 1]);
  });

  test('though a job with credentials of its own, which name no run, is run again', async () => {
    const lab = await createReleaseLab({ as: 'own credentials' });
    expect(await runTurns(lab, threeReleases)).toBe(0);
    await runAttempt(lab, rollback, 1);
    const again = await runAttempt(lab, rollback, 2);
    expect([again.status, again.changed, rollbacksIn(lab)]).toEqual(['Succeeded', 'false', 1]);
  });

  test('though the release that made it necessary is run again', async () => {
    let runs = 0;
    const failed = { kind: 'failed', code: 'DeploymentFailed', message: 'no' } as const;
    const lab = await createReleaseLab({
      works: { 'tenant/Deploy': async () => (++runs > 2 && runs < 4 ? failed : { kind: 'succeeded' }) },
    });
    const returning = (id: string): Turn => ({
      ...release({ pipeline: 'tenant', 'rollback-stage': 'Deploy', 'retry-failed-stage': '0' }),
      id,
    });
    expect(await runTurns(lab, [returning('1'), returning('2')])).toBe(0);
    await expect(runAttempt(lab, returning('3'), 1)).rejects.toThrow('is back at execution');
    await expect(runAttempt(lab, returning('3'), 2)).rejects.toThrow('is back at execution');
    const { codepipeline } = lab.sandbox.neighbours;
    const all = codepipeline.executions('envelope-prod-tenant-pipeline');
    expect(all.map(({ kind }) => kind.type)).toEqual(['STANDARD', 'STANDARD', 'STANDARD', 'ROLLBACK']);
  });
});
