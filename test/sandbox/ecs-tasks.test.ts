// Tasks: the states they pass, how they end, and what a service's tasks carry.
import { describe, expect, test } from '@jest/globals';
import {
  caller,
  createKit,
  look,
  minutes,
  named,
  refusalOf,
  register,
  run,
  runOne,
  service,
  taskAt,
} from './ecs-kit.ts';

describe('a one-off task', () => {
  test('ends STOPPED with the exit code of its program', async () => {
    const kit = createKit();
    const task = runOne(kit, 'job:bad');
    expect(taskAt(kit, task)).toMatchObject({ lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING' });
    await kit.sleep(minutes(1));
    expect(taskAt(kit, task)).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'wordpress', exitCode: 3, lastStatus: 'STOPPED' }],
    });
    expect(kit.timers()).toBe(0);
  });

  test('passes through its states in their order', async () => {
    const kit = createKit();
    const task = runOne(kit, 'job:crash');
    const states = new Set<string | undefined>();
    for (let step = 0; step < 200; step += 1) {
      states.add(taskAt(kit, task).lastStatus);
      await kit.sleep(100);
    }
    expect([...states]).toEqual(['PROVISIONING', 'PENDING', 'RUNNING', 'DEPROVISIONING', 'STOPPED']);
  });

  test('gets its secrets resolved, and its overrides; neither value shows in what AWS answers', async () => {
    const kit = createKit();
    const containerOverrides = [
      { name: 'wordpress', command: ['migrate'], environment: [{ name: 'STEP', value: 'init' }] },
    ];
    const task = runOne(kit, 'job:ok', { overrides: { containerOverrides } });
    await kit.sleep(minutes(1));
    expect(kit.environments).toEqual([{ WORDPRESS_DB_PASSWORD: 'not-a-real-password', STEP: 'init' }]);
    expect(JSON.stringify([taskAt(kit, task), kit.ecs.snapshot(), kit.ecs.tasks()])).not.toContain(
      'not-a-real-password',
    );
  });

  test('writes to prefix/container/task', async () => {
    const kit = createKit();
    const task = runOne(kit, 'job:ok');
    await kit.sleep(minutes(1));
    expect(kit.lines).toEqual([
      { group: '/ecs/sit', stream: `goldencrust/wordpress/${task.split('/').at(-1)}`, message: 'job:ok' },
    ]);
  });

  test('is forgotten an hour after it stopped', async () => {
    const kit = createKit();
    const task = runOne(kit, 'job:ok');
    await kit.sleep(minutes(62));
    expect(kit.ops.DescribeTasks({ cluster: 'sit-cluster', tasks: [task] }).failures).toMatchObject([
      { arn: task, reason: 'MISSING' },
    ]);
    expect(kit.ops.ListTasks({ cluster: 'sit-cluster', desiredStatus: 'STOPPED' }).taskArns).toEqual([]);
  });

  test('stops on request, with the reason given; one that does not listen is killed', async () => {
    for (const [image, exitCode, within] of [
      ['web:1', 143, 5_000],
      ['web:deaf', 137, 35_000],
    ] as const) {
      const kit = createKit();
      const task = runOne(kit, image);
      await kit.sleep(minutes(1));
      kit.ops.StopTask({ cluster: 'sit-cluster', task, reason: 'cancelled by a person' });
      await kit.sleep(within);
      expect(taskAt(kit, task)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'cancelled by a person',
        containers: [{ exitCode }],
      });
      expect(kit.timers()).toBe(0);
    }
  });

  test('that is stopped before it ran never runs', async () => {
    const kit = createKit();
    const task = runOne(kit, 'job:ok');
    await kit.sleep(1_000);
    kit.ops.StopTask({ cluster: 'sit-cluster', task });
    await kit.sleep(minutes(1));
    const stopped = taskAt(kit, task);
    expect(stopped).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
    expect(stopped.containers?.[0]?.exitCode).toBeUndefined();
    expect(kit.environments).toEqual([]);
  });
});

describe("a service's tasks", () => {
  test('carry the tags that the service propagates, its deployment and an address', async () => {
    const kit = createKit();
    const tags = [{ key: 'Tenant', value: 'goldencrust' }];
    kit.ops.CreateService(service(register(kit), { tags, propagateTags: 'SERVICE' }), caller);
    await kit.sleep(minutes(1));
    const { taskArns = [] } = kit.ops.ListTasks({ cluster: 'sit-cluster', serviceName: named.service });
    const task = taskAt(kit, taskArns[0] ?? '');
    expect(task).toMatchObject({
      tags,
      startedBy: look(kit).primary?.id,
      group: 'service:sit-goldencrust-service',
      lastStatus: 'RUNNING',
    });
    const address = task.attachments?.[0]?.details?.find(({ name }) => name === 'privateIPv4Address');
    expect(address?.value).toMatch(/^10\.2\.\d+\.\d+$/);
    expect(task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address).toBe(address?.value);
  });

  test('are replaced when a person stops them, without counting as failures', async () => {
    const kit = createKit();
    kit.ops.CreateService(service(register(kit)), caller);
    for (let round = 0; round < 3; round += 1) {
      await kit.sleep(10_000);
      const [task] = kit.ops.ListTasks({ cluster: 'sit-cluster', serviceName: named.service }).taskArns ?? [];
      kit.ops.StopTask({ cluster: 'sit-cluster', task });
    }
    await kit.sleep(minutes(2));
    expect(kit.ecs.tasks()).toHaveLength(4);
    expect(look(kit)).toMatchObject({
      runningCount: 1,
      deployments: [{ rolloutState: 'COMPLETED', failedTasks: 0 }],
    });
  });

  test('are listed by service, family, starter and desired status', async () => {
    const kit = createKit();
    kit.ops.CreateService(service(register(kit)), caller);
    const job = kit.ops.RunTask(
      run(register(kit, 'job:ok', 'sit-db-init'), { startedBy: 'gh/1/1/goldencrust' }),
    );
    await kit.sleep(minutes(2));
    const count = (filter: object) => kit.ops.ListTasks({ cluster: 'sit-cluster', ...filter }).taskArns;
    expect(count({ startedBy: 'gh/1/1/goldencrust', desiredStatus: 'STOPPED' })).toEqual([
      job.tasks?.[0]?.taskArn,
    ]);
    expect(count({ family: 'sit-db-init' })).toEqual([]);
    expect(count({ family: 'sit-goldencrust' })).toEqual(count({ serviceName: named.service }));
    expect(count({ family: 'sit-goldencrust' })).toHaveLength(1);
    expect(refusalOf(() => count({ startedBy: 'x', family: 'sit-goldencrust' }))).toMatch('InvalidParameter');
    expect(refusalOf(() => count({ serviceName: 'nobody' }))).toMatch('ServiceNotFoundException');
  });
});
