// A sandbox of the runbook's SIT environment and real SDK clients that talk to it in process.
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuild } from '@aws-sdk/client-codebuild';
import { CodePipeline } from '@aws-sdk/client-codepipeline';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECR } from '@aws-sdk/client-ecr';
import { ECS } from '@aws-sdk/client-ecs';
import { EFS } from '@aws-sdk/client-efs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAM } from '@aws-sdk/client-iam';
import { RDS } from '@aws-sdk/client-rds';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { STS } from '@aws-sdk/client-sts';
import { createVirtualClock, type VirtualClock } from '../../sandbox/aws/clock.ts';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/aws/sandbox.ts';
import type { Environment } from '../../src/shared/fleet/types.ts';

export const sit: Environment = {
  name: 'sit',
  accountId: '815856636111',
  region: 'eu-west-1',
  protected: false,
  domain: 'wpsit.kimmyai.io',
  cluster: 'sit-cluster',
  executionRole: 'sit-ecs-task-execution-role',
  taskRole: undefined,
  loadBalancer: { name: 'sit-alb', listenerPort: 80 },
  network: {
    subnets: ['subnet-09d1d2de85ae02264', 'subnet-00e96b70ba19dffc5'],
    securityGroups: ['sg-01bca1fb9806ad397'],
    assignPublicIp: false,
  },
  fileSystem: 'fs-0be15624e203bf94a',
  logGroup: '/ecs/sit',
  database: {
    host: 'sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com',
    port: 3306,
    masterSecret: 'sit-rds-master-credentials',
    clientImage: 'mysql:8.0',
    tls: 'off',
    securityGroups: undefined,
  },
  basicAuthSecret: 'sit-basic-auth',
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
};

export type Fixture = { readonly sandbox: Sandbox; readonly clock: VirtualClock };

export const createFixture = (options: Partial<SandboxOptions> = {}): Fixture => {
  const clock = createVirtualClock();
  const sandbox = createSandbox({ clock, runtime: () => undefined, platforms: [sit], ...options });
  return { sandbox, clock };
};

export const clientOptions = (sandbox: Sandbox, accessKeyId = 'operator') => ({
  region: sandbox.cloud.region,
  endpoint: 'http://sandbox',
  credentials: { accessKeyId, secretAccessKey: 'not-checked' },
  maxAttempts: 1,
  requestHandler: inProcessHandler(sandbox),
});

export const createClients = (sandbox: Sandbox) => {
  const options = clientOptions(sandbox);
  return {
    codebuild: new CodeBuild(options),
    codepipeline: new CodePipeline(options),
    ec2: new EC2(options),
    ecr: new ECR(options),
    ecs: new ECS(options),
    efs: new EFS(options),
    elb: new ElasticLoadBalancingV2(options),
    iam: new IAM(options),
    logs: new CloudWatchLogs(options),
    rds: new RDS(options),
    secrets: new SecretsManager(options),
    sts: new STS(options),
  };
};
