// What IAM roles may do: inline policies in one quota, and managed policies attached by ARN.
import { AwsError } from '../cloud.ts';
import { page } from './iam-role-reads.ts';
import type { InlinePolicy, Listing, State } from './iam-state.ts';
import { optional } from './pages.ts';
import { parsePolicy } from './policy.ts';

type ByName = { readonly RoleName: string; readonly PolicyName: string };
type ByArn = { readonly RoleName: string; readonly PolicyArn: string };

/** Inline policies of one role together; spaces are free. */
const policyQuota = 10_240;
const mostAttached = 10;

const missingPolicy = (name: string): AwsError =>
  new AwsError('NoSuchEntity', `The role policy with name ${name} cannot be found.`);

const sizeOf = (document: string): number => document.replace(/\s/g, '').length;
const keyOf = (role: string, policy: string): string => `${role} ${policy}`;

export const savePolicy = ({ policies }: State, policy: InlinePolicy): void =>
  policies.set(keyOf(policy.role, policy.name), policy);

const putRolePolicy = (state: State, input: ByName & { readonly PolicyDocument: string }): object => {
  const { PolicyName: name, PolicyDocument: document } = input;
  const { name: role } = state.needRole(input.RoleName);
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

const deleteRolePolicy = (state: State, { RoleName, PolicyName: name }: ByName): object => {
  const { name: role } = state.needRole(RoleName);
  if (!state.policies.get(keyOf(role, name))) throw missingPolicy(name);
  state.policies.delete(keyOf(role, name));
  return {};
};

const getRolePolicy = (state: State, { RoleName, PolicyName: name }: ByName): object => {
  const { name: role } = state.needRole(RoleName);
  const policy = state.policies.read(keyOf(role, name));
  if (!policy) throw missingPolicy(name);
  return { RoleName: role, PolicyName: name, PolicyDocument: encodeURIComponent(policy.document) };
};

const listRolePolicies = (state: State, input: Listing & { readonly RoleName: string }): object => {
  const { name: role } = state.needRole(input.RoleName);
  const names = state.policies
    .readValues()
    .filter((policy) => policy.role === role)
    .map(({ name }) => name)
    .sort();
  const { items, next } = page(state, { all: names, scope: ['ListRolePolicies', role], input });
  return { PolicyNames: items, IsTruncated: next !== undefined, ...optional('Marker', next) };
};

const attach = (state: State, { RoleName, PolicyArn: arn }: ByArn): object => {
  const { name: role } = state.needRole(RoleName);
  if (!state.managed.has(arn))
    throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`);
  const others = state.attachments.values().filter((one) => one.role === role && one.arn !== arn);
  if (others.length >= mostAttached)
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerRole: ${mostAttached}`);
  state.attachments.set(keyOf(role, arn), { role, arn });
  return {};
};

const detach = (state: State, { RoleName, PolicyArn: arn }: ByArn): object => {
  const { name: role } = state.needRole(RoleName);
  if (!state.attachments.get(keyOf(role, arn)))
    throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`);
  state.attachments.delete(keyOf(role, arn));
  return {};
};

const listAttached = (
  state: State,
  input: Listing & { readonly RoleName: string; readonly PathPrefix?: string },
): object => {
  const { PathPrefix: prefix = '/' } = input;
  const { name: role } = state.needRole(input.RoleName);
  const attached = state.attachments
    .readValues()
    .filter((one) => one.role === role && one.arn.split(':policy')[1]?.startsWith(prefix))
    .map(({ arn }) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn }))
    .toSorted((a, b) => (a.PolicyArn < b.PolicyArn ? -1 : 1));
  const scope = ['ListAttachedRolePolicies', role, prefix];
  const { items, next } = page(state, { all: attached, scope, input });
  return { AttachedPolicies: items, IsTruncated: next !== undefined, ...optional('Marker', next) };
};

export const policyOperations = (state: State) => ({
  AttachRolePolicy: (input: ByArn) => attach(state, input),
  DeleteRolePolicy: (input: ByName) => deleteRolePolicy(state, input),
  DetachRolePolicy: (input: ByArn) => detach(state, input),
  GetRolePolicy: (input: ByName) => getRolePolicy(state, input),
  ListAttachedRolePolicies: (input: Listing & { RoleName: string; PathPrefix?: string }) =>
    listAttached(state, input),
  ListRolePolicies: (input: Listing & { RoleName: string }) => listRolePolicies(state, input),
  PutRolePolicy: (input: ByName & { PolicyDocument: string }) => putRolePolicy(state, input),
});

/** A managed policy of the account; answers its ARN. */
export const seedManagedPolicy = (
  { cloud, managed }: State,
  { name, document }: { readonly name: string; readonly document: string },
): string => {
  parsePolicy(document);
  const arn = `arn:aws:iam::${cloud.accountId}:policy/${name}`;
  managed.set(arn, document);
  return arn;
};
