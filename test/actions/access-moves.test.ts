// A tenant moved from one access strategy to another: healthy all along, nothing lost, nothing forgotten.
import { describe, expect, test } from '@jest/globals';
import { bringUp, tearDown } from '../scenario.ts';
import {
  accessPoliciesIn,
  iamOf,
  labWith,
  outcomesOf,
  setStrategy,
  sharedRole,
  slow,
  startingRole,
  strategies,
} from './access-lab.ts';

const ownRole = 'sit-goldencrust-execution';
const sharedPolicy = `${sharedRole} sit-ecs-secrets-access`;
const inlinePolicy = `${sharedRole} sit-ecs-secrets-access-goldencrust`;

describe('moving a tenant from one strategy to another', () => {
  const moves = strategies.flatMap((from) =>
    strategies.filter((to) => to !== from).map((to) => ({ from, to })),
  );

  test.each(moves)(
    '$from to $to: healthy all along, what is left is named, and rollback removes it',
    async ({ from, to }) => {
      const lab = await labWith(from);
      const before = accessPoliciesIn(lab);
      await bringUp(lab);
      const had = accessPoliciesIn(lab);
      await setStrategy(lab, to);
      const left = outcomesOf(await lab.run('provision-tenant')).filter(({ note }) =>
        note?.startsWith('left from'),
      );
      const expected = { 'inline-policy': [inlinePolicy], 'path-wildcard': [], 'role-per-tenant': [ownRole] }[
        from
      ];
      expect(left.map(({ name }) => name)).toEqual(expected.map((name) => name.split(' ').at(-1)));
      await lab.run('run-db-init', { operation: 'verify' });
      await lab.run('wait-healthy');
      expect(accessPoliciesIn(lab)).toEqual(expect.arrayContaining([...had]));
      expect(await startingRole(lab)).toBe(to === 'role-per-tenant' ? ownRole : sharedRole);
      await tearDown(lab);
      expect(accessPoliciesIn(lab).filter((policy) => policy !== sharedPolicy)).toEqual(before);
      expect(iamOf(lab).roles.some(({ name }) => name === ownRole)).toBe(false);
    },
    slow,
  );
});
