// What RegisterTaskDefinition refuses. AWS names one problem at a time, as a ClientException.
import type { ContainerDefinition, RegisterTaskDefinitionCommandInput, Volume } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import type { IamPort } from '../ports.ts';
import { cpuUnits, isFargateSize, memoryMiB } from './fargate-sizes.ts';

type Input = RegisterTaskDefinitionCommandInput;

export const checkDefinition = (input: Input, iam: Pick<IamPort, 'hasRole'>): void => {
  checkFamily(input.family ?? '');
  if (input.tags?.length === 0) refuse('Tags can not be empty.');
  checkContainers(input);
  checkVolumes(input);
  if (input.requiresCompatibilities?.includes('FARGATE')) checkFargate(input);
  checkRoles(input, iam);
};

function refuse(message: string): never {
  throw new AwsError('ClientException', message);
}

const checkFamily = (family: string): void => {
  if (!family) refuse('Family must be specified.');
  if (!/^[\w-]{1,255}$/.test(family))
    refuse(
      'Family contains invalid characters. Up to 255 letters, numbers, underscores and hyphens are allowed.',
    );
};

const checkContainers = (input: Input): void => {
  const containers = input.containerDefinitions ?? [];
  if (containers.length === 0) refuse('Container definitions should not be empty.');
  for (const container of containers) checkContainer(container, input);
  const names = containers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`Container names must be unique. '${twice}' is used more than once.`);
  if (containers.every(({ essential }) => essential === false))
    refuse('At least one container in a task definition must be essential.');
};

const checkContainer = (container: ContainerDefinition, input: Input): void => {
  if (!container.name) refuse('Container.name should not be null or empty.');
  if (!/^[\w-]{1,255}$/.test(container.name ?? '')) refuse('Container.name contains invalid characters.');
  if (!container.image) refuse('Container.image should not be null or empty.');
  if (!input.memory && !container.memory && !container.memoryReservation)
    refuse(
      `Invalid setting for container '${container.name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  checkPorts(container, input);
  checkVariables(container);
  checkLogging(container);
};

const checkPorts = ({ portMappings = [] }: ContainerDefinition, { networkMode }: Input): void => {
  for (const { containerPort, hostPort } of portMappings) {
    if (networkMode === 'awsvpc' && hostPort !== undefined && hostPort !== containerPort)
      refuse('When networkMode=awsvpc, the host ports and container ports in port mappings must match.');
  }
};

const checkVariables = ({ name, environment = [], secrets = [] }: ContainerDefinition): void => {
  for (const { valueFrom } of secrets) {
    if (!valueFrom || /\s/.test(valueFrom) || !isSource(valueFrom))
      refuse(`Invalid secret 'valueFrom' for container '${name}': '${valueFrom ?? ''}'.`);
  }
  const names = [...environment.map((variable) => variable.name), ...secrets.map((secret) => secret.name)];
  const twice = names.find((variable, index) => names.indexOf(variable) !== index);
  if (secrets.some((secret) => secret.name === twice))
    refuse(
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${twice}'.`,
    );
};

// Whether the suffix of a secret's ARN makes sense is seen only when a task starts, as on AWS.
const isSource = (valueFrom: string): boolean =>
  valueFrom.startsWith('arn:')
    ? /^arn:aws[\w-]*:(secretsmanager:[\w-]+:\d{12}:secret:|ssm:[\w-]+:\d{12}:parameter\/)./.test(valueFrom)
    : /^[\w./@+=-]+$/.test(valueFrom);

const checkLogging = ({ logConfiguration }: ContainerDefinition): void => {
  if (logConfiguration?.logDriver !== 'awslogs') return;
  const missing = ['awslogs-group', 'awslogs-region'].filter((key) => !logConfiguration.options?.[key]);
  if (missing.length > 0) refuse(`Log driver awslogs requires options: ${missing.join(', ')}.`);
};

const checkVolumes = ({ volumes = [], containerDefinitions = [] }: Input): void => {
  const names = new Set(volumes.map(({ name }) => name));
  for (const { mountPoints = [] } of containerDefinitions)
    for (const { sourceVolume } of mountPoints)
      if (!names.has(sourceVolume)) refuse(`Unknown volume '${sourceVolume}'.`);
  for (const volume of volumes) checkFileSystem(volume);
};

const checkFileSystem = ({ efsVolumeConfiguration: efs }: Volume): void => {
  if (!efs) return;
  if (!/^fs-[0-9a-f]{8,40}$/.test(efs.fileSystemId ?? ''))
    refuse(`Invalid EFS file system id '${efs.fileSystemId ?? ''}'.`);
  if (!efs.authorizationConfig?.accessPointId) return;
  if (efs.transitEncryption !== 'ENABLED')
    refuse('EFS transit encryption must be enabled when an access point is used.');
  if (efs.rootDirectory !== undefined && efs.rootDirectory !== '/')
    refuse('The EFS root directory must be omitted or set to / when an access point is used.');
};

const checkFargate = ({ networkMode, cpu, memory, containerDefinitions = [] }: Input): void => {
  if (networkMode !== 'awsvpc') refuse("Fargate only supports network mode 'awsvpc'.");
  if (!cpu) refuse("Fargate requires that 'cpu' be defined at the task level.");
  if (!memory) refuse("Fargate requires that 'memory' be defined at the task level.");
  const units = { cpu: cpuUnits(cpu), memory: memoryMiB(memory) };
  if (!isFargateSize(units.cpu, units.memory))
    refuse(
      `No Fargate configuration exists for given values: ${units.cpu} CPU, ${units.memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  const reserved = containerDefinitions.reduce((sum, container) => sum + (container.cpu ?? 0), 0);
  if (reserved > units.cpu)
    refuse("The total of the containers' cpu must not be greater than the task's cpu.");
};

const checkRoles = (input: Input, iam: Pick<IamPort, 'hasRole'>): void => {
  const containers = input.containerDefinitions ?? [];
  if (!input.executionRoleArn) {
    if (containers.some(({ secrets }) => secrets?.length))
      refuse(
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
      );
    const fargate = input.requiresCompatibilities?.includes('FARGATE');
    if (fargate && containers.some(({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs'))
      refuse('Fargate requires task definition to have execution role ARN to support log driver awslogs.');
    if (fargate && containers.some(({ image }) => isPrivateImage(image)))
      refuse('Fargate requires task definition to have execution role ARN to support ECR images.');
  }
  for (const role of [input.executionRoleArn, input.taskRoleArn])
    if (role && !iam.hasRole(role)) refuse('Role is not valid');
};

export const isPrivateImage = (image: string | undefined): boolean => /^\d{12}\.dkr\.ecr\./.test(image ?? '');
