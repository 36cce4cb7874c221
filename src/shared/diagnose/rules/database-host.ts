// The host name of the database is not the name of a database.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { correctHost, deployAgain, runVerify } from './database-steps.ts';
import { inLog, onlyOver } from './sight.ts';

const certain = { area: 'database', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;

/** The driver's own words; `WordPress database error:` stands before them where the manifest's logging function is used. */
const unresolved =
  /getaddrinfo for ([^\s]{1,255}) failed: (?:Temporary failure|Try again)|Unknown (?:MySQL|MariaDB) server host '([^']{1,255})' \(-3\)/;
const unknownHost =
  /getaddrinfo for ([^\s]{1,255}) failed(?!: (?:Temporary failure|Try again))|Unknown (?:MySQL|MariaDB) server host '([^']{1,255})'(?! \(-3\))/;

export const databaseHostRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'database-host-with-port',
    symptoms: ['php_network_getaddresses: getaddrinfo for …:3306 failed: Name or service not known'],
    sees: onlyOver(
      inLog(
        /getaddrinfo for ([^\s:]{1,255}):(\d{1,5})(?::\d{1,5})? failed|Unknown (?:MySQL|MariaDB) server host '([^':]{1,255}):(\d{1,5})'/,
        ([, first, firstPort, second, secondPort]) => ({
          said: first ?? second ?? '',
          port: firstPort ?? secondPort ?? '',
        }),
      ),
    ),
    cause:
      'The host name of the database holds a port ({said}:{port}), so it is looked up as a whole and not found.',
    fix: [
      'In {environmentManifest} the two stand apart: `database: { host: {said}, port: {port} }`. The same goes for DB_HOST of an application: the host alone, and DB_PORT for the port.',
      deployAgain,
    ],
    verify: runVerify,
  },
  {
    ...certain,
    sure: 'likely',
    lasts: 'unknown',
    id: 'database-host-not-resolved',
    symptoms: [
      'php_network_getaddresses: getaddrinfo for … failed: Temporary failure in name resolution',
      'EAI_AGAIN',
    ],
    sees: onlyOver(inLog(unresolved, ([, first, second]) => ({ said: first ?? second ?? '' }))),
    cause: "No DNS server answered the tasks when they looked up the database's host name {said}.",
    fix: [
      'It may pass by itself: wait for the next task, or start one: `aws ecs update-service --region {region} --cluster {cluster} --service {service} --force-new-deployment`.',
      "If it does not, look at the VPC's DNS: `aws ec2 describe-vpc-attribute --region {region} --attribute enableDnsSupport --vpc-id <vpc>` must say true; DNS servers of your own (`aws ec2 describe-dhcp-options --region {region}`) must answer on port 53, UDP and TCP.",
    ],
    verify: runVerify,
  },
  {
    ...certain,
    id: 'database-host-unknown',
    symptoms: [
      'php_network_getaddresses: getaddrinfo for … failed: Name or service not known',
      'Unknown MySQL server host',
    ],
    sees: onlyOver(inLog(unknownHost, ([, first, second]) => ({ said: first ?? second ?? '' }))),
    cause:
      "The database's host name {said} does not exist in the tasks' DNS: misspelt, of a deleted instance, or known in another VPC only.",
    fix: [
      correctHost,
      'If it is right, the VPC must resolve names: `aws ec2 describe-vpc-attribute --region {region} --attribute enableDnsSupport --vpc-id {vpc}`.',
      deployAgain,
    ],
    verify: runVerify,
  },
  {
    ...certain,
    id: 'database-host-localhost',
    symptoms: [
      'WordPress database error: No such file or directory',
      "Can't connect to local MySQL server through socket",
    ],
    sees: inLog(
      /(?:database error: |\(HY000\/2002\): )No such file or directory|Can't connect to local (?:MySQL|MariaDB|server)/,
    ),
    cause: 'WORDPRESS_DB_HOST is localhost, and no database runs in the container.',
    fix: [correctHost, deployAgain],
    verify: runVerify,
  },
];
