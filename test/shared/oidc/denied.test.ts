// Denied: which claim differs from which condition, and what to do about it.
import { describe, expect, test } from '@jest/globals';
import { detailsOf } from '../../../src/shared/report.ts';
import { type BenchOptions, createBench, operator, roleArn, thrownBy } from './bench.ts';
import { documented } from './claims.ts';

const denied = async (options: BenchOptions) => {
  const bench = createBench(options);
  const { error, shown } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
  for (const token of bench.tokens) expect(shown).not.toContain(token.split('.')[2]);
  expect(error).toMatchObject({
    name: 'Failed',
    what: expect.stringContaining(`AWS did not let this job assume ${roleArn}.`),
  });
  const { fix = '' } = error as { readonly fix?: string };
  return { fix, details: detailsOf(error), bench };
};

const idSub = 'repo:your-org@12345/wpsit@678901234:environment:sit-tenants';

describe('where the trust policy can be read', () => {
  test('every claim is listed, and the one that differs with what is asked for', async () => {
    const { details } = await denied({ machine: operator, claims: { environment: 'sit' } });
    expect(details).toEqual([
      "This job's claims, and what the role's trust policy asks for:",
      'sub: repo:your-org/wpsit:environment:sit-tenants',
      'aud: sts.amazonaws.com',
      'repository: your-org/wpsit',
      'repository_id: 678901234',
      'environment: sit <- differs: StringEquals sit-tenants',
      'ref: refs/heads/main',
      'job_workflow_ref: your-org/tenant-actions/.github/workflows/tenant.yml@refs/tags/v1',
    ]);
  });

  const plainOnly = {
    ...documented,
    StringLike: { sub: 'repo:your-org/wpsit:environment:sit-tenants' },
  };
  test.each<[string, BenchOptions, string]>([
    [
      'no environment',
      { claims: { environment: undefined, sub: 'repo:your-org/wpsit:ref:refs/heads/main' } },
      'names no `environment:`',
    ],
    ['another environment', { claims: { environment: 'sit' } }, 'the role trusts sit-tenants'],
    ['the sub with ids', { claims: { sub: idSub }, trust: plainOnly }, 'form with ids'],
    [
      'the sub without ids',
      { trust: { ...documented, StringLike: { sub: idSub } } },
      'takes only the sub with ids',
    ],
    [
      'letters of another case',
      { trust: { ...documented, StringLike: { sub: 'repo:Your-Org/wpsit:environment:sit-tenants' } } },
      'upper and lower case',
    ],
    ['no reusable workflow', { claims: { job_workflow_ref: undefined } }, 'no job_workflow_ref'],
    [
      'the workflow at another ref',
      {
        trust: {
          ...documented,
          StringLike: {
            job_workflow_ref: 'your-org/tenant-actions/.github/workflows/tenant.yml@refs/tags/v2',
          },
        },
      },
      'tenant.yml@*',
    ],
    [
      'another workflow',
      { claims: { job_workflow_ref: 'your-org/wpsit/.github/workflows/own.yml@refs/heads/main' } },
      'another workflow: your-org/wpsit/.github/workflows/own.yml',
    ],
    ['a copy of the repository', { claims: { repository_id: '1' } }, 'repository with id 1'],
    [
      'a condition that IAM does not have',
      { trust: { ...documented, StringLike: { repository_owner: 'your-org' } } },
      'repository_owner',
    ],
  ])('%s is named as the reason', async (_, options, told) => {
    const { fix, bench } = await denied({ machine: operator, ...options });
    expect(fix).toContain(told);
    expect(bench.assumed()).toBe(1);
  });

  test('a ForAllValues in it is told, though it is not what denies', async () => {
    const { details } = await denied({
      machine: operator,
      trust: { ...documented, 'ForAllValues:StringLike': { ref: 'refs/heads/*' } },
      claims: { environment: 'sit' },
    });
    expect(details.join('\n')).toContain('ForAllValues on ref');
  });

  test('that takes these claims, so something else denies', async () => {
    const bench = createBench({ machine: operator });
    bench.sandbox.faults.arm({
      operation: 'AssumeRoleWithWebIdentity',
      effect: { kind: 'access-denied' },
    });
    const { shown } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(shown).toContain('SCP');
  });
});

describe('where it cannot be read', () => {
  test.each<[string, BenchOptions, readonly string[]]>([
    [
      'no environment',
      { claims: { environment: undefined, sub: 'repo:your-org/wpsit:pull_request' } },
      ['names no `environment:`'],
    ],
    ['the sub with ids', { claims: { sub: `${idSub}-x` } }, ['form with ids']],
    ['nothing unusual', { claims: { environment: 'sit' } }, ['Compare']],
  ])('%s: claims, a checklist and a guess', async (_, options, told) => {
    const { fix, details, bench } = await denied(options);
    for (const text of told) expect(fix).toContain(text);
    expect(fix).toMatch(/^First: is there a role sit-tenants-deploy in account 815856636111\?/);
    expect(details).toContain('aud: sts.amazonaws.com');
    expect(details.join('\n')).toContain('iam:GetRole');
    expect(details.filter((line) => /^\d\./.test(line))).toHaveLength(3);
    expect(bench.sandbox.calls.map(({ operation }) => operation)).toEqual(['AssumeRoleWithWebIdentity']);
  });

  test('because nobody may: the same, and no more noise about it', async () => {
    const bench = createBench({ machine: operator, claims: { environment: 'sit' } });
    bench.sandbox.faults.arm({ operation: 'GetRole', count: 100, effect: { kind: 'access-denied' } });
    const { error, shown } = await thrownBy(bench.connect().sts.getCallerIdentity({}));
    expect(detailsOf(error)).toContain('environment: sit');
    expect(shown).not.toContain('not authorized');
  });
});
