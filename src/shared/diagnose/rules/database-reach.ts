// The database is not reached, or turns everybody away: name, port, security group, encryption, room.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { correctHost, deployAgain, runVerify } from './database-steps.ts';
import { inLog, onlyOver } from './sight.ts';

const certain = { area: 'database', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;
const likely = { ...certain, sure: 'likely' } as const;

/** After the colon of a warning of mysqli's or of our own logging: Apache's proxies and caches say the same of others. */
const refused = /(?:database error: |\(HY000\/2002\): |mysqli.{1,100}: )Connection refused/;
const timedOut = /(?:database error: |\(HY000\/2002\): |mysqli.{1,100}: )(?:Connection|Operation) timed out/;

/** Where the tasks really look for it, whatever the manifest says by now. */
const atItsAddress =
  (sees: Rule<Evidence>['sees']): Rule<Evidence>['sees'] =>
  (evidence) => {
    const seen = sees(evidence);
    const { definition, facts } = evidence;
    const container = definition?.containers.find(({ name }) => name === facts.container);
    const [, databaseHost, databasePort = '3306'] =
      /^([^\s:]{1,255})(?::(\d{1,5}))?$/.exec(container?.environment.WORDPRESS_DB_HOST ?? '') ?? [];
    return seen && databaseHost ? { ...seen, facts: { ...seen.facts, databaseHost, databasePort } } : seen;
  };

const instance =
  "aws rds describe-db-instances --region {region} --query \"DBInstances[?Endpoint.Address=='{databaseHost}']";
export const databaseReachRules: readonly Rule<Evidence>[] = [
  {
    ...likely,
    lasts: 'unknown',
    id: 'database-refused',
    symptoms: [
      'Connection refused',
      'ERROR 2002 (HY000)',
      'mysqli_real_connect(): (HY000/2002): Connection refused',
      "Can't connect to MySQL server on '…' (111)",
    ],
    sees: onlyOver(atItsAddress(inLog(refused))),
    cause:
      'Nothing listens on {databaseHost} port {databasePort}: the port is wrong, or the database server is stopped.',
    fix: [
      `Compare state and port: \`${instance}.[DBInstanceStatus,Endpoint.Port]" --output text\`.`,
      'If the port differs, correct `database: { port: … }` in {environmentManifest} and run the action provision-tenant with `environment: {environment}`, `tenant: {tenant}`.',
      `If it is stopped: \`aws rds start-db-instance --region {region} --db-instance-identifier "$(${instance}.DBInstanceIdentifier" --output text)"\`.`,
    ],
    verify: runVerify,
  },
  {
    ...likely,
    lasts: 'unknown',
    id: 'database-unreachable',
    symptoms: ['Connection timed out', 'Operation timed out', "Can't connect to MySQL server on '…' (110)"],
    sees: onlyOver((evidence) => {
      const seen = atItsAddress(inLog(timedOut))(evidence);
      const [group] = evidence.network?.taskGroups ?? [];
      return seen && { ...seen, facts: { ...seen.facts, ...(group && { taskGroup: group.id }) } };
    }),
    cause:
      '{databaseHost} port {databasePort} does not answer the tasks at all: its security group does not let theirs in, or it is in a network that they have no route to.',
    fix: [
      `Let them in: \`aws ec2 authorize-security-group-ingress --region {region} --protocol tcp --port {databasePort} --source-group {taskGroup} --group-id "$(${instance}.VpcSecurityGroups[0].VpcSecurityGroupId | [0]" --output text)"\`; the tasks' groups are \`network.securityGroups\` in {environmentManifest}.`,
      `If a rule is there already, compare the VPC of the database (\`${instance}.DBSubnetGroup.VpcId" --output text\`) with that of the subnets in {environmentManifest}.`,
    ],
    verify: runVerify,
  },
  {
    ...certain,
    id: 'database-needs-tls',
    symptoms: [
      'Connections using insecure transport are prohibited while --require_secure_transport=ON',
      'ERROR 3159 (HY000)',
    ],
    sees: inLog(/insecure transport are prohibited|require_secure_transport ?= ?ON/i),
    cause: '{databaseHost} takes encrypted connections only, and WordPress connects without TLS.',
    fix: [
      "Let WordPress encrypt: in {manifest}, or for every tenant in defaults.yml, add a line to `variables: { WORDPRESS_CONFIG_EXTRA: … }`: `define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL);`.",
      deployAgain,
      'Or let the server take both: `require_secure_transport` = 0 in the parameter group of the database.',
    ],
    verify: 'The site answers without a 5xx.',
  },
  {
    ...certain,
    lasts: 'passing',
    id: 'database-too-many-connections',
    symptoms: [
      'Too many connections',
      'ERROR 1040 (HY000)',
      "has exceeded the 'max_user_connections' resource",
      "already has more than 'max_user_connections' active connections",
    ],
    sees: onlyOver(inLog(/(?:^|[ :])Too many connections|max_user_connections/)),
    cause: 'All connections of {databaseHost} are in use, so that WordPress gets none.',
    fix: [
      'See who holds them, as the master account: `SELECT user, COUNT(*) FROM information_schema.PROCESSLIST GROUP BY user ORDER BY 2 DESC;`',
      'Run fewer tenants at once (`rollout: { maxConcurrency: … }` in {environmentManifest}), or give the database a larger class or a larger `max_connections` in its parameter group.',
      'Then run the same action again.',
    ],
    verify: 'The site answers without a 5xx while the other tenants run.',
  },
  {
    ...certain,
    id: 'database-host-blocked',
    symptoms: [
      "Host '…' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'",
      'ERROR 1129 (HY000)',
    ],
    sees: inLog(/Host '([^']{1,255})' is blocked because of many connection errors/, ([, client = '']) => ({
      client,
    })),
    cause: '{databaseHost} blocks {client} after many interrupted connections.',
    fix: [
      'As the master account: `FLUSH HOSTS;` (MySQL 8: `TRUNCATE TABLE performance_schema.host_cache;`).',
      'If it comes back, something connects without logging in, e.g. a health check on port {databasePort}: raise `max_connect_errors` in the parameter group.',
    ],
    verify: runVerify,
  },
  {
    ...certain,
    id: 'database-read-only',
    symptoms: [
      'The MySQL server is running with the --read-only option so it cannot execute this statement',
      'ERROR 1290 (HY000)',
    ],
    sees: inLog(/running with the --(?:super-)?read-only option|server is read[- ]only/i),
    cause: '{databaseHost} is a read replica, or is read only: WordPress can write nothing.',
    fix: [`Name the instance that may be written to. ${correctHost}`, deployAgain],
    verify: runVerify,
  },
  {
    ...likely,
    lasts: 'passing',
    id: 'database-connection-lost',
    symptoms: ['MySQL server has gone away', 'Lost connection to MySQL server', 'ERROR 2006', 'ERROR 2013'],
    sees: onlyOver(
      inLog(
        /(?:MySQL|MariaDB) server has gone away|Server has gone away|Lost connection to (?:MySQL|MariaDB|server)/,
      ),
    ),
    cause: '{databaseHost} cut the connection off: it was restarted or failed over, or ran out of memory.',
    fix: [
      'See what happened to it: `aws rds describe-events --region {region} --source-type db-instance --duration 120 --query "Events[].[Date,SourceIdentifier,Message]" --output table`.',
      'When it is available again, run the same action again.',
    ],
    verify: runVerify,
  },
  {
    ...certain,
    id: 'database-full',
    symptoms: [
      "The table '…' is full",
      'ERROR 1114 (HY000)',
      'No space left on device (database)',
      'ERROR 1021',
    ],
    sees: inLog(
      /database error:? .{0,300}(?:The table '[^']{1,200}' is full|Disk full|No space left on device)/,
    ),
    cause: 'The disk of {databaseHost} is full.',
    fix: [
      `Give it more: \`aws rds modify-db-instance --region {region} --apply-immediately --allocated-storage <GiB> --db-instance-identifier "$(${instance}.DBInstanceIdentifier" --output text)"\`; what it has: \`${instance}.AllocatedStorage" --output text\`.`,
    ],
    verify: runVerify,
  },
];
