// What ECS can do with a role, and what the role may do.
import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';
import { create, executionPolicy, RoleName, roleArn } from './roles.ts';
import { allow, policyOf } from './session.ts';

describe('a role for tasks', () => {
  const networkConfiguration = {
    awsvpcConfiguration: {
      subnets: [...sit.network.subnets],
      securityGroups: [...sit.network.securityGroups],
    },
  };
  const { cluster } = sit;

  const register = (sandbox: Sandbox) =>
    createClients(sandbox).ecs.registerTaskDefinition({
      family: 'sit-x',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn: roleArn,
      containerDefinitions: [{ name: 'x', image: 'nginx' }],
    });

  const run = (sandbox: Sandbox) =>
    createClients(sandbox).ecs.runTask({
      cluster,
      taskDefinition: 'sit-x',
      launchType: 'FARGATE',
      networkConfiguration,
    });

  test('cannot be assumed by ECS before it is in force', async () => {
    const { sandbox, clock } = createFixture({ settings: { policyLagMs: 8_000 } });
    await create(sandbox);
    await register(sandbox);
    expect(await codeOf(run(sandbox))).toContain(
      `ClientException: ECS was unable to assume the role '${roleArn}' that was provided for this task.`,
    );
    await clock.sleep(8_000);
    expect(await codeOf(run(sandbox))).toBe('ok');
  });

  test('holds a service up until it is in force, and the service says so once', async () => {
    const { sandbox, clock } = createFixture({ settings: { policyLagMs: 8_000 } });
    const { ecs } = createClients(sandbox);
    await create(sandbox);
    await register(sandbox);
    await ecs.createService({
      cluster,
      serviceName: 'sit-x',
      taskDefinition: 'sit-x',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration,
    });
    const look = async () => (await ecs.describeServices({ cluster, services: ['sit-x'] })).services?.[0];
    await clock.sleep(6_000);
    const waiting = await look();
    const complaints = waiting?.events?.filter(({ message }) =>
      message?.includes('unable to assume the role'),
    );
    expect(complaints).toHaveLength(1);
    expect(sandbox.neighbours.ecs.tasks()).toEqual([]);
    await clock.sleep(10_000);
    expect(sandbox.neighbours.ecs.tasks()).not.toEqual([]);
  });

  test('must trust ECS, for this account where it asks which', async () => {
    const { sandbox } = createFixture();
    const { isTaskRole } = sandbox.neighbours.iam;
    const trusting = async (Service: string, Condition: object = {}) => {
      const Statement = [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', Condition }];
      await createClients(sandbox).iam.updateAssumeRolePolicy({
        RoleName,
        PolicyDocument: policyOf(...Statement),
      });
      return isTaskRole(roleArn);
    };
    await create(sandbox);
    const source = (account: string) => ({
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': `arn:aws:ecs:eu-west-1:${account}:*` },
    });
    expect(await trusting('ecs-tasks.amazonaws.com')).toBe(true);
    expect(await trusting('ecs-tasks.amazonaws.com', source(sit.accountId))).toBe(true);
    expect(await trusting('ecs-tasks.amazonaws.com', source('111111111111'))).toBe(false);
    expect(await trusting('ec2.amazonaws.com')).toBe(false);
  });

  test('may what its attached policies allow, inside its boundary', async () => {
    const { sandbox } = createFixture();
    const { iam } = createClients(sandbox);
    const { neighbours } = sandbox;
    const may = () =>
      neighbours.iam.allows({ roleArn, action: 'logs:PutLogEvents', resource: 'arn:aws:logs:eu-west-1:1:x' });
    await create(sandbox);
    expect(may()).toBe(false);
    await iam.attachRolePolicy({ RoleName, PolicyArn: executionPolicy });
    expect(may()).toBe(true);
    const document = policyOf(allow('ecs:*'));
    const PermissionsBoundary = neighbours.iam.seedManagedPolicy({ name: 'boundary', document });
    await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary });
    expect(may()).toBe(false);
  });
});
