// Every read that the project does, on a tenant that is up.
import { sit } from '../sandbox/fixture.ts';
import { cluster, ecsTags, family, type Life, listenerOf, role, secretName, service } from './scenario.ts';

const lookAtEcs = async ({ aws: { ecs } }: Life, taskDefinition: string): Promise<void> => {
  const all = { cluster };
  await ecs.describeClusters({ clusters: [cluster] });
  await ecs.describeTaskDefinition({ taskDefinition, include: ['TAGS'] });
  await ecs.listTaskDefinitions({ familyPrefix: family, sort: 'DESC', status: 'ACTIVE' });
  await ecs.listTaskDefinitionFamilies({ familyPrefix: 'sit-', status: 'ACTIVE' });
  const { serviceArns } = await ecs.listServices(all);
  const { services } = await ecs.describeServices({ ...all, services: serviceArns, include: ['TAGS'] });
  const { serviceDeployments } = await ecs.listServiceDeployments({ ...all, service });
  const arns = (serviceDeployments ?? []).flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? []);
  await ecs.describeServiceDeployments({ serviceDeploymentArns: arns });
  const revisions = (serviceDeployments ?? []).flatMap(
    ({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? [],
  );
  await ecs.describeServiceRevisions({ serviceRevisionArns: revisions });
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const { taskArns = [] } = await ecs.listTasks({ ...all, desiredStatus });
    if (taskArns.length > 0) await ecs.describeTasks({ ...all, tasks: taskArns, include: ['TAGS'] });
  }
  await ecs.tagResource({ resourceArn: services?.[0]?.serviceArn, tags: ecsTags });
};

/** Every read the project does. */
export const lookAround = async (
  life: Life,
  { taskDefinition, targetGroup }: { readonly taskDefinition: string; readonly targetGroup: string },
): Promise<void> => {
  const { ec2, efs, elb, iam, logs, rds, secrets, sts } = life.aws;
  const listener = await listenerOf(life);
  await sts.getCallerIdentity({});
  await iam.getRole({ RoleName: role.RoleName });
  await iam.getRolePolicy(role);
  await iam.listRolePolicies({ RoleName: role.RoleName });
  await secrets.describeSecret({ SecretId: secretName });
  await secrets.getSecretValue({ SecretId: secretName });
  await secrets.listSecrets({});
  await efs.describeFileSystems({});
  const { MountTargets } = await efs.describeMountTargets({ FileSystemId: sit.fileSystem });
  await efs.describeMountTargetSecurityGroups({ MountTargetId: MountTargets?.[0]?.MountTargetId });
  const { AccessPoints } = await efs.describeAccessPoints({ FileSystemId: sit.fileSystem });
  await efs.listTagsForResource({ ResourceId: AccessPoints?.[0]?.AccessPointId });
  await lookAtEcs(life, taskDefinition);
  await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
  await elb.describeTargetGroupAttributes({ TargetGroupArn: targetGroup });
  await elb.describeTargetHealth({ TargetGroupArn: targetGroup });
  await elb.describeRules({ ListenerArn: listener.arn });
  await elb.describeTags({ ResourceArns: [targetGroup] });
  await elb.describeAccountLimits({});
  const logGroupName = sit.logGroup;
  await logs.describeLogGroups({ logGroupNamePrefix: logGroupName });
  const { logStreams } = await logs.describeLogStreams({ logGroupName, logStreamNamePrefix: 'goldencrust/' });
  await logs.getLogEvents({ logGroupName, logStreamName: logStreams?.[0]?.logStreamName });
  await logs.filterLogEvents({ logGroupName, filterPattern: 'GET' });
  await ec2.describeVpcs({});
  await ec2.describeRouteTables({});
  await ec2.describeVpcEndpoints({});
  await ec2.describeSubnets({ SubnetIds: [...sit.network.subnets] });
  await ec2.describeSecurityGroups({ GroupIds: [...sit.network.securityGroups] });
  await rds.describeDBInstances({});
};
