// What CreateService, UpdateService and RunTask refuse before anything is placed: InvalidParameterException.
import type { LaunchType, LoadBalancer, NetworkConfiguration, TaskDefinition } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud.ts';
import type { Neighbours } from '../ports.ts';

export function refuse(message: string): never {
  throw new AwsError('InvalidParameterException', message);
}

export const checkLaunchType = (definition: TaskDefinition, launchType: LaunchType | undefined): void => {
  if (launchType === 'FARGATE' && !definition.compatibilities?.includes('FARGATE'))
    refuse('Task definition does not support launch_type FARGATE.');
};

/** Subnets and security groups must be there, since Fargate tasks bring their own network interface. */
export const checkNetwork = (
  { ec2 }: Pick<Neighbours, 'ec2'>,
  definition: TaskDefinition,
  network: NetworkConfiguration | undefined,
): void => {
  if (definition.networkMode !== 'awsvpc') return;
  const vpc = network?.awsvpcConfiguration;
  if (!vpc) refuse("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const { subnets = [], securityGroups = [] } = vpc;
  if (subnets.length === 0) refuse('subnets can not be empty.');
  if (subnets.length > 16) refuse('subnets can have at most 16 items.');
  if (securityGroups.length > 5) refuse('securityGroups can have at most 5 items.');
  const subnet = subnets.find((id) => !ec2.hasSubnet(id));
  if (subnet !== undefined)
    refuse(
      `Error retrieving subnet information for [${subnet}]: The subnet ID '${subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    );
  const group = securityGroups.find((id) => !ec2.hasSecurityGroup(id));
  if (group !== undefined)
    refuse(
      `Error retrieving security group information for [${group}]: The security group '${group}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
    );
};

export const checkLoadBalancers = (
  { elb }: Pick<Neighbours, 'elb'>,
  definition: TaskDefinition,
  loadBalancers: readonly LoadBalancer[],
): void => {
  if (loadBalancers.length > 5) refuse('load balancers can have at most 5 items.');
  for (const balancer of loadBalancers) {
    checkContainerPort(definition, balancer);
    const arn = balancer.targetGroupArn;
    if (!arn) refuse('loadBalancer.targetGroupArn can not be blank.');
    if (!elb.hasTargetGroup(arn)) refuse(`The target group with targetGroupArn ${arn} does not exist.`);
    if (!elb.isAttached(arn))
      refuse(`The target group with targetGroupArn ${arn} does not have an associated load balancer.`);
  }
};

const checkContainerPort = (
  definition: TaskDefinition,
  { containerName, containerPort }: LoadBalancer,
): void => {
  const container = definition.containerDefinitions?.find(({ name }) => name === containerName);
  if (!container) refuse(`The container ${containerName} does not exist in the task definition.`);
  if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort))
    refuse(`The container ${containerName} did not have a container port ${containerPort} defined.`);
};
