// Permissions of the services that are only read, and of STS.
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type * as RDS from '@aws-sdk/client-rds';
import type * as STS from '@aws-sdk/client-sts';
import { type AccountView, type AuthorizationTable, anywhere } from './needs.ts';

export const ec2Permissions: AuthorizationTable = {
  DescribeRouteTables: anywhere('ec2:DescribeRouteTables'),
  DescribeSecurityGroups: anywhere('ec2:DescribeSecurityGroups'),
  DescribeSubnets: anywhere('ec2:DescribeSubnets'),
  DescribeVpcEndpoints: anywhere('ec2:DescribeVpcEndpoints'),
  DescribeVpcs: anywhere('ec2:DescribeVpcs'),
};

type OfGroup = {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
};

/** Without a stream the ARN ends in an empty one: `log-group:NAME:*` matches both. */
const stream = (
  { accountId, region }: AccountView,
  { logGroupName, logGroupIdentifier = '' }: OfGroup,
  name = '',
): string => {
  const group = logGroupName ?? logGroupIdentifier.split(':log-group:').at(-1);
  return `arn:aws:logs:${region}:${accountId}:log-group:${group}:log-stream:${name}`;
};

export const logsPermissions: AuthorizationTable = {
  DescribeLogGroups: anywhere('logs:DescribeLogGroups'),
  DescribeLogStreams: (input: Logs.DescribeLogStreamsCommandInput, account) => [
    { action: 'logs:DescribeLogStreams', resource: stream(account, input) },
  ],
  FilterLogEvents: (input: Logs.FilterLogEventsCommandInput, account) => [
    { action: 'logs:FilterLogEvents', resource: stream(account, input) },
  ],
  GetLogEvents: (input: Logs.GetLogEventsCommandInput, account) => [
    { action: 'logs:GetLogEvents', resource: stream(account, input, input.logStreamName) },
  ],
};

export const rdsPermissions: AuthorizationTable = {
  DescribeDBInstances: (
    { DBInstanceIdentifier: id = '*' }: RDS.DescribeDBInstancesCommandInput,
    { accountId, region },
  ) => [{ action: 'rds:DescribeDBInstances', resource: `arn:aws:rds:${region}:${accountId}:db:${id}` }],
};

export const stsPermissions: AuthorizationTable = {
  AssumeRole: ({ RoleArn = '' }: STS.AssumeRoleCommandInput) => [
    { action: 'sts:AssumeRole', resource: RoleArn },
  ],
  // The token is the proof; nobody needs a permission to ask who they are.
  AssumeRoleWithWebIdentity: () => [],
  GetCallerIdentity: () => [],
};
