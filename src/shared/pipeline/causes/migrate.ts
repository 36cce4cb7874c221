// How the pipeline's own migration fails. What it had done to the database by then stays done. Pure data.
import { always, hasBuildStatus, isUnread, type Rule, showsIn, unread } from './rule.ts';

const stays =
  'The deployment did not begin: the older program runs on, with whatever the migration had already changed.';

export const migrationRules: readonly Rule[] = [
  {
    name: 'migration-secret',
    applies: showsIn(
      /ResourceInitializationError|unable to (pull|retrieve) secret|retrieved secret.*did not contain json key/i,
    ),
    what: 'its task never started, because a secret could not be read',
    fix: `Check that the secret exists, that the execution role may read it, and that its ARN ends with the field (:password::). ${stays}`,
  },
  {
    name: 'migration-image',
    applies: showsIn(/CannotPullContainerError|manifest for .* not found/i),
    what: 'its task never started, because its image could not be pulled',
    fix: `Check that the image's tag is in ECR and that the execution role may pull it. ${stays}`,
  },
  {
    name: 'migration-capacity',
    applies: showsIn(/capacity is unavailable|RESOURCE:(ENI|CPU|MEMORY)|Capacity is not available/i),
    what: 'its task never started, because Fargate had no room',
    fix: `Wait some minutes. ${stays}`,
  },
  {
    name: 'migration-database-denied',
    applies: showsIn(/SQLSTATE\[HY000\] \[1045\]|access denied for user/i),
    what: 'the database refused its login',
    fix: `Check DB_USERNAME and the password's secret: where RDS manages the password, the secret's ARN must end with :password::. ${stays}`,
  },
  {
    name: 'migration-database-unreachable',
    applies: showsIn(
      /SQLSTATE\[HY000\] \[2002\]|php_network_getaddresses|connection refused|can't connect to mysql/i,
    ),
    what: 'it could not reach the database',
    fix: `DB_HOST must be the host alone, DB_PORT 3306, DB_CONNECTION mysql; the database's security group must let the task's in, in the same VPC. ${stays}`,
  },
  {
    name: 'migration-redis',
    applies: showsIn(/Predis\\+Client|redis.*(refused|tls|ssl)|RedisException/i),
    what: 'it could not use Redis',
    fix: `Set REDIS_CLIENT=phpredis, and REDIS_SCHEME=tls (or a host with tls://) where Redis wants TLS. ${stays}`,
  },
  {
    name: 'migration-out-of-memory',
    applies: showsIn(/OutOfMemory|exit (code|status):? 137|allowed memory size of/i),
    what: 'it was killed for want of memory',
    fix: `Give the migration's task more memory. Look into the database before a retry: it may be half done. ${stays}`,
  },
  {
    name: 'migration-timed-out',
    applies: hasBuildStatus('TIMED_OUT'),
    what: 'it ran out of time',
    fix: `It may run on in the database: look there (SHOW PROCESSLIST) before a retry. Then raise the project's timeout. ${stays}`,
  },
  {
    name: 'migration-sql',
    retry: 'useless',
    applies: showsIn(/SQLSTATE\[/i),
    what: 'the database refused one of its statements',
    fix: `The log names migration and statement. Correct it in a new release; MySQL keeps what ran before it. ${stays}`,
  },
  {
    name: 'migration-unread',
    applies: isUnread,
    what: 'the migration failed; its log could not be read',
    fix: `${unread} Look which migrations ran (php artisan migrate:status) before a retry.`,
  },
  {
    name: 'migration-other',
    applies: always,
    what: 'the migration failed',
    fix: `The end of the log says why. Look which migrations ran (php artisan migrate:status) before a retry. ${stays}`,
  },
];
