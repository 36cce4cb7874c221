// One container of a task, handed to the runtime with its variables, its resolved secrets and its log stream.
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Mount, RunningContainer } from '../containers/runtime.ts';
import type { TaskRecord } from './records.ts';
import type { Ecs } from './state.ts';
import { connectFrom, databasesFor } from './task-network.ts';
import type { SecretValues } from './task-resources.ts';
import { definitionOf } from './tasks.ts';

export type ContainerPlan = {
  readonly task: TaskRecord;
  readonly container: ContainerDefinition;
  readonly secrets: SecretValues;
};

/** undefined: the runtime does not know the image. */
export const startContainer = (
  ecs: Ecs,
  { task, container, secrets }: ContainerPlan,
): RunningContainer | undefined => {
  const name = container.name ?? '';
  const override = task.overrides.containerOverrides?.find((candidate) => candidate.name === name);
  const variables = [...(container.environment ?? []), ...(override?.environment ?? [])];
  return ecs.runtime(
    {
      image: container.image ?? '',
      entryPoint: container.entryPoint ?? [],
      command: override?.command ?? container.command ?? [],
      environment: {
        ...Object.fromEntries(variables.map((variable) => [variable.name ?? '', variable.value ?? ''])),
        ...secrets.get(name),
      },
      port: container.portMappings?.[0]?.containerPort,
      mounts: mountsOf(ecs, definitionOf(ecs, task), container),
      memory: container.memory ?? Number(definitionOf(ecs, task).memory ?? 0),
    },
    {
      clock: ecs.cloud.clock,
      log: logTo(ecs, task, container),
      databases: databasesFor(ecs, task),
      connect: connectFrom(ecs, task),
    },
  );
};

const logTo = (
  ecs: Ecs,
  { id }: TaskRecord,
  { name, logConfiguration }: ContainerDefinition,
): ((line: string) => void) => {
  const options = logConfiguration?.logDriver === 'awslogs' ? (logConfiguration.options ?? {}) : undefined;
  const group = options?.['awslogs-group'];
  if (!group) return () => {};
  const stream = `${options['awslogs-stream-prefix'] ?? 'ecs'}/${name}/${id}`;
  // CloudWatch takes no empty events, so the log driver leaves blank lines out.
  return (message) => {
    if (message !== '') ecs.neighbours.logs.put({ group, stream, message });
  };
};

const mountsOf = (
  ecs: Ecs,
  { volumes = [] }: TaskDefinition,
  { mountPoints = [] }: ContainerDefinition,
): readonly Mount[] =>
  mountPoints.flatMap(({ sourceVolume, containerPath = '' }) => {
    const efs = volumes.find(({ name }) => name === sourceVolume)?.efsVolumeConfiguration;
    if (!efs) return [];
    const id = efs.authorizationConfig?.accessPointId;
    const volume = `${efs.fileSystemId} ${id ?? efs.rootDirectory ?? '/'}`;
    const access = id === undefined ? undefined : ecs.neighbours.efs.accessPoint(id)?.access;
    return [{ containerPath, volume, ...(access && { access }) }];
  });
