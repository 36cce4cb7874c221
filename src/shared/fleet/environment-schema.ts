// The keys of environments/<name>.yml. Patterns and limits are those of the services' own models.
import type * as z from 'zod';
import { flag, group, hostName, listOf, oneOf, text, whole } from './fields.ts';
import {
  accessSchema,
  githubSchema,
  role,
  rolesSchema,
  rolloutOf,
  rolloutSchema,
  wavesSchema,
} from './rollout-schema.ts';
import { tagsSchema } from './tags.ts';
import { tenantSchema } from './tenant-schema.ts';
import type { Environment } from './types.ts';

const port = () => whole(1, 65_535);

const secret = () =>
  text(
    // Secrets Manager takes a hyphen and six characters at a name's end for the end of an ARN.
    /^(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9/_+=.@-]{1,512}$/,
    'the name of a secret in Secrets Manager, not its ARN and not its value; it may not end with - and six characters',
  );

const securityGroups = () =>
  listOf(
    text(/^sg-[0-9a-f]{8,40}$/, 'a security group id, e.g. sg-01bca1fb9806ad397'),
    [1, 5],
    'a list of 1 to 5 security group ids',
  );

const subnets = () =>
  listOf(
    text(/^subnet-[0-9a-f]{8,40}$/, 'a subnet id, e.g. subnet-09d1d2de85ae02264'),
    [1, 16],
    'a list of 1 to 16 subnet ids',
  );

const clientImage = () =>
  text(/^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}$/, 'an image with its tag, e.g. mysql:8.0');

/** A target group's name begins with it, and AWS keeps `internal-` for itself. */
const environmentName = () =>
  text(
    /^(?!internal(?:-|$))[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'a name of lower-case letters, digits and - that starts with a letter and is not internal',
  );

const environmentKeys = {
  name: environmentName(),
  accountId: text(/^\d{12}$/, 'the 12 digits of the account in quotes, e.g. "815856636111"'),
  region: text(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region, e.g. eu-west-1'),
  protected: flag()
    .default(false)
    .meta({ description: 'true: a database is dropped only if a second input names it' }),
  domain: text(hostName, 'a lower-case domain, e.g. wpsit.kimmyai.io'),
  cluster: text(/^[A-Za-z0-9_-]{1,255}$/, 'the name of the ECS cluster, not its ARN'),
  executionRole: role(),
  taskRole: role().optional(),
  loadBalancer: group({
    name: text(
      /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
      'the name of the load balancer, not its ARN',
    ),
    listenerPort: port(),
  }),
  network: group({
    subnets: subnets(),
    securityGroups: securityGroups(),
    assignPublicIp: flag()
      .default(false)
      .meta({ description: 'Whether tasks get a public address: only without a NAT gateway or endpoints' }),
  }),
  fileSystem: text(
    /^(fs-[0-9a-f]{8,40}|(?!fs-)[A-Za-z0-9][A-Za-z0-9 ._-]{0,127})$/,
    'the id of the file system, e.g. fs-0be15624e203bf94a, or its Name tag',
  ),
  logGroup: text(/^[.\-_/#A-Za-z0-9]{1,512}$/, 'the name of the log group, e.g. /ecs/sit'),
  database: group({
    host: text(hostName, "the database's host name in lower case"),
    port: port().default(3306),
    masterSecret: secret(),
    clientImage: clientImage().default('mysql:8.0'),
    tls: oneOf(['required', 'off']).default('required'),
    securityGroups: securityGroups().optional(),
  }),
  basicAuthSecret: secret()
    .optional()
    .meta({ description: "Name of the secret with username and password of the sites' front door" }),
  roles: rolesSchema.default({}),
  access: accessSchema.prefault({}),
  github: githubSchema.prefault({}),
  promotesFrom: environmentName()
    .optional()
    .meta({ description: 'Environment in which a version must have been healthy before it comes here' }),
  rollout: rolloutSchema.prefault({}),
  tags: tagsSchema.default({}),
};

/** The environment, what its tenants start from, and the order in which they are deployed. */
export const environmentFileSchema = group({
  ...environmentKeys,
  defaults: tenantSchema.optional(),
  waves: wavesSchema.optional(),
});

export type EnvironmentFile = z.output<typeof environmentFileSchema>;

export const environmentOf = ({ defaults: _, waves: __, ...file }: EnvironmentFile): Environment => ({
  ...file,
  taskRole: file.taskRole,
  basicAuthSecret: file.basicAuthSecret,
  access: { ...file.access, permissionsBoundary: file.access.permissionsBoundary },
  github: githubOf(file),
  promotesFrom: file.promotesFrom,
  rollout: rolloutOf(file.rollout),
  database: { ...file.database, securityGroups: file.database.securityGroups },
});

export const githubOf = ({
  name,
  github,
}: Pick<EnvironmentFile, 'name' | 'github'>): Environment['github'] => ({
  approval: github.approval ?? name,
  deployment: github.deployment ?? `${name}-tenants`,
});
