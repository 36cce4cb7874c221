// What a task definition sets up, without the values that could be somebody's secret.
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import type { DefinitionSeen } from '../diagnose/evidence.ts';
import { clean } from './clean.ts';

export const definitionSeen = (definition: TaskDefinition): DefinitionSeen => ({
  arn: definition.taskDefinitionArn ?? '',
  architecture: definition.runtimePlatform?.cpuArchitecture ?? 'X86_64',
  cpu: definition.cpu ?? '',
  memory: definition.memory ?? '',
  executionRole: definition.executionRoleArn ?? '',
  containers: (definition.containerDefinitions ?? []).map((container) => ({
    name: container.name ?? '',
    image: container.image ?? '',
    ports: (container.portMappings ?? []).flatMap(({ containerPort }) => containerPort ?? []),
    environment: environmentOf(container),
    secrets: Object.fromEntries(
      (container.secrets ?? []).map(({ name = '', valueFrom = '' }) => [name, valueFrom]),
    ),
    mounts: mountsOf(container, definition),
  })),
});

/** What a rule compares, and no more: a value that nobody reads can only give something away. */
const telling = /^(?:WORDPRESS_)?DB_(?:\w{1,40}_)?HOST$|^(?:QUEUE_CONNECTION|AWS_EVENTBRIDGE_BUS)$/;

const environmentOf = ({ environment = [] }: ContainerDefinition): Readonly<Record<string, string>> =>
  Object.fromEntries(
    environment.map(({ name = '', value = '' }) => [name, telling.test(name) ? clean(value) : '']),
  );

const mountsOf = (
  { mountPoints = [] }: ContainerDefinition,
  { volumes = [] }: TaskDefinition,
): DefinitionSeen['containers'][number]['mounts'] =>
  mountPoints.flatMap(({ sourceVolume, containerPath = '' }) => {
    const efs = volumes.find(({ name }) => name === sourceVolume)?.efsVolumeConfiguration;
    return efs
      ? {
          path: containerPath,
          fileSystem: efs.fileSystemId ?? '',
          accessPoint: efs.authorizationConfig?.accessPointId ?? '',
        }
      : [];
  });

/** Where a container logs; undefined where it logs elsewhere than to CloudWatch, or under a name nobody can know. */
export const logOptionsOf = (
  definition: TaskDefinition | undefined,
  container: string,
): { readonly group: string; readonly prefix: string } | undefined => {
  const found = definition?.containerDefinitions?.find(({ name }) => name === container);
  const { logDriver, options = {} } = found?.logConfiguration ?? {};
  const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix } = options;
  return logDriver === 'awslogs' && group && prefix ? { group, prefix } : undefined;
};
