// IAM: roles and what they may do. Reads lag, and what is written is in force only some time later.
import type { Cloud } from '../cloud.ts';
import type { IamPort } from '../ports.ts';
import { policyOperations, savePolicy, seedManagedPolicy } from './iam-policies.ts';
import { roleOperations, seedRole } from './iam-roles.ts';
import {
  createState,
  type InlinePolicy,
  type Role,
  type RoleSeed,
  roleInForce,
  roleOf,
  type State,
} from './iam-state.ts';
import { decide, type Statement, trusts } from './policy.ts';
import { keysOf } from './policy-patterns.ts';
import { issuer } from './tokens.ts';

/** What bears on a role's calls, as in force now. */
export type RolePermissions = {
  readonly identity: readonly Statement[];
  readonly boundary: readonly Statement[] | undefined;
};

export type AssumableRole = Pick<Role, 'name' | 'arn' | 'id' | 'maxSessionDuration' | 'tags'> & {
  readonly trust: readonly Statement[];
};

export type Iam = IamPort & {
  /** A role that has long been there, trusted and in force. */
  readonly seedRole: (seed: RoleSeed) => string;
  /** A policy that has long been in force. */
  readonly seedPolicy: (policy: InlinePolicy) => void;
  readonly seedManagedPolicy: (policy: { readonly name: string; readonly document: string }) => string;
  readonly removeOidcProvider: () => void;
  /** Audiences that the account's provider for an issuer takes; undefined: there is no such provider. */
  readonly oidcAudiences: (issuerUrl: string) => readonly string[] | undefined;
  /** Undefined for a role that is not there or not in force yet. */
  readonly assumableRole: (arn: string) => AssumableRole | undefined;
  readonly permissionsOf: (roleArn: string) => RolePermissions;
  readonly role: (name: string) => Pick<Role, 'arn' | 'tags' | 'permissionsBoundary'> | undefined;
  /** Statements of a managed policy, AWS's or the account's. */
  readonly managedPolicy: (arn: string) => readonly Statement[] | undefined;
  readonly snapshot: () => object;
};

const managedStatements = (state: State, arn: string): readonly Statement[] | undefined => {
  const document = state.managed.get(arn);
  return document === undefined ? undefined : state.statementsOf(document);
};

const permissionsOf = (state: State, roleArn: string): RolePermissions => {
  const role = roleInForce(state, roleArn);
  const inline = state.policies.inForce.readValues().filter((policy) => policy.role === role?.name);
  const attached = state.attachments.inForce.readValues().filter((one) => one.role === role?.name);
  const boundary = role?.permissionsBoundary;
  return {
    identity: [
      ...inline.flatMap(({ document }) => state.statementsOf(document)),
      ...attached.flatMap(({ arn }) => managedStatements(state, arn) ?? []),
    ],
    boundary: boundary === undefined ? undefined : (managedStatements(state, boundary) ?? []),
  };
};

const isAllowed = (state: State, { roleArn, action, resource }: Parameters<Iam['allows']>[0]): boolean => {
  const { identity, boundary } = permissionsOf(state, roleArn);
  const request = { action, resource, keys: keysOf({}) };
  return [identity, ...(boundary ? [boundary] : [])].every((one) => decide(one, request) === 'allowed');
};

const assumableRole = (state: State, arn: string): AssumableRole | undefined => {
  const role = roleInForce(state, arn);
  return role && roleOf(state, arn) && { ...role, trust: state.trustOf(role.trustPolicy) };
};

/** ECS assumes a task's roles for tasks of its own account, and says so where a trust policy asks. */
const isTaskRole = (state: State, arn: string): boolean => {
  const { accountId, region } = state.cloud;
  const role = assumableRole(state, arn);
  const keys = keysOf({
    'aws:SourceAccount': accountId,
    'aws:SourceArn': `arn:aws:ecs:${region}:${accountId}:*`,
  });
  const principal = { kind: 'Service', names: ['ecs-tasks.amazonaws.com'] } as const;
  return role !== undefined && trusts(role.trust, { action: 'sts:AssumeRole', principal, keys });
};

const snapshot = ({ roles, policies, attachments }: State): object => ({
  roles: roles.values().map(({ name, path, trustPolicy, permissionsBoundary, maxSessionDuration, tags }) => ({
    name,
    path,
    trustPolicy: JSON.parse(trustPolicy),
    permissionsBoundary,
    maxSessionDuration,
    tags,
  })),
  policies: policies
    .values()
    .map(({ role, name, document }) => ({ role, name, document: JSON.parse(document) })),
  attachments: attachments.values(),
});

export const createIam = (cloud: Cloud): Iam => {
  const state = createState(cloud);
  state.oidcProviders.set(`https://${issuer}`, ['sts.amazonaws.com']);
  return {
    operations: { ...roleOperations(state), ...policyOperations(state) },
    hasRole: (arn) => roleOf(state, arn) !== undefined,
    isTaskRole: (arn) => isTaskRole(state, arn),
    allows: (call) => isAllowed(state, call),
    seedRole: (seed) => seedRole(state, seed),
    seedPolicy: (policy) => state.longAgo(() => savePolicy(state, policy)),
    seedManagedPolicy: (policy) => seedManagedPolicy(state, policy),
    removeOidcProvider: () => state.oidcProviders.clear(),
    oidcAudiences: (issuerUrl) => state.oidcProviders.get(issuerUrl),
    assumableRole: (arn) => assumableRole(state, arn),
    permissionsOf: (roleArn) => permissionsOf(state, roleArn),
    role: (name) => state.roles.get(state.keyOfRole(name)),
    managedPolicy: (arn) => managedStatements(state, arn),
    snapshot: () => snapshot(state),
  };
};
