// What a manifest names is not in the account and region that the action talks to.
import { type CallRule, refusedAs } from '../call-evidence.ts';
import { withoutValue } from './start-secrets.ts';

const shared = { area: 'credentials', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;

/** ECS puts EC2's code into the message of an InvalidParameterException; the id may be well formed or not. */
const subnet = /InvalidSubnet|\bsubnet\b.*(does not exist|not found|invalid)/i;
const group = /Invalid(Security)?Group|\bsecurity groups?\b.*(does not exist|not found|invalid)/i;
const logGroup = /^ResourceNotFoundException.*\blog group\b/is;

/** An application's one-off tasks run where its ECS service runs. */
const serviceNetwork =
  'Correct the network of the ECS service (aws ecs update-service --network-configuration): its commands run where it runs.';

const noSubnet = 'There is no such subnet in this account and region.';
const seeSubnets =
  "`aws ec2 describe-subnets --region <region> --query 'Subnets[].[SubnetId,VpcId,AvailabilityZone]' --output table` lists it.";
const noGroup = "There is no such security group in this account, region and the subnets' VPC.";
const seeGroups =
  "`aws ec2 describe-security-groups --region <region> --query 'SecurityGroups[].[GroupId,GroupName,VpcId]' --output table` lists it with the VPC of the subnets.";
const noLogGroup = 'There is no such log group in this account and region.';
const seeLogGroups =
  "`aws logs describe-log-groups --region <region> --query 'logGroups[].logGroupName'` lists it.";

export const missingRules: readonly CallRule[] = [
  {
    ...shared,
    id: 'file-system-not-found',
    symptoms: ["FileSystemNotFound: File system '…' does not exist."],
    sees: refusedAs({ name: /^FileSystemNotFound$/ }),
    cause: 'There is no such file system in this account and region.',
    fix: ['Correct fileSystem in the environment manifest.'],
    verify:
      "`aws efs describe-file-systems --region <region> --query 'FileSystems[].[FileSystemId,Name]'` lists it.",
  },
  {
    ...shared,
    id: 'cluster-not-found',
    symptoms: ['ClusterNotFoundException: Cluster not found.'],
    sees: (call) =>
      refusedAs({ name: /^ClusterNotFoundException/, facts: () => ({ where: wheres[call.manifest] }) })(call),
    cause: 'There is no such ECS cluster in this account and region.',
    fix: ['Correct cluster in {where}.'],
    verify: '`aws ecs list-clusters --region <region>` lists it.',
  },
  {
    ...shared,
    id: 'subnet-not-found',
    symptoms: [
      'Error retrieving subnet information for …: The subnet ID … does not exist (ErrorCode: InvalidSubnetID.NotFound)',
      'InvalidSubnetID.NotFound',
    ],
    sees: refusedAs({ said: subnet, manifest: 'environment' }),
    cause: noSubnet,
    fix: ['Correct network.subnets in the environment manifest.'],
    verify: seeSubnets,
  },
  {
    ...shared,
    id: 'application-subnet-not-found',
    symptoms: ['InvalidSubnetID.NotFound'],
    sees: refusedAs({ said: subnet, manifest: 'application' }),
    cause: noSubnet,
    fix: [serviceNetwork],
    verify: seeSubnets,
  },
  {
    ...shared,
    id: 'security-group-not-found',
    symptoms: [
      'Error retrieving security group information for …: The security group … does not exist (ErrorCode: InvalidGroup.NotFound)',
      'InvalidSecurityGroupID.NotFound',
    ],
    sees: refusedAs({ said: group, manifest: 'environment' }),
    cause: noGroup,
    fix: [
      'Correct network.securityGroups (database.securityGroups for the database task) in the environment manifest.',
    ],
    verify: seeGroups,
  },
  {
    ...shared,
    id: 'application-security-group-not-found',
    symptoms: ['InvalidGroup.NotFound'],
    sees: refusedAs({ said: group, manifest: 'application' }),
    cause: noGroup,
    fix: [serviceNetwork],
    verify: seeGroups,
  },
  {
    ...shared,
    id: 'log-group-not-found',
    symptoms: ['ResourceNotFoundException: The specified log group does not exist.'],
    sees: refusedAs({ said: logGroup, manifest: 'environment' }),
    cause: noLogGroup,
    fix: ['Correct logGroup in the environment manifest.'],
    verify: seeLogGroups,
  },
  {
    ...shared,
    id: 'application-log-group-not-found',
    symptoms: ['ResourceNotFoundException: The specified log group does not exist.'],
    sees: refusedAs({ said: logGroup, manifest: 'application' }),
    cause: noLogGroup,
    fix: ["Make it, or correct awslogs-group in the service's task definition."],
    verify: seeLogGroups,
  },
  {
    ...withoutValue,
    sees: refusedAs({
      name: /^ResourceNotFoundException$/,
      said: /staging label: (\w+)/,
      facts: ([, stage = '']) => ({ stage }),
    }),
  },
];

const wheres = {
  environment: 'the environment manifest',
  application: "the application's manifest",
} as const;
