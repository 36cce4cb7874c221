// What should exist for a tenant, as values. Pure: ids that AWS gives arrive as arguments.
import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { namesOf } from './names.ts';
import type { Tenant } from './types.ts';

export type SecretFields = {
  readonly username: string;
  readonly database: string;
  readonly host: string;
  readonly port: number;
};

/** The tenant secret's JSON beside its password. */
export const secretFields = (tenant: Tenant): SecretFields => ({
  username: tenant.database.user,
  database: tenant.database.name,
  host: tenant.environment.database.host,
  port: tenant.environment.database.port,
});

/** Secrets Manager appends a hyphen and six characters to a name: `??????` matches them and no longer name. */
const secretArnPattern = ({ region, accountId }: Tenant['environment'], secret: string): string =>
  `arn:${partitionOf(region)}:secretsmanager:${region}:${accountId}:secret:${secret}-??????`;

export const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

export const roleArnOf = (
  environment: Pick<Tenant['environment'], 'accountId' | 'region'>,
  role: string,
): string =>
  role.startsWith('arn:')
    ? role
    : `arn:${partitionOf(environment.region)}:iam::${environment.accountId}:role/${role}`;

const mayRead = (secretArn: string): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: [secretArn] }],
});

/** The inline policy that lets a role read this tenant's secret and nothing else. */
export const accessPolicyDocument = (tenant: Tenant): object =>
  mayRead(secretArnPattern(tenant.environment, namesOf(tenant).secret));

/** The inline policy that lets a role read the secret of every tenant of the environment. */
export const sharedAccessPolicyDocument = ({ environment }: Tenant): object =>
  mayRead(secretArnPattern(environment, namesOf({ name: '*', environment }).secret));

/** Name of the role that ECS starts the tenant's own tasks with. The database step's tasks keep the environment's. */
export const executionRoleOf = (tenant: Tenant): string =>
  tenant.environment.access.strategy === 'role-per-tenant'
    ? namesOf(tenant).executionRole
    : tenant.environment.executionRole;

/** Who may assume a tenant's role: ECS, for tasks of this account and no other. */
export const executionTrustDocument = ({ environment }: Tenant): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': environment.accountId } },
    },
  ],
});

/** AWS's own policy for pulling images and writing logs. */
export const executionPolicyArn = ({ environment }: Tenant): string =>
  `arn:${partitionOf(environment.region)}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`;

export const containerName = 'wordpress';
const volumeName = 'content';

type TaskIds = { readonly secretArn: string; readonly accessPointId: string };

/** The WordPress task definition; credentials only as `secrets`, never as environment. */
export const taskDefinition = (tenant: Tenant, ids: TaskIds): RegisterTaskDefinitionCommandInput => {
  const { environment } = tenant;
  return {
    family: namesOf(tenant).family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: String(tenant.cpu),
    memory: String(tenant.memory),
    runtimePlatform: { cpuArchitecture: tenant.architecture, operatingSystemFamily: 'LINUX' },
    executionRoleArn: roleArnOf(environment, executionRoleOf(tenant)),
    ...(environment.taskRole ? { taskRoleArn: roleArnOf(environment, environment.taskRole) } : {}),
    containerDefinitions: [container(tenant, ids)],
    volumes: [contentVolume(tenant, ids.accessPointId)],
  };
};

const container = (tenant: Tenant, ids: TaskIds) => ({
  name: containerName,
  image: tenant.image,
  essential: true,
  portMappings: [{ containerPort: tenant.containerPort, protocol: 'tcp' as const }],
  environment: Object.entries({
    ...tenant.variables,
    WORDPRESS_DB_HOST: `${tenant.environment.database.host}:${tenant.environment.database.port}`,
  }).map(([name, value]) => ({ name, value })),
  secrets: [
    { name: 'WORDPRESS_DB_USER', valueFrom: `${ids.secretArn}:username::` },
    { name: 'WORDPRESS_DB_PASSWORD', valueFrom: `${ids.secretArn}:password::` },
    { name: 'WORDPRESS_DB_NAME', valueFrom: `${ids.secretArn}:database::` },
  ],
  // ECS reads secrets when a task starts only: what changes in them must make a new revision to reach the tasks.
  dockerLabels: {
    'tenant-actions.database': tenant.database.name,
    'tenant-actions.database-user': tenant.database.user,
  },
  mountPoints: [{ sourceVolume: volumeName, containerPath: tenant.storage.mountPath, readOnly: false }],
  logConfiguration: {
    logDriver: 'awslogs' as const,
    options: {
      'awslogs-group': tenant.environment.logGroup,
      'awslogs-region': tenant.environment.region,
      'awslogs-stream-prefix': namesOf(tenant).logPrefix,
    },
  },
});

/** An access point works only with transit encryption; IAM authorization needs a task role. */
export const accessPointVolume = (
  tenant: Tenant,
  call: { readonly name: string; readonly accessPointId: string },
) => ({
  name: call.name,
  efsVolumeConfiguration: {
    fileSystemId: tenant.environment.fileSystem,
    transitEncryption: 'ENABLED' as const,
    authorizationConfig: {
      accessPointId: call.accessPointId,
      iam: tenant.environment.taskRole ? ('ENABLED' as const) : ('DISABLED' as const),
    },
  },
});

const contentVolume = (tenant: Tenant, accessPointId: string) =>
  accessPointVolume(tenant, { name: volumeName, accessPointId });

/** Priorities to try, in order: a slot derived from the host first, so that two tenants rarely race for one. */
export const priorityCandidates = (host: string, taken: ReadonlySet<number>): readonly number[] => {
  const span = 40_000;
  const start =
    1_000 + ([...host].reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) % span, 7) % span);
  return Array.from({ length: 200 }, (_, step) => 1_000 + ((start - 1_000 + step * 7) % span)).filter(
    (priority) => !taken.has(priority),
  );
};
