// The task never started because there was no place for it.
import type { Facts, Rule } from '../rule.ts';
import { roleIn, type Start, said } from './starting.ts';

const runs =
  'A new task of {service} reaches RUNNING: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].[runningCount,events[0].message]"`.';

const subnetsIn = ({ reason, network }: Start): Facts => {
  const named = /subnet-[0-9a-f]{8,40}/.exec(reason)?.[0];
  const full = network?.subnets.filter(({ freeAddresses }) => freeAddresses === 0).map(({ id }) => id) ?? [];
  const subnets = named ? [named] : full.length ? full : (network?.subnets.map(({ id }) => id) ?? []);
  return { subnets: subnets.join(' ') || '<subnets>' };
};

export const placeRules: readonly Rule<Start>[] = [
  said({
    id: 'subnet-full',
    area: 'network',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: ['InsufficientFreeAddressesInSubnet', 'does not have enough free addresses'],
    said: [/InsufficientFreeAddresses|free addresses/i],
    facts: subnetsIn,
    cause: 'Subnet {subnets} has no free address left, and each task needs one.',
    fix: [
      'Count: `aws ec2 describe-subnets --region {region} --subnet-ids {subnets} --query "Subnets[].[SubnetId,CidrBlock,AvailableIpAddressCount]" --output table`.',
      'Free some: scale to 0 what nobody needs, delete interfaces that nobody uses (`aws ec2 describe-network-interfaces --region {region} --filters Name=status,Values=available --query "NetworkInterfaces[].[NetworkInterfaceId,SubnetId,Description]" --output table`). AWS keeps five addresses of each subnet for itself.',
      {
        tenant:
          'Or name more or larger subnets: `network: { subnets: [ … ] }` in {environmentManifest}, then run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: service`.',
        application:
          "Or name more or larger subnets in the service's networkConfiguration, where it is made (Terraform).",
      },
      {
        tenant:
          'Where a rollout took them all, fewer at once: `rollout: { maxConcurrency: 1 }` in {environmentManifest}.',
      },
    ],
    verify: runs,
    link: 'https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html',
  }),
  said({
    id: 'interface-not-made',
    area: 'network',
    level: 'cause',
    lasts: 'passing',
    sure: 'likely',
    symptoms: [
      'Timeout waiting for network interface provisioning to complete.',
      'RESOURCE:ENI',
      'Unexpected EC2 error while attempting to Create Network Interface',
    ],
    said: [/RESOURCE:ENI|network interface/i, /^(?!.*FreeAddresses)/is],
    facts: subnetsIn,
    cause:
      'AWS did not make a network interface for the task in time: mostly a passing fault of EC2, else the quota of interfaces or a security group or subnet that is gone.',
    fix: [
      'Run the same action again.',
      'Where it comes again, see that subnets and security groups still exist and have room: `aws ec2 describe-subnets --region {region} --subnet-ids {subnets}`, and the quota: `aws service-quotas get-service-quota --region {region} --service-code vpc --quota-code L-DF5E4CA3`.',
    ],
    verify: runs,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html',
  }),
  said({
    id: 'fargate-quota',
    area: 'start',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: [
      'reached the limit on the number of vCPUs you can run concurrently',
      'reached the limit on the number of tasks you can run concurrently',
    ],
    said: [/limit on the number of (?:vCPUs|\w*\s?tasks)|vCPU (?:limit|quota)/i],
    cause: "The account's quota for what runs on Fargate at once is used up in {region}.",
    fix: [
      "Look and raise it in Service Quotas, AWS Fargate: 'Fargate On-Demand vCPU resource count', or for FARGATE_SPOT 'Fargate Spot vCPU resource count': `aws service-quotas list-service-quotas --region {region} --service-code fargate --query \"Quotas[].[QuotaName,Value,QuotaCode]\" --output table`, then `aws service-quotas request-service-quota-increase --region {region} --service-code fargate --quota-code <code> --desired-value <vCPUs>`.",
      'Until then run again when other tasks have ended, those of a rollout for instance; a rolling deployment needs room for old and new tasks together.',
    ],
    verify: runs,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html',
  }),
  said({
    id: 'execution-role-not-assumable',
    area: 'start',
    level: 'cause',
    lasts: 'settling',
    sure: 'certain',
    symptoms: ['ECS was unable to assume the role'],
    said: [/unable to assume the (?:\w+ \w+ )?role/i],
    facts: (start) => ({ role: roleIn(start) }),
    cause:
      'ECS may not assume role {role}, or there is no such role: its trust policy does not name ecs-tasks.amazonaws.com.',
    fix: [
      '`aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument` shows who may.',
      '`aws iam update-assume-role-policy --role-name {role} --policy-document \'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}\'` names ECS in its place.',
      {
        tenant:
          "A role of the tenant's own is written by the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: access`.",
      },
      'A role made just now holds after some seconds: run again.',
    ],
    verify: runs,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html',
  }),
  said({
    id: 'definition-gone',
    area: 'start',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['TaskDefinition is inactive', 'MISSING', 'INACTIVE'],
    said: [/TaskDefinition is inactive|TaskDefinition not found|^(?:MISSING|INACTIVE)\b/i],
    cause: 'The cluster or the task definition is not there any more: somebody deregistered or deleted it.',
    fix: [
      'Compare: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].[status,taskDefinition]"` and `aws ecs list-task-definitions --region {region} --family-prefix {family} --status ACTIVE`.',
      {
        tenant:
          'Deploy again, so that the service gets a task definition that is in force: run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`. Where the cluster has another name, correct `cluster` in {environmentManifest}.',
        application:
          'Release again, so that the service gets a task definition that is in force. Where the cluster has another name, correct `cluster` in {manifest}.',
      },
    ],
    verify: runs,
  }),
  said({
    id: 'start-took-too-long',
    area: 'start',
    level: 'cause',
    lasts: 'passing',
    sure: 'likely',
    symptoms: [
      'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting',
      'DockerTimeoutError',
    ],
    said: [/ContainerRuntimeTimeoutError|DockerTimeoutError|Could not transition to running/i],
    cause:
      'AWS did not get the container started in time: a fault of the machine under it that mostly passes.',
    fix: [
      'Run the same action again.',
      {
        tenant:
          'Where it comes again and again, the image is very large, or more CPU helps: `cpu: 1024`, `memory: 2048` in {manifest}.',
        application:
          'Where it comes again and again, the image is very large, or more cpu in task definition {family} helps.',
      },
    ],
    verify: runs,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html',
  }),
  said({
    id: 'no-capacity',
    area: 'start',
    level: 'cause',
    lasts: 'passing',
    sure: 'certain',
    symptoms: [
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      'RESOURCE:MEMORY',
      'AGENT',
    ],
    said: [
      /[Cc]apacity (?:is|was) (?:un|not )available|[Ii]nsufficient capacity|RESOURCE:(?!ENI)|\bAGENT\b|NO ACTIVE INSTANCES/,
    ],
    cause: 'AWS had no room for the task.',
    fix: [
      'Run again later: whatever was done until then is kept.',
      'If it lasts: subnets in more availability zones for the service, or FARGATE beside FARGATE_SPOT in its capacity providers: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --capacity-provider-strategy capacityProvider=FARGATE,weight=1 --force-new-deployment`.',
    ],
    verify: runs,
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html',
  }),
];
