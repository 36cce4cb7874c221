// What an application's log says when Redis (ElastiCache, with encryption in transit) is not there for it.
import { inLines, type LogEvidence } from '../log-evidence.ts';
import type { Rule } from '../rule.ts';
import { lookAtSettings, putIn, works } from './application-words.ts';

type RedisRule = Omit<Rule<LogEvidence>, 'area' | 'level' | 'verify'>;

const rules: readonly RedisRule[] = [
  {
    id: 'application-redis-client',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['Class "Predis\\Client" not found'],
    sees: inLines(/Class "?\\{0,2}Predis\\+Client"? not found/i),
    cause: 'The image of {service} has phpredis, not predis, and the application asks for predis.',
    fix: [
      `Set REDIS_CLIENT to phpredis in the task definition of {family}, or its default in config/database.php (\`'client' => env('REDIS_CLIENT', 'phpredis')\`): ${lookAtSettings}`,
      putIn,
    ],
  },
  {
    id: 'application-redis-extension',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: [
      'Class "Redis" not found',
      'Please make sure the PHP Redis extension is installed and enabled.',
    ],
    sees: inLines(/Class "?\\{0,2}Redis"? not found|PHP Redis extension is installed/i),
    cause: 'The image of {service} lacks the PHP extension redis.',
    fix: [
      'Add it in the Dockerfile: `RUN pecl install redis && docker-php-ext-enable redis`; publish a new release.',
    ],
  },
  {
    id: 'application-redis-tls',
    // A failover hangs up, too.
    lasts: 'unknown',
    sure: 'likely',
    symptoms: [
      'RedisException: read error on connection to master.envelope-prod.….cache.amazonaws.com:6379',
      'RedisException: Connection lost',
      'Error while reading line from the server',
    ],
    sees: inLines(
      /read error on connection to|RedisException.*(?:connection (?:lost|closed)|went away|protocol error)|Redis server .*went away|Error while reading line from the server/i,
    ),
    cause:
      'Redis hangs up on {service} at once: ElastiCache wants TLS (encryption in transit), and it is spoken to without.',
    fix: [
      `Set REDIS_SCHEME to tls in the task definition of {family}, or write tls:// before the host in REDIS_HOST: ${lookAtSettings}`,
      "Where it is set, config/database.php must use it: `'host' => env('REDIS_SCHEME') === 'tls' ? 'tls://'.env('REDIS_HOST') : env('REDIS_HOST')`.",
      putIn,
    ],
  },
  {
    id: 'application-redis-no-tls',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: [
      'stream_socket_client(): SSL: Handshake timed out',
      'wrong version number',
      'unable to connect to tls://',
    ],
    sees: inLines(
      /redis.*(?:wrong version number|SSL operation failed|certificate verify failed|peer certificate|enable crypto)|unable to connect to tls:\/\/\S*(?:6379|redis|cache)|tls:\/\/\S*:6379.*(?:SSL|crypto)/i,
    ),
    cause:
      'The TLS handshake of {service} with Redis fails: Redis speaks no TLS there, or its certificate is not accepted.',
    fix: [
      'See whether it does: `aws elasticache describe-replication-groups --region {region} --query "ReplicationGroups[].[ReplicationGroupId,TransitEncryptionEnabled]" --output table`',
      "If not, take REDIS_SCHEME=tls away; if it does, use the group's own host name, as its certificate does (the guide sets `'ssl' => ['verify_peer' => false, 'verify_peer_name' => false]`).",
      putIn,
    ],
  },
  {
    id: 'application-redis-login',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['NOAUTH Authentication required.', 'WRONGPASS invalid username-password pair'],
    sees: inLines(/\bNOAUTH\b|\bWRONGPASS\b|invalid password.*redis|RedisException.*AUTH failed/i),
    cause: 'Redis refused the password of {service} (REDIS_PASSWORD), or wants one.',
    fix: [
      'Give the task definition of {family} a secret REDIS_PASSWORD with the AUTH token of the replication group; an empty value is a password too.',
      putIn,
    ],
  },
  {
    id: 'application-redis-host',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['RedisException: php_network_getaddresses: getaddrinfo for redis failed'],
    sees: inLines(
      /getaddrinfo for (\S*(?:redis|cache)\S*) failed|RedisException.*getaddrinfo/i,
      ([, host = 'in REDIS_HOST']) => ({ host }),
    ),
    cause: 'Host {host}, which {service} takes for Redis, is not known in the network of its tasks.',
    fix: [
      `Compare REDIS_HOST with the primary endpoint: ${lookAtSettings} and \`aws elasticache describe-replication-groups --region {region} --query "ReplicationGroups[].NodeGroups[].PrimaryEndpoint.Address"\``,
      putIn,
    ],
  },
  {
    id: 'application-redis-unreachable',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['RedisException: Connection refused', 'RedisException: Connection timed out'],
    sees: inLines(
      /(?:Redis|predis|:6379).{0,200}(?:connection refused|timed out|no route)|(?:connection refused|timed out).{0,80}(?:redis|:6379)/i,
    ),
    cause:
      'Redis was not reached from {service}: wrong REDIS_HOST or REDIS_PORT, or its security group does not let the tasks in; ElastiCache with TLS also wants tls:// before its host, or REDIS_SCHEME=tls.',
    fix: [
      `REDIS_HOST must be the primary endpoint, REDIS_PORT 6379, REDIS_SCHEME tls where encryption in transit is on: ${lookAtSettings}`,
      "The group of Redis must let the tasks' group in: `aws ec2 authorize-security-group-ingress --region {region} --group-id <the group of Redis> --protocol tcp --port 6379 --source-group {taskGroup}`",
      putIn,
    ],
  },
];

export const applicationRedisRules: readonly Rule<LogEvidence>[] = rules.map((rule) => ({
  ...rule,
  area: 'application',
  level: 'cause',
  verify: works,
}));
