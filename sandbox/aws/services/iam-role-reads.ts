// What can be read of IAM roles, in pages and some time late.
import { AwsError } from '../cloud.ts';
import { type Listing, missingRole, type Role, type State } from './iam-state.ts';
import { optional, pageOf } from './pages.ts';

export type ByRole = { readonly RoleName: string };

/** As CreateRole and ListRoles show it: without what only GetRole tells. */
export const describeRole = (role: Role): object => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
});

const describeFully = (role: Role): object => ({
  ...describeRole(role),
  ...optional('Description', role.description),
  MaxSessionDuration: role.maxSessionDuration,
  ...(role.permissionsBoundary === undefined
    ? {}
    : {
        PermissionsBoundary: {
          PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
          PermissionsBoundaryArn: role.permissionsBoundary,
        },
      }),
  ...(role.tags.length > 0 ? { Tags: role.tags } : {}),
});

const getRole = (state: State, { RoleName }: ByRole): object => {
  const role = state.roles.read(state.keyOfRole(RoleName));
  if (!role) throw missingRole(RoleName);
  return { Role: describeFully(role) };
};

const listRoles = (state: State, input: Listing & { readonly PathPrefix?: string }): object => {
  const { PathPrefix: prefix = '/' } = input;
  const roles = state.roles
    .readValues()
    .filter(({ path }) => path.startsWith(prefix))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { items, next } = page(state, { all: roles, scope: ['ListRoles', prefix], input });
  return { Roles: items.map(describeRole), IsTruncated: next !== undefined, ...optional('Marker', next) };
};

const listRoleTags = (state: State, input: ByRole & Listing): object => {
  const role = state.roles.read(state.keyOfRole(input.RoleName)) ?? state.needRole(input.RoleName);
  const { items, next } = page(state, { all: role.tags, scope: ['ListRoleTags', role.name], input });
  return { Tags: items, IsTruncated: next !== undefined, ...optional('Marker', next) };
};

export type PageRequest<T> = {
  readonly all: readonly T[];
  readonly scope: unknown;
  readonly input: Listing;
};

/** IAM hands out 100 items unless asked for fewer. */
export const page = <T>({ cloud }: State, { all, scope, input }: PageRequest<T>) =>
  pageOf(
    all,
    {
      scope,
      token: input.Marker,
      limit: input.MaxItems,
      most: 100,
      invalid: new AwsError('ValidationError', 'Invalid Marker.'),
    },
    cloud.settings,
  );

export const roleReads = (state: State) => ({
  GetRole: (input: ByRole) => getRole(state, input),
  ListRoleTags: (input: ByRole & Listing) => listRoleTags(state, input),
  ListRoles: (input: Listing & { PathPrefix?: string }) => listRoles(state, input),
});
