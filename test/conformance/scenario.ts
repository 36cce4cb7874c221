// The life of one tenant through every operation that the project uses, by real SDK clients on a virtual clock.
import { createDatabaseStandIn } from '../../sandbox/aws/containers/database-stand-in.ts';
import { simulated } from '../../sandbox/aws/containers/simulated.ts';
import type { SandboxOptions } from '../../sandbox/aws/sandbox.ts';
import { createClients, createFixture, type Fixture, sit } from '../sandbox/fixture.ts';
import { container } from './container.ts';

export type Life = Fixture & { readonly aws: ReturnType<typeof createClients> };

export const createLife = (options: Partial<SandboxOptions> = {}): Life => {
  const fixture = createFixture({ runtime: simulated({ database: createDatabaseStandIn() }), ...options });
  return { ...fixture, aws: createClients(fixture.sandbox) };
};

export const role = { RoleName: sit.executionRole, PolicyName: 'sit-ecs-secrets-access-goldencrust' };
export const secretName = 'sit-goldencrust-db-credentials';
const tags = [{ Key: 'Tenant', Value: 'goldencrust' }];
export const ecsTags = [{ key: 'Tenant', value: 'goldencrust' }];
export const { cluster } = sit;
export const service = 'sit-goldencrust-service';
export const family = 'sit-goldencrust';
const networkConfiguration = {
  awsvpcConfiguration: {
    subnets: [...sit.network.subnets],
    securityGroups: [...sit.network.securityGroups],
    assignPublicIp: 'DISABLED' as const,
  },
};

const makeSecret = async ({ aws: { secrets, iam } }: Life): Promise<string> => {
  const SecretString = JSON.stringify({ username: 'goldencrust_user', password: 'not-real' });
  const { ARN = '' } = await secrets.createSecret({ Name: secretName, SecretString, Tags: tags });
  await secrets.putSecretValue({ SecretId: ARN, SecretString });
  await secrets.updateSecret({ SecretId: ARN, Description: 'Database credentials' });
  await secrets.tagResource({ SecretId: ARN, Tags: [{ Key: 'Extra', Value: 'x' }] });
  await secrets.untagResource({ SecretId: ARN, TagKeys: ['Extra'] });
  await secrets.deleteSecret({ SecretId: ARN, RecoveryWindowInDays: 7 });
  await secrets.restoreSecret({ SecretId: ARN });
  const Resource = [`${ARN.slice(0, -6)}*`];
  const Statement = [{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource }];
  await iam.putRolePolicy({ ...role, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) });
  return ARN;
};

const makeAccessPoint = async ({ aws: { efs }, clock }: Life): Promise<string> => {
  const { AccessPointId = '' } = await efs.createAccessPoint({
    ClientToken: 'sit-goldencrust-content',
    FileSystemId: sit.fileSystem,
    PosixUser: { Uid: 33, Gid: 33 },
    RootDirectory: {
      Path: '/goldencrust',
      CreationInfo: { OwnerUid: 33, OwnerGid: 33, Permissions: '0755' },
    },
    Tags: tags,
  });
  await efs.tagResource({ ResourceId: AccessPointId, Tags: [{ Key: 'Extra', Value: 'x' }] });
  await efs.untagResource({ ResourceId: AccessPointId, TagKeys: ['Extra'] });
  await clock.sleep(5_000);
  return AccessPointId;
};

const registerTask = async (
  { aws: { ecs } }: Life,
  { secretArn, accessPointId }: { readonly secretArn: string; readonly accessPointId: string },
): Promise<string> => {
  const { taskDefinition } = await ecs.registerTaskDefinition({
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    executionRoleArn: `arn:aws:iam::${sit.accountId}:role/${sit.executionRole}`,
    volumes: [
      {
        name: 'content',
        efsVolumeConfiguration: {
          fileSystemId: sit.fileSystem,
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId, iam: 'DISABLED' },
        },
      },
    ],
    containerDefinitions: [container(secretArn)],
    tags: ecsTags,
  });
  return taskDefinition?.taskDefinitionArn ?? '';
};

export const listenerOf = async ({ aws: { elb } }: Life) => {
  const [balancer] =
    (await elb.describeLoadBalancers({ Names: [sit.loadBalancer.name] })).LoadBalancers ?? [];
  const { Listeners } = await elb.describeListeners({ LoadBalancerArn: balancer?.LoadBalancerArn });
  return { vpcId: balancer?.VpcId, arn: Listeners?.[0]?.ListenerArn };
};

