// Services as AWS guards them: names, tokens, what must exist before, draining, lag and pages.
import { describe, expect, test } from '@jest/globals';
import {
  caller,
  createKit,
  look,
  minutes,
  named,
  network,
  refusalOf,
  register,
  service,
  targetGroup,
} from './ecs-kit.ts';

describe('creating a service', () => {
  test('twice is refused, unless a client token proves a repetition', () => {
    const kit = createKit();
    const input = service(register(kit), { clientToken: 'once' });
    const first = kit.ops.CreateService(input, caller);
    expect(kit.ops.CreateService(input, caller).service?.currentServiceDeployment).toBe(
      first.service?.currentServiceDeployment,
    );
    const others = [
      { ...input, clientToken: undefined },
      { ...input, clientToken: 'other' },
      { ...input, desiredCount: 2 },
    ];
    for (const other of others)
      expect(refusalOf(() => kit.ops.CreateService(other, caller))).toBe(
        'InvalidParameterException: Creation of service was not idempotent.',
      );
  });

  test.each([
    ['a cluster', { cluster: 'dev-cluster' }, 'ClusterNotFoundException: Cluster not found.'],
    ['a task definition', { taskDefinition: 'nothing:7' }, 'ClientException: TaskDefinition not found.'],
    [
      'a network',
      { networkConfiguration: undefined },
      "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      'a subnet',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
      "InvalidParameterException: Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
    ],
    [
      'a security group',
      {
        networkConfiguration: {
          awsvpcConfiguration: { subnets: network.awsvpcConfiguration?.subnets, securityGroups: ['sg-1'] },
        },
      },
      "InvalidParameterException: Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)",
    ],
    [
      'a target group',
      { loadBalancers: [{ targetGroupArn: 'arn:tg', containerName: 'wordpress', containerPort: 80 }] },
      'InvalidParameterException: The target group with targetGroupArn arn:tg does not exist.',
    ],
    [
      'a container',
      { loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'web', containerPort: 80 }] },
      'InvalidParameterException: The container web does not exist in the task definition.',
    ],
    [
      'a container port',
      { loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'wordpress', containerPort: 81 }] },
      'InvalidParameterException: The container wordpress did not have a container port 81 defined.',
    ],
  ])('needs %s that is there', (_, overrides, refusal) => {
    const kit = createKit();
    const input = service(register(kit), overrides);
    expect(refusalOf(() => kit.ops.CreateService(input, caller))).toBe(refusal);
    expect(kit.ops.ListServices({ cluster: 'sit-cluster' }).serviceArns).toEqual([]);
  });

  test('needs a target group that a listener sends to', () => {
    const kit = createKit();
    kit.switches.attached = false;
    expect(refusalOf(() => kit.ops.CreateService(service(register(kit)), caller))).toBe(
      `InvalidParameterException: The target group with targetGroupArn ${targetGroup} does not have an associated load balancer.`,
    );
  });

  test('for instances places nothing, and says so', async () => {
    const kit = createKit();
    kit.ops.CreateService(service(register(kit), { launchType: 'EC2' }), caller);
    await kit.sleep(minutes(5));
    expect(kit.ecs.tasks()).toEqual([]);
    expect(look(kit).events?.[0]?.message).toMatch(
      'was unable to place a task because no container instance',
    );
    expect(kit.timers()).toBe(0);
  });
});

describe('updating a service', () => {
  test('keeps what the update leaves out, in the circuit breaker too', () => {
    const kit = createKit();
    kit.ops.CreateService(service(register(kit)), caller);
    kit.ops.UpdateService({
      ...named,
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: false },
        maximumPercent: 150,
      },
    });
    expect(look(kit).deploymentConfiguration).toMatchObject({
      maximumPercent: 150,
      minimumHealthyPercent: 100,
      deploymentCircuitBreaker: {
        enable: true,
        rollback: false,
        thresholdConfiguration: { type: 'COUNT', value: 2 },
      },
    });
  });

  test('is refused for one that is unknown or not ACTIVE', async () => {
    const kit = createKit();
    expect(refusalOf(() => kit.ops.UpdateService(named))).toBe(
      'ServiceNotFoundException: Service not found.',
    );
    kit.ops.CreateService(service(register(kit)), caller);
    kit.ops.DeleteService({ ...named, force: true });
    const refusal = 'ServiceNotActiveException: Service was not ACTIVE.';
    expect(refusalOf(() => kit.ops.UpdateService(named))).toBe(refusal);
    await kit.sleep(minutes(2));
    expect(refusalOf(() => kit.ops.UpdateService(named))).toBe(refusal);
  });
});

describe('deleting a service', () => {
  test('is refused while it is scaled above 0, unless forced', () => {
    const kit = createKit();
    kit.ops.CreateService(service(register(kit)), caller);
    expect(refusalOf(() => kit.ops.DeleteService(named))).toBe(
      'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
    );
    expect(kit.ops.DeleteService({ ...named, force: true }).service?.status).toBe('DRAINING');
  });

  test('drains it: name taken, not listed, then INACTIVE, then free, then forgotten', async () => {
    const kit = createKit();
    const input = service(register(kit));
    kit.ops.CreateService(input, caller);
    await kit.sleep(minutes(2));
    kit.ops.DeleteService({ ...named, force: true });
    expect(look(kit)).toMatchObject({ status: 'DRAINING', runningCount: 1 });
    expect(kit.ops.ListServices({ cluster: 'sit-cluster' }).serviceArns).toEqual([]);
    expect(refusalOf(() => kit.ops.CreateService(input, caller))).toBe(
      'InvalidParameterException: Unable to Start a service that is still Draining.',
    );
    await kit.sleep(minutes(1));
    expect(look(kit)).toMatchObject({ status: 'INACTIVE', runningCount: 0, deployments: [] });
    expect(kit.ecs.tasks().every(({ lastStatus }) => lastStatus === 'STOPPED')).toBe(true);
    expect(refusalOf(() => kit.ops.DeleteService(named))).toBe(
      'ServiceNotFoundException: Service not found.',
    );
    expect(kit.timers()).toBe(0);
    expect(kit.ops.CreateService(input, caller).service?.status).toBe('ACTIVE');
    kit.ops.DeleteService({ ...named, force: true });
    await kit.sleep(minutes(62));
    expect(kit.ops.DescribeServices({ cluster: 'sit-cluster', services: [named.service] })).toMatchObject({
      services: [],
      failures: [{ reason: 'MISSING' }],
    });
  });
});
