// The real aws-cli against the HTTP door: one command per protocol, and one refusal per form of error.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openHttpDoor } from '../../sandbox/aws/doors/http.ts';
import { findAwsCli } from '../runbook/aws-cli.ts';
import { createFixture, sit } from './fixture.ts';

const run = promisify(execFile);
const aws = findAwsCli();
if (!aws) console.log('Left out: the aws-cli against the HTTP door. Install awscli 2 to include it.');
const testWithCli = aws ? test : test.skip;

let endpoint = '';
let close: () => Promise<void> = async () => {};
beforeAll(async () => {
  ({ endpoint, close } = await openHttpDoor(createFixture().sandbox, 0));
});
afterAll(() => close());

const env = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  AWS_ACCESS_KEY_ID: 'operator',
  AWS_SECRET_ACCESS_KEY: 'not-checked',
  AWS_DEFAULT_REGION: sit.region,
  AWS_PAGER: '',
  AWS_EC2_METADATA_DISABLED: 'true',
};

const cli = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await run(
    join(aws?.folder ?? '', 'aws'),
    ['--endpoint-url', endpoint, '--output', 'json', ...args],
    { env },
  );
  return stdout.trim();
};

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: ['*'] }],
});
const role = ['--role-name', sit.executionRole];

testWithCli(
  'answers are read as AWS’s',
  async () => {
    await cli('iam', 'put-role-policy', ...role, '--policy-name', 'p', '--policy-document', policy);
    const answers = await Promise.all([
      cli('sts', 'get-caller-identity', '--query', 'Account'),
      cli('iam', 'get-role-policy', ...role, '--policy-name', 'p', '--query', 'PolicyDocument'),
      cli('secretsmanager', 'list-secrets', '--query', 'SecretList[].Name'),
      cli(
        'efs',
        'describe-mount-targets',
        '--file-system-id',
        sit.fileSystem,
        '--query',
        'length(MountTargets)',
      ),
      cli(
        'ec2',
        'describe-subnets',
        '--filters',
        `Name=subnet-id,Values=${sit.network.subnets[0]}`,
        '--query',
        'Subnets[].CidrBlock',
      ),
      cli('rds', 'describe-db-instances', '--query', 'DBInstances[].Endpoint.Address'),
      cli('logs', 'describe-log-groups', '--query', 'logGroups[].logGroupName'),
      cli('ecs', 'describe-clusters', '--clusters', sit.cluster, '--query', 'clusters[].status'),
      cli('elbv2', 'describe-load-balancers', '--names', 'sit-alb', '--query', 'LoadBalancers[].State.Code'),
    ]);
    expect(answers.map((answer) => JSON.parse(answer))).toEqual([
      sit.accountId,
      JSON.parse(policy),
      [sit.database.masterSecret, sit.basicAuthSecret],
      2,
      ['10.2.10.0/24'],
      [sit.database.host],
      [sit.logGroup],
      ['ACTIVE'],
      ['active'],
    ]);
  },
  60_000,
);

testWithCli(
  'refusals are read as AWS’s',
  async () => {
    const refusal = (...args: readonly string[]): Promise<string> =>
      cli(...args).catch(({ stderr }) => String(stderr).trim());
    const refusals = await Promise.all([
      refusal('iam', 'get-role', '--role-name', 'no'),
      refusal('secretsmanager', 'get-secret-value', '--secret-id', 'no'),
      refusal('efs', 'describe-access-points', '--access-point-id', 'fsap-00000000000000000'),
      refusal('ec2', 'describe-vpcs', '--vpc-ids', 'vpc-00000000'),
      refusal('secretsmanager', 'rotate-secret', '--secret-id', 'a'),
    ]);
    expect(refusals).toEqual([
      expect.stringContaining('(NoSuchEntity) when calling the GetRole operation'),
      expect.stringContaining('(ResourceNotFoundException) when calling the GetSecretValue operation'),
      expect.stringContaining('(AccessPointNotFound) when calling the DescribeAccessPoints operation'),
      expect.stringContaining('(InvalidVpcID.NotFound) when calling the DescribeVpcs operation'),
      expect.stringContaining('(UnknownOperation) when calling the RotateSecret operation'),
    ]);
  },
  60_000,
);
