// The task never started because it could not reach AWS or the registry from the service's subnets.
import { clip } from '../clip.ts';
import type { Evidence, NetworkSeen, SubnetSeen } from '../evidence.ts';
import type { Facts, Rule, Sighting } from '../rule.ts';
import { imageIn, ofService, type Start, said, unreachable } from './starting.ts';

const link = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html';

const fetching = /CannotPull|ResourceInitialization|secrets|registry|logger|log stream/i;

const isCutOff = (reason: string): boolean =>
  unreachable.test(reason) && fetching.test(reason) && !/EFS utils|EFS volume|mount\.nfs/i.test(reason);

/** What the task wanted to reach: an endpoint's short name where AWS has one for it. */
const wantedIn = (reason: string): string => {
  if (/from asm|secretsmanager|Secrets Manager/i.test(reason)) return 'secretsmanager';
  if (/from ssm|\bssm\b|Systems Manager/i.test(reason)) return 'ssm';
  if (/log stream|logger args|CloudWatch/i.test(reason)) return 'logs';
  if (/ecr registry auth|api\.ecr|registry auth from Amazon ECR/i.test(reason)) return 'ecr.api';
  if (/starport-layer|\bs3\b/i.test(reason)) return 's3';
  return /\.dkr\.ecr\./.test(reason) ? 'ecr.dkr' : 'internet';
};

const nameOf = (wanted: string, start: Start): string =>
  wanted === 'internet'
    ? `the registry of ${imageIn(start)}`
    : `${wanted}.${start.facts.region ?? '<region>'}.amazonaws.com`;

/** Rules that look at the subnets as EC2 shows them, once ECS's words say that nobody answered. */
const cutOff =
  (isWrong: (subnet: SubnetSeen, network: NetworkSeen, wanted: string) => boolean, why: string) =>
  (start: Start): Sighting | undefined => {
    const { network } = start;
    const reason = clip(start.reason);
    if (!network || !isCutOff(reason)) return undefined;
    const wanted = wantedIn(reason);
    const wrong = network.subnets.filter((subnet) => isWrong(subnet, network, wanted));
    if (!wrong.length) return undefined;
    const facts: Facts = {
      subnets: wrong.map(({ id }) => id).join(' '),
      subnetList: wrong.map(({ id }) => id).join(','),
      wanted: nameOf(wanted, start),
      endpoint: wanted === 'internet' ? 'ecr.dkr' : wanted,
    };
    return {
      proof: [
        { from: 'task', text: reason },
        ...wrong.map(({ id }) => ({ from: 'network' as const, text: `${id}: ${why}` })),
      ],
      facts,
    };
  };

const reached = 'A new task of {service} gets beyond PENDING within a minute.';

const seeRoutes =
  '`aws ec2 describe-route-tables --region {region} --filters Name=association.subnet-id,Values={subnetList} --query "RouteTables[].[RouteTableId,Routes[].[DestinationCidrBlock,NatGatewayId,GatewayId]]"` (no answer: the subnet has the VPC\'s main route table).';

