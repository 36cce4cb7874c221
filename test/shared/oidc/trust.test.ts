// A trust policy held against claims: what IAM would decide, and which claim is to blame.
import { describe, expect, test } from '@jest/globals';
import type { Claims } from '../../../src/shared/oidc/claims.ts';
import { compareClaims } from '../../../src/shared/oidc/trust.ts';
import { type Conditions, claimsWith, documented, statementWith, trustWith } from './claims.ts';

const compare = (conditions: Conditions, claims: Claims = claimsWith()) =>
  compareClaims(JSON.stringify(trustWith(statementWith(conditions))), claims);

const idSub = 'repo:your-org@12345/wpsit@678901234:environment:sit-tenants';

describe('the documented conditions', () => {
  test.each([
    ['a tenant’s job', {}],
    ['the same with ids in its sub', { sub: idSub }],
    ['at any ref', { ref: 'refs/tags/v7' }],
    [
      'with the workflow pinned by commit',
      {
        job_workflow_ref:
          'your-org/tenant-actions/.github/workflows/tenant.yml@9f1c2d3e4b5a69788796a5b4c3d2e1f00f1e2d3c',
      },
    ],
  ])('let in %s', (_, change) => {
    expect(compare(documented, claimsWith(change))).toEqual({
      verdict: 'accepted',
      mismatches: [],
      warnings: [],
    });
  });

  test.each<[string, Claims, readonly string[]]>([
    [
      'a job without environment',
      { environment: undefined, sub: 'repo:your-org/wpsit:ref:refs/heads/main' },
      ['environment', 'sub'],
    ],
    [
      'a job of the approval environment',
      { environment: 'sit', sub: 'repo:your-org/wpsit:environment:sit' },
      ['environment', 'sub'],
    ],
    ['a copy of the repository', { repository_id: '1' }, ['repository_id']],
    [
      'one made anew, with ids',
      { repository_id: '1', sub: idSub.replace('678901234', '1') },
      ['repository_id', 'sub'],
    ],
    [
      'another workflow',
      { job_workflow_ref: 'your-org/wpsit/.github/workflows/own.yml@refs/heads/main' },
      ['job_workflow_ref'],
    ],
    [
      'a workflow of a similar name',
      { job_workflow_ref: 'your-org/tenant-actions/.github/workflows/tenant.yml.bak/x.yml@v1' },
      ['job_workflow_ref'],
    ],
    ['a job outside reusable workflows', { job_workflow_ref: undefined }, ['job_workflow_ref']],
    ['another audience', { aud: 'api://AzureADTokenExchange' }, ['aud']],
  ])('keep out %s', (_, change, blamed) => {
    const { verdict, mismatches } = compare(documented, claimsWith(change));
    expect(verdict).toBe('denied');
    expect(mismatches.map(({ claim }) => claim)).toEqual(blamed);
  });
});

describe('operators', () => {
  const present = claimsWith({ environment: 'sit-tenants' });
  const absent = claimsWith({ environment: undefined });
  test.each<[string, string, boolean, boolean]>([
    // operator, value, holds with the claim, holds without it
    ['StringEquals', 'sit-tenants', true, false],
    ['StringEquals', 'SIT-tenants', false, false],
    ['StringEquals', 'sit-*', false, false],
    ['StringEqualsIgnoreCase', 'SIT-tenants', true, false],
    ['StringLike', 'sit-*', true, false],
    ['StringLike', 'sit-tenant?', true, false],
    ['StringLike', 'sit.tenants', false, false],
    ['StringLike', '*', true, false],
    ['StringNotEquals', 'prod-tenants', true, true],
    ['StringNotEquals', 'sit-tenants', false, true],
    ['StringNotLike', 'sit-*', false, true],
    ['StringEqualsIfExists', 'prod-tenants', false, true],
    ['ForAnyValue:StringEquals', 'sit-tenants', true, false],
    ['ForAnyValue:StringLike', 'prod-*', false, false],
    ['ForAnyValue:StringNotEquals', 'prod-tenants', true, false],
    ['ForAllValues:StringEquals', 'sit-tenants', true, true],
    ['ForAllValues:StringEquals', 'prod-tenants', false, true],
  ])('%s %s', (operator, value, withClaim, withoutClaim) => {
    const conditions = { [operator]: { environment: value } };
    const verdict = (holds: boolean): string => (holds ? 'accepted' : 'denied');
    expect(compare(conditions, present).verdict).toBe(verdict(withClaim));
    expect(compare(conditions, absent).verdict).toBe(verdict(withoutClaim));
  });

  test('several values: one is enough; several keys: all are needed', () => {
    expect(compare({ StringEquals: { environment: ['prod', 'sit-tenants'] } }).verdict).toBe('accepted');
    expect(
      compare({ StringEquals: { environment: 'sit-tenants', ref: 'refs/heads/other' } }).mismatches,
    ).toEqual([
      { condition: 'StringEquals', claim: 'ref', asked: ['refs/heads/other'], found: 'refs/heads/main' },
    ]);
  });

  test('keys are compared without regard to case, as IAM does', () => {
    expect(
      compare({ StringEquals: { 'Token.Actions.GithubUserContent.com:AUD': 'sts.amazonaws.com' } }).verdict,
    ).toBe('accepted');
  });
});

