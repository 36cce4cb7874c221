// What authorization looks up in the account, through the services' own operations.
import type { CallContext, Cloud } from '../cloud.ts';
import type { EcsPort } from '../ecs/ecs.ts';
import type { EfsPort, ElbPort, SecretsPort } from '../ports.ts';
import type { Iam } from '../services/iam.ts';
import type { KeyRecord } from '../services/policy-patterns.ts';
import type { AccountView } from './needs.ts';

export type AuthorizingServices = {
  readonly ecs: Pick<EcsPort, 'operations'>;
  readonly efs: Pick<EfsPort, 'operations'>;
  readonly elb: Pick<ElbPort, 'operations'>;
  readonly iam: Pick<Iam, 'role'>;
  readonly secrets: Pick<SecretsPort, 'operations'>;
};

type Answer = {
  readonly ARN?: string;
  readonly Tags?: readonly Tag[];
  readonly tags?: readonly Tag[];
  readonly TagDescriptions?: readonly { readonly Tags?: readonly Tag[] }[];
};

type Tag = { readonly Key?: string; readonly Value?: string; readonly key?: string; readonly value?: string };

const aws: CallContext = { caller: 'authorization' };

/** Undefined where there is no such thing. */
const ask = (
  operations: Readonly<Record<string, (input: never, call: CallContext) => object | Promise<object>>>,
  name: string,
  input: object,
): Answer | undefined => {
  try {
    return operations[name]?.(input as never, aws) as Answer | undefined;
  } catch {
    return undefined;
  }
};

export const createAccountView = (
  { accountId, region }: Cloud,
  { ecs, iam, secrets }: AuthorizingServices,
): AccountView => ({
  accountId,
  region,
  secretArn: (id) => ask(secrets.operations, 'DescribeSecret', { SecretId: id })?.ARN,
  roleArn: (name) => iam.role(name)?.arn ?? `arn:aws:iam::${accountId}:role/${name}`,
  boundaryOf: (name) => iam.role(name)?.permissionsBoundary,
  rolesOfDefinition: (taskDefinition) => {
    try {
      const { taskDefinition: found } = ecs.operations.DescribeTaskDefinition({ taskDefinition });
      return [found?.executionRoleArn, found?.taskRoleArn].flatMap((arn) => arn ?? []);
    } catch {
      return [];
    }
  },
});

const prefixes: Readonly<Record<string, readonly string[]>> = {
  ecs: ['ecs'],
  elasticloadbalancing: ['elasticloadbalancing'],
  secretsmanager: ['secretsmanager'],
  iam: ['iam'],
  elasticfilesystem: [],
};

const tagsOf = ({ ecs, efs, elb, iam, secrets }: AuthorizingServices, arn: string): readonly Tag[] => {
  switch (arn.split(':')[2]) {
    case 'ecs':
      return ask(ecs.operations, 'ListTagsForResource', { resourceArn: arn })?.tags ?? [];
    case 'elasticfilesystem':
      return ask(efs.operations, 'ListTagsForResource', { ResourceId: arn })?.Tags ?? [];
    case 'elasticloadbalancing':
      return ask(elb.operations, 'DescribeTags', { ResourceArns: [arn] })?.TagDescriptions?.[0]?.Tags ?? [];
    case 'iam':
      return iam.role(arn.split('/').at(-1) ?? '')?.tags ?? [];
    case 'secretsmanager':
      return ask(secrets.operations, 'DescribeSecret', { SecretId: arn })?.Tags ?? [];
    default:
      return [];
  }
};

/** `aws:ResourceTag/…` of a resource, and the service's own name for the same. */
export const resourceTags = (services: AuthorizingServices, arn: string): KeyRecord => {
  const names = ['aws', ...(prefixes[arn.split(':')[2] ?? ''] ?? [])];
  return Object.fromEntries(
    tagsOf(services, arn).flatMap((tag) =>
      names.map((name) => [`${name}:ResourceTag/${tag.Key ?? tag.key}`, tag.Value ?? tag.value ?? '']),
    ),
  );
};