/** Told by what EC2 shows. */
const routeRules: readonly Rule<Start>[] = [
  {
    id: 'no-way-out',
    area: 'network',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'i/o timeout',
      'context deadline exceeded',
      'There is a connection issue between the task and',
    ],
    sees: cutOff(
      ({ defaultRoute, endpoints }, _, wanted) =>
        defaultRoute === 'none' && endpoints?.includes(wanted) === false,
      'no default route, and no VPC endpoint for what the task wanted to reach',
    ),
    cause:
      'Subnet {subnets} has no way to {wanted}: neither a default route nor a VPC endpoint. No task can start there.',
    fix: [
      `See its routes: ${seeRoutes}`,
      'Either lead 0.0.0.0/0 to a NAT gateway: `aws ec2 create-route --region {region} --route-table-id <table> --destination-cidr-block 0.0.0.0/0 --nat-gateway-id <gateway>` (those that there are: `aws ec2 describe-nat-gateways --region {region} --query "NatGateways[].[NatGatewayId,VpcId,State]" --output table`),',
      'or make the VPC endpoints (secretsmanager, ecr.api, ecr.dkr and logs as interfaces, s3 as a gateway): `aws ec2 create-vpc-endpoint --region {region} --vpc-id {vpc} --vpc-endpoint-type Interface --service-name com.amazonaws.{region}.{endpoint} --subnet-ids {subnets} --security-group-ids <group that lets port 443 in>`. Images of Docker Hub need the NAT gateway.',
      {
        tenant:
          'or run the tasks in subnets that have a way out: `network: { subnets: [ … ] }` in {environmentManifest}, then run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: service`.',
        application:
          "or run the tasks in subnets that have a way out: networkConfiguration of the service, in Terraform or by `aws ecs update-service --region {region} --cluster {cluster} --service {service} --network-configuration 'awsvpcConfiguration={subnets=[<subnet>,<subnet>],securityGroups=[{taskGroups}]}'`.",
      },
    ],
    verify: reached,
    link,
  },
  {
    id: 'no-public-address',
    area: 'network',
    level: 'cause',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['i/o timeout', 'context deadline exceeded', 'request canceled while waiting for connection'],
    sees: cutOff(
      ({ defaultRoute, endpoints }, { assignPublicIp }, wanted) =>
        defaultRoute === 'internet' && !assignPublicIp && endpoints?.includes(wanted) === false,
      'its default route leads to an internet gateway, and the task has no public address',
    ),
    cause:
      'Subnet {subnets} is a public one, and the tasks have no public address: an internet gateway lets nobody out without one, so {wanted} is not reached.',
    fix: [
      {
        tenant:
          'Run the tasks in private subnets with a NAT gateway: `network: { subnets: [ … ] }` in {environmentManifest}, then run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`, `steps: service`.',
        application:
          "Run the tasks in private subnets with a NAT gateway: networkConfiguration of the service, in Terraform or by `aws ecs update-service --region {region} --cluster {cluster} --service {service} --network-configuration 'awsvpcConfiguration={subnets=[<subnet>,<subnet>],securityGroups=[{taskGroups}]}'`.",
      },
      {
        application:
          "Or give the tasks a public address: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --network-configuration 'awsvpcConfiguration={assignPublicIp=ENABLED,subnets=[{taskSubnets}],securityGroups=[{taskGroups}]}'`.",
      },
    ],
    verify: reached,
    link,
  },
  {
    id: 'endpoint-closed',
    area: 'network',
    level: 'cause',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['i/o timeout', 'context deadline exceeded'],
    sees: cutOff(
      ({ defaultRoute, endpoints }, _, wanted) =>
        defaultRoute === 'none' && endpoints?.includes(wanted) === true,
      'it has a VPC endpoint for what the task wanted to reach, and it did not answer',
    ),
    cause:
      "The VPC endpoint for {wanted} does not answer the tasks in {subnets}: its security group does not let them in, or the tasks' own group lets nothing out.",
    fix: [
      'Find its security groups: `aws ec2 describe-vpc-endpoints --region {region} --filters Name=service-name,Values=com.amazonaws.{region}.{endpoint} --query "VpcEndpoints[].[VpcEndpointId,PrivateDnsEnabled,State,Groups[].GroupId]"`. PrivateDnsEnabled must be true.',
      "Let port 443 in from the tasks' group: `aws ec2 authorize-security-group-ingress --region {region} --group-id <group of the endpoint> --protocol tcp --port 443 --source-group {taskGroup}`.",
    ],
    verify: reached,
    link,
  },
];

/** Told by ECS's words alone. */
const wordRules: readonly Rule<Start>[] = [
  said({
    id: 'names-not-resolved',
    area: 'network',
    level: 'cause',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['dial tcp: lookup … no such host'],
    said: [/lookup ([\w.-]{1,253})[^:]{0,60}: no such host|no such host/i, fetching],
    facts: (_, [host = '']) => ({ unknownHost: host || 'a name of AWS' }),
    cause:
      "The task could not resolve {unknownHost}: the VPC's DNS is switched off or sends its questions elsewhere.",
    fix: [
      '`aws ec2 describe-vpc-attribute --region {region} --vpc-id {vpc} --attribute enableDnsSupport` must be true, and so enableDnsHostnames where VPC endpoints are used: `aws ec2 modify-vpc-attribute --region {region} --vpc-id {vpc} --enable-dns-support`.',
      "A VPC with DHCP options of its own needs AmazonProvidedDNS or servers that know the Internet's names: `aws ec2 describe-dhcp-options --region {region}`. A misspelt region or registry in the image's name looks the same.",
    ],
    verify: reached,
    link,
  }),
  {
    id: 'aws-not-reached',
    area: 'network',
    level: 'cause',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: [
      'RequestCanceled: request context canceled caused by: context deadline exceeded',
      'dial tcp … i/o timeout',
      'Please check your task network configuration',
      'pull command failed: : signal: killed',
      'There is a connection issue between the task and',
    ],
    sees: (start) => {
      const reason = clip(start.reason);
      return isCutOff(reason) && !/no such host/.test(reason) && !routeRules.some((rule) => rule.sees(start))
        ? { proof: [{ from: 'task', text: reason }], facts: { wanted: nameOf(wantedIn(reason), start) } }
        : undefined;
    },
    cause: "The task could not reach {wanted} from the service's subnets.",
    fix: [
      'A private subnet needs a NAT gateway, or VPC endpoints for secretsmanager, ecr.api, ecr.dkr, logs and s3; a public one needs assignPublicIp. See which subnets: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query "services[].networkConfiguration"`, and their routes: `aws ec2 describe-route-tables --region {region} --filters Name=association.subnet-id,Values={taskSubnets}`.',
      'The tasks\' security group must let port 443 out: `aws ec2 describe-security-groups --region {region} --group-ids {taskGroup} --query "SecurityGroups[].IpPermissionsEgress"`.',
    ],
    verify: reached,
    link,
  },
];

export const networkCauses: readonly Rule<Start>[] = [...routeRules, ...wordRules];

export const networkRules: readonly Rule<Evidence>[] = networkCauses.map(ofService);
