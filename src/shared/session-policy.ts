// The session policy of one tenant's job: whatever the phase's role may do, this session can write to this tenant only.
// A session may do what both allow, so the role's own policy stays the list of calls, and here actions are wildcards.
import { partitionOf, roleArnOf } from './fleet/desired.ts';
import { namesOf } from './fleet/names.ts';
import type { Phase, TaskOwner } from './fleet/types.ts';

/** Planning reads a whole fleet: no tenant's session. */
export type TenantPhase = Exclude<Phase, 'plan'>;

/** STS takes no longer one. It also packs policies, and says PackedPolicyTooLarge where that is not enough. */
export const longestSessionPolicy = 2_048;

type Statement = {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
};

/** JSON for AssumeRoleWithWebIdentity's `Policy`. Reads are free but for secrets' values and roles. */
export const sessionPolicy = (tenant: TaskOwner, phase: TenantPhase): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [anywhere, ...statements[phase](tenant)] });

const allow = (
  Action: Statement['Action'],
  Resource: Statement['Resource'],
  Condition?: object,
): Statement => ({ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) });

const anywhere = allow(
  [
    'ec2:Describe*',
    'ecs:Describe*',
    'ecs:List*',
    // Register and Deregister: ECS asks for no particular family. One word, for STS takes so few.
    'ecs:*gisterTaskDefinition',
    'elasticfilesystem:Describe*',
    'elasticloadbalancing:Describe*',
    'logs:Get*',
    'secretsmanager:DescribeSecret',
  ],
  '*',
);

const statements: Readonly<Record<TenantPhase, (tenant: TaskOwner) => readonly Statement[]>> = {
  deploy: (tenant) => [
    own(tenant, [namesOf(tenant).family]),
    tagged(tenant),
    platform(tenant),
    ...secretValues(tenant, [tenant.environment.basicAuthSecret]),
    roles(tenant),
  ],
  database: (tenant) => [
    allow('ecs:*', familyArns(tenant, [namesOf(tenant).databaseFamily])),
    tagged(tenant),
    platform(tenant),
    ...secretValues(tenant, [namesOf(tenant).secret, tenant.environment.database.masterSecret]),
    allow('iam:PassRole', platformRoles(tenant)),
  ],
  rollback: (tenant) => [
    own(tenant, [namesOf(tenant).family, namesOf(tenant).databaseFamily]),
    tagged(tenant),
    platform(tenant),
    roles(tenant),
  ],
};

/** Region and account are left open: the names are unique within them, the role is of one and the clients of the other. */
const arn = ({ environment: { region } }: TaskOwner, service: string, rest: string): string =>
  `arn:${partitionOf(region)}:${service}:*:*:${rest}`;

/** What has the tenant's name in its ARN. The service's has the environment's too, so its cluster need not be told. */
const own = (tenant: TaskOwner, families: readonly string[]): Statement => {
  const { secret, service, targetGroup, executionRole } = namesOf(tenant);
  return allow(
    ['secretsmanager:*', 'ecs:*', 'elasticloadbalancing:*', 'iam:*'],
    [
      // Called by name alone before it exists, by name and six characters afterwards.
      ...['', suffix].map((end) => arn(tenant, 'secretsmanager', `secret:${secret}${end}`)),
      arn(tenant, 'ecs', `service/*/${service}`),
      ...familyArns(tenant, families),
      arn(tenant, 'elasticloadbalancing', `targetgroup/${targetGroup}/*`),
      roleArnOf(tenant.environment, executionRole),
    ],
  );
};

const suffix = '-??????';

const familyArns = (tenant: TaskOwner, families: readonly string[]): readonly string[] =>
  families.map((family) => arn(tenant, 'ecs', `task-definition/${family}:*`));

/** What has only an id in its ARN: unless it is tagged as another tenant's, or as this one's in another environment. */
const tagged = (tenant: TaskOwner): Statement =>
  allow(
    ['ecs:*', 'elasticfilesystem:*', 'elasticloadbalancing:*'],
    [
      arn(tenant, 'ecs', 'task/*'),
      arn(tenant, 'elasticfilesystem', 'access-point/*'),
      arn(tenant, 'elasticloadbalancing', 'listener-rule/*'),
    ],
    {
      StringEqualsIfExists: {
        'aws:ResourceTag/Tenant': tenant.name,
        'aws:ResourceTag/Environment': tenant.environment.name,
      },
    },
  );

/** What the tenant's things are made in. */
const platform = (tenant: TaskOwner): Statement => {
  const { fileSystem, loadBalancer } = tenant.environment;
  return allow(
    [
      'elasticfilesystem:CreateAccessPoint',
      'elasticfilesystem:TagResource',
      'elasticloadbalancing:CreateRule',
    ],
    [
      arn(tenant, 'elasticfilesystem', `file-system/${fileSystem.startsWith('fs-') ? fileSystem : '*'}`),
      arn(tenant, 'elasticloadbalancing', `listener/app/${loadBalancer.name}/*`),
    ],
  );
};

/** A name takes up to 512 characters, of which so many have to do. */
const longestName = 64;

const secretValues = (tenant: TaskOwner, names: readonly (string | undefined)[]): readonly Statement[] => {
  const arns = names.flatMap((name) =>
    name === undefined
      ? []
      : arn(
          tenant,
          'secretsmanager',
          `secret:${name.length > longestName ? `${name.slice(0, longestName)}*` : `${name}${suffix}`}`,
        ),
  );
  return arns.length ? [allow('secretsmanager:GetSecretValue', arns)] : [];
};

const platformRoles = ({ environment }: TaskOwner): readonly string[] =>
  [environment.executionRole, environment.taskRole].flatMap((role) =>
    role === undefined ? [] : roleArnOf(environment, role),
  );

/** IAM knows no narrower resource for an inline policy than its role. */
const roles = (tenant: TaskOwner): Statement =>
  allow(['iam:PassRole', 'iam:*RolePolicy'], platformRoles(tenant));
