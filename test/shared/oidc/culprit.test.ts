// What a denial is put down to: the role's name first where nobody can look, ids only where nothing else differs.
import { describe, expect, test } from '@jest/globals';
import { Failed } from '../../../src/shared/errors.ts';
import type { Claims } from '../../../src/shared/oidc/claims.ts';
import type { RoleOrigin } from '../../../src/shared/oidc/culprit.ts';
import { explainRefusal } from '../../../src/shared/oidc/refusal.ts';
import { type Conditions, claimsWith, statementWith, trustWith } from './claims.ts';

type Case = {
  readonly role?: string;
  readonly origin?: RoleOrigin;
  readonly claims?: Claims;
  /** The role's statements' conditions; none: nobody may read them. */
  readonly trust?: readonly Conditions[];
  readonly readError?: string;
};

const deploy: RoleOrigin = { phase: 'deploy', key: 'roles.deploy', file: 'environments/sit.yml' };
const database: RoleOrigin = { phase: 'database', key: 'roles.database', file: 'environments/sit.yml' };

const tokenOf = (claims: Claims): string =>
  ['header', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'made-up-signature'].join('.');

const namedError = (name: string): Error => Object.assign(new Error('no'), { name });

/** What a person reads, in its parts; the token is in none of them. */
const explain = async ({ role = 'sit-tenants-deploy', origin, trust, ...rest }: Case) => {
  const token = tokenOf(claimsWith(rest.claims));
  const denied = Object.assign(new Error(`Not authorized: ${token}`), { name: 'AccessDenied' });
  const error = await explainRefusal(denied, {
    roleArn: `arn:aws:iam::815856636111:role/${role}`,
    token,
    readTrust: async () => {
      if (rest.readError !== undefined) throw namedError(rest.readError);
      return trust && JSON.stringify(trustWith(...trust.map((conditions) => statementWith(conditions))));
    },
    origin,
  });
  if (!(error instanceof Failed)) throw new Error('not explained');
  const { what, fix, details, message, stack } = error;
  for (const secret of [token, 'made-up-signature', token.split('.')[1] ?? ''])
    expect([what, fix, message, stack, ...details].join('\n')).not.toContain(secret);
  return { what, fix, details };
};

const plain = 'repo:your-org/wpsit';
const ids = 'repo:your-org@12345/wpsit@678901234';
const job = ':environment:sit-tenants';
const pullRequest: Claims = {
  environment: undefined,
  sub: `${ids}:pull_request`,
  ref: 'refs/pull/7/merge',
  job_workflow_ref: 'your-org/tenant-actions/.github/workflows/check-fleet.yml@v1',
};

