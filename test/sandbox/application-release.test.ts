import { describe, expect, test } from '@jest/globals';
import { createApplicationLab } from '../application-lab.ts';
import { errorOf, imageOf, linesOf, pipeline, release, stagesOf } from './application-kit.ts';
import { createClients } from './fixture.ts';

const registry = '123456789012.dkr.ecr.eu-west-2.amazonaws.com';

describe("an application's pipelines", () => {
  test("the api's migrates the database and ends with the new image running", async () => {
    const lab = await createApplicationLab();
    const execution = await release(lab, pipeline.api);
    expect(stagesOf(execution)).toEqual([
      'Source Succeeded',
      'Build Succeeded',
      'Approval Succeeded',
      'Migrate Succeeded',
      'Deploy Succeeded',
    ]);
    const tag = [...execution.revisions.values()][0]?.slice(0, 12);
    expect(await imageOf(lab, 'envelope-prod-api')).toBe(`${registry}/envelope-api:${tag}`);
    expect(await imageOf(lab, 'envelope-prod-worker')).toBe(`${registry}/envelope-api:latest`);
    expect(lab.envelope.migrated()).toHaveLength(4);
    expect(await linesOf(lab, '/codebuild/envelope-prod-api-build')).toContain(
      `docker push ${registry}/envelope-api:${tag}`,
    );
    expect(await linesOf(lab, '/codebuild/envelope-prod-api-migrate')).toContain('Running migrations.');
    const again = await release(lab, pipeline.api);
    expect(again.status).toBe('Succeeded');
    expect(await linesOf(lab, '/codebuild/envelope-prod-api-migrate')).toContain('Nothing to migrate.');
  });

  test.each(['tenant', 'hq'] as const)('that of %s has no migration', async (name) => {
    const lab = await createApplicationLab();
    const execution = await release(lab, pipeline[name]);
    expect(stagesOf(execution)).toEqual([
      'Source Succeeded',
      'Build Succeeded',
      'Approval Succeeded',
      'Deploy Succeeded',
    ]);
    expect(lab.envelope.migrated()).toHaveLength(2);
  });

  test('an action can be replaced, and one that is not there cannot', async () => {
    const failed = { kind: 'failed', code: 'JobFailed', message: 'no space left' } as const;
    const lab = await createApplicationLab({ works: { 'api/Build': async () => failed } });
    expect(errorOf(await release(lab, pipeline.api))).toBe('no space left');
    expect((await release(lab, pipeline.hq)).status).toBe('Succeeded');
    await expect(createApplicationLab({ works: { 'hq/Migrate': async () => failed } })).rejects.toThrow(
      'No stage hq/Migrate',
    );
  });
});

describe('a migration that goes wrong in its pipeline', () => {
  const migrateLog = '/codebuild/envelope-prod-api-migrate';

  test.each([
    ['fails', 1, 'SQLSTATE[42S21]'],
    ['out-of-memory', 137, 'OutOfMemoryError: Container killed due to memory usage'],
  ] as const)('%s: the stage fails with its exit code', async (migration, code, line) => {
    const lab = await createApplicationLab();
    lab.envelope.behave({ migration });
    const execution = await release(lab, pipeline.api);
    expect(stagesOf(execution).at(-1)).toBe('Migrate Failed');
    expect(errorOf(execution)).toContain(`Reason: exit status ${code}`);
    expect(await linesOf(lab, migrateLog)).toContain(line);
    expect(await imageOf(lab, 'envelope-prod-api')).toContain(':latest');
  });

  test('without capacity nothing is started', async () => {
    const lab = await createApplicationLab();
    lab.sandbox.neighbours.ecs.failNextRun('RESOURCE:MEMORY');
    const execution = await release(lab, pipeline.api);
    expect(errorOf(execution)).toContain('exit status 255');
    expect(await linesOf(lab, migrateLog)).toContain('RunTask failed: RESOURCE:MEMORY');
  });

  test('without its image the container never starts', async () => {
    const lab = await createApplicationLab({ works: { 'api/Build': async () => ({ kind: 'succeeded' }) } });
    const execution = await release(lab, pipeline.api);
    expect(stagesOf(execution).at(-1)).toBe('Migrate Failed');
    expect(await linesOf(lab, migrateLog)).toContain('CannotPullContainerError');
  });

  test('one that runs for ever keeps the stage busy, and its task goes on when it is abandoned', async () => {
    const lab = await createApplicationLab();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    const execution = await release(lab, pipeline.api);
    expect(stagesOf(execution).at(-1)).toBe('Migrate InProgress');
    const { codepipeline, ecs } = createClients(lab.sandbox);
    await codepipeline.stopPipelineExecution({
      pipelineName: pipeline.api,
      pipelineExecutionId: execution.id,
      abandon: true,
    });
    await lab.clock.sleep(60_000);
    const { taskArns } = await ecs.listTasks({
      cluster: 'envelope-prod-cluster',
      family: 'envelope-prod-api-migrate',
    });
    expect(taskArns).toHaveLength(1);
  });
});

