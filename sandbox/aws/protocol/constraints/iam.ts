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
    ['PutRolePolicyRequest.PolicyDocument'],
  ],
  [{ min: 1, max: 320, pattern: '[\\u0020-\\u00FF]+' }, ['ListRolePoliciesRequest.Marker']],
  [{ min: 1, max: 1000 }, ['ListRolePoliciesRequest.MaxItems']],
);