describe('where the trust policy cannot be read', () => {
  test.each<[string, RoleOrigin | undefined, string]>([
    ['the manifest', deploy, 'roles.deploy in environments/sit.yml'],
    ['the input', { ...deploy, key: 'input role-to-assume', file: undefined }, 'input role-to-assume'],
    ['whichever it was', undefined, 'roles in the environment manifest or input role-to-assume'],
  ])('the first line says that the role comes from %s', async (_, origin, place) => {
    const { what } = await explain({ role: 'sit-nobody', ...(origin ? { origin } : {}) });
    expect(what).toBe(
      `AWS did not let this job assume arn:aws:iam::815856636111:role/sit-nobody. It comes from ${place}.`,
    );
  });

  test.each<[string, Claims]>([
    ['with ids', { sub: `${ids}${job}` }],
    ['without ids', {}],
  ])('%s, whether there is such a role comes before the claims, and ids after both', async (_, claims) => {
    const { fix } = await explain({ role: 'sit-nobody', origin: deploy, claims });
    expect(fix).toMatch(/^First: is there a role sit-nobody in account 815856636111\?/);
    expect(fix.indexOf('Compare')).toBeGreaterThan(0);
    if (claims.sub) expect(fix.indexOf('form with ids')).toBeGreaterThan(fix.indexOf('Compare'));
    else expect(fix).not.toContain('form with ids');
  });

  test('ids are the last of several candidates', async () => {
    const { fix } = await explain({
      origin: deploy,
      claims: { ...pullRequest, job_workflow_ref: undefined },
    });
    const places = ['no environment claim', 'no job_workflow_ref claim', 'form with ids'].map((text) =>
      fix.indexOf(text),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  test('a job that plans is not told to name an environment', async () => {
    const origin: RoleOrigin = { ...deploy, phase: 'plan', key: 'roles.plan' };
    const { fix } = await explain({ role: 'sit-tenants-plan', origin, claims: pullRequest });
    expect(fix).not.toContain('names no `environment:`');
  });

  test('that there is no such role is said where somebody could look', async () => {
    const looked = await explain({ origin: deploy, readError: 'NoSuchEntityException' });
    expect(looked.details.join('\n')).toContain('finds no role of this name');
    const barred = await explain({ origin: deploy, readError: 'AccessDenied' });
    expect(barred.details.join('\n')).not.toContain('finds no role of this name');
  });
});

const sub = (...asked: readonly string[]): Conditions => ({ StringLike: { sub: asked } });

describe('a sub that differs', () => {
  test.each<[string, readonly Conditions[], Claims, string, string]>([
    // what, trust, claims, told, not told
    ['ids alone', [sub(`${plain}${job}`)], { sub: `${ids}${job}` }, 'form with ids', 'runs as'],
    ['ids alone, of the other way', [sub(`${ids}${job}`)], {}, 'only the sub with ids', 'runs as'],
    [
      'ids alone, with an open end',
      [sub(`${plain}:*`, `${plain}:pull_request`)],
      { sub: `${ids}${job}` },
      'form with ids',
      'runs as',
    ],
    [
      'ids alone, beside another context with ids',
      [sub(`${plain}${job}`, `${ids}:pull_request`)],
      { sub: `${ids}${job}` },
      'form with ids',
      'runs as',
    ],
    [
      'ids alone, in a statement of its own',
      [sub(`${ids}:pull_request`), sub(`${plain}${job}`)],
      { sub: `${ids}${job}` },
      'form with ids',
      'runs as',
    ],
    [
      'the ids themselves',
      [sub('repo:your-org@12345/wpsit@1:environment:sit-tenants')],
      { sub: `${ids}${job}` },
      'made anew under the old name',
      'form with ids',
    ],
    [
      'the context, where both forms are asked for',
      [sub(`${plain}${job}`, `${ids}${job}`)],
      { sub: `${ids}:pull_request` },
      'runs as pull_request; the role trusts environment:sit-tenants.',
      'form with ids',
    ],
    [
      'the context, where only the plain form is asked for',
      [sub(`${plain}:pull_request`, `${plain}:ref:*`)],
      { sub: `${ids}${job}` },
      'runs as environment:sit-tenants; the role trusts pull_request or ref:*.',
      'form with ids',
    ],
    [
      'the repository',
      [sub(`repo:your-org/other${job}`)],
      { sub: `${ids}${job}` },
      'of the repository your-org/wpsit; the role trusts your-org/other.',
      'form with ids',
    ],
    ['case', [sub(`repo:Your-Org/wpsit${job}`)], {}, 'upper and lower case', 'form with ids'],
    [
      'a pattern in StringEquals',
      [{ StringEquals: { sub: `${plain}:*` } }],
      {},
      'write StringLike',
      'runs as',
    ],
    [
      'what is shut out',
      [{ StringNotLike: { sub: `${plain}:*` } }],
      {},
      'shuts out sub repo:your-org/wpsit:environment:sit-tenants',
      'runs as',
    ],
  ])('in %s', async (_, trust, claims, told, not) => {
    const { fix } = await explain({ origin: deploy, trust, claims });
    expect(fix).toContain(told);
    expect(fix).not.toContain(not);
  });

  test.each<[string, Conditions, Claims, RegExp]>([
    [
      'job_workflow_ref',
      { StringLike: { job_workflow_ref: '*/tenant.yml@*' } },
      { job_workflow_ref: 'your-org/wpsit/.github/workflows/own.yml@refs/heads/main' },
      /^The job is of another workflow: your-org\/wpsit/,
    ],
    [
      'environment',
      { StringEquals: { environment: 'sit-tenants' } },
      { environment: 'sit' },
      /^The job runs in the GitHub environment sit; the role trusts sit-tenants\./,
    ],
  ])('is named after %s, whatever the order in the policy', async (_, other, claims, told) => {
    const own = { ...claims, sub: `${ids}:environment:sit` };
    for (const trust of [
      { ...sub(`${plain}${job}`), ...other, 'ForAnyValue:StringLike': { sub: `${plain}:environment:sit` } },
      { 'ForAnyValue:StringLike': { sub: `${plain}:environment:sit` }, ...other },
    ])
      expect((await explain({ origin: deploy, trust: [trust], claims: own })).fix).toMatch(told);
  });
});

describe('the role of another phase', () => {
  const plan: Conditions = {
    StringLike: {
      sub: [`${plain}:pull_request`, `${plain}:ref:*`],
      job_workflow_ref: 'your-org/tenant-actions/.github/workflows/check-fleet.yml@*',
    },
  };
  const question = 'roles.database names sit-tenants-plan: is that the role of this phase (database)?';

  test.each<[string, readonly Conditions[] | undefined]>([
    ['readable', [plan]],
    ['unreadable', undefined],
  ])('is asked about where its trust policy is %s', async (_, trust) => {
    const { fix } = await explain({
      role: 'sit-tenants-plan',
      origin: database,
      claims: { sub: `${ids}${job}` },
      ...(trust ? { trust } : {}),
    });
    expect(fix).toContain(question);
    if (trust) expect(fix.startsWith(question)).toBe(true);
    if (trust) expect(fix).not.toMatch(/let the trust policy|form with ids/i);
  });

  test.each([
    ['sit-tenants-database', database],
    ['elsewhere', database],
  ])('%s is not asked about', async (role, origin) => {
    expect((await explain({ role, origin, trust: [plan] })).fix).not.toContain('role of this phase');
  });
});

test('no statement at all, and a Deny that holds, are told as such', async () => {
  expect((await explain({ trust: [] })).fix).toContain('Statement');
  const deny = statementWith(sub('*'), { Effect: 'Deny' });
  const error = await explainRefusal(namedError('AccessDenied'), {
    roleArn: 'arn:aws:iam::815856636111:role/sit-tenants-deploy',
    token: tokenOf(claimsWith()),
    readTrust: async () => JSON.stringify(trustWith(statementWith(sub('*')), deny)),
  });
  expect(String(error)).toContain('A Deny statement of the trust policy holds');
});
