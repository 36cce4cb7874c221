// IAM roles with inline policies. Reads lag, and a policy is in force only some time after it was written.
import { AwsError, type Cloud, createStore } from '../cloud.ts';
import type { IamPort } from '../ports.ts';
import { optional, pageOf } from './pages.ts';
import { allowsAction, parsePolicy } from './policy.ts';

type Name = { readonly RoleName: string; readonly PolicyName: string };

type Role = {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  readonly trustPolicy: string;
};

export type RoleSeed = { readonly name: string; readonly trustPolicy: object };

export type Iam = IamPort & {
  readonly seedRole: (seed: RoleSeed) => string;
  /** A policy that has long been in force. */
  readonly seedPolicy: (policy: Policy) => void;
  readonly trustPolicyOf: (arn: string) => string | undefined;
  readonly snapshot: () => object;
};

/** Inline policies of one role together; spaces are free. */
const policyQuota = 10_240;

const missingRole = (name: string): AwsError =>
  new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`);
const missingPolicy = (name: string): AwsError =>
  new AwsError('NoSuchEntity', `The role policy with name ${name} cannot be found.`);

const sizeOf = (document: string): number => document.replace(/\s/g, '').length;
const keyOf = (role: string, policy: string): string => `${role}/${policy}`;

type Policy = { readonly role: string; readonly name: string; readonly document: string };

const createState = (cloud: Cloud) => {
  const roles = createStore<Role>(cloud.clock, cloud.settings.readLagMs);
  const policies = createStore<Policy>(cloud.clock, cloud.settings.readLagMs);
  // The same policies once more, seen with the lag of enforcement instead of the lag of reads.
  const enforced = createStore<Policy>(cloud.clock, cloud.settings.policyLagMs);
  const needRole = (name: string): Role => {
    const role = roles.get(name);
    if (!role) throw missingRole(name);
    return role;
  };
  return { roles, policies, enforced, needRole };
};

type State = ReturnType<typeof createState>;

const savePolicy = ({ policies, enforced }: State, policy: Policy): void => {
  policies.set(keyOf(policy.role, policy.name), policy);
  enforced.set(keyOf(policy.role, policy.name), policy);
};

const putRolePolicy = (state: State, input: Name & { readonly PolicyDocument: string }): object => {
  const { RoleName: role, PolicyName: name, PolicyDocument: document } = input;
  state.needRole(role);
  parsePolicy(document);
  const others = state.policies.values().filter((policy) => policy.role === role && policy.name !== name);
  const size = others.reduce((sum, policy) => sum + sizeOf(policy.document), sizeOf(document));
  if (size > policyQuota)
    throw new AwsError(
      'LimitExceeded',
      `Maximum policy size of ${policyQuota} bytes exceeded for role ${role}`,
    );
  savePolicy(state, { role, name, document });
  return {};
};

const deleteRolePolicy = (state: State, { RoleName: role, PolicyName: name }: Name): object => {
  state.needRole(role);
  if (!state.policies.get(keyOf(role, name))) throw missingPolicy(name);
  state.policies.delete(keyOf(role, name));
  state.enforced.delete(keyOf(role, name));
  return {};
};

const getRolePolicy = (state: State, { RoleName: role, PolicyName: name }: Name): object => {
  state.needRole(role);
  const policy = state.policies.read(keyOf(role, name));
  if (!policy) throw missingPolicy(name);
  return { RoleName: role, PolicyName: name, PolicyDocument: encodeURIComponent(policy.document) };
};

const getRole = (state: State, { RoleName: name }: { readonly RoleName: string }): object => {
  const role = state.roles.read(name);
  if (!role) throw missingRole(name);
  return {
    Role: {
      Path: '/',
      RoleName: role.name,
      RoleId: role.id,
      Arn: role.arn,
      CreateDate: new Date(role.createdAt),
      AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
      MaxSessionDuration: 3600,
    },
  };
};

const listRolePolicies = (
  state: State,
  input: { readonly RoleName: string; readonly Marker?: string; readonly MaxItems?: number },
  cloud: Cloud,
): object => {
  const { RoleName: role } = input;
  state.needRole(role);
  const names = state.policies
    .readValues()
    .filter((policy) => policy.role === role)
    .map(({ name }) => name)
    .sort();
  const page = pageOf(
    names,
    {
      scope: ['ListRolePolicies', role],
      token: input.Marker,
      limit: input.MaxItems,
      most: 100,
      invalid: new AwsError('ValidationError', 'Invalid Marker.'),
    },
    cloud.settings,
  );
  return { PolicyNames: page.items, IsTruncated: page.next !== undefined, ...optional('Marker', page.next) };
};

const seedRole = (state: State, cloud: Cloud, seed: RoleSeed): string => {
  const { name, trustPolicy } = seed;
  const arn = `arn:aws:iam::${cloud.accountId}:role/${name}`;
  const id = `AROA${cloud.newId(17).toUpperCase()}`;
  const createdAt = cloud.clock.now();
  state.roles.set(name, { name, arn, id, createdAt, trustPolicy: JSON.stringify(trustPolicy) });
  return arn;
};

const roleOf = (state: State, arn: string): Role | undefined => {
  const role = state.roles.get(arn.split('/').at(-1) ?? arn);
  return role?.arn === arn ? role : undefined;
};

const isAllowed = (state: State, { roleArn, action, resource }: Parameters<Iam['allows']>[0]): boolean => {
  const role = roleOf(state, roleArn);
  const policies = state.enforced.readValues().filter((policy) => policy.role === role?.name);
  return allowsAction(
    policies.map(({ document }) => parsePolicy(document)),
    { action, resource },
  );
};

const snapshot = ({ roles, policies }: State): object => ({
  roles: roles.values().map(({ name, trustPolicy }) => ({ name, trustPolicy: JSON.parse(trustPolicy) })),
  policies: policies
    .values()
    .map(({ role, name, document }) => ({ role, name, document: JSON.parse(document) })),
});

export const createIam = (cloud: Cloud): Iam => {
  const state = createState(cloud);
  return {
    operations: {
      GetRole: (input: { RoleName: string }) => getRole(state, input),
      GetRolePolicy: (input: Name) => getRolePolicy(state, input),
      PutRolePolicy: (input: Name & { PolicyDocument: string }) => putRolePolicy(state, input),
      DeleteRolePolicy: (input: Name) => deleteRolePolicy(state, input),
      ListRolePolicies: (input: { RoleName: string }) => listRolePolicies(state, input, cloud),
    },
    hasRole: (arn) => roleOf(state, arn) !== undefined,
    allows: (call) => isAllowed(state, call),
    seedRole: (seed) => seedRole(state, cloud, seed),
    seedPolicy: (policy) => savePolicy(state, policy),
    trustPolicyOf: (arn) => roleOf(state, arn)?.trustPolicy,
    snapshot: () => snapshot(state),
  };
};
