// Law 3 in its simplest form: each call of a run refused once, and each answer lost once after it took effect; a re-run
// ends in the same cloud, nothing doubled, nothing left over.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ActionName, createLab, type Given, type Lab, type Snapshot } from '../lab.ts';

type Stage = { readonly action: ActionName; readonly given: Given };

const up: readonly Stage[] = [
  { action: 'provision-tenant', given: { steps: 'secret,access' } },
  { action: 'run-db-init', given: {} },
  { action: 'provision-tenant', given: {} },
  { action: 'wait-healthy', given: {} },
];
const down: readonly Stage[] = [
  {
    action: 'rollback-tenant',
    given: { mode: 'teardown', confirm: 'goldencrust', 'drop-database': 'true', 'purge-secret': 'true' },
  },
];

/** Runs stages in order; one that fails is run once more, as a person would press "re-run". Answers how many failed. */
const runAll = async ({ run }: Lab, stages: readonly Stage[]): Promise<number> => {
  let failed = 0;
  for (const { action, given } of stages) {
    try {
      await run(action, given);
    } catch {
      failed++;
      await run(action, given);
    }
  }
  return failed;
};

/** The calls worth breaking: the first two of an operation in a row of stages; later ones are the same poll again. */
const interesting = (lab: Lab, from: number): readonly number[] => {
  const seen = new Map<string, number>();
  return lab.sandbox.calls.slice(from).flatMap(({ service, operation }, index) => {
    const count = (seen.get(`${service} ${operation}`) ?? 0) + 1;
    seen.set(`${service} ${operation}`, count);
    return count <= 2 ? [index + 1] : [];
  });
};

/** Passwords are made at random and logs say when what happened, so neither can be compared. */
const comparable = ({ logs: _, ...rest }: Snapshot): unknown =>
  JSON.parse(JSON.stringify(rest), (key, value: unknown) => (key === 'password' ? '(secret)' : value));

type Baseline = { readonly snapshot: unknown; readonly calls: readonly number[] };

const baselines = new Map<string, Baseline>();
const settings = { policyLagMs: 0 };

const startOf = async (way: 'up' | 'down'): Promise<Lab> => {
  const lab = await createLab({ settings });
  if (way === 'down') await runAll(lab, up);
  return lab;
};

beforeAll(async () => {
  for (const [way, stages] of [
    ['up', up],
    ['down', down],
  ] as const) {
    const lab = await startOf(way);
    const from = lab.sandbox.calls.length;
    expect(await runAll(lab, stages)).toBe(0);
    const calls = interesting(lab, from);
    baselines.set(way, { snapshot: comparable(await lab.snapshot()), calls });
  }
});

describe.each(['up', 'down'] as const)('on the way %s', (way) => {
  const stages = way === 'up' ? up : down;

  test.each(['access-denied', 'lose', 'server-error'] as const)(
    'any call that ends in %s leaves a cloud that a re-run brings to the same end',
    async (effect) => {
      const { snapshot, calls = [] } = baselines.get(way) ?? {};
      const wrong: string[] = [];
      for (const call of calls) {
        const lab = await startOf(way);
        lab.sandbox.faults.arm({ from: call, count: 1, effect: { kind: effect } });
        const from = lab.sandbox.calls.length;
        try {
          await runAll(lab, stages);
          expect(comparable(await lab.snapshot())).toEqual(snapshot);
        } catch (error) {
          const struck = lab.sandbox.calls[from + call - 1];
          wrong.push(
            `call ${call} (${struck?.operation}): ${error instanceof Error ? error.message.slice(0, 600) : String(error)}`,
          );
        }
      }
      expect(calls.length).toBeGreaterThan(20);
      expect(wrong).toEqual([]);
    },
    600_000,
  );
});
