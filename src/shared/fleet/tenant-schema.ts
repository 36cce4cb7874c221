// The keys of a tenant, with the WordPress-on-Fargate defaults: the one place where they are written.
// Every layer (defaults.yml, an environment's `defaults`, a tenant, its override) has this shape.
import * as z from 'zod';
import {
  anyCase,
  dnsLabel,
  flag,
  group,
  hostName,
  type KeyRule,
  mapOf,
  oneOf,
  template,
  text,
  whole,
} from './fields.ts';
import { secretWord } from './secret-word.ts';
import { tagsSchema } from './tags.ts';
import { healthCheck } from './tenant-health.ts';

const refuseVariable: KeyRule['refuse'] = (key) => {
  if (/^WORDPRESS_DB_/i.test(key))
    return {
      what: "is set from the tenant's database secret.",
      fix: 'Delete it; `database` in the manifest names the database and the user.',
    };
  if (secretWord.test(key))
    return {
      what: 'looks like a secret, and variables are plain text in the task definition.',
      fix: 'Put it in Secrets Manager.',
    };
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key)
    ? undefined
    : { what: 'is no name of an environment variable.', fix: 'Use letters, digits and _.' };
};

const variableNames: KeyRule = {
  refuse: refuseVariable,
  pattern: `^(?!${anyCase(/WORDPRESS_DB_/)})(?!.*(?:${anyCase(secretWord)}))[A-Za-z_][A-Za-z0-9_]*$`,
};

/** The vCPU units that Fargate sells, each with its memory in MiB: least, most, step. */
export const fargate: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: range(1024, 4096, 1024),
  1024: range(2048, 8192, 1024),
  2048: range(4096, 16_384, 1024),
  4096: range(8192, 30_720, 1024),
  8192: range(16_384, 61_440, 4096),
  16384: range(32_768, 122_880, 8192),
};

function range(least: number, most: number, step: number): readonly number[] {
  return Array.from({ length: (most - least) / step + 1 }, (_, index) => least + index * step);
}

const mostId = 4_294_967_295;

const storage = group({
  uid: whole(0, mostId)
    .default(33)
    .meta({ description: 'Owner of the directory; 33 is www-data in the WordPress image' }),
  gid: whole(0, mostId).default(33).meta({ description: 'Group of the directory' }),
  permissions: text(/^[0-7]{3,4}$/, 'three or four octal digits as a quoted text, e.g. "0755"').default(
    '0755',
  ),
  path: template({
    filled: /^(?=.{1,100}$)(?:\/(?!\.)[^$#<>;`|&?{}^*/\s]+){1,4}$/,
    between: '[^$#<>;`|&?{}^*\\s]',
    right: 'an absolute directory of one to four steps and at most 100 characters, e.g. /{tenant}',
  }).default('/{tenant}'),
  mountPath: text(
    /^(?!.*\/\.\.?(?:\/|$))(?:\/[^/\s:,]+)+$/,
    'an absolute directory of the container, e.g. /var/www/html/wp-content',
  ).default('/var/www/html/wp-content'),
});

const identifier = (most: number, reserved: RegExp, right: string) =>
  template({
    filled: new RegExp(`^(?!(?:${reserved.source})$)[A-Za-z0-9_$-]{1,${most}}$`, 'i'),
    between: `(?!^(?:${reserved.source})$)[A-Za-z0-9_$-]`,
    right,
  });

const database = group({
  name: identifier(
    64,
    /mysql|sys|information_schema|performance_schema|innodb|tmp|rdsadmin/,
    "a name of at most 64 letters, digits, _ $ and -, and not one of MySQL's own databases",
  ).default('{tenant}_db'),
  user: identifier(
    32,
    /root|admin|mysql|rdsadmin|rdsrepladmin/,
    "a name of at most 32 letters, digits, _ $ and -, and not an administrator's name",
  ).default('{tenant}_user'),
});

const circuitBreaker = group({
  threshold: whole(1, 200).default(2).meta({ description: 'Failed tasks, a count, that end a deployment' }),
  rollback: flag().default(true).meta({ description: 'Then back to the revision that worked' }),
});

export const tenantKeys = {
  host: template({
    filled: hostName,
    between: '[a-z0-9.-]',
    right: 'a lower-case host name of at most 128 characters, e.g. {tenant}.{domain}',
  }).default('{tenant}.{domain}'),
  priority: whole(1, 50_000)
    .optional()
    .meta({ description: 'Priority of the listener rule; without it a free one is taken' }),
  image: text(
    /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}$/,
    'an image with its tag or digest, e.g. wordpress:6.8-php8.3-apache',
  ).optional(),
  cpu: oneOf([256, 512, 1024, 2048, 4096, 8192, 16_384])
    .default(512)
    .meta({ description: 'CPU units; 1024 are one vCPU' }),
  memory: whole(512, 122_880)
    .default(1024)
    .meta({ description: 'MiB, one of those that Fargate sells with the cpu' }),
  architecture: oneOf(['X86_64', 'ARM64']).default('X86_64'),
  desiredCount: whole(0, 5000).default(1).meta({ description: 'Tasks that the service keeps running' }),
  containerPort: whole(1, 65_535).default(80).meta({ description: 'Port that WordPress listens on' }),
  variables: mapOf(variableNames, z.string({ error: 'a text' }))
    .default({})
    .meta({ description: 'Environment variables in plain text; nothing secret' }),
  healthCheck: healthCheck.prefault({}),
  deregistrationDelaySeconds: whole(0, 3600)
    .default(30)
    .meta({ description: 'How long a stopping task may finish its requests' }),
  storage: storage.prefault({}),
  database: database.prefault({}),
  circuitBreaker: circuitBreaker.prefault({}),
  secretRecoveryDays: whole(7, 30)
    .default(7)
    .meta({ description: 'Days in which a deleted secret can be restored' }),
  tags: tagsSchema.default({}),
};

/** What every layer may say. */
export const tenantSchema = group(tenantKeys);

/** A tenant retires by its own file only: a layer that many share cannot take them all down. */
const ownKeys = {
  state: oneOf(['active', 'retired'])
    .default('active')
    .meta({ description: 'retired: in no wave, never provisioned; what is left of it can be rolled back' }),
  ...tenantKeys,
};

/** What the tenant's own layers say, and all layers together. */
export const ownSchema = group(ownKeys);
export type TenantValues = z.output<typeof ownSchema>;

const refuseEnvironment: KeyRule['refuse'] = (key) =>
  dnsLabel.test(key)
    ? undefined
    : { what: 'is no name of an environment.', fix: 'Use lower-case letters, digits and -.' };

/** tenants/<name>.yml: the tenant's own layer, and one more for each environment that it lives in. */
export const tenantFileSchema = group({
  // `{env}-db-init-{tenant}` is the database task's family: a tenant db-init-x would be taken for it.
  name: text(
    new RegExp(`^(?!db-init-)${dnsLabel.source.slice(1)}`),
    'a name of at most 63 lower-case letters, digits and -, with no - at either end, and not db-init-…',
  ),
  environments: mapOf(
    { refuse: refuseEnvironment, pattern: dnsLabel.source },
    ownSchema,
    'a map of the environments that the tenant lives in, e.g. environments: {sit: {}}',
  ),
  ...ownKeys,
});
