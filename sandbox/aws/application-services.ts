// An application's task definitions and services: rolling, with the circuit breaker on, logging to CloudWatch, and the
// database's password straight out of RDS's own secret.
import type { KeyValuePair, RegisterTaskDefinitionCommandInput, Secret } from '@aws-sdk/client-ecs';
import type { Application, ApplicationService } from '../../src/shared/fleet/application.ts';
import {
  databaseHost,
  imageOf,
  isLaravel,
  prefixOf,
  repositoryOf,
  rolesOf,
  shapeOf,
  terraformOf,
} from './application-names.ts';
import type { ApplicationNetwork } from './application-network.ts';
import type { Cloud } from './cloud.ts';
import type { EcsPort } from './ecs/ecs.ts';

export type ServicesGround = {
  readonly cloud: Cloud;
  readonly ecs: EcsPort;
  readonly application: Application;
  readonly network: ApplicationNetwork;
  readonly secrets: { readonly database: string; readonly appKey: string };
  /** ARNs of target groups by short name of the service. */
  readonly targetGroups: ReadonlyMap<string, string>;
};

const environmentOf = (application: Application): KeyValuePair[] =>
  Object.entries({
    APP_ENV: application.environment.name,
    DB_CONNECTION: 'mysql',
    DB_HOST: databaseHost(application),
    DB_PORT: '3306',
    DB_DATABASE: application.name.replaceAll('-', '_'),
    QUEUE_CONNECTION: 'redis',
    REDIS_SCHEME: 'tls',
    AWS_EVENTBRIDGE_BUS: `${prefixOf(application)}-app-events`,
    SKIP_MIGRATIONS: 'true',
  }).map(([name, value]) => ({ name, value }));

const secretsOf = ({ database, appKey }: ServicesGround['secrets']): Secret[] => [
  { name: 'APP_KEY', valueFrom: `${appKey}:key::` },
  { name: 'DB_USERNAME', valueFrom: `${database}:username::` },
  { name: 'DB_PASSWORD', valueFrom: `${database}:password::` },
];

const definitionOf = (
  { cloud, application, secrets }: ServicesGround,
  service: ApplicationService,
): RegisterTaskDefinitionCommandInput => {
  const { port, command } = shapeOf(application, service);
  const roles = rolesOf(application);
  const role = (name: string): string => `arn:aws:iam::${cloud.accountId}:role/${name}`;
  const laravel = isLaravel(application, service);
  return {
    family: service.service,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    executionRoleArn: role(roles.execution),
    taskRoleArn: role(roles.task),
    containerDefinitions: [
      {
        name: service.container,
        image: imageOf(application, repositoryOf(application, service), 'latest'),
        essential: true,
        ...(command.length > 0 && { command: [...command] }),
        ...(port !== undefined && { portMappings: [{ containerPort: port, protocol: 'tcp' }] }),
        ...(laravel && { environment: environmentOf(application), secrets: secretsOf(secrets) }),
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': service.logGroup,
            'awslogs-region': cloud.region,
            'awslogs-stream-prefix': 'ecs',
          },
        },
      },
    ],
  };
};

/** Registers the first revision and makes the service; its tasks start on the cloud's clock. */
export const seedService = (ground: ServicesGround, service: ApplicationService): void => {
  const { ecs, application, network } = ground;
  const terraform = terraformOf(application);
  const { port } = shapeOf(application, service);
  const targetGroupArn = ground.targetGroups.get(service.name);
  ecs.operations.RegisterTaskDefinition(definitionOf(ground, service), terraform);
  ecs.operations.CreateService(
    {
      cluster: application.cluster,
      serviceName: service.service,
      taskDefinition: service.service,
      desiredCount: service.name === application.migration?.service ? 2 : 1,
      launchType: 'FARGATE',
      deploymentConfiguration: {
        strategy: 'ROLLING',
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...network.privateSubnets],
          securityGroups: [isLaravel(application, service) ? network.groups.laravel : network.groups.web],
          assignPublicIp: 'DISABLED',
        },
      },
      ...(targetGroupArn !== undefined && {
        loadBalancers: [{ targetGroupArn, containerName: service.container, containerPort: port }],
        healthCheckGracePeriodSeconds: 300,
      }),
      propagateTags: 'SERVICE',
    },
    terraform,
  );
};
