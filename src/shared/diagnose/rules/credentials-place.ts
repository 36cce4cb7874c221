// The credentials, the role or the job are of another account or region than the environment: nothing is written then.
import type { Rule, WithFacts } from '../rule.ts';

export type PlaceEvidence = WithFacts & { readonly differs: 'region' | 'role' | 'caller' };

const shared = { area: 'credentials', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;

const differing =
  (what: PlaceEvidence['differs']): Rule<PlaceEvidence>['sees'] =>
  ({ differs, facts: { found = '' } }) =>
    differs === what ? { proof: [{ from: 'command', text: found }] } : undefined;

const correctAccount = 'Use a role of the right account, or correct {key} in {file}.';

export const placeRules: readonly Rule<PlaceEvidence>[] = [
  {
    ...shared,
    id: 'region-differs',
    symptoms: ['This job is set up for region … (AWS_REGION), but environment … is in …'],
    sees: differing('region'),
    cause:
      'This job is set up for region {found} (AWS_REGION), but environment {environment} is in {region}.',
    fix: ['Nothing was written. Correct aws-region of the job or {key} in {file}.'],
    verify: 'Run again: the action gets beyond its first check.',
  },
  {
    ...shared,
    id: 'role-account-differs',
    symptoms: ['Role … is of account …, but environment … is account …'],
    sees: differing('role'),
    cause: 'Role {role} is of account {found}, but environment {environment} is account {account}.',
    fix: [`Nothing was asked for or written. ${correctAccount}`],
    verify: 'Run again: the action gets beyond its first check.',
  },
  {
    ...shared,
    id: 'credentials-account-differs',
    symptoms: ['These credentials are of account …, but environment … is account …'],
    sees: differing('caller'),
    cause:
      'These credentials are of account {found} ({caller}), but environment {environment} is account {account}.',
    fix: [`Nothing was written. ${correctAccount}`],
    verify: '`aws sts get-caller-identity` with the same credentials answers the account of the environment.',
  },
];
