// What AWS's models of iam say beyond types. Compared with the models themselves where AWS_MODELS names them.
import { type ConstraintTable, rules } from '../table.ts';

export const iamConstraints: ConstraintTable = rules(
  [
    { min: 1, max: 64, pattern: '[\\w+=,.@-]+' },
    [
      'GetRoleRequest.RoleName',
      'GetRolePolicyRequest.RoleName',
      'PutRolePolicyRequest.RoleName',
      'DeleteRolePolicyRequest.RoleName',
      'ListRolePoliciesRequest.RoleName',
      'CreateRoleRequest.RoleName',
      'DeleteRoleRequest.RoleName',
      'TagRoleRequest.RoleName',
      'UntagRoleRequest.RoleName',
      'ListRoleTagsRequest.RoleName',
      'AttachRolePolicyRequest.RoleName',
      'DetachRolePolicyRequest.RoleName',
      'ListAttachedRolePoliciesRequest.RoleName',
      'PutRolePermissionsBoundaryRequest.RoleName',
      'UpdateAssumeRolePolicyRequest.RoleName',
    ],
  ],
  [
    { min: 1, max: 128, pattern: '[\\w+=,.@-]+' },
    [
      'GetRolePolicyRequest.PolicyName',
      'PutRolePolicyRequest.PolicyName',
      'DeleteRolePolicyRequest.PolicyName',
    ],
  ],
  [
    { min: 1, max: 131072, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' },
    [
      'PutRolePolicyRequest.PolicyDocument',
      'CreateRoleRequest.AssumeRolePolicyDocument',
      'UpdateAssumeRolePolicyRequest.PolicyDocument',
    ],
  ],
  [
    { min: 1, max: 320, pattern: '[\\u0020-\\u00FF]+' },
    [
      'ListRolePoliciesRequest.Marker',
      'ListRoleTagsRequest.Marker',
      'ListRolesRequest.Marker',
      'ListAttachedRolePoliciesRequest.Marker',
    ],
  ],
  [
    { min: 1, max: 1000 },
    [
      'ListRolePoliciesRequest.MaxItems',
      'ListRoleTagsRequest.MaxItems',
      'ListRolesRequest.MaxItems',
      'ListAttachedRolePoliciesRequest.MaxItems',
    ],
  ],
  [{ min: 1, max: 512, pattern: '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)' }, ['CreateRoleRequest.Path']],
  [
    { max: 1000, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*' },
    ['CreateRoleRequest.Description'],
  ],
  [{ min: 3600, max: 43200 }, ['CreateRoleRequest.MaxSessionDuration']],
  [
    { min: 20, max: 2048 },
    [
      'CreateRoleRequest.PermissionsBoundary',
      'AttachRolePolicyRequest.PolicyArn',
      'DetachRolePolicyRequest.PolicyArn',
      'PutRolePermissionsBoundaryRequest.PermissionsBoundary',
    ],
  ],
  [{ max: 50 }, ['CreateRoleRequest.Tags', 'TagRoleRequest.Tags', 'UntagRoleRequest.TagKeys']],
  [
    { min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' },
    ['Tag.Key', 'UntagRoleRequest.TagKeys[]'],
  ],
  [{ min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' }, ['Tag.Value']],
  [{ min: 1, max: 512, pattern: '\\u002F[\\u0021-\\u007F]*' }, ['ListRolesRequest.PathPrefix']],
  [
    { min: 1, max: 512, pattern: '((/[A-Za-z0-9\\.,\\+@=_-]+)*)/' },
    ['ListAttachedRolePoliciesRequest.PathPrefix'],
  ],
);
