// The keys of a tenant, with the WordPress-on-Fargate defaults: the one place where they are written.
// Every layer (defaults.yml, an environment's `defaults`, a tenant, its override) has this shape.
import * as z from 'zod';
import {
  dnsLabel,
  flag,
  group,
  hostName,
  mapOf,
  oneOf,
  type RefuseKey,
  template,
  text,
  whole,
} from './fields.ts';
import { tagsSchema } from './tags.ts';

const secretWord =
  /PASS(?:WORD|WD|PHRASE)|SECRET|TOKEN|CREDENTIAL|PRIVATE|APIKEY|(?:^|_)(?:PASS|PWD|KEYS?|SALT|NONCE)(?:_|$)/i;

const refuseVariable: RefuseKey = (key) => {
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

const codes = '[2-4]\\d\\d(?:-[2-4]\\d\\d)?';

const healthCheck = group({
  path: text(/^\/[\x21-\x7e]{0,1023}$/, 'a path that starts with / and has at most 1024 characters').default(
    '/',
  ),
  matcher: text(
    new RegExp(`^${codes}(?:,${codes})*$`),
    'HTTP codes from 200 to 499 as a quoted text, e.g. "200-399" or "200,302"',
  ).default('200-399'),
  intervalSeconds: whole(5, 300).default(30),
  timeoutSeconds: whole(2, 120).default(10),
  healthyThreshold: whole(2, 10).default(2),
  unhealthyThreshold: whole(2, 10).default(5),
  gracePeriodSeconds: whole(0, 2_147_483_647).default(300),
});

const mostId = 4_294_967_295;

const storage = group({
  uid: whole(0, mostId).default(33),
  gid: whole(0, mostId).default(33),
  permissions: text(/^[0-7]{3,4}$/, 'three or four octal digits as a quoted text, e.g. "0755"').default(
    '0755',
  ),
  path: template(
    /^(?=.{1,100}$)(?:\/(?!\.)[^$#<>;`|&?{}^*/\s]+){1,4}$/,
    'an absolute directory of one to four steps and at most 100 characters, e.g. /{tenant}',
  ).default('/{tenant}'),
  mountPath: text(
    /^(?!.*\/\.\.?(?:\/|$))(?:\/[^/\s:,]+)+$/,
    'an absolute directory of the container, e.g. /var/www/html/wp-content',
  ).default('/var/www/html/wp-content'),
});

const identifier = (most: number, reserved: RegExp, right: string) =>
  template(new RegExp(`^(?!(?:${reserved.source})$)[A-Za-z0-9_$-]{1,${most}}$`, 'i'), right);

const database = group({
  name: identifier(
    64,
    /mysql|sys|information_schema|performance_schema|innodb|tmp/,
    "a name of at most 64 letters, digits, _ $ and -, and not one of MySQL's own databases",
  ).default('{tenant}_db'),
  user: identifier(
    32,
    /root|admin|mysql|rdsadmin|rdsrepladmin/,
    "a name of at most 32 letters, digits, _ $ and -, and not an administrator's name",
  ).default('{tenant}_user'),
});

const circuitBreaker = group({
  threshold: whole(1, 200).default(2),
  rollback: flag().default(true),
});

export const tenantKeys = {
  host: template(
    hostName,
    'a lower-case host name of at most 128 characters, e.g. {tenant}.{domain}',
  ).default('{tenant}.{domain}'),
  priority: whole(1, 50_000).optional(),
  image: text(
    /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}$/,
    'an image with its tag or digest, e.g. wordpress:6.8-php8.3-apache',
  ).optional(),
  cpu: oneOf([256, 512, 1024, 2048, 4096, 8192, 16_384]).default(512),
  memory: whole(512, 122_880).default(1024),
  architecture: oneOf(['X86_64', 'ARM64']).default('X86_64'),
  desiredCount: whole(0, 5000).default(1),
  containerPort: whole(1, 65_535).default(80),
  variables: mapOf(refuseVariable, z.string({ error: 'a text' })).default({}),
  healthCheck: healthCheck.prefault({}),
  deregistrationDelaySeconds: whole(0, 3600).default(30),
  storage: storage.prefault({}),
  database: database.prefault({}),
  circuitBreaker: circuitBreaker.prefault({}),
  secretRecoveryDays: whole(7, 30).default(7),
  tags: tagsSchema.default({}),
};

export const tenantSchema = group(tenantKeys);
export type TenantValues = z.output<typeof tenantSchema>;

const refuseEnvironment: RefuseKey = (key) =>
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
    refuseEnvironment,
    tenantSchema,
    'a map of the environments that the tenant lives in, e.g. environments: {sit: {}}',
  ),
  ...tenantKeys,
});
