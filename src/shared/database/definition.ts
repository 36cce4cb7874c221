// The task definition of one run of the database step. Passwords are references that ECS resolves in the container.
import type { KeyValuePair, RegisterTaskDefinitionCommandInput, Secret, Volume } from '@aws-sdk/client-ecs';
import { namesOf, tagsOf } from '../fleet/names.ts';
import type { TaskOwner, Tenant } from '../fleet/types.ts';
import { environmentOf, listEnvironmentOf } from './environment.ts';
import { SCRIPT } from './script.ts';

/** Name of the one container, for its exit code and log stream `db-init/db-init/<task id>`. */
export const databaseContainer = 'db-init';

/** Where a drop's container sees the folder for dumps. */
export const dumpMountPath = '/dump';

/** ARNs are full ones. Each operation is given only the secrets it needs. */
export type DatabaseTask = { readonly executionRoleArn: string } & (
  | TenantTask
  | { readonly operation: 'list'; readonly tenant: TaskOwner; readonly masterSecretArn: string }
);

type TenantTask = { readonly tenant: Tenant } & (
  | { readonly operation: 'init'; readonly secretArn: string; readonly masterSecretArn: string }
  | { readonly operation: 'verify'; readonly secretArn: string }
  /** Without an access point to dump to, the script refuses to drop a database that exists. */
  | {
      readonly operation: 'drop';
      readonly masterSecretArn: string;
      readonly accessPointId: string | undefined;
    }
);

/** What to register for this run; the caller deregisters it when the task has stopped. */
export const databaseTaskDefinition = (task: DatabaseTask): RegisterTaskDefinitionCommandInput => {
  const { tenant } = task;
  const volumes = volumesOf(task);
  return {
    family: namesOf(tenant).databaseFamily,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: task.executionRoleArn,
    containerDefinitions: [
      {
        name: databaseContainer,
        image: tenant.environment.database.clientImage,
        essential: true,
        entryPoint: ['sh', '-c'],
        command: [SCRIPT],
        environment: environmentList(task),
        secrets: secretsOf(task),
        mountPoints: volumes.map(({ name }) => ({ sourceVolume: name, containerPath: dumpMountPath })),
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': tenant.environment.logGroup,
            'awslogs-region': tenant.environment.region,
            'awslogs-stream-prefix': databaseContainer,
          },
        },
      },
    ],
    volumes,
    tags: Object.entries(tagsOf(tenant)).map(([key, value]) => ({ key, value })),
  };
};

const environmentList = (task: DatabaseTask): KeyValuePair[] =>
  Object.entries({
    ...(task.operation === 'list'
      ? listEnvironmentOf(task.tenant.environment)
      : environmentOf(task.tenant, task.operation)),
    ...(volumesOf(task).length > 0 && { DUMP_FOLDER: dumpMountPath }),
  }).map(([name, value]) => ({ name, value }));

const secretsOf = (task: DatabaseTask): Secret[] => [
  ...(task.operation === 'verify' ? [] : login('MASTER', task.masterSecretArn)),
  ...(task.operation === 'drop' || task.operation === 'list' ? [] : login('TENANT', task.secretArn)),
];

// ECS reads `arn:key:stage:version`; without the two trailing colons it takes the key for part of the name.
const login = (prefix: string, arn: string): Secret[] => [
  { name: `${prefix}_USERNAME`, valueFrom: `${arn}:username::` },
  { name: `${prefix}_PASSWORD`, valueFrom: `${arn}:password::` },
];

// The task has no role of its own, so it mounts without IAM authorization, as the access point allows.
const volumesOf = (task: DatabaseTask): Volume[] =>
  task.operation === 'drop' && task.accessPointId
    ? [
        {
          name: 'dump',
          efsVolumeConfiguration: {
            fileSystemId: task.tenant.environment.fileSystem,
            transitEncryption: 'ENABLED',
            authorizationConfig: { accessPointId: task.accessPointId, iam: 'DISABLED' },
          },
        },
      ]
    : [];
