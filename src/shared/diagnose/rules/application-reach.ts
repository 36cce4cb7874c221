// What an application's log says when it looks for its database in the wrong place, or no packet gets there.
import { inLines, type LogEvidence, lastLine } from '../log-evidence.ts';
import type { Rule } from '../rule.ts';
import { lookAtSettings, putIn, works } from './application-words.ts';

type ReachRule = Omit<Rule<LogEvidence>, 'area' | 'level' | 'verify'>;

const hostWithPort = ({ settings }: LogEvidence): string | undefined =>
  Object.entries(settings?.environment ?? {}).find(
    ([name, value]) => /^DB_(?:\w+_)?HOST$/.test(name) && /^[^:/\s]+:\d+$/.test(value),
  )?.[1];

const reach: readonly ReachRule[] = [
  {
    id: 'application-database-host-with-port',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'php_network_getaddresses: getaddrinfo for envelope.….rds.amazonaws.com:3306 failed',
      'SQLSTATE[HY000] [2002] php_network_getaddresses: getaddrinfo failed',
    ],
    sees: (evidence) => {
      const named = lastLine(evidence.lines, /getaddrinfo for ([^\s:/]+:\d+) failed/i);
      if (named)
        return { proof: [{ from: 'log', text: named.text }], facts: { wrong: named.found[1] ?? '' } };
      const wrong = hostWithPort(evidence);
      const seen = wrong && lastLine(evidence.lines, /\[2002\]|getaddrinfo/i);
      if (!wrong || !seen) return undefined;
      return {
        proof: [
          { from: 'log', text: seen.text },
          { from: 'task definition', text: `DB_HOST ${wrong}` },
        ],
        facts: { wrong },
      };
    },
    cause: 'DB_HOST of {service} is {wrong}: a host and a port, where only the host may stand.',
    fix: [
      "In the task definition of {family} set DB_HOST to the host alone and DB_PORT to 3306 (in Terraform: the instance's `address`, not its `endpoint`).",
      putIn,
    ],
  },
  {
    id: 'application-database-host-unknown',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['php_network_getaddresses: getaddrinfo for … failed: Name or service not known'],
    sees: (evidence) => {
      if (hostWithPort(evidence)) return undefined;
      return inLines(
        /getaddrinfo for ((?!\S*redis|\S*cache)[^\s:/]+) failed|SQLSTATE\[HY000\] \[2002\].*getaddrinfo(?! for)/i,
        ([, host = 'in DB_HOST']) => ({ host }),
      )(evidence);
    },
    cause: 'Host {host}, which {service} takes for its database, is not known in the network of its tasks.',
    fix: [
      `Compare DB_HOST with the instance: ${lookAtSettings} and \`aws rds describe-db-instances --region {region} --query "DBInstances[].Endpoint.Address"\``,
      putIn,
    ],
  },
  {
    id: 'application-database-refused',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['SQLSTATE[HY000] [2002] Connection refused'],
    sees: inLines(
      /SQLSTATE\[HY000\] \[2002\].*Connection refused|can't connect to (?:local )?mysql server.*\(111|SQLSTATE\[HY000\] \[2002\] No such file or directory/i,
    ),
    cause:
      'Nothing answers where {service} looks for its database: DB_HOST or DB_PORT is wrong, or missing, so that Laravel takes 127.0.0.1.',
    fix: [`DB_HOST must be the RDS host alone, DB_PORT 3306, DB_CONNECTION mysql: ${lookAtSettings}`, putIn],
  },
  {
    id: 'application-database-unreachable',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['SQLSTATE[HY000] [2002] Connection timed out', 'Operation timed out'],
    sees: inLines(/SQLSTATE\[HY000\] \[2002\].*timed out|can't connect to mysql server.*\((?:110|60)/i),
    cause:
      "No packet of {service} reaches its database: the database's security group does not let its tasks in, or they are in another VPC.",
    fix: [
      "See the tasks' security group: `aws ecs describe-services --region {region} --cluster {cluster} --services {service} --query 'services[0].networkConfiguration.awsvpcConfiguration.securityGroups' --output text`",
      "Let it in on port 3306: `aws ec2 authorize-security-group-ingress --region {region} --group-id <the database's group> --protocol tcp --port 3306 --source-group {taskGroup}`",
    ],
  },
];

export const applicationReachRules: readonly Rule<LogEvidence>[] = reach.map((rule) => ({
  ...rule,
  area: 'application',
  level: 'cause',
  verify: works,
}));
