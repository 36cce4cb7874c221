// Tasks that do not start, or end: each with the rule that a person must read first.
import { fileSystem, subnets } from '../sandbox/harsh-kit.ts';
import { around, closed, onlyEndpoints, pulled, routed, spoilt } from './diagnosis-arrange.ts';
import type { Scenario } from './diagnosis-kit.ts';

export const starts: readonly Scenario[] = [
  { rule: 'image-not-found', story: 'an image that is not there', arrange: pulled('missing') },
  { rule: 'image-refused', story: 'an image that nobody may pull', arrange: pulled('denied') },
  { rule: 'image-architecture', story: 'an image for other processors', arrange: pulled('arm64-only') },
  { rule: 'image-rate-limited', story: 'a registry that has had enough', arrange: pulled('rate-limited') },
  {
    rule: 'secret-json-key-missing',
    story: 'a secret without the key',
    arrange: spoilt({ kind: 'without-key', key: 'password' }),
  },
  {
    rule: 'secret-not-json',
    story: 'a secret that is no JSON',
    arrange: spoilt({ kind: 'plain-text', text: 'made up' }),
  },
  {
    rule: 'secret-without-value',
    story: 'a secret whose rotation got stuck',
    arrange: spoilt({ kind: 'without-current' }),
  },
  {
    rule: 'secret-pending-deletion',
    story: 'a secret that is to be deleted',
    arrange: spoilt({ kind: 'pending-deletion' }),
  },
  { rule: 'secret-missing', story: 'a secret that is gone', arrange: spoilt({ kind: 'deleted' }) },
  {
    rule: 'secret-denied',
    story: 'an execution role without the access policy',
    settings: { policyLagMs: 0 },
    arrange: ({ clients: { iam } }) =>
      iam.deleteRolePolicy({
        RoleName: 'sit-ecs-task-execution-role',
        PolicyName: 'sit-ecs-secrets-access-goldencrust',
      }),
  },
  { rule: 'no-way-out', story: 'subnets without a way out', arrange: routed('none') },
  {
    rule: 'no-public-address',
    story: 'an internet gateway without public addresses',
    arrange: routed('internet'),
  },
  {
    rule: 'no-way-out',
    story: 'endpoints without one for the logs',
    arrange: onlyEndpoints('secretsmanager'),
  },
  {
    rule: 'no-way-out',
    story: 'endpoints, but an image of Docker Hub',
    arrange: onlyEndpoints('secretsmanager', 'logs', 'ecr.api', 'ecr.dkr', 's3'),
  },
  {
    rule: 'subnet-full',
    story: 'subnets without addresses',
    arrange: around(({ ec2 }) => {
      for (const subnet of subnets) ec2.setFreeAddresses(subnet, 0);
    }),
  },
  {
    rule: 'efs-no-mount-target',
    story: 'a file system without mount targets',
    arrange: around(({ efs }) => {
      for (const subnet of subnets) efs.removeMountTarget(fileSystem, subnet);
    }),
  },
  { rule: 'efs-mount-broke-off', story: 'a file system behind a closed group', arrange: closed('sit-efs') },
  {
    rule: 'efs-access-denied',
    story: 'an access point that somebody deleted',
    arrange: async ({ clients: { efs } }) => {
      const { AccessPoints = [] } = await efs.describeAccessPoints({ FileSystemId: fileSystem });
      for (const { AccessPointId } of AccessPoints) await efs.deleteAccessPoint({ AccessPointId });
    },
  },
  {
    rule: 'log-group-missing',
    story: 'a log group with a typing error',
    environment: (text) => text.replace('logGroup: /ecs/sit', 'logGroup: /ecs/sti'),
  },
  {
    rule: 'no-capacity',
    story: 'a zone without capacity',
    arrange: around(({ ecs }) =>
      ecs.refusePlacement(
        'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      ),
    ),
  },
  {
    rule: 'fargate-quota',
    story: 'an account at its limit of vCPUs',
    arrange: around(({ ecs }) =>
      ecs.refusePlacement('You’ve reached the limit on the number of vCPUs you can run concurrently'),
    ),
  },
];

export const ends: readonly Scenario[] = [
  { rule: 'out-of-memory', story: 'a container that grows above its limit', tag: 'oom' },
  { rule: 'crashed', story: 'a container that crashes', tag: 'segfault' },
  { rule: 'killed', story: 'a container that somebody kills', tag: 'killed' },
  { rule: 'exec-format-error', story: 'a program for other processors', tag: 'other-processor' },
  { rule: 'exit-127', story: 'a command that is not there', tag: 'exits-127' },
  { rule: 'exit-126', story: 'a command that may not be run', tag: 'exits-126' },
  { rule: 'container-ended', story: 'a container that ends with 3', tag: 'exits-3' },
  { rule: 'ended-by-itself', story: 'a container that has nothing to do', tag: 'exits-0' },
  { rule: 'files-not-writable', story: 'a content folder that may not be written', tag: 'files-denied' },
  { rule: 'files-not-writable', story: 'an access point of another owner', tag: 'files-owner' },
];