const makeRoute = async (life: Life): Promise<string> => {
  const { elb } = life.aws;
  const listener = await listenerOf(life);
  const { TargetGroups } = await elb.createTargetGroup({
    Name: 'sit-goldencrust-tg',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: listener.vpcId,
    TargetType: 'ip',
    HealthCheckPath: '/',
    Matcher: { HttpCode: '200-399' },
    Tags: tags,
  });
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  await elb.modifyTargetGroup({
    TargetGroupArn,
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 5,
  });
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }];
  await elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes });
  const { Rules } = await elb.createRule({
    ListenerArn: listener.arn,
    Priority: 140,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['goldencrust.wpsit.kimmyai.io'] } }],
    Actions: [{ Type: 'forward', TargetGroupArn }],
    Tags: tags,
  });
  const RuleArn = Rules?.[0]?.RuleArn ?? '';
  await elb.modifyRule({ RuleArn, Actions: [{ Type: 'forward', TargetGroupArn }] });
  await elb.setRulePriorities({ RulePriorities: [{ RuleArn, Priority: 141 }] });
  await elb.addTags({ ResourceArns: [RuleArn], Tags: [{ Key: 'Extra', Value: 'x' }] });
  await elb.removeTags({ ResourceArns: [RuleArn], TagKeys: ['Extra'] });
  return TargetGroupArn;
};

/** Everything of the tenant, made once, and healthy after a few minutes of the cloud's time. */
export const bringUp = async (
  life: Life,
): Promise<{ readonly taskDefinition: string; readonly targetGroup: string }> => {
  const { ecs } = life.aws;
  const secretArn = await makeSecret(life);
  const accessPointId = await makeAccessPoint(life);
  const taskDefinition = await registerTask(life, { secretArn, accessPointId });
  const targetGroup = await makeRoute(life);
  const run = { cluster, taskDefinition, launchType: 'FARGATE' as const, networkConfiguration };
  const { tasks } = await ecs.runTask({ ...run, startedBy: 'scenario', tags: ecsTags });
  await life.clock.sleep(30_000);
  await ecs.stopTask({ cluster, task: tasks?.[0]?.taskArn, reason: 'enough' });
  await ecs.createService({
    ...run,
    serviceName: service,
    desiredCount: 1,
    healthCheckGracePeriodSeconds: 120,
    loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'wordpress', containerPort: 80 }],
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    propagateTags: 'SERVICE',
    tags: ecsTags,
  });
  await life.clock.sleep(300_000);
  return { taskDefinition, targetGroup };
};

/** A new deployment that is stopped, then everything of the tenant away again. */
export const takeDown = async (
  life: Life,
  { taskDefinition, targetGroup }: { readonly taskDefinition: string; readonly targetGroup: string },
): Promise<void> => {
  const { ecs, efs, elb, iam, secrets } = life.aws;
  await ecs.updateService({ cluster, service, forceNewDeployment: true });
  await life.clock.sleep(2_000);
  const { serviceDeployments } = await ecs.listServiceDeployments({
    cluster,
    service,
    status: ['IN_PROGRESS'],
  });
  const serviceDeploymentArn = serviceDeployments?.[0]?.serviceDeploymentArn;
  await ecs.stopServiceDeployment({ serviceDeploymentArn, stopType: 'ROLLBACK' });
  await life.clock.sleep(300_000);
  await ecs.updateService({ cluster, service, desiredCount: 0 });
  await ecs.deleteService({ cluster, service });
  await life.clock.sleep(300_000);
  const { arn: ListenerArn } = await listenerOf(life);
  const { Rules = [] } = await elb.describeRules({ ListenerArn });
  for (const { RuleArn, IsDefault } of Rules) if (!IsDefault) await elb.deleteRule({ RuleArn });
  await life.clock.sleep(30_000);
  await elb.deleteTargetGroup({ TargetGroupArn: targetGroup });
  const { AccessPoints } = await efs.describeAccessPoints({});
  await efs.deleteAccessPoint({ AccessPointId: AccessPoints?.[0]?.AccessPointId });
  await ecs.deregisterTaskDefinition({ taskDefinition });
  await ecs.deleteTaskDefinitions({ taskDefinitions: [taskDefinition] });
  await iam.deleteRolePolicy(role);
  await secrets.deleteSecret({ SecretId: secretName, ForceDeleteWithoutRecovery: true });
  await life.clock.sleep(60_000);
};
