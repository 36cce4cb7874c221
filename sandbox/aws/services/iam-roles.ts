// IAM roles: made, read, tagged, bounded and deleted.
import { AwsError } from '../cloud.ts';
import { type ByRole, describeRole, roleReads } from './iam-role-reads.ts';
import type { Role, RoleSeed, State, Tag } from './iam-state.ts';
import { optional } from './pages.ts';
import { parseTrustPolicy } from './policy.ts';

const mostRoles = 1_000;
const mostTags = 50;
/** Spaces are free. */
const mostTrustPolicy = 2_048;

const quota = (name: string, limit: number): AwsError =>
  new AwsError('LimitExceeded', `Cannot exceed quota for ${name}: ${limit}`);

const checkTrustPolicy = (document: string): void => {
  parseTrustPolicy(document);
  if (document.replace(/\s/g, '').length > mostTrustPolicy) throw quota('ACLSizePerRole', mostTrustPolicy);
};

const checkBoundary = ({ managed }: State, arn: string): void => {
  if (!managed.has(arn))
    throw new AwsError('NoSuchEntity', `Scope ARN: ${arn} does not exist or is not attachable.`);
};

const withTags = (before: readonly Tag[], added: readonly Tag[]): readonly Tag[] => {
  const keys = added.map(({ Key }) => Key.toLowerCase());
  if (new Set(keys).size < keys.length)
    throw new AwsError(
      'InvalidInput',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  const after = [...before.filter(({ Key }) => !keys.includes(Key.toLowerCase())), ...added];
  if (after.length > mostTags)
    throw new AwsError('LimitExceeded', `The number of tags has reached the maximum limit: ${mostTags}`);
  return after;
};

const save = (state: State, role: Role): void => state.roles.set(state.keyOfRole(role.name), role);

type CreateInput = ByRole & {
  readonly AssumeRolePolicyDocument: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
  readonly PermissionsBoundary?: string;
  readonly Tags?: readonly Tag[];
};

const newRole = ({ cloud }: State, input: CreateInput): Role => {
  const { RoleName: name, Path: path = '/' } = input;
  return {
    name,
    path,
    arn: `arn:aws:iam::${cloud.accountId}:role${path}${name}`,
    id: `AROA${cloud.newId(17).toUpperCase()}`,
    createdAt: cloud.clock.now(),
    trustPolicy: input.AssumeRolePolicyDocument,
    description: input.Description,
    maxSessionDuration: input.MaxSessionDuration ?? 3600,
    permissionsBoundary: input.PermissionsBoundary,
    tags: withTags([], input.Tags ?? []),
  };
};

const createRole = (state: State, input: CreateInput): object => {
  const { RoleName: name, PermissionsBoundary: boundary } = input;
  checkTrustPolicy(input.AssumeRolePolicyDocument);
  if (boundary !== undefined) checkBoundary(state, boundary);
  if (state.roles.get(state.keyOfRole(name)))
    throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`);
  if (state.roles.values().length >= mostRoles) throw quota('RolesPerAccount', mostRoles);
  const role = newRole(state, input);
  save(state, role);
  return { Role: { ...describeRole(role), ...(role.tags.length > 0 ? { Tags: role.tags } : {}) } };
};

/** What was just taken off a role is in its way until readers have seen it go. */
const isEmpty = ({ policies, attachments }: State, { name }: Role): boolean => {
  const on = ({ role }: { readonly role: string }): boolean => role === name;
  return ![policies, attachments].some((store) => store.values().some(on) || store.readValues().some(on));
};

const deleteRole = (state: State, { RoleName }: ByRole): object => {
  const role = state.needRole(RoleName);
  if (!isEmpty(state, role))
    throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach or delete all policies first.');
  state.roles.delete(state.keyOfRole(RoleName));
  return {};
};

const change = (state: State, name: string, changed: (role: Role) => Partial<Role>): object => {
  const role = state.needRole(name);
  save(state, { ...role, ...changed(role) });
  return {};
};

const putBoundary = (
  state: State,
  { RoleName, PermissionsBoundary }: ByRole & { readonly PermissionsBoundary: string },
): object => {
  checkBoundary(state, PermissionsBoundary);
  return change(state, RoleName, () => ({ permissionsBoundary: PermissionsBoundary }));
};

const updateTrust = (
  state: State,
  { RoleName, PolicyDocument }: ByRole & { readonly PolicyDocument: string },
): object => {
  state.needRole(RoleName);
  checkTrustPolicy(PolicyDocument);
  return change(state, RoleName, () => ({ trustPolicy: PolicyDocument }));
};

export const roleOperations = (state: State) => ({
  ...roleReads(state),
  CreateRole: (input: CreateInput) => createRole(state, input),
  DeleteRole: (input: ByRole) => deleteRole(state, input),
  PutRolePermissionsBoundary: (input: ByRole & { PermissionsBoundary: string }) => putBoundary(state, input),
  TagRole: ({ RoleName, Tags }: ByRole & { Tags: readonly Tag[] }) =>
    change(state, RoleName, ({ tags }) => ({ tags: withTags(tags, Tags) })),
  UntagRole: ({ RoleName, TagKeys }: ByRole & { TagKeys: readonly string[] }) =>
    change(state, RoleName, ({ tags }) => ({ tags: tags.filter(({ Key }) => !TagKeys.includes(Key)) })),
  UpdateAssumeRolePolicy: (input: ByRole & { PolicyDocument: string }) => updateTrust(state, input),
});

/** A role that has long been there; its trust policy is read as strictly as CreateRole reads it. */
export const seedRole = (state: State, seed: RoleSeed): string => {
  const trustPolicy = JSON.stringify(seed.trustPolicy);
  parseTrustPolicy(trustPolicy);
  const role = newRole(state, {
    RoleName: seed.name,
    AssumeRolePolicyDocument: trustPolicy,
    ...optional('MaxSessionDuration', seed.maxSessionDuration),
    ...optional('PermissionsBoundary', seed.permissionsBoundary),
    ...optional('Tags', seed.tags),
  });
  state.longAgo(() => save(state, role));
  return role.arn;
};
