// Real SDK clients that act as a session of a role in the sandbox.

import { CodeBuild } from '@aws-sdk/client-codebuild';
import { CodePipeline } from '@aws-sdk/client-codepipeline';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { EFS } from '@aws-sdk/client-efs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAM } from '@aws-sdk/client-iam';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { type Credentials, STS } from '@aws-sdk/client-sts';
import { trustOfRepository } from '../../sandbox/aws/platform.ts';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { clientOptions, sit } from './fixture.ts';

export const repository = 'kimmyai/hosting';

export const allow = (Action: string | readonly string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});

export const deny = (Action: string, more: object = {}) => ({ ...allow(Action, more), Effect: 'Deny' });

export const policyOf = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

export const clientsOf = (sandbox: Sandbox, given: Credentials | undefined) => {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {};
  const options = {
    ...clientOptions(sandbox),
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  };
  return {
    codebuild: new CodeBuild(options),
    codepipeline: new CodePipeline(options),
    ec2: new EC2(options),
    ecs: new ECS(options),
    efs: new EFS(options),
    elb: new ElasticLoadBalancingV2(options),
    iam: new IAM(options),
    secrets: new SecretsManager(options),
    sts: new STS(options),
  };
};

type Given = {
  /** The role's only policy; none: it may do nothing. */
  readonly policy?: string;
  readonly session?: { readonly Policy?: string; readonly PolicyArns?: { readonly arn: string }[] };
  readonly boundary?: string;
};

/** Clients of a session `run-1` of the role `deploy`. */
export const actAs = async (sandbox: Sandbox, { policy, session, boundary }: Given) => {
  const { iam } = sandbox.neighbours;
  const RoleArn = iam.seedRole({
    name: 'deploy',
    trustPolicy: trustOfRepository(sit.accountId, repository),
    ...(boundary && {
      permissionsBoundary: iam.seedManagedPolicy({ name: 'boundary', document: boundary }),
    }),
  });
  if (policy) iam.seedPolicy({ role: 'deploy', name: 'own', document: policy });
  const { Credentials } = await new STS(clientOptions(sandbox)).assumeRoleWithWebIdentity({
    RoleArn,
    RoleSessionName: 'run-1',
    WebIdentityToken: sandbox.mintToken({ sub: `repo:${repository}:environment:sit` }),
    ...session,
  });
  return clientsOf(sandbox, Credentials);
};
