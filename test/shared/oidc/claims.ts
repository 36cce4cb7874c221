// Claims as GitHub makes them for a tenant's job of `deploy-fleet.yml`, called from a user's repository.
import type { Claims } from '../../../src/shared/oidc/claims.ts';

export const claimsWith = (change: Claims = {}): Claims => ({
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'sts.amazonaws.com',
  sub: 'repo:your-org/wpsit:environment:sit-tenants',
  repository: 'your-org/wpsit',
  repository_id: '678901234',
  repository_owner: 'your-org',
  repository_owner_id: '12345',
  environment: 'sit-tenants',
  ref: 'refs/heads/main',
  job_workflow_ref: 'your-org/tenant-actions/.github/workflows/tenant.yml@refs/tags/v1',
  ...change,
});

const issuer = 'token.actions.githubusercontent.com';

/** Conditions by operator and claim, e.g. `{StringEquals: {aud: 'sts.amazonaws.com'}}`. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export const statementWith = (conditions: Conditions, change: object = {}): object => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::815856636111:oidc-provider/${issuer}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([claim, value]) => [
          claim.includes(':') ? claim : `${issuer}:${claim}`,
          value,
        ]),
      ),
    ]),
  ),
  ...change,
});

export const trustWith = (...statements: readonly object[]) => ({
  Version: '2012-10-17',
  Statement: statements,
});

/** What the documentation gives for a role of the tenants' jobs. */
export const documented: Conditions = {
  StringEquals: { aud: 'sts.amazonaws.com', environment: 'sit-tenants', repository_id: '678901234' },
  StringLike: {
    sub: [
      'repo:your-org/wpsit:environment:sit-tenants',
      'repo:your-org@*/wpsit@678901234:environment:sit-tenants',
    ],
    job_workflow_ref: 'your-org/tenant-actions/.github/workflows/tenant.yml@*',
  },
};