describe('what is wrong with a policy whatever the claims', () => {
  test.each<[string, Conditions, string]>([
    ['ForAllValues', { 'ForAllValues:StringEquals': { environment: 'sit-tenants' } }, 'protects nothing'],
    ['a pattern in StringEquals', { StringEquals: { sub: 'repo:your-org/wpsit:*' } }, 'write StringLike'],
    ['a key that IAM does not have', { StringEquals: { repository_owner: 'your-org' } }, 'never met'],
  ])('%s is told', (_, conditions, warning) => {
    expect(compare(conditions).warnings.join()).toContain(warning);
  });

  test('a key that IAM does not have keeps everybody out, though the token has the claim', () => {
    expect(compare({ StringEquals: { repository_owner: 'your-org' } }).verdict).toBe('denied');
  });
});

describe('statements', () => {
  const accepting = statementWith(documented);
  const compareAll = (...statements: readonly object[]) =>
    compareClaims(JSON.stringify(trustWith(...statements)), claimsWith());

  test('one of several is enough', () => {
    const other = statementWith({ StringEquals: { sub: 'repo:other/one:ref:refs/heads/main' } });
    expect(compareAll(other, accepting).verdict).toBe('accepted');
  });

  test('the nearest one is shown', () => {
    const far = statementWith({ StringEquals: { sub: 'x', environment: 'x', ref: 'x' } });
    const near = statementWith({ StringEquals: { ref: 'refs/heads/release' } });
    expect(compareAll(far, near).mismatches.map(({ claim }) => claim)).toEqual(['ref']);
  });

  test('a Deny that holds wins, one that does not hold says nothing', () => {
    const deny = (ref: string) => statementWith({ StringEquals: { ref } }, { Effect: 'Deny' });
    expect(compareAll(accepting, deny('refs/heads/main')).verdict).toBe('denied');
    expect(compareAll(accepting, deny('refs/heads/other')).verdict).toBe('accepted');
  });

  test.each([
    ['another action', { Action: 'sts:AssumeRole' }, 'Action'],
    [
      'another provider',
      { Principal: { Federated: 'arn:aws:iam::815856636111:oidc-provider/gitlab.com' } },
      'Principal',
    ],
    ['no provider', { Principal: { Service: 'ecs-tasks.amazonaws.com' } }, 'Principal'],
  ])('%s is told as such', (_, change, part) => {
    const { verdict, mismatches } = compareAll(statementWith(documented, change));
    expect(verdict).toBe('denied');
    expect(mismatches.map(({ condition }) => condition)).toEqual([part]);
  });

  test('no statement at all is a denial', () => {
    expect(compareAll().verdict).toBe('denied');
  });

  test('a condition on something that no token says leaves it open, unless a claim settles it', () => {
    const from = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } };
    expect(compareAll(statementWith({ ...documented, ...from })).verdict).toBe('unsure');
    expect(compareAll(statementWith({ ...from, StringEquals: { ref: 'x' } })).verdict).toBe('denied');
  });
});
