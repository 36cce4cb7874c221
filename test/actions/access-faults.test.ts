// Whatever IAM call of a role per tenant fails, or takes effect and loses its answer: a re-run ends in the same cloud.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Lab } from '../lab.ts';
import { iamOf, labWith, slow } from './access-lab.ts';

const settings = { policyLagMs: 0 };

/** No more than what touches IAM, so that every call of it can be broken once. */
const grant = async ({ run }: Lab): Promise<void> => {
  await run('provision-tenant', { steps: 'secret,access' });
};
const revoke = async ({ run }: Lab): Promise<void> => {
  await run('rollback-tenant', { mode: 'teardown', confirm: 'goldencrust' });
};

/** As a person would: what fails is run once more. */
const again = async (act: () => Promise<void>): Promise<void> => {
  try {
    await act();
  } catch {
    await act();
  }
};

let up: object;
let down: object;

beforeAll(async () => {
  const lab = await labWith('role-per-tenant', { settings });
  await grant(lab);
  up = iamOf(lab);
  await revoke(lab);
  down = iamOf(lab);
}, slow);

const effects = ['access-denied', 'lose', 'server-error'] as const;

/** Each operation with how many of its calls are worth breaking. */
const cases = (operations: Readonly<Record<string, number>>) =>
  Object.entries(operations).flatMap(([operation, most]) =>
    effects.flatMap((effect) =>
      Array.from({ length: most }, (_, index) => ({ operation, effect, from: index + 1 })),
    ),
  );

type Case = ReturnType<typeof cases>[number];

/** Breaks that call of what `act` does, and makes sure that it came to it. */
const breaking = async (lab: Lab, { operation, effect, from }: Case, act: () => Promise<void>) => {
  lab.sandbox.faults.arm({ service: 'iam', operation, from, count: 1, effect: { kind: effect } });
  const before = lab.sandbox.calls.length;
  await again(act);
  const made = lab.sandbox.calls.slice(before).filter((call) => call.operation === operation);
  expect(made.length).toBeGreaterThanOrEqual(from);
};

describe('on the way up', () => {
  const calls = {
    CreateRole: 1,
    AttachRolePolicy: 1,
    PutRolePolicy: 2,
    GetRole: 1,
    GetRolePolicy: 2,
    ListAttachedRolePolicies: 1,
  };

  test.each(cases(calls))(
    '$operation number $from: $effect',
    async (one) => {
      const lab = await labWith('role-per-tenant', { settings });
      await breaking(lab, one, () => grant(lab));
      expect(iamOf(lab)).toEqual(up);
    },
    slow,
  );
});

describe('on the way down', () => {
  const calls = {
    GetRole: 2,
    GetRolePolicy: 2,
    ListAttachedRolePolicies: 3,
    ListRolePolicies: 1,
    DetachRolePolicy: 1,
    DeleteRolePolicy: 1,
    DeleteRole: 1,
  };

  test.each(cases(calls))(
    '$operation number $from: $effect',
    async (one) => {
      const lab = await labWith('role-per-tenant', { settings });
      await grant(lab);
      await breaking(lab, one, () => revoke(lab));
      expect(iamOf(lab)).toEqual(down);
    },
    slow,
  );

  test(
    'reads that lag are in the way of nothing',
    async () => {
      const lab = await labWith('role-per-tenant', { settings: { policyLagMs: 8_000, readLagMs: 6_000 } });
      await grant(lab);
      await lab.clock.sleep(60_000);
      await revoke(lab);
      expect(iamOf(lab)).toEqual(down);
    },
    slow,
  );
});
