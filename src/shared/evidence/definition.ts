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

/** Where things are and how they are reached: what a rule compares, and no secret's name. */
const telling =
  /^(?:WORDPRESS_CONFIG_EXTRA|WORDPRESS_DEBUG|APP_ENV|APP_DEBUG|APP_URL)$|_(?:HOST|PORT|CONNECTION|SCHEME|CLIENT|DRIVER|STORE|DISK|BUCKET|BUS|BUS_NAME|REGION|HOME|SITEURL|PREFIX|NAME|DATABASE|USER|USERNAME)$/;

/** `define('AUTH_KEY', '…')` is how WordPress is given its secrets. */
const definedSecret =
  /(define\(\s*["'][A-Z0-9_]{0,40}(?:KEY|SALT|PASS|SECRET|TOKEN)[A-Z0-9_]{0,40}["']\s*,\s*)(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)/gi;

const environmentOf = ({ environment = [] }: ContainerDefinition): Readonly<Record<string, string>> =>
  Object.fromEntries(
    environment.map(({ name = '', value = '' }) => [
      name,
      telling.test(name) ? clean(value.replace(definedSecret, "$1'***'")) : '',
    ]),
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
