// What RunTask promises, and why a task may fail to start.
import { describe, expect, test } from '@jest/globals';
import {
  caller,
  createKit,
  definition,
  type Kit,
  minutes,
  refusalOf,
  register,
  run,
  runOne,
  secret,
  taskAt,
} from './ecs-kit.ts';

describe('RunTask', () => {
  test('with the same client token and parameters is the same task for 24 hours', async () => {
    const kit = createKit();
    const input = run(register(kit, 'job:ok'), { clientToken: 'run-1' });
    const first = kit.ops.RunTask(input).tasks?.[0]?.taskArn;
    await kit.sleep(minutes(60 * 23));
    expect(kit.ops.RunTask(input).tasks?.[0]?.taskArn).toBe(first);
    expect(refusalOf(() => kit.ops.RunTask({ ...input, startedBy: 'x' }))).toMatch('ConflictException');
    await kit.sleep(minutes(61));
    expect(kit.ops.RunTask(input).tasks?.[0]?.taskArn).not.toBe(first);
  });

  test('that cannot be placed answers failures, once per failure armed', () => {
    const kit = createKit();
    const input = run(register(kit, 'job:ok'), { clientToken: 'run-1' });
    kit.ecs.failNextRun('Capacity is unavailable at this time. Please try again later.');
    expect(kit.ops.RunTask(input)).toMatchObject({
      tasks: [],
      failures: [{ reason: 'Capacity is unavailable at this time. Please try again later.' }],
    });
    expect(kit.ops.RunTask(input)).toMatchObject({ tasks: [{}], failures: [] });
    expect(kit.ecs.tasks()).toHaveLength(1);
  });

  test.each([
    ['without Fargate', { launchType: undefined }, 'No Container Instances were found in your cluster.'],
    [
      'with an override of a container that is not there',
      { overrides: { containerOverrides: [{ name: 'mysql' }] } },
      'Override for container named mysql is not a container in the TaskDefinition.',
    ],
    ['of eleven tasks', { count: 11 }, 'count must be between 1 and 10.'],
  ])('%s is refused', (_, overrides, message) => {
    const kit = createKit();
    const input = run(register(kit), overrides);
    expect(refusalOf(() => kit.ops.RunTask(input))).toBe(`InvalidParameterException: ${message}`);
  });

  test('of an inactive revision is refused', () => {
    const kit = createKit();
    const arn = register(kit);
    kit.ops.DeregisterTaskDefinition({ taskDefinition: arn });
    expect(refusalOf(() => kit.ops.RunTask(run(arn)))).toBe('ClientException: TaskDefinition is inactive');
  });

  test('just called is not seen by reads until the lag is over', async () => {
    const kit = createKit({ readLagMs: 5_000 });
    const task = runOne(kit, 'job:ok');
    const seen = () => kit.ops.DescribeTasks({ cluster: 'sit-cluster', tasks: [task] });
    expect(seen().failures).toMatchObject([{ reason: 'MISSING' }]);
    expect(kit.ops.ListTasks({ cluster: 'sit-cluster' }).taskArns).toEqual([]);
    await kit.sleep(5_000);
    expect(seen().tasks).toHaveLength(1);
    expect(kit.ops.ListTasks({ cluster: 'sit-cluster' }).taskArns).toEqual([task]);
  });
});

describe('a task fails to start', () => {
  const endOf = async (kit: Kit, image = 'web:1', volumes = {}) => {
    const input = definition(image, volumes);
    const { taskDefinition } = kit.ops.RegisterTaskDefinition(input, caller);
    const { tasks } = kit.ops.RunTask(run(taskDefinition?.taskDefinitionArn ?? ''));
    await kit.sleep(minutes(1));
    const task = taskAt(kit, tasks?.[0]?.taskArn ?? '');
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.containers?.[0]?.exitCode).toBeUndefined();
    return task.stoppedReason ?? '';
  };

  test('for an image that nobody has', async () => {
    expect(await endOf(createKit(), 'nowhere:1')).toMatch(
      /^CannotPullContainerError: .*nowhere:1: not found$/,
    );
  });

  test('for a secret that its role may not read', async () => {
    const kit = createKit();
    kit.switches.denied = true;
    const reason = await endOf(kit);
    expect(reason).toMatch(
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*AccessDeniedException: .*sit-ecs-task-execution-role/,
    );
    expect(reason).toContain(
      `is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secret}`,
    );
  });

  test('for a secret that is not there', async () => {
    const containers = definition().containerDefinitions?.map((container) => ({
      ...container,
      secrets: [{ name: 'PASSWORD', valueFrom: `${secret}x`.replace('goldencrust', 'tenant-1') }],
    }));
    expect(await endOf(createKit(), 'web:1', { containerDefinitions: containers })).toMatch(
      /unable to retrieve secret from asm: .*tenant-1.*ResourceNotFoundException/,
    );
  });

  test('for a log group that is not there', async () => {
    const kit = createKit();
    kit.switches.hasLogGroup = false;
    expect(await endOf(kit)).toMatch('The specified log group does not exist.');
  });

  test('for an access point that is not there, and not for one that is', async () => {
    const volumes = [
      {
        name: 'content',
        efsVolumeConfiguration: {
          fileSystemId: 'fs-0be15624e203bf94a',
          transitEncryption: 'ENABLED' as const,
          authorizationConfig: { accessPointId: 'fsap-068c55acd83456a5f' },
        },
      },
    ];
    const kit = createKit();
    const { taskDefinition } = kit.ops.RegisterTaskDefinition(definition('job:ok', { volumes }), caller);
    const { tasks } = kit.ops.RunTask(run(taskDefinition?.taskDefinitionArn ?? ''));
    await kit.sleep(minutes(1));
    expect(taskAt(kit, tasks?.[0]?.taskArn ?? '').containers?.[0]?.exitCode).toBe(0);
    kit.switches.accessPoint = 'fsap-other';
    expect(await endOf(kit, 'job:ok', { volumes })).toMatch(
      /^ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: /,
    );
  });
});
