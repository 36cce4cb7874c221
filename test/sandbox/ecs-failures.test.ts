// Deployments that do not come to a good end: given up, rolled back, stopped, superseded.
import { describe, expect, test } from '@jest/globals';
import {
  caller,
  createHealthyKit,
  createKit,
  look,
  messages,
  minutes,
  named,
  newest,
  refusalOf,
  register,
  service,
  targetGroup,
} from './ecs-kit.ts';

describe('a failing deployment', () => {
  test('the first one trips the breaker at its threshold, ends FAILED and starts nothing more', async () => {
    const kit = createKit();
    await kit.ops.CreateService(service(register(kit, 'nowhere:1')), caller);
    await kit.sleep(minutes(3));
    const started = kit.ecs.tasks().length;
    expect(started).toBe(2);
    expect(look(kit)).toMatchObject({ status: 'ACTIVE', runningCount: 0, pendingCount: 0 });
    expect(look(kit).primary).toMatchObject({
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      failedTasks: 2,
    });
    expect(newest(kit)).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 2, threshold: 2 },
    });
    await kit.sleep(minutes(60));
    expect(kit.ecs.tasks()).toHaveLength(started);
    expect(kit.timers()).toBe(0);
  });

  test('without rollback it is STOPPED', async () => {
    const kit = createKit();
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: false } };
    await kit.ops.CreateService(service(register(kit, 'nowhere:1'), { deploymentConfiguration }), caller);
    await kit.sleep(minutes(5));
    expect(look(kit).primary).toMatchObject({ rolloutState: 'FAILED', failedTasks: 3 });
    expect(newest(kit)).toMatchObject({ status: 'STOPPED', deploymentCircuitBreaker: { threshold: 3 } });
  });

  test('a later one rolls back to what last succeeded', async () => {
    const { kit, first } = await createHealthyKit();
    const good = look(kit).primary?.id;
    await kit.ops.UpdateService({ ...named, taskDefinition: register(kit, 'nowhere:1') });
    await kit.sleep(minutes(3));
    expect(look(kit)).toMatchObject({ runningCount: 1, taskDefinition: first, deployments: [{ id: good }] });
    expect(look(kit).primary?.rolloutState).toBe('COMPLETED');
    const ended = newest(kit);
    expect(ended).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 2 },
    });
    const revision = kit.ops.DescribeServiceRevisions({
      serviceRevisionArns: [ended.rollback?.serviceRevisionArn ?? ''],
    });
    expect(revision.serviceRevisions).toMatchObject([{ taskDefinition: first }]);
    expect(messages(kit)).toContain(`(service sit-goldencrust-service) rolling back to deployment ${good}.`);
    expect(kit.timers()).toBe(0);
  });

  test('an application that answers 500 is given up with the reason in the events', async () => {
    const kit = createKit();
    kit.switches.statusOf.set('web:broken', 500);
    await kit.ops.CreateService(service(register(kit, 'web:broken')), caller);
    await kit.sleep(minutes(4));
    expect(look(kit).primary).toMatchObject({ rolloutState: 'FAILED', failedTasks: 2 });
    expect(messages(kit)).toContain(
      `(service sit-goldencrust-service) (task ${kit.ecs.tasks()[0]?.id}) (port 80) is unhealthy in (target-group ${targetGroup}) due to (reason Health checks failed with these codes: [500]).`,
    );
  });

  test('a target group that went away fails its tasks, not the scheduler', async () => {
    const kit = createKit();
    kit.ops.CreateService(service(register(kit)), caller);
    kit.switches.hasTargetGroup = false;
    await kit.sleep(minutes(3));
    expect(look(kit)).toMatchObject({ runningCount: 0, deployments: [{ rolloutState: 'FAILED' }] });
    expect(messages(kit).join()).toMatch(/failed to register targets in .*The target group does not exist/);
    expect(kit.timers()).toBe(0);
  });

  test('the grace period spares a task that becomes healthy within it', async () => {
    const kit = createKit();
    kit.switches.statusOf.set('web:slow', 500);
    await kit.ops.CreateService(
      service(register(kit, 'web:slow'), { healthCheckGracePeriodSeconds: 120 }),
      caller,
    );
    await kit.sleep(minutes(1));
    kit.switches.statusOf.set('web:slow', 200);
    await kit.sleep(minutes(1));
    expect(kit.ecs.tasks()).toHaveLength(1);
    expect(look(kit).primary?.rolloutState).toBe('COMPLETED');
  });

  test('without a breaker it goes on trying', async () => {
    const kit = createKit();
    await kit.ops.CreateService(service(register(kit, 'nowhere:1'), { deploymentConfiguration: {} }), caller);
    await kit.sleep(minutes(5));
    expect(look(kit).primary?.rolloutState).toBe('IN_PROGRESS');
    expect(newest(kit)).toMatchObject({
      status: 'IN_PROGRESS',
      deploymentCircuitBreaker: { status: 'DISABLED' },
    });
    expect(kit.ecs.tasks().length).toBeGreaterThan(10);
  });

  test('a program that crashes right after its start never trips the breaker, unless failures add up', async () => {
    const ends = async (resetOnHealthyTask: boolean) => {
      const kit = createKit();
      const breaker = service('').deploymentConfiguration?.deploymentCircuitBreaker;
      const deploymentCircuitBreaker = { enable: true, rollback: true, ...breaker, resetOnHealthyTask };
      const input = { loadBalancers: [], deploymentConfiguration: { deploymentCircuitBreaker } };
      await kit.ops.CreateService(service(register(kit, 'job:crash'), input), caller);
      await kit.sleep(minutes(5));
      return look(kit).primary?.rolloutState;
    };
    expect(await ends(true)).toBe('IN_PROGRESS');
    expect(await ends(false)).toBe('FAILED');
  });
});

