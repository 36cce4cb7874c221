// What an environment says about its rollouts: defaults, limits, and what two environments may not say together.
import { describe, expect, test } from '@jest/globals';
import { environmentText, fleetWith } from './files.ts';
import { inSit, refuses } from './refusing.ts';

/** sit with more lines; the first of them is line 16. */
const sit = (more: string) => ({ 'environments/sit.yml': `${environmentText}${more}` });
const environmentWith = (more: string) => fleetWith(sit(more)).environments.get('sit');

/** Another environment on a platform of its own. */
const other = (name: string, more = '') => ({
  [`environments/${name}.yml`]: `${environmentText
    .replace('name: sit', `name: ${name}`)
    .replace('sit-alb', `${name}-alb`)
    .replace('sit-mysql', `${name}-mysql`)}${more}`,
});

describe('an environment', () => {
  test('without a word has every default', () => {
    expect(environmentWith('')).toMatchObject({
      roles: {},
      access: { strategy: 'inline-policy', permissionsBoundary: undefined },
      github: { approval: 'sit', deployment: 'sit-tenants' },
      promotesFrom: undefined,
      rollout: {
        maxConcurrency: 4,
        failureBudget: { kind: 'count', count: 0 },
        soakMinutes: 0,
        onFailure: 'stop',
      },
    });
  });

  test('has what it says', () => {
    const more = `roles: {plan: sit-plan, rollback: sit-rollback}
access: {strategy: role-per-tenant, permissionsBoundary: "arn:aws:iam::815856636111:policy/boundary"}
github: {approval: Staging gate}
promotesFrom: dev
rollout: {maxConcurrency: 256, failureBudget: "10%", soakMinutes: 300, onFailure: previous-revision}
`;
    expect(fleetWith({ ...sit(more), ...other('dev') }).environments.get('sit')).toMatchObject({
      roles: { plan: 'sit-plan', rollback: 'sit-rollback' },
      access: {
        strategy: 'role-per-tenant',
        permissionsBoundary: 'arn:aws:iam::815856636111:policy/boundary',
      },
      github: { approval: 'Staging gate', deployment: 'sit-tenants' },
      promotesFrom: 'dev',
      rollout: {
        maxConcurrency: 256,
        failureBudget: { kind: 'percent', percent: 10 },
        soakMinutes: 300,
        onFailure: 'previous-revision',
      },
    });
  });

  test.each([
    ['0', { kind: 'count', count: 0 }],
    ['3', { kind: 'count', count: 3 }],
    ['"0%"', { kind: 'percent', percent: 0 }],
    ['100%', { kind: 'percent', percent: 100 }],
  ])('a budget of %s is understood', (written, failureBudget) => {
    expect(environmentWith(`rollout: {failureBudget: ${written}}\n`)?.rollout).toMatchObject({
      failureBudget,
    });
  });
});

refuses('rollout', [
  ...['-1', '1.5', '"101%"', '"5"', '"-1%"', 'true', '"1.5%"'].map(
    (budget) =>
      [
        `a budget of ${budget}`,
        sit(`rollout: {failureBudget: ${budget}}\n`),
        [inSit('16:26'), '`rollout.failureBudget`', '"10%"'],
      ] as const,
  ),
  ['nobody in flight', sit('rollout: {maxConcurrency: 0}\n'), [inSit('16:27'), '1 to 256']],
  ['257 in flight', sit('rollout: {maxConcurrency: 257}\n'), [inSit('16:27'), '1 to 256']],
  ['a soak above five hours', sit('rollout: {soakMinutes: 301}\n'), [inSit('16:24'), '0 to 300']],
  ['another end', sit('rollout: {onFailure: rollback}\n'), [inSit('16:22'), 'stop or previous-revision']],
  [
    'an unknown key',
    sit('rollout: {soakMinuts: 1}\n'),
    [inSit('16:11'), '`rollout.soakMinuts`', '`soakMinutes`?'],
  ],
]);

refuses('roles, access and GitHub environments', [
  ['an ARN for a role', sit('roles: {plan: "arn:aws:iam::1:role/x"}\n'), [inSit('16:15'), 'not its ARN']],
  [
    'an unknown phase',
    sit('roles: {destroy: x}\n'),
    [inSit('16:9'), '`roles.destroy`', 'Keys here: plan, deploy, database, rollback'],
  ],
  [
    'an unknown strategy',
    sit('access: {strategy: inline}\n'),
    [inSit('16:20'), 'one of inline-policy, role-per-tenant, path-wildcard'],
  ],
  [
    'a boundary that is no policy',
    sit('access: {permissionsBoundary: boundary}\n'),
    [inSit('16:31'), 'ARN of an IAM policy'],
  ],
  [
    'a boundary of another account',
    sit('access: {permissionsBoundary: "arn:aws:iam::093646564004:policy/b"}\n'),
    [inSit('16:31'), 'account 093646564004', 'sit in 815856636111'],
  ],
  [
    'one GitHub environment for both',
    sit('github: {approval: a, deployment: A}\n'),
    [inSit('16:35'), 'one GitHub environment, a,', 'different names'],
  ],
  [
    'the approval named as the other’s default',
    sit('github: {approval: sit-tenants}\n'),
    [inSit('16:20'), 'one GitHub environment, sit-tenants,'],
  ],
  [
    'a name of 256 characters',
    sit(`github: {approval: ${'a'.repeat(256)}}\n`),
    [inSit('16:20'), 'at most 255'],
  ],
  [
    'a deployment that is another environment’s too',
    { ...sit('github: {deployment: uat-tenants}\n'), ...other('uat') },
    ['fleet/environments/uat.yml:1:1: ', 'uat-tenants', 'is the deployment of sit'],
  ],
  [
    'a deployment that is another environment’s approval',
    { ...sit('github: {deployment: uat}\n'), ...other('uat') },
    [inSit('16:22'), 'is the approval of uat', 'another `github.deployment`'],
  ],
  [
    'a secret’s name that ends as an ARN does',
    sit('basicAuthSecret: sit-basic-Ab12cd\n'),
    [inSit('16:18'), 'may not end with - and six characters'],
  ],
]);

test('two environments may share one approval', () => {
  const gate = 'github: {approval: production}\n';
  expect(fleetWith({ ...sit(gate), ...other('uat', gate) }).environments.size).toBe(2);
});

refuses('promotion', [
  ['from nowhere', sit('promotesFrom: dev\n'), [inSit('16:15'), 'no environment dev']],
  [
    'from a misspelt environment',
    { ...sit('promotesFrom: uta\n'), ...other('uat') },
    [inSit('16:15'), 'no environment uta', '`uat`?'],
  ],
  ['from itself', sit('promotesFrom: sit\n'), [inSit('16:15'), 'sit from sit', 'Delete']],
  [
    'in a circle, told at each',
    {
      ...sit('promotesFrom: uat\n'),
      ...other('uat', 'promotesFrom: sit\n'),
      ...other('x', 'promotesFrom: sit\n'),
    },
    [inSit('16:15'), 'sit from uat from sit'],
    ['fleet/environments/uat.yml:16:15: ', 'uat from sit from uat'],
  ],
]);
