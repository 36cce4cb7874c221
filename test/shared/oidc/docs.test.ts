// docs/oidc.md: each trust policy in it lets in the workflows that it is for, and keeps out what its table says.
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseTrustPolicy } from '../../../sandbox/aws/services/policy.ts';
import type { Claims } from '../../../src/shared/oidc/claims.ts';
import { compareClaims } from '../../../src/shared/oidc/trust.ts';
import { claimsWith } from './claims.ts';

const policies = [...readFileSync('docs/oidc.md', 'utf8').matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
  ([, json = '']) => json,
);
const [tenants = '', plan = ''] = policies;

const workflow = (name: string, ref = 'refs/tags/v1'): string =>
  `your-org/tenant-actions/.github/workflows/${name}.yml@${ref}`;
const ids = 'repo:your-org@12345/wpsit@678901234';
const commit = '9f1c2d3e4b5a69788796a5b4c3d2e1f00f1e2d3c';

const planning = (change: Claims = {}): Claims =>
  claimsWith({
    environment: undefined,
    sub: 'repo:your-org/wpsit:pull_request',
    ref: 'refs/pull/7/merge',
    job_workflow_ref: workflow('check-fleet'),
    ...change,
  });

test('there are two, and IAM reads them', () => {
  expect(policies.map((policy) => parseTrustPolicy(policy).length)).toEqual([1, 1]);
});

describe.each([
  ['tenants', tenants],
  ['plan', plan],
])('the one of %s', (_, policy) => {
  test('has no condition that protects nothing', () => {
    expect(compareClaims(policy, {}).warnings).toEqual([]);
    expect(compareClaims(policy, {}).verdict).toBe('denied');
  });
});

describe('the tenants’ jobs', () => {
  test.each<[string, Claims]>([
    ['of deploy-fleet', {}],
    ['of a repository with ids', { sub: `${ids}:environment:sit-tenants` }],
    ['of a rollback', { job_workflow_ref: workflow('rollback-tenant') }],
    ['pinned by commit', { job_workflow_ref: workflow('tenant', commit) }],
  ])('%s are let in', (_, change) => {
    expect(compareClaims(tenants, claimsWith(change))).toMatchObject({ verdict: 'accepted' });
  });
});

describe('jobs that plan', () => {
  test.each<[string, Claims]>([
    ['a pull request', {}],
    ['a pull request, with ids', { sub: `${ids}:pull_request` }],
    ['by schedule', { sub: 'repo:your-org/wpsit:ref:refs/heads/main', job_workflow_ref: workflow('drift') }],
    ['by schedule, with ids', { sub: `${ids}:ref:refs/heads/main`, job_workflow_ref: workflow('drift') }],
  ])('%s are let in', (_, change) => {
    expect(compareClaims(plan, planning(change))).toMatchObject({ verdict: 'accepted' });
  });
});

describe('each condition of the tenants’ one keeps out alone', () => {
  test.each<[string, Claims]>([
    ['aud', { aud: 'somebody else' }],
    ['repository_id', { repository_id: '1' }],
    ['environment', { environment: 'sit' }],
    ['sub', { sub: 'repo:stranger/wpsit:environment:sit-tenants' }],
    ['job_workflow_ref', { job_workflow_ref: 'your-org/wpsit/.github/workflows/mine.yml@refs/heads/x' }],
  ])('%s', (claim, change) => {
    const { verdict, mismatches } = compareClaims(tenants, claimsWith(change));
    expect(verdict).toBe('denied');
    expect(mismatches.map((mismatch) => mismatch.claim)).toEqual([claim]);
  });

  test.each<[string, Claims]>([
    ['a pull request', planning()],
    ['a push to a branch', planning({ sub: 'repo:your-org/wpsit:ref:refs/heads/main' })],
    [
      'the approval job',
      claimsWith({
        environment: 'sit',
        sub: 'repo:your-org/wpsit:environment:sit',
        job_workflow_ref: workflow('wave'),
      }),
    ],
  ])('%s, which gets no role that writes', (_, claims) => {
    expect(compareClaims(tenants, claims).verdict).toBe('denied');
  });
});

test('a tenants’ job does not get the role that plans, nor a copied workflow', () => {
  expect(compareClaims(plan, claimsWith()).verdict).toBe('denied');
  expect(
    compareClaims(plan, planning({ job_workflow_ref: 'your-org/wpsit/.github/workflows/check-fleet.yml@x' }))
      .verdict,
  ).toBe('denied');
});

test('every message of the last table is one that an action or AWS says', () => {
  const [, table = ''] = readFileSync('docs/oidc.md', 'utf8').split('## When it is denied');
  const messages = [...table.matchAll(/^\| (?!message|---)(.*?) \|/gm)].map(([, message = '']) => message);
  const ours = globSync(['src/shared/oidc/*.ts', 'src/shared/diagnose/rules/credentials-*.ts'])
    .map((file) => readFileSync(file, 'utf8').replaceAll(/\$\{[^}]*\}|\{[a-z]+\}/gi, '…'))
    .join('\n');
  const ofAws = ['because no session policy allows'];
  expect(messages.length).toBeGreaterThan(8);
  expect(messages.filter((message) => !ours.includes(message) && !ofAws.includes(message))).toEqual([]);
});
