// Deployments as end states: what a service looks like after enough time, however it got there.
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
  register,
  service,
  targetGroup,
} from './ecs-kit.ts';

describe('a healthy deployment', () => {
  test('ends COMPLETED and SUCCESSFUL with as many running tasks as desired', async () => {
    const { kit, first } = await createHealthyKit();
    const seen = look(kit);
    expect(seen).toMatchObject({ status: 'ACTIVE', desiredCount: 1, runningCount: 1, pendingCount: 0 });
    expect(seen.deployments).toHaveLength(1);
    expect(seen.primary).toMatchObject({
      rolloutState: 'COMPLETED',
      taskDefinition: first,
      failedTasks: 0,
      rolloutStateReason: `ECS deployment ${seen.primary?.id} completed.`,
    });
    expect(newest(kit)).toMatchObject({
      status: 'SUCCESSFUL',
      sourceServiceRevisions: [],
      deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE', failureCount: 0, threshold: 2 },
    });
  });

  test('tells its story in events, newest first', async () => {
    const { kit } = await createHealthyKit();
    const [task] = kit.ecs.tasks();
    const name = '(service sit-goldencrust-service)';
    expect(messages(kit)).toEqual([
      `${name} has reached a steady state.`,
      `${name} (deployment ${look(kit).primary?.id}) deployment completed.`,
      `${name} registered 1 targets in (target-group ${targetGroup})`,
      `${name} has started 1 tasks: (task ${task?.id}).`,
    ]);
  });

  test('leaves no timer behind', async () => {
    const { kit } = await createHealthyKit();
    expect(kit.timers()).toBe(0);
  });

  test('is not begun by a change of the desired count, which is followed', async () => {
    const { kit } = await createHealthyKit();
    const before = look(kit).primary?.id;
    await kit.ops.UpdateService({ ...named, desiredCount: 3 });
    await kit.sleep(minutes(2));
    expect(look(kit)).toMatchObject({ runningCount: 3, deployments: [{ id: before }] });
    await kit.ops.UpdateService({ ...named, desiredCount: 0 });
    await kit.sleep(minutes(2));
    expect(look(kit)).toMatchObject({ runningCount: 0, deployments: [{ id: before }] });
    expect(kit.timers()).toBe(0);
  });

  test('replaces the older one, whose tasks are stopped for scaling', async () => {
    const { kit } = await createHealthyKit();
    const before = look(kit).primary?.id ?? '';
    const second = register(kit, 'web:2');
    const answer = kit.ops.UpdateService({ ...named, taskDefinition: second });
    expect(answer.service?.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: second },
      { status: 'ACTIVE', id: before },
    ]);
    await kit.sleep(minutes(3));
    expect(look(kit)).toMatchObject({ runningCount: 1, taskDefinition: second, deployments: [{}] });
    expect(newest(kit)).toMatchObject({ status: 'SUCCESSFUL' });
    const old = kit.ecs.tasks().find(({ startedBy }) => startedBy === before);
    expect(old).toMatchObject({
      lastStatus: 'STOPPED',
      stop: {
        code: 'ServiceSchedulerInitiated',
        reason: `Scaling activity initiated by (deployment ${before})`,
      },
    });
  });

  test('keeps the old task until the new one is healthy', async () => {
    const { kit } = await createHealthyKit();
    await kit.ops.UpdateService({ ...named, taskDefinition: register(kit, 'web:2') });
    for (let second = 0; second < 60; second += 1) {
      await kit.sleep(1_000);
      const healthy = kit.ecs
        .tasks()
        .filter((task) => task.looks.healthy > 0 && task.desiredStatus === 'RUNNING');
      expect(healthy.length).toBeGreaterThanOrEqual(1);
    }
  });

  test('lets the target of a stopped task drain before its program is stopped', async () => {
    const { kit } = await createHealthyKit();
    kit.ops.UpdateService({ ...named, desiredCount: 0 });
    await kit.sleep(4_000);
    expect(kit.ecs.tasks()).toMatchObject([
      { lastStatus: 'DEACTIVATING', containers: [{ lastStatus: 'RUNNING' }] },
    ]);
    await kit.sleep(10_000);
    expect(kit.ecs.tasks()).toMatchObject([{ lastStatus: 'STOPPED' }]);
  });

  test('is over for good: a breaker that is changed later watches the next one only', async () => {
    const kit = createKit();
    kit.ops.CreateService(service(register(kit), { deploymentConfiguration: {} }), caller);
    await kit.sleep(minutes(2));
    const { deploymentConfiguration } = service('');
    kit.ops.UpdateService({ ...named, deploymentConfiguration, desiredCount: 2 });
    await kit.sleep(minutes(2));
    expect(newest(kit).deploymentCircuitBreaker).toMatchObject({ status: 'DISABLED' });
    kit.ops.UpdateService({ ...named, forceNewDeployment: true });
    expect(newest(kit).deploymentCircuitBreaker).toMatchObject({ status: 'MONITORING', threshold: 2 });
  });

  test('an identical update begins nothing, a forced one does', async () => {
    const { kit, first } = await createHealthyKit();
    const before = look(kit).primary?.id;
    await kit.ops.UpdateService({ ...named, taskDefinition: first });
    expect(look(kit).primary?.id).toBe(before);
    await kit.ops.UpdateService({ ...named, forceNewDeployment: true });
    expect(look(kit).primary?.id).not.toBe(before);
    expect(look(kit).primary?.rolloutState).toBe('IN_PROGRESS');
  });

  test('of no tasks at all completes too', async () => {
    const kit = createKit();
    await kit.ops.CreateService(service(register(kit), { desiredCount: 0 }), caller);
    await kit.sleep(minutes(1));
    expect(look(kit).primary?.rolloutState).toBe('COMPLETED');
    expect(kit.timers()).toBe(0);
  });

  test('a task whose target turns unhealthy later is replaced as soon as somebody looks', async () => {
    const { kit } = await createHealthyKit();
    const [old] = kit.ecs.tasks();
    kit.switches.statusOf.set('web:1', 500);
    await kit.sleep(minutes(1));
    look(kit);
    await kit.sleep(5_000);
    kit.switches.statusOf.set('web:1', 200);
    await kit.sleep(minutes(2));
    expect(kit.ecs.tasks().find(({ id }) => id === old?.id)?.stop?.reason).toBe(
      `Task failed ELB health checks in (target-group ${targetGroup})`,
    );
    expect(look(kit)).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] });
  });
});
