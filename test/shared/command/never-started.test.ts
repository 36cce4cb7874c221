// Every way in which ECS says that a task never ran has a meaning of its own.
import { describe, expect, test } from '@jest/globals';
import type { Whereabouts } from '../../../src/shared/command/facts.ts';
import { explainStart, mayComeBack } from '../../../src/shared/command/never-started.ts';

const pulled =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ';
const asm = `${pulled}unable to retrieve secret from asm: service call has been retried 1 time(s): `;
const arn = 'arn:aws:secretsmanager:eu-west-2:123456789012:secret:rds!db-1-AbCdEf';
const at: Whereabouts = {
  application: {
    name: 'envelope',
    manifest: 'fleet/applications/envelope.yml',
    environment: {
      name: 'prod',
      accountId: '123456789012',
      region: 'eu-west-2',
      roles: {},
      github: { approval: 'prod', deployment: 'prod-deploy' },
    },
    cluster: 'envelope-prod',
    services: [],
    pipelines: [],
    migration: undefined,
    healthChecks: [],
    database: undefined,
    images: [],
  },
  workplace: {
    service: 'envelope-prod-api',
    container: { name: 'api' },
    definition: {
      family: 'envelope-prod-api',
      executionRoleArn: 'arn:aws:iam::123456789012:role/exec-role',
      containerDefinitions: [
        {
          name: 'api',
          secrets: [
            {
              name: 'DB_PASSWORD',
              valueFrom: 'arn:aws:secretsmanager:eu-west-2:123456789012:secret:rds!db-1-AbCdEf:password::',
            },
          ],
        },
      ],
    },
  },
};
const image = '123456789012.dkr.ecr.eu-west-2.amazonaws.com/envelope-api:1';

describe('explainStart', () => {
  test.each([
    [
      `${asm}retrieved secret from Secrets Manager did not contain json key password`,
      "no JSON key 'password'",
    ],
    [
      `${asm}unexpected ARN format with parameters when trying to retrieve ASM secret`,
      'not written as ECS reads it',
    ],
    [`${asm}invalid character 'n' looking for beginning of value`, 'plain text'],
    [
      `${asm}failed to fetch secret ${arn} from secrets manager: InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.`,
      'is marked for deletion',
    ],
    [
      `${asm}failed to fetch secret ${arn} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT`,
      'no version AWSCURRENT',
    ],
    [
      `${asm}failed to fetch secret ${arn} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
      `${arn}, which task definition envelope-prod-api names, does not exist`,
    ],
    [
      `${asm}failed to fetch secret ${arn} from secrets manager: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/exec-role/0123 is not authorized to perform: secretsmanager:GetSecretValue on resource: ${arn}`,
      `Role exec-role, with which ECS starts the task, may not read secret ${arn}`,
    ],
    [
      `${asm}failed to fetch secret ${arn} from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded`,
      'could not reach',
    ],
    [
      `${pulled}unable to retrieve ecr registry auth: RequestError: send request failed caused by: Post "https://api.ecr.eu-west-2.amazonaws.com/": dial tcp 52.1.1.1:443: i/o timeout`,
      'could not reach',
    ],
    [
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
      'which task definition envelope-prod-api writes to, does not exist',
    ],
    [
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4',
      'could not be mounted',
    ],
    [
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
      `${image} does not exist`,
    ],
    [
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
      `refuses to hand out ${image}: there is no such repository, or it may not be pulled`,
    ],
    [
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/acme/secret:1: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      'does not say which',
    ],
    [
      `CannotPullContainerError: Error response from daemon: pull access denied for ${image}, repository does not exist or may require 'docker login': denied: User: arn:aws:sts::123456789012:assumed-role/exec-role/0123 is not authorized to perform: ecr:BatchGetImage`,
      `Role exec-role, with which ECS starts the task, may not pull ${image}`,
    ],
    [
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: name unknown: The repository with name 'envelope-api' does not exist in the registry with id '123456789012'`,
      `${image} does not exist`,
    ],
    [
      "ClientException: You've reached the limit on the number of vCPUs you can run concurrently",
      'quota for what runs on Fargate',
    ],
    [
      "You've reached the limit on the number of tasks you can run concurrently",
      'quota for what runs on Fargate',
    ],
    [
      `CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/amd64'`,
      'is not built for linux/amd64',
    ],
    ['CannotPullContainerError: toomanyrequests: You have reached your pull rate limit', 'too many pulls'],
    [
      `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${image}: unexpected status from HEAD request to https://123456789012.dkr.ecr.eu-west-2.amazonaws.com/v2/envelope-api/manifests/1: 403 Forbidden`,
      'may not pull',
    ],
    [
      `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${image}: dial tcp 1.2.3.4:443: i/o timeout`,
      'could not reach',
    ],
    [
      'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: exec: "artisann": executable file not found in $PATH: unknown',
      "no program 'artisann'",
    ],
    ['CannotStartContainerError: exec: "./x.sh": permission denied: unknown', 'may not be executed'],
    ['Timeout waiting for network interface provisioning to complete.', 'network interface'],
    ['RESOURCE:ENI', 'network interface'],
    [
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      'no room',
    ],
    ['RESOURCE:MEMORY', 'no room'],
    [
      "ClientException: ECS was unable to assume the role 'arn:aws:iam::123456789012:role/exec-role' that was provided for this task.",
      'may not assume role exec-role',
    ],
    ['MISSING', 'not there any more'],
    ['something that AWS says tomorrow', 'ECS could not start a task of envelope-prod-api'],
  ])('%s', (reason, what) => {
    const meaning = explainStart(reason, at);
    expect(meaning.what).toContain(what);
    expect(meaning.fix.length).toBeGreaterThan(20);
    expect(`${meaning.what} ${meaning.fix}`).not.toMatch(
      /<(?:region|cluster|service|family|role|secretArn|imageName)>/,
    );
  });
});

test('a key that a secret lacks is looked for in the task definition', () => {
  const { what } = explainStart(
    `${asm}retrieved secret from Secrets Manager did not contain json key password`,
    at,
  );
  expect(what).toContain(`Secret ${arn} has no JSON key 'password'`);
});

test('the quotas have the names under which Service Quotas lists them', () => {
  const { fix } = explainStart(
    "You've reached the limit on the number of vCPUs you can run concurrently",
    at,
  );
  expect(fix).toContain('Fargate On-Demand vCPU resource count');
  expect(fix).toContain('Fargate Spot vCPU resource count');
});

test('what may be denied or absent is not called absent', () => {
  const { what, fix } = explainStart(
    `CannotPullContainerError: failed to resolve ref ${image}: pull access denied, repository does not exist or may require authorization: no basic auth credentials`,
    at,
  );
  expect(`${what} ${fix}`).not.toMatch(/never pushed|lifecycle/);
  expect(fix).toMatch(/Compare .*ecr:GetAuthorizationToken/s);
});

describe('mayComeBack', () => {
  test.each([
    ['Capacity is unavailable at this time. Please try again later.', true],
    ['RESOURCE:ENI', true],
    ['Timeout waiting for network interface provisioning to complete.', true],
    ['CannotPullContainerError: not found', false],
    ['AccessDeniedException: … is not authorized to perform: x on resource: arn:aws:y', false],
    [`${asm}retrieved secret from Secrets Manager did not contain json key password`, false],
  ])('%s', (reason, expected) => {
    expect(mayComeBack(reason)).toBe(expected);
  });
});
