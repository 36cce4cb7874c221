// The life of a role that one tenant has for itself.
import { sit } from '../sandbox/fixture.ts';
import type { Life } from './scenario.ts';

const RoleName = 'sit-goldencrust-execution';
const PolicyName = 'secret';
const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';

const documentOf = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });

/** Every operation on roles, and none of it is left. */
export const keepRole = async ({ aws: { iam }, sandbox }: Life): Promise<void> => {
  const trust = documentOf({ Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' });
  const document = documentOf({ Action: 'secretsmanager:GetSecretValue', Resource: '*' });
  const PermissionsBoundary = sandbox.neighbours.iam.seedManagedPolicy({ name: 'boundary', document });
  const Tags = [{ Key: 'Tenant', Value: 'goldencrust' }];
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust, Description: sit.name, Tags });
  await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary });
  await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust });
  await iam.tagRole({ RoleName, Tags: [{ Key: 'Extra', Value: 'x' }] });
  await iam.untagRole({ RoleName, TagKeys: ['Extra'] });
  await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: document });
  await iam.attachRolePolicy({ RoleName, PolicyArn });
  await iam.getRole({ RoleName });
  await iam.listRoles({ PathPrefix: '/' });
  await iam.listRoleTags({ RoleName });
  await iam.listAttachedRolePolicies({ RoleName });
  await iam.detachRolePolicy({ RoleName, PolicyArn });
  await iam.deleteRolePolicy({ RoleName, PolicyName });
  await iam.deleteRole({ RoleName });
};
