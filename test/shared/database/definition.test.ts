// The task definition of a database run: who gets which secret, and that none is written down.
import { expect, test } from '@jest/globals';
import { type DatabaseTask, databaseTaskDefinition } from '../../../src/shared/database/definition.ts';
import { SCRIPT } from '../../../src/shared/database/script.ts';
import type { Tenant } from '../../../src/shared/fleet/types.ts';

const tenant: Tenant = {
  name: 'goldencrust',
  state: 'active',
  environment: {
    name: 'sit',
    accountId: '815856636111',
    region: 'eu-west-1',
    protected: false,
    domain: 'wpsit.kimmyai.io',
    cluster: 'sit-cluster',
    executionRole: 'sit-ecs-task-execution-role',
    taskRole: undefined,
    loadBalancer: { name: 'sit-alb', listenerPort: 80 },
    network: { subnets: ['subnet-09d1d2de85ae02264'], securityGroups: [], assignPublicIp: false },
    fileSystem: 'fs-0be15624e203bf94a',
    logGroup: '/ecs/sit',
    database: {
      host: 'sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com',
      port: 3306,
      masterSecret: 'sit-rds-master-credentials',
      clientImage: 'mysql:8.0',
      tls: 'required',
      securityGroups: undefined,
    },
    basicAuthSecret: undefined,
    roles: {},
    access: { strategy: 'inline-policy', permissionsBoundary: undefined },
    github: { approval: 'sit', deployment: 'sit-tenants' },
    promotesFrom: undefined,
    rollout: {
      maxConcurrency: 4,
      failureBudget: { kind: 'count', count: 0 },
      soakMinutes: 0,
      onFailure: 'stop',
    },
    tags: {},
  },
  host: 'goldencrust.wpsit.kimmyai.io',
  priority: 140,
  image: 'wordpress:6.4-apache',
  cpu: 256,
  memory: 512,
  architecture: 'X86_64',
  desiredCount: 1,
  containerPort: 80,
  variables: {},
  healthCheck: {
    path: '/',
    matcher: '200-399',
    intervalSeconds: 30,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
    gracePeriodSeconds: 120,
    redirectsTo: [],
  },
  deregistrationDelaySeconds: 10,
  storage: {
    uid: 33,
    gid: 33,
    permissions: '0755',
    path: '/goldencrust',
    mountPath: '/var/www/html/wp-content',
  },
  database: { name: 'goldencrust_db', user: 'goldencrust_user' },
  circuitBreaker: { threshold: 3, rollback: true },
  secretRecoveryDays: 30,
  tags: { Owner: 'hosting' },
};

const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:815856636111:secret:${name}-AbCdEf`;
const [secretArn, masterSecretArn] = [
  secret('sit-goldencrust-db-credentials'),
  secret('sit-rds-master-credentials'),
];
const executionRoleArn = 'arn:aws:iam::815856636111:role/sit-ecs-task-execution-role';
const common = { tenant, executionRoleArn };
const drop: DatabaseTask = {
  ...common,
  operation: 'drop',
  masterSecretArn,
  accessPointId: 'fsap-068c55acd83456a5f',
};
const tasks: readonly DatabaseTask[] = [
  { ...common, operation: 'init', secretArn, masterSecretArn },
  { ...common, operation: 'verify', secretArn },
  drop,
];
const containerOf = (task: DatabaseTask) => databaseTaskDefinition(task).containerDefinitions?.[0];

test('each operation is given the secrets it needs, by JSON key, and no other', () => {
  const master = [`${masterSecretArn}:username::`, `${masterSecretArn}:password::`];
  const own = [`${secretArn}:username::`, `${secretArn}:password::`];
  const given = tasks.map((task) => containerOf(task)?.secrets?.map(({ valueFrom }) => valueFrom));
  expect(given).toEqual([[...master, ...own], own, master]);
});

test('the environment holds nothing that a secret gives, and the command is the constant script', () => {
  for (const task of tasks) {
    const container = containerOf(task);
    expect(
      container?.environment?.map(({ name }) => name).filter((name) => /PASSWORD|USERNAME/.test(name ?? '')),
    ).toEqual([]);
    expect([container?.entryPoint, container?.command]).toEqual([['sh', '-c'], [SCRIPT]]);
  }
});

test('it is the tenant’s, tagged, on Fargate, logging beside the environment’s other containers', () => {
  expect(databaseTaskDefinition(drop)).toMatchObject({
    family: 'sit-db-init-goldencrust',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    tags: expect.arrayContaining([
      { key: 'Tenant', value: 'goldencrust' },
      { key: 'ManagedBy', value: 'tenant-actions' },
    ]),
    containerDefinitions: [
      {
        image: 'mysql:8.0',
        logConfiguration: { options: { 'awslogs-group': '/ecs/sit', 'awslogs-stream-prefix': 'db-init' } },
      },
    ],
  });
});

test('a drop dumps into the access point, encrypted on the way; without one there is no folder', () => {
  expect(databaseTaskDefinition(drop).volumes).toMatchObject([
    {
      efsVolumeConfiguration: {
        fileSystemId: 'fs-0be15624e203bf94a',
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: 'fsap-068c55acd83456a5f' },
      },
    },
  ]);
  expect(containerOf(drop)?.environment).toContainEqual({ name: 'DUMP_FOLDER', value: '/dump' });
  expect(containerOf(drop)?.mountPoints).toMatchObject([{ containerPath: '/dump' }]);
  const without = { ...drop, accessPointId: undefined };
  expect(databaseTaskDefinition(without).volumes).toEqual([]);
  expect(containerOf(without)?.environment?.map(({ name }) => name)).not.toContain('DUMP_FOLDER');
});
