// The example's thirteen tenants: for every tenant that fails in every wave, exactly those run that should, and a resumed
// rollout runs exactly the rest.
import { describe, expect, test } from '@jest/globals';
import { parseFleet } from '../../../src/shared/fleet/fleet.ts';
import type { PlannedRollout, RolloutRecord } from '../../../src/shared/fleet/rollout.ts';
import { tenantsOf } from '../../../src/shared/fleet/rollout-jobs.ts';
import { planOf } from '../../../src/shared/fleet/rollout-plan.ts';
import { openRecord } from '../../../src/shared/fleet/rollout-record.ts';
import { membersOf, remainingOf } from '../../../src/shared/fleet/rollout-selection.ts';
import { completeRecord, inState, judgeWave, withJob } from '../../../src/shared/fleet/rollout-verdict.ts';
import type { Wave } from '../../../src/shared/fleet/waves.ts';
import { exampleFleet, sha } from './kit.ts';
import { jobOf, playWave } from './schedule.ts';

const parsed = parseFleet([...exampleFleet()].map(([path, text]) => ({ path, text })));
if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
const members = membersOf(parsed.fleet, 'sit');
const everybody = members.waves.flatMap(({ tenants }) => tenants);

const planned = (waves: readonly Wave[], budget: number): PlannedRollout => {
  const paced = waves.map((wave) => ({ ...wave, failureBudget: { kind: 'count', count: budget } as const }));
  const plan = planOf(members.environment, sha, paced);
  if (plan.kind === 'problems') throw new Error(JSON.stringify(plan.problems));
  return plan.rollout;
};

/** The jobs of a whole rollout: waves until one halts it. */
const play = (
  rollout: PlannedRollout,
  fails: ReadonlySet<string>,
  { id, earlier }: { readonly id: string; readonly earlier?: RolloutRecord },
): RolloutRecord => {
  const run = { repository: 'your-org/wpsit', id, attempt: '1' };
  const opened = openRecord({ rollout, tenants: members.tenants, run, earlier });
  const jobs = new Map<string, ReturnType<typeof jobOf>>();
  for (const wave of rollout.waves) {
    for (const [tenant, part] of playWave(wave, fails)) jobs.set(tenant, jobOf(tenant, part));
    const results = tenantsOf(wave).map((tenant) =>
      withJob({ tenant, wave: wave.name, state: 'not-started', image: '' }, jobs.get(tenant)),
    );
    if (judgeWave(wave, results).kind === 'halt') break;
  }
  return completeRecord(opened, jobs);
};

const names = (those: readonly { readonly tenant: string }[]) => those.map(({ tenant }) => tenant);
const ran = ({ tenants }: RolloutRecord) =>
  names(
    inState(
      tenants.filter(({ run }) => run === undefined),
      'healthy',
      'failed',
    ),
  );

/** What a person would say: with a budget of 0 they go one by one until one fails, and nobody after it. */
const shouldRun = (failing: string, budget: number): readonly string[] =>
  budget > 0 ? everybody : everybody.slice(0, everybody.indexOf(failing) + 1);

describe.each([0, 1, 2])('with a budget of %d', (budget) => {
  test.each(everybody)('%s fails', (failing) => {
    const first = play(planned(members.waves, budget), new Set([failing]), { id: '5' });
    expect(ran(first)).toEqual(shouldRun(failing, budget));
    expect(names(inState(first.tenants, 'failed'))).toEqual([failing]);

    const { waves, gone } = remainingOf(members, first);
    const rest = everybody.filter((tenant) => tenant === failing || !ran(first).includes(tenant));
    expect({ gone, rest: waves.flatMap(({ tenants }) => tenants) }).toEqual({ gone: [], rest });
    const second = play(planned(waves, budget), new Set(), { id: '7', earlier: first });
    expect(ran(second)).toEqual(rest);
    expect(names(inState(second.tenants, 'healthy'))).toEqual(everybody);
    expect(second.tenants.map(({ wave }) => wave)).toEqual(first.tenants.map(({ wave }) => wave));
    expect(remainingOf(members, second).waves).toEqual([]);
  });

  test('any two fail: no wave starts after one that halts, and the rest is run until everybody is healthy', () => {
    for (const one of everybody)
      for (const other of everybody.slice(everybody.indexOf(one) + 1)) {
        const fails = new Set([one, other]);
        const first = play(planned(members.waves, budget), fails, { id: '5' });
        const halted = members.waves.find(
          ({ tenants }) =>
            tenants.filter((each) => inState(first.tenants, 'failed').some(({ tenant }) => tenant === each))
              .length > budget,
        );
        const after = members.waves.slice(halted ? members.waves.indexOf(halted) + 1 : Infinity);
        expect(ran(first).filter((tenant) => after.some(({ tenants }) => tenants.includes(tenant)))).toEqual(
          [],
        );
        if (!halted) expect(ran(first)).toEqual(everybody);
        expect(inState(first.tenants, 'failed').length).toBeLessThanOrEqual(
          (budget + 1) * members.waves.length,
        );
        const { waves } = remainingOf(members, first);
        const second = play(planned(waves, budget), new Set(), { id: '7', earlier: first });
        expect(new Set([...names(inState(first.tenants, 'healthy')), ...ran(second)])).toEqual(
          new Set(everybody),
        );
        expect(
          names(inState(first.tenants, 'healthy')).filter((tenant) => ran(second).includes(tenant)),
        ).toEqual([]);
      }
  });
});
