// Permissions of IAM's operations: all on the role, under its permissions boundary.
import type * as IAM from '@aws-sdk/client-iam';
import {
  type AccountView,
  type AuthorizationTable,
  type Need,
  requestTags,
  tagKeys,
  tagsOnCreate,
} from './needs.ts';

type ByRole = { readonly RoleName: string | undefined };

const onRole =
  (name: string) =>
  ({ RoleName = '' }: ByRole, account: AccountView): readonly Need[] => [
    {
      action: `iam:${name}`,
      resource: account.roleArn(RoleName),
      keys: { 'iam:PermissionsBoundary': account.boundaryOf(RoleName) },
    },
  ];

const onAttachment =
  (name: string) =>
  (input: ByRole & { readonly PolicyArn: string | undefined }, account: AccountView): readonly Need[] =>
    onRole(name)(input, account).map((need) => ({
      ...need,
      keys: { ...need.keys, 'iam:PolicyARN': input.PolicyArn },
    }));

const createRole = (input: IAM.CreateRoleCommandInput, { accountId }: AccountView): readonly Need[] => {
  const { RoleName, Path = '/', PermissionsBoundary, Tags } = input;
  const resource = `arn:aws:iam::${accountId}:role${Path}${RoleName}`;
  const keys = { 'iam:PermissionsBoundary': PermissionsBoundary };
  return [
    { action: 'iam:CreateRole', resource, keys: { ...keys, ...requestTags(Tags) } },
    ...tagsOnCreate({ action: 'iam:TagRole', resource }, Tags),
  ];
};

export const iamPermissions: AuthorizationTable = {
  AttachRolePolicy: onAttachment('AttachRolePolicy'),
  CreateRole: createRole,
  DeleteRole: onRole('DeleteRole'),
  DeleteRolePolicy: onRole('DeleteRolePolicy'),
  DetachRolePolicy: onAttachment('DetachRolePolicy'),
  GetRole: onRole('GetRole'),
  GetRolePolicy: onRole('GetRolePolicy'),
  ListAttachedRolePolicies: onRole('ListAttachedRolePolicies'),
  ListRolePolicies: onRole('ListRolePolicies'),
  ListRoleTags: onRole('ListRoleTags'),
  ListRoles: ({ PathPrefix = '/' }: IAM.ListRolesCommandInput, { accountId }) => [
    { action: 'iam:ListRoles', resource: `arn:aws:iam::${accountId}:role${PathPrefix}` },
  ],
  // The condition looks at the boundary that the request would set.
  PutRolePermissionsBoundary: (input: IAM.PutRolePermissionsBoundaryCommandInput, account) =>
    onRole('PutRolePermissionsBoundary')(input, account).map((need) => ({
      ...need,
      keys: { 'iam:PermissionsBoundary': input.PermissionsBoundary },
    })),
  PutRolePolicy: onRole('PutRolePolicy'),
  TagRole: (input: IAM.TagRoleCommandInput, account) =>
    onRole('TagRole')(input, account).map((need) => ({
      ...need,
      keys: { ...need.keys, ...requestTags(input.Tags) },
    })),
  UntagRole: (input: IAM.UntagRoleCommandInput, account) =>
    onRole('UntagRole')(input, account).map((need) => ({
      ...need,
      keys: { ...need.keys, ...tagKeys(input.TagKeys) },
    })),
  UpdateAssumeRolePolicy: onRole('UpdateAssumeRolePolicy'),
};
