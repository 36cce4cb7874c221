// A registered task definition as AWS gives it back: defaults filled in, sizes in units, lists sorted as AWS keeps them.
import type {
  Attribute,
  Compatibility,
  ContainerDefinition,
  RegisterTaskDefinitionCommandInput,
  TaskDefinition,
  Volume,
} from '@aws-sdk/client-ecs';
import { cpuUnits, memoryMiB } from './fargate-sizes.ts';
import { isPrivateImage } from './task-definition-checks.ts';

type Input = RegisterTaskDefinitionCommandInput;

export type Registration = {
  readonly arn: string;
  readonly revision: number;
  readonly at: number;
  readonly by: string;
};

export const describeDefinition = (input: Input, registration: Registration): TaskDefinition => {
  const { tags: _, containerDefinitions = [], volumes = [], cpu, memory, ...rest } = input;
  return {
    ...rest,
    taskDefinitionArn: registration.arn,
    containerDefinitions: containerDefinitions.map((container) => describeContainer(container, input)),
    revision: registration.revision,
    volumes: volumes.map(describeVolume),
    status: 'ACTIVE',
    requiresAttributes: attributesOf(input),
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: compatibilitiesOf(input),
    ...(cpu ? { cpu: String(cpuUnits(cpu)) } : {}),
    ...(memory ? { memory: String(memoryMiB(memory)) } : {}),
    enableFaultInjection: input.enableFaultInjection ?? false,
    registeredAt: new Date(registration.at),
    registeredBy: registration.by,
  };
};

const describeContainer = (container: ContainerDefinition, { networkMode }: Input): ContainerDefinition => ({
  ...container,
  cpu: container.cpu ?? 0,
  portMappings: (container.portMappings ?? []).map((mapping) => ({
    ...mapping,
    ...(networkMode === 'awsvpc' ? { hostPort: mapping.containerPort } : {}),
    protocol: mapping.protocol ?? 'tcp',
  })),
  essential: container.essential ?? true,
  // The order in which they were sent is not kept.
  environment: byName(container.environment ?? []),
  mountPoints: container.mountPoints ?? [],
  volumesFrom: container.volumesFrom ?? [],
  ...(container.secrets ? { secrets: byName(container.secrets) } : {}),
  systemControls: container.systemControls ?? [],
});

const byName = <T extends { readonly name?: string | undefined }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));

const describeVolume = (volume: Volume): Volume => {
  const efs = volume.efsVolumeConfiguration;
  if (!efs) return volume;
  return {
    ...volume,
    efsVolumeConfiguration: {
      ...efs,
      rootDirectory: efs.rootDirectory ?? '/',
      ...(efs.authorizationConfig
        ? {
            authorizationConfig: {
              ...efs.authorizationConfig,
              iam: efs.authorizationConfig.iam ?? 'DISABLED',
            },
          }
        : {}),
    },
  };
};

const compatibilitiesOf = ({ networkMode, cpu, memory }: Input): Compatibility[] =>
  networkMode === 'awsvpc' && cpu && memory ? ['EC2', 'FARGATE', 'MANAGED_INSTANCES'] : ['EXTERNAL', 'EC2'];

const attributesOf = (input: Input): Attribute[] => {
  const containers = input.containerDefinitions ?? [];
  const volumes = input.volumes ?? [];
  const needs: readonly (readonly [boolean, readonly string[]])[] = [
    [
      containers.some(({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs'),
      [
        'com.amazonaws.ecs.capability.logging-driver.awslogs',
        'ecs.capability.execution-role-awslogs',
        'com.amazonaws.ecs.capability.docker-remote-api.1.19',
      ],
    ],
    [
      containers.some(({ image }) => isPrivateImage(image)),
      ['com.amazonaws.ecs.capability.ecr-auth', 'ecs.capability.execution-role-ecr-pull'],
    ],
    [containers.some(({ secrets }) => secrets?.length), ['ecs.capability.secrets.asm.environment-variables']],
    [Boolean(input.taskRoleArn), ['com.amazonaws.ecs.capability.task-iam-role']],
    [
      volumes.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration),
      ['ecs.capability.efs', 'com.amazonaws.ecs.capability.docker-remote-api.1.25'],
    ],
    [
      volumes.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration?.authorizationConfig),
      ['ecs.capability.efsAuth'],
    ],
    [input.networkMode === 'awsvpc', ['ecs.capability.task-eni']],
    [true, ['com.amazonaws.ecs.capability.docker-remote-api.1.18']],
  ].map(([needed, names]) => [Boolean(needed), names as readonly string[]]);
  return needs.flatMap(([needed, names]) => (needed ? names.map((name) => ({ name })) : []));
};
