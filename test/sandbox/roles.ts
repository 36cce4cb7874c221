// A role that one tenant's tasks start with.
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { createClients, sit } from './fixture.ts';
import { policyOf } from './session.ts';

export const RoleName = 'sit-goldencrust-execution';
export const roleArn = `arn:aws:iam::${sit.accountId}:role/${RoleName}`;
export const executionPolicy = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
export const tasksMayAssume = policyOf({
  Effect: 'Allow',
  Principal: { Service: 'ecs-tasks.amazonaws.com' },
  Action: 'sts:AssumeRole',
});

export const create = (sandbox: Sandbox, change: object = {}) =>
  createClients(sandbox).iam.createRole({ RoleName, AssumeRolePolicyDocument: tasksMayAssume, ...change });
