// RunTask and StopTask. A client token makes RunTask repeatable for 24 hours; what cannot be placed is no exception
// but an entry in failures[] of a successful answer.
import type {
  RunTaskCommandInput,
  RunTaskResponse,
  StopTaskCommandInput,
  StopTaskResponse,
  Tag,
} from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import { nameOf, taskArn } from './arns.ts';
import { canonical } from './canonical.ts';
import { clusterOf } from './clusters.ts';
import { checkLaunchType, checkNetwork, refuse } from './placement-checks.ts';
import type { ClusterRecord, DefinitionRecord, TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { describeTask } from './task-answers.ts';
import { runnableDefinition } from './task-definitions.ts';
import { demandRoles, rolesOf } from './task-roles.ts';
import { startTask } from './task-start.ts';
import { stopTask } from './tasks.ts';
import { timing } from './timing.ts';

export const runTask =
  (ecs: Ecs) =>
  (input: RunTaskCommandInput): RunTaskResponse => {
    const cluster = clusterOf(ecs, input.cluster);
    const repeated = repeatedRun(ecs, cluster, input);
    if (repeated) return { tasks: repeated.map((task) => describeTask(ecs, task, true)), failures: [] };
    const definition = runnableDefinition(ecs, input.taskDefinition ?? '');
    checkRun(ecs, input, definition);
    const { executionRoleArn, taskRoleArn } = input.overrides ?? {};
    const [execution, task] = rolesOf(definition);
    demandRoles(ecs, [executionRoleArn ?? execution, taskRoleArn ?? task]);
    const reason = ecs.runFailures.shift();
    if (reason !== undefined) return { tasks: [], failures: [{ arn: cluster.arn, reason }] };
    const tasks = Array.from({ length: input.count ?? 1 }, () =>
      startOne(ecs, { input, cluster, definition }),
    );
    remember(ecs, { cluster, input, tasks });
    return { tasks: tasks.map((task) => describeTask(ecs, task, true)), failures: [] };
  };

const keyOf = (cluster: ClusterRecord, token: string): string => `${cluster.name} ${token}`;

const requestOf = (input: RunTaskCommandInput): string => canonical({ ...input, clientToken: undefined });

const repeatedRun = (
  ecs: Ecs,
  cluster: ClusterRecord,
  input: RunTaskCommandInput,
): readonly TaskRecord[] | undefined => {
  const { clientToken } = input;
  if (clientToken === undefined) return undefined;
  if (!/^[!-~]{1,64}$/.test(clientToken))
    refuse('clientToken must have between 1 and 64 printable ASCII characters.');
  const known = ecs.runTokens.get(keyOf(cluster, clientToken));
  if (!known || known.at + timing.runTokenKept <= ecs.cloud.clock.now()) return undefined;
  if (known.request !== requestOf(input))
    throw new AwsError(
      'ConflictException',
      'The request could not be processed because of conflict: the client token was used with other parameters.',
      { resourceIds: [...known.tasks] },
    );
  return known.tasks.flatMap((arn) => ecs.tasks.get(arn) ?? []);
};

type Run = {
  readonly input: RunTaskCommandInput;
  readonly cluster: ClusterRecord;
  readonly definition: DefinitionRecord;
};

const remember = (
  ecs: Ecs,
  { cluster, input, tasks }: Omit<Run, 'definition'> & { readonly tasks: readonly TaskRecord[] },
): void => {
  if (input.clientToken === undefined) return;
  ecs.runTokens.set(keyOf(cluster, input.clientToken), {
    request: requestOf(input),
    tasks: tasks.map(({ arn }) => arn),
    at: ecs.cloud.clock.now(),
  });
};

const checkRun = (ecs: Ecs, input: RunTaskCommandInput, { content }: DefinitionRecord): void => {
  const { count = 1, launchType, capacityProviderStrategy, startedBy = '' } = input;
  if (count < 1 || count > 10) refuse('count must be between 1 and 10.');
  if (launchType && capacityProviderStrategy?.length)
    refuse('Specifying both a launch type and capacity provider strategy is not supported.');
  if (!/^[\w/-]{0,128}$/.test(startedBy))
    refuse(
      'startedBy contains invalid characters. Up to 128 letters, numbers, hyphens, slashes and underscores are allowed.',
    );
  checkLaunchType(content, launchType);
  if (launchType !== 'FARGATE' && !capacityProviderStrategy?.length)
    refuse('No Container Instances were found in your cluster.');
  checkNetwork(ecs.neighbours, content, input.networkConfiguration);
  const names = new Set(content.containerDefinitions?.map(({ name }) => name));
  for (const { name } of input.overrides?.containerOverrides ?? [])
    if (!names.has(name))
      refuse(`Override for container named ${name} is not a container in the TaskDefinition.`);
};

const startOne = (ecs: Ecs, { input, cluster, definition }: Run): TaskRecord =>
  startTask(ecs, {
    cluster,
    definition,
    service: undefined,
    group: input.group ?? `family:${definition.family}`,
    startedBy: input.startedBy,
    launchType: input.launchType,
    capacityProvider: input.capacityProviderStrategy?.[0]?.capacityProvider,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    loadBalancers: [],
    overrides: {
      ...input.overrides,
      containerOverrides: (definition.content.containerDefinitions ?? []).map(
        ({ name }) =>
          input.overrides?.containerOverrides?.find((override) => override.name === name) ?? { name },
      ),
      inferenceAcceleratorOverrides: [],
    },
    tags: tagsOf(input, cluster, definition),
    network: input.networkConfiguration,
  });

const tagsOf = (
  { tags = [], propagateTags, enableECSManagedTags }: RunTaskCommandInput,
  cluster: ClusterRecord,
  definition: DefinitionRecord,
): readonly Tag[] => {
  const keys = new Set(tags.map(({ key }) => key));
  const inherited =
    propagateTags === 'TASK_DEFINITION' ? definition.tags.filter(({ key }) => !keys.has(key)) : [];
  const managed = enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: cluster.name }] : [];
  return [...tags, ...inherited, ...managed];
};

export const stopTaskOnRequest =
  (ecs: Ecs) =>
  ({ cluster, task = '', reason }: StopTaskCommandInput): StopTaskResponse => {
    const { name } = clusterOf(ecs, cluster);
    const arn = taskArn(ecs.cloud, name, nameOf(task));
    if (!ecs.tasks.get(arn)) refuse('The referenced task was not found.');
    stopTask(ecs, arn, {
      code: 'UserInitiated',
      reason: reason ?? 'Task stopped by user',
      failure: false,
    });
    const stopped = ecs.tasks.get(arn);
    return stopped ? { task: describeTask(ecs, stopped, false) } : {};
  };