describe('a one-off command in the api’s own task definition', () => {
  const runOnce = async (
    lab: Awaited<ReturnType<typeof createApplicationLab>>,
    command: readonly string[],
  ) => {
    const { ecs } = createClients(lab.sandbox);
    const cluster = 'envelope-prod-cluster';
    const { services } = await ecs.describeServices({ cluster, services: ['envelope-prod-api'] });
    const { tasks } = await ecs.runTask({
      cluster,
      taskDefinition: services?.[0]?.taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration: services?.[0]?.networkConfiguration,
      overrides: { containerOverrides: [{ name: 'api', command: [...command] }] },
    });
    await lab.clock.sleep(60_000);
    const described = await ecs.describeTasks({ cluster, tasks: [tasks?.[0]?.taskArn ?? ''] });
    return described.tasks?.[0];
  };

  test('the queue’s failed jobs are told, and retried once', async () => {
    const lab = await createApplicationLab();
    expect((await runOnce(lab, ['php', 'artisan', 'queue:failed']))?.containers?.[0]?.exitCode).toBe(0);
    expect(await linesOf(lab, '/ecs/envelope-prod-api')).toContain('App\\Jobs\\MigrateTenant');
    await runOnce(lab, ['php', 'artisan', 'queue:retry', 'all']);
    expect(lab.envelope.failedJobs()).toEqual([]);
    const unknown = await runOnce(lab, ['php', 'artisan', 'no:such']);
    expect(unknown?.containers?.[0]?.exitCode).toBe(1);
  });

  test('out of memory is told by the container’s own reason', async () => {
    const lab = await createApplicationLab();
    lab.envelope.behave({ migration: 'out-of-memory' });
    const task = await runOnce(lab, ['php', 'artisan', 'migrate', '--force']);
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
    });
  });

  test('a secret without the key, or an image that is gone, keeps it from starting', async () => {
    const lab = await createApplicationLab();
    const { secrets } = createClients(lab.sandbox);
    const { SecretList = [] } = await secrets.listSecrets({});
    const kept = SecretList.find(({ Name }) => Name?.startsWith('rds!db-'));
    const { SecretString } = await secrets.getSecretValue({ SecretId: kept?.ARN });
    await secrets.putSecretValue({ SecretId: kept?.ARN, SecretString: '{"username":"appuser"}' });
    const refused = await runOnce(lab, ['php', 'artisan', 'migrate', '--force']);
    expect(refused).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(refused?.stoppedReason).toContain('did not contain json key password');
    await secrets.putSecretValue({ SecretId: kept?.ARN, SecretString });
    lab.sandbox.neighbours.ecr.untag('envelope-api', 'latest');
    const gone = await runOnce(lab, ['php', 'artisan', 'migrate', '--force']);
    expect(gone?.stoppedReason).toContain('CannotPullContainerError');
    expect((await runOnce(lab, ['php', 'artisan', 'queue:failed']))?.stoppedReason).toContain(
      `${registry}/envelope-api:latest`,
    );
  });
});

describe('a deployment that does not come up', () => {
  test.each(['crashes', 'answers-500'] as const)(
    'a new image that %s trips the breaker',
    async (behaviour) => {
      const lab = await createApplicationLab();
      lab.envelope.behave({ services: { api: behaviour } });
      const before = await imageOf(lab, 'envelope-prod-api');
      const execution = await release(lab, pipeline.api);
      expect(stagesOf(execution).at(-1)).toBe('Deploy Failed');
      expect(errorOf(execution)).toContain('circuit breaker');
      await lab.clock.sleep(300_000);
      expect(await imageOf(lab, 'envelope-prod-api')).toBe(before);
    },
  );
});
