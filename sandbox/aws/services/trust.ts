// Whom a role lets in: the claims of a GitHub token as condition keys, and callers of the account.
import type { KeyRecord } from './policy-patterns.ts';
import { type Claims, issuer } from './tokens.ts';

/**
 * What AWS makes a key of, as its service authorization reference for sts:AssumeRoleWithWebIdentity lists it in
 * September 2026. Every other claim is no key: a condition on it never finds a value.
 */
const claimKeys = [
  'sub',
  'aud',
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'repository_owner_id',
  'workflow',
] as const;

export const keysOfClaims = (claims: Claims): KeyRecord =>
  Object.fromEntries(
    claimKeys.flatMap((name): readonly [string, string][] => {
      const value = claims[name];
      return value === undefined || value === null ? [] : [[`${issuer}:${name}`, String(value)]];
    }),
  );

/** `arn:aws:sts::1:assumed-role/deploy/run-1`: the role's name, or undefined for a user. */
export const roleNameOf = (callerArn: string): string | undefined =>
  /:assumed-role\/([^/]+)\//.exec(callerArn)?.[1];

/** Every name by which a trust policy may mean the caller: itself, its role, its account. */
export const namesOfCaller = (callerArn: string, accountId: string): readonly string[] => {
  const role = roleNameOf(callerArn);
  return [
    callerArn,
    ...(role === undefined ? [] : [`arn:aws:iam::${accountId}:role/${role}`]),
    `arn:aws:iam::${accountId}:root`,
    accountId,
    '*',
  ];
};
