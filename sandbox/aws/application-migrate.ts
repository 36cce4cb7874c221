// The Migrate stage: a small CodeBuild project that runs the migration as an ECS task with the new image, follows it to
// its end and fails with its exit code.
import type { Task } from '@aws-sdk/client-ecs';
import { pipelineRoleOf } from './application-names.ts';
import type { Release } from './application-releases.ts';
import { registerWithImage, serviceNamed } from './application-task-definitions.ts';
import { AwsError } from './cloud.ts';
import type { ActionWork, Work, WorkEnd } from './codepipeline/definitions.ts';

const pollMs = 2_000;

const failed = (exitCode: number): WorkEnd => ({
  kind: 'failed',
  code: 'JobFailed',
  message: `Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: ./migrate.sh. Reason: exit status ${exitCode}`,
});

type Place = { readonly cluster: string; readonly container: string; readonly logGroup: string };

const startTask = (release: Release, taskDefinition: string) => {
  const { application, ecs, network, service: name } = release;
  const { migration } = application;
  const service = serviceNamed(application, migration?.service ?? name);
  const place: Place = {
    cluster: application.cluster,
    container: migration?.container ?? service.container,
    logGroup: service.logGroup,
  };
  const answer = ecs.operations.RunTask({
    cluster: place.cluster,
    taskDefinition,
    launchType: 'FARGATE',
    startedBy: 'codebuild/migrate',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...network.privateSubnets],
        securityGroups: [network.groups.laravel],
        assignPublicIp: 'DISABLED',
      },
    },
    overrides: {
      containerOverrides: [
        {
          name: place.container,
          command: [...(migration?.command ?? ['php', 'artisan', 'migrate', '--force'])],
        },
      ],
    },
  });
  return { place, answer };
};

const followTask = async (
  { ecs }: Release,
  { cluster, arn }: { readonly cluster: string; readonly arn: string },
  { sleep, signal }: ActionWork,
): Promise<Task | undefined> => {
  while (!signal.aborted) {
    await sleep(pollMs);
    const { tasks } = ecs.operations.DescribeTasks({ cluster, tasks: [arn] });
    if (tasks?.[0]?.lastStatus === 'STOPPED') return tasks[0];
  }
  return undefined;
};

type Events = { readonly events: readonly { readonly message: string }[] };

const logOf = ({ application, logs }: Release, { container, logGroup }: Place, task: Task) => {
  const logStreamName = `ecs/${container}/${task.taskArn?.split('/').at(-1)}`;
  const input = { logGroupName: logGroup, logStreamName, startFromHead: true };
  try {
    const answer = logs.operations.GetLogEvents?.(input as never, pipelineRoleOf(application));
    return ((answer as Events | undefined)?.events ?? []).map(({ message }) => message);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return [`There is no log stream ${logStreamName}: the container never started.`];
  }
};

export const migrateDatabase =
  (release: Release): Work =>
  async (run) => {
    const { log, revision } = run;
    log('[Container] Entering phase BUILD');
    const family = `${serviceNamed(release.application, release.service).service}-migrate`;
    const definition = registerWithImage(release, { revision, family });
    log(`[Container] Running command aws ecs run-task --task-definition ${definition.split('/').at(-1)}`);
    const { place, answer } = startTask(release, definition);
    const arn = answer.tasks?.[0]?.taskArn;
    if (arn === undefined) {
      for (const { arn: what, reason } of answer.failures ?? []) log(`RunTask failed: ${reason} (${what})`);
      return failed(255);
    }
    log(`Started ${arn}`);
    const task = await followTask(release, { cluster: place.cluster, arn }, run);
    // Abandoned: the task goes on, and nobody looks any more.
    if (!task) return failed(130);
    for (const line of logOf(release, place, task)) log(line);
    const container = task.containers?.find(({ name }) => name === place.container);
    const exitCode = container?.exitCode;
    if (exitCode === 0) {
      log('Migration succeeded');
      return { kind: 'succeeded' };
    }
    const why = [task.stoppedReason, container?.reason].filter((text) => text !== undefined).join(': ');
    log(`Migration failed with exit code ${exitCode ?? 'none'}: ${why}`);
    return failed(exitCode ?? 1);
  };
