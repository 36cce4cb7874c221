// What an application's last words mean, for those that the Envelope guide's troubleshooting knows.
import type { CommandOperation } from './call.ts';

type Hint = readonly [said: RegExp, fix: string];

const hints: readonly Hint[] = [
  [
    /SQLSTATE\[HY000\] \[1045\]|Access denied for user/i,
    'The database refused user or password. An RDS-managed secret is JSON: valueFrom of DB_PASSWORD must end in :password::, or the whole JSON is taken for the password. Check DB_USERNAME too.',
  ],
  [
    /SQLSTATE\[HY000\] \[2002\]|getaddrinfo|Connection refused|Connection timed out/i,
    'The server was not reached. DB_HOST is the host name alone, without a port; DB_PORT is 3306; the security group of the database must let the tasks in. Redis on ElastiCache needs tls:// before its host, or REDIS_SCHEME=tls.',
  ],
  [
    /SQLSTATE\[HY000\] \[1049\]|Unknown database/i,
    'The database does not exist: create it, or correct DB_DATABASE.',
  ],
  [/Class "?Predis\\+Client"? not found/i, 'The image has phpredis, not predis: set REDIS_CLIENT=phpredis.'],
  [
    /Allowed memory size of \d+ bytes exhausted/i,
    "PHP's own memory_limit was reached: raise it in the image, or do the work in smaller pieces.",
  ],
  [
    /No application encryption key|Unsupported cipher or incorrect key length/i,
    'APP_KEY is missing or not a Laravel key: check the secret behind it (base64: and 32 bytes).',
  ],
  [
    /Lock wait timeout|SQLSTATE\[40001\]|Deadlock/i,
    'Another transaction held a lock: see SHOW PROCESSLIST, and run again when it is through.',
  ],
  [
    /APPLICATION IN PRODUCTION|Are you sure you want to run this command/i,
    'artisan asked a question that nobody can answer: add --force.',
  ],
  [
    /Could not open input file: artisan/i,
    "artisan is not in the image's working directory: name its whole path.",
  ],
  [
    /There are no commands defined|Command "[^"]+" is not defined/i,
    'artisan has no such command in this image: check its spelling, and that the release with it is deployed.',
  ],
];

/**
 * Of a migration alone, and never with the advice to drop something: what is there may be the live table, where the
 * migration's file was renamed.
 */
const ofMigrations: readonly Hint[] = [
  [
    /SQLSTATE\[42S(?:01|21)\]/,
    'The table or column that it makes is there already: an earlier run was cut off after making it, the migration was renamed or is there twice, or somebody made it by hand. Look first whether it holds data, and back it up before any change. Where the migration was only renamed or copied, undo that and release again; where all is as it would make it, add its name to the table migrations; else let it skip what is there (Schema::hasTable, Schema::hasColumn) and release again.',
  ],
];

export const hintsIn = (operation: CommandOperation, lines: readonly string[]): readonly string[] =>
  [...hints, ...(operation === 'migrate' ? ofMigrations : [])]
    .filter(([said]) => lines.some((line) => said.test(line)))
    .map(([, fix]) => fix);

const errorWords =
  /\b(?:\w*error|\w*exception|fatal|failed|failure|denied|refused|SQLSTATE|panic|FAIL|not found|not defined|Could not|cannot|timed out|No such)\b/i;

/** The last lines that speak of an error, else the last that were written. */
export const lastErrors = (lines: readonly string[], most: number): readonly string[] => {
  const errors = lines.filter((line) => errorWords.test(line) && !/^\|\s+(?:at |#\d+ |\+\d)/.test(line));
  return (errors.length ? errors : lines).slice(-most);
};
