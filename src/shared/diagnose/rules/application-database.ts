// What an application's log says when its database is not there for it: Laravel's words around MySQL's numbers.
import { inLines, type LogEvidence, lastLine } from '../log-evidence.ts';
import type { Facts, Rule } from '../rule.ts';
import { lookAtSettings, putIn, works } from './application-words.ts';

type DatabaseRule = Omit<Rule<LogEvidence>, 'area' | 'level' | 'verify'>;

const denied =
  /SQLSTATE\[HY000\] \[1045\]|Access denied for user '([^']*)'@'[^']*' \(using password|Access denied for user '([^']*)'@'[^']*'(?! to database)/i;

/** An ARN of Secrets Manager has seven parts; an eighth names the field. RDS names its own secrets `rds!…`. */
const isWholeManagedSecret = (valueFrom: string): boolean =>
  /:secret:rds!/.test(valueFrom) && valueFrom.split(':').slice(7).join('') === '';

const wholeSecret = ({ settings }: LogEvidence): string | undefined =>
  Object.entries(settings?.secrets ?? {}).find(
    ([name, valueFrom]) => /^DB_(?:\w+_)?PASSWORD$/.test(name) && isWholeManagedSecret(valueFrom),
  )?.[1];

const userIn = ([, first, second]: RegExpExecArray): Facts => {
  const user = first ?? second;
  return user === undefined ? {} : { user };
};

const logins: readonly DatabaseRule[] = [
  {
    id: 'application-password-is-json',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'SQLSTATE[HY000] [1045] Access denied for user (using password: YES), valueFrom of DB_PASSWORD without :password::',
    ],
    sees: (evidence) => {
      const arn = wholeSecret(evidence);
      const seen = arn && lastLine(evidence.lines, denied);
      if (!arn || !seen) return undefined;
      return {
        proof: [
          { from: 'log', text: seen.text },
          { from: 'task definition', text: `DB_PASSWORD valueFrom ${arn}` },
        ],
        facts: { arn },
      };
    },
    cause:
      'The whole JSON of a secret that RDS manages is given to {service} for its password: valueFrom of DB_PASSWORD does not name the field.',
    fix: [
      `In the task definition of {family} write valueFrom of DB_PASSWORD as \`{arn}:password::\`.`,
      putIn,
    ],
    link: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html',
  },
  {
    id: 'application-database-denied',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: [
      'SQLSTATE[HY000] [1045] Access denied for user',
      "Access denied for user 'appuser'@'10.2.32.9' (using password: YES)",
    ],
    sees: (evidence) => (wholeSecret(evidence) ? undefined : inLines(denied, userIn)(evidence)),
    cause: 'The database refused user or password of {service} (DB_USERNAME, DB_PASSWORD).',
    fix: [
      `See which secret DB_PASSWORD names: \`aws ecs describe-task-definition --region {region} --task-definition {family} --query "taskDefinition.containerDefinitions[].secrets[]" --output table\``,
      'A secret that RDS manages is JSON: valueFrom must end in `:password::`, or the whole JSON is taken for the password.',
      'A rotated password reaches only tasks that start after it: run redeploy-services with `application: {application}`, `environment: {environment}`, `services: {name}`.',
    ],
  },
  {
    id: 'application-database-no-grant',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['SQLSTATE[HY000] [1044] Access denied for user … to database', 'command denied to user'],
    sees: inLines(
      /Access denied for user '([^']*)'@'[^']*' to database '([^']*)'|\[1044\]|SQLSTATE\[42000\].*\b(?:1142|1227)\b.*(?:command denied|Access denied)/i,
      ([, user = 'the user', database = 'the database']) => ({ user, database }),
    ),
    cause: 'User {user} of {service} logs in, but may not do that in {database}.',
    fix: [
      "Grant it as the database's master user: `GRANT ALL PRIVILEGES ON <database>.* TO '<user>'@'%';` (an application that makes databases for its tenants needs CREATE on all of them).",
    ],
  },
  {
    id: 'application-database-missing',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ["SQLSTATE[HY000] [1049] Unknown database 'envelope'"],
    sees: inLines(/\[1049\]|Unknown database '?([\w$-]*)/i, ([, database = '']) => ({
      database: database || 'that DB_DATABASE names',
    })),
    cause: 'Database {database} of {service} does not exist.',
    fix: [`Create it, or correct DB_DATABASE in the task definition of {family}: ${lookAtSettings}`, putIn],
  },
];

const others: readonly DatabaseRule[] = [
  {
    id: 'application-database-connection',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: [
      'Database connection [pgsql] not configured.',
      'Database file at path [/var/www/html/database/database.sqlite] does not exist.',
      'could not find driver',
    ],
    sees: inLines(
      /Database connection \[[^\]]*\] not configured|Database file at path \[[^\]]*\] does not exist|could not find driver/i,
    ),
    cause: 'DB_CONNECTION of {service} is not mysql, or is not set, so that Laravel takes another driver.',
    fix: [`Set DB_CONNECTION to mysql in the task definition of {family}: ${lookAtSettings}`, putIn],
  },
  {
    id: 'application-database-full',
    lasts: 'passing',
    sure: 'likely',
    symptoms: ['SQLSTATE[HY000] [1040] Too many connections', 'max_user_connections'],
    sees: inLines(/\[1040\]|Too many connections|max_user_connections/i),
    cause: 'The database takes no more connections.',
    fix: [
      'See how many there are: `aws cloudwatch get-metric-statistics --region {region} --namespace AWS/RDS --metric-name DatabaseConnections --statistics Maximum --period 300 --start-time "$(date -u -d -1hour +%FT%TZ)" --end-time "$(date -u +%FT%TZ)"`',
      'Run fewer workers, or a larger instance: max_connections grows with its memory.',
    ],
  },
  {
    id: 'application-database-tls',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['Connections using insecure transport are prohibited while --require_secure_transport=ON.'],
    sees: inLines(/\[3159\]|insecure transport/i),
    cause: 'The database wants TLS (require_secure_transport), and {service} connects without it.',
    fix: [
      'Give it the certificates of RDS: put https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem into the image, and set MYSQL_ATTR_SSL_CA to its path in the task definition of {family}.',
      putIn,
    ],
  },
  {
    id: 'application-database-lock',
    lasts: 'passing',
    sure: 'likely',
    symptoms: [
      'Lock wait timeout exceeded; try restarting transaction',
      'Deadlock found when trying to get lock',
    ],
    sees: inLines(/Lock wait timeout|SQLSTATE\[40001\]|Deadlock found/i),
    cause: 'Another transaction held a lock.',
    fix: ['See which: `SHOW PROCESSLIST`; run again when it is through.'],
  },
];

export const applicationDatabaseRules: readonly Rule<LogEvidence>[] = [...logins, ...others].map((rule) => ({
  ...rule,
  area: 'application',
  level: 'cause',
  verify: works,
}));
