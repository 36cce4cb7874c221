// A run that a newer rollout overtook is resumed: nobody is taken back.
import { expect, test } from '@jest/globals';
import { openRig } from './kit.ts';

test('a resumed run that was overtaken starts nobody', async () => {
  const rig = await openRig({ one: ['tenant1'], two: ['tenant2'] }, { maxConcurrency: 4, failureBudget: 0 });
  try {
    await rig.order({ fails: ['wait-healthy tenant1'] });
    const first = await rig.run('deploy-fleet.yml', {});
    await rig.order({});
    await rig.change('tenant1');
    expect((await rig.run('deploy-fleet.yml', {})).conclusion).toBe('success');
    const before = (await rig.marks()).length;
    const resumed = await rig.run('deploy-fleet.yml', {
      'resume-from': String(first.id),
      'resume-commit': 'same',
    });
    expect(resumed.conclusion).toBe('failure');
    expect(rig.record(resumed).tenants.map(({ state }) => state)).toEqual(['not-started', 'not-started']);
    expect(await rig.marks()).toHaveLength(before);
    const said = rig.hub.jobsOf(resumed.id).flatMap(({ annotations }) => annotations);
    expect(said.map(({ message }) => message).join('\n')).toContain('Not started: tenant1 was deployed from');
  } finally {
    await rig.close();
  }
}, 120_000);
