// What an environment's manifest takes for granted, put into an account: network, cluster, load balancer, file system,
// execution role, log group, database, and the two secrets that somebody made by hand.
import type { Environment } from '../../src/shared/fleet/types.ts';
import type { Cloud } from './cloud.ts';
import type { EcsPort } from './ecs/ecs.ts';
import type { Elb } from './elb/elb.ts';
import type { Ec2 } from './services/ec2.ts';
import type { Efs } from './services/efs.ts';
import type { Iam } from './services/iam.ts';
import type { Logs } from './services/logs.ts';
import type { Secrets } from './services/secrets.ts';
import { issuer } from './services/tokens.ts';

/** Trust of a role that ECS gives to tasks. */
export const tasksMayAssume = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
};

type Ground = Pick<Cloud, 'accountId' | 'region'>;
type Read = { readonly logGroups: readonly string[]; readonly secrets: readonly string[] };

/** What an execution role is for: to pull images, write to these log groups and read these secrets. */
export const executionPolicy = ({ accountId, region }: Ground, { logGroups, secrets }: Read): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'ecr:GetAuthorizationToken',
          'ecr:BatchCheckLayerAvailability',
          'ecr:GetDownloadUrlForLayer',
          'ecr:BatchGetImage',
        ],
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: logGroups.map((group) => `arn:aws:logs:${region}:${accountId}:log-group:${group}:*`),
      },
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secrets },
    ],
  });

export type PlatformServices = {
  readonly cloud: Cloud;
  readonly ec2: Ec2;
  readonly ecs: EcsPort;
  readonly elb: Elb;
  readonly efs: Efs;
  readonly iam: Iam;
  readonly logs: Logs;
  readonly secrets: Secrets;
};

const roleName = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? nameOrArn;

const seedRoles = (
  { cloud, iam }: PlatformServices,
  environment: Environment,
  masterSecretArn: string,
): void => {
  const name = roleName(environment.executionRole);
  iam.seedRole({ name, trustPolicy: tasksMayAssume });
  const document = executionPolicy(cloud, {
    logGroups: [environment.logGroup],
    secrets: [masterSecretArn],
  });
  iam.seedPolicy({ role: name, name: `${environment.name}-ecs-base`, document });
  if (environment.taskRole)
    iam.seedRole({ name: roleName(environment.taskRole), trustPolicy: tasksMayAssume });
};

/** Trust of a role that jobs of `repository` may assume, as the OIDC provider's documentation has it. */
export const trustOfRepository = (accountId: string, repository: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${issuer}:sub`]: `repo:${repository}:*` },
      },
    },
  ],
});

const seedLoadBalancer = ({ ec2, elb }: PlatformServices, { loadBalancer, network }: Environment): void => {
  const [subnet] = network.subnets.flatMap((id) => ec2.subnet(id) ?? []);
  elb.seedLoadBalancer({
    ...loadBalancer,
    vpcId: subnet?.vpcId ?? '',
    subnets: network.subnets,
    securityGroups: network.securityGroups,
  });
};

/** `secretValues` replaces made-up contents, by secret name. */
export const seedEnvironment = (
  services: PlatformServices,
  environment: Environment,
  secretValues: Readonly<Record<string, object>>,
): void => {
  const { cloud, ec2, ecs, efs, logs, secrets } = services;
  const { basicAuthSecret, database, fileSystem, name, network } = environment;
  const seed = (secret: string, username: string): string =>
    secrets.seedSecret(secret, secretValues[secret] ?? { username, password: `not-real-${cloud.newId(24)}` });
  const masterSecretArn = seed(database.masterSecret, 'admin');
  if (basicAuthSecret) seed(basicAuthSecret, `bbws-${name}`);
  seedRoles(services, environment, masterSecretArn);
  logs.seedGroup(environment.logGroup);
  ecs.seedCluster(environment.cluster);
  seedLoadBalancer(services, environment);
  const subnets = network.subnets.flatMap((id) => ec2.subnet(id) ?? []);
  const securityGroups = [ec2.groupId(`${name}-efs`)];
  efs.seedFileSystem({ id: fileSystem, name: `${name}-efs`, subnets, securityGroups });
};