describe('a deployment stopped by a person', () => {
  test('rolls back to what last succeeded', async () => {
    const { kit, first } = await createHealthyKit();
    kit.switches.statusOf.set('web:2', 500);
    await kit.ops.UpdateService({
      ...named,
      taskDefinition: register(kit, 'web:2'),
      healthCheckGracePeriodSeconds: 600,
    });
    await kit.sleep(minutes(1));
    const { serviceDeploymentArn } = newest(kit);
    await kit.ops.StopServiceDeployment({ serviceDeploymentArn });
    expect(newest(kit).status).toBe('ROLLBACK_REQUESTED');
    await kit.sleep(minutes(2));
    expect(newest(kit).status).toBe('ROLLBACK_SUCCESSFUL');
    expect(look(kit)).toMatchObject({ runningCount: 1, taskDefinition: first, deployments: [{}] });
  });

  test('cannot be stopped once it is over', async () => {
    const { kit } = await createHealthyKit();
    const { serviceDeploymentArn } = newest(kit);
    expect(refusalOf(() => kit.ops.StopServiceDeployment({ serviceDeploymentArn }))).toMatch(
      'ConflictException',
    );
  });

  test('or superseded by a newer one, which wins', async () => {
    const { kit } = await createHealthyKit();
    await kit.ops.UpdateService({ ...named, taskDefinition: register(kit, 'nowhere:1') });
    await kit.sleep(2_000);
    const superseded = newest(kit).serviceDeploymentArn ?? '';
    const third = register(kit, 'web:3');
    await kit.ops.UpdateService({ ...named, taskDefinition: third });
    await kit.sleep(minutes(3));
    expect(look(kit)).toMatchObject({ runningCount: 1, taskDefinition: third, deployments: [{}] });
    const before = kit.ops.DescribeServiceDeployments({ serviceDeploymentArns: [superseded] });
    expect(before.serviceDeployments).toMatchObject([{ status: 'STOPPED' }]);
    expect(newest(kit).status).toBe('SUCCESSFUL');
  });
});
