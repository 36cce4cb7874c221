// The account logs in, or would, but may not use the database. What the server says stands in the container's log.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { runInit, runVerify } from './database-steps.ts';
import { inLog, whereSiteFails } from './sight.ts';

const certain = { area: 'database', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const link = 'https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html';

const deniedIn = (pattern: RegExp): Rule<Evidence>['sees'] => inLog(pattern, ([, said = '']) => ({ said }));

export const databaseLoginRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'database-missing',
    symptoms: ["Unknown database '…'", 'ERROR 1049 (42000)', 'mysqli_real_connect(): (HY000/1049)'],
    sees: inLog(/Unknown database '([^']{1,100})'/, ([, said = '']) => ({ said })),
    cause: 'The database {said} does not exist on {databaseHost}: it was never made, or it was dropped.',
    fix: [
      `Make it, empty, for WordPress to install itself. ${runInit}`,
      'If it was dropped by mistake, restore it before: the action run-db-init dumps to `/dumps/{tenant}` on the file system before it drops; RDS has its snapshots: `aws rds describe-db-snapshots --region {region} --query "DBSnapshots[].[DBSnapshotIdentifier,SnapshotCreateTime]" --output table`.',
      'If it exists under another name, correct `database: { name: … }` in {manifest} and the value `database` in secret {secret}.',
    ],
    verify: runVerify,
    link,
  },
  {
    ...certain,
    id: 'database-no-grant',
    symptoms: [
      "Access denied for user '…'@'%' to database '…'",
      'ERROR 1044 (42000)',
      "command denied to user '…'",
      'ERROR 1142 (42000)',
    ],
    sees: (evidence) =>
      deniedIn(/Access denied for user '([^']{0,100})'@'[^']{0,255}' to database/)(evidence) ??
      whereSiteFails(deniedIn(/[A-Z, ]{3,40} command denied to user '([^']{0,100})'/))(evidence),
    cause:
      '{said} can log in to {databaseHost} but has no privileges on database {database}: they were revoked, or MariaDB says so of a database that is not there.',
    fix: [`Make the database where it is missing, and grant everything on it. ${runInit}`],
    verify: runVerify,
    link,
  },
  {
    ...certain,
    id: 'database-account-locked',
    symptoms: [
      'Account is locked',
      'ERROR 3118 (HY000)',
      'ERROR 4151',
      'Your password has expired',
      'ERROR 1862',
    ],
    sees: inLog(/Account is locked|account is locked|[Yy]our password has expired/),
    cause: 'The account {user} on {databaseHost} is locked, or its password has expired.',
    fix: [
      "As the master account of the server (the environment's `database.masterSecret`): `ALTER USER '{user}'@'%' ACCOUNT UNLOCK PASSWORD EXPIRE NEVER;`",
      `Then set the secret's password. ${runInit}`,
    ],
    verify: runVerify,
    link,
  },
  {
    ...certain,
    id: 'database-login-method',
    symptoms: [
      'The server requested authentication method unknown to the client [caching_sha2_password]',
      "Plugin 'mysql_native_password' is not loaded",
      'ERROR 1524 (HY000)',
      '(HY000/2054)',
    ],
    sees: inLog(
      /requested authentication method unknown to the client(?: \[(\w{1,60})\])?|Plugin '(\w{1,60})' is not loaded/,
      ([, unknown, unloaded]) => ({ method: unknown ?? unloaded ?? 'caching_sha2_password' }),
    ),
    cause:
      'The account {user} on {databaseHost} logs in by {method}, which the PHP of image {image} or the server itself does not know.',
    fix: [
      "Where the server does not know it (`is not loaded`: MySQL 8.4 and later leave mysql_native_password out), let the account log in by the way that the server knows. As its master account: `ALTER USER '{user}'@'%' IDENTIFIED WITH caching_sha2_password BY '…';`, with any password.",
      'Where PHP does not know it (before 7.4), take a newer image: in {manifest} `image: wordpress:6.8-php8.3-apache`.',
      `Then set the secret's password. ${runInit}`,
    ],
    verify: runVerify,
    link: 'https://dev.mysql.com/doc/refman/8.4/en/caching-sha2-pluggable-authentication.html',
  },
  {
    ...certain,
    id: 'database-host-not-allowed',
    symptoms: ["Host '…' is not allowed to connect to this MySQL server", 'ERROR 1130 (HY000)'],
    sees: inLog(
      /Host '([^']{1,255})' is not allowed to connect to this (?:MySQL|MariaDB) server/,
      ([, client = '']) => ({ client }),
    ),
    cause:
      "{databaseHost} has no account for {user} that may come from {client}: accounts there are bound to other hosts than '%'.",
    fix: [`Make the account for every host of the network ('{user}'@'%'). ${runInit}`],
    verify: runVerify,
    link,
  },
];
