// What the two documents that this project comes from knew to fail, and where it is explained here.

export type Issue = {
  readonly heading: string;
  /** As a person sees it. */
  readonly text: readonly string[];
  /** Ids of rules, the likeliest first. */
  readonly rules: readonly string[];
  /** What the rules cannot see: Markdown, on one line. */
  readonly advice?: string;
};

export type SourcePage = { readonly name: string; readonly issues: readonly Issue[] };

const runbook: readonly Issue[] = [
  {
    heading: 'Issue 1: Terraform and SSO',
    text: ['SSOProviderInvalidToken: the SSO session has expired or is invalid'],
    rules: [],
    advice:
      'Not seen by the actions, which use no SSO profile: in a workflow they assume a role through GitHub ([oidc.md](oidc.md)). On your own machine: `aws sso login --profile <profile>`; a Terraform too old for `sso_session` needs `sso_start_url` and `sso_region` in the profile itself.',
  },
  {
    heading: 'Issue 2: Terraform wants to create what exists',
    text: ['57 to add, 0 to change, 0 to destroy'],
    rules: [],
    advice:
      'Do not apply. The actions need no state: they look at what is there, create what is missing, change only what bears their tags, and `dry-run: true` shows the plan. Who keeps Terraform for the cluster imports it first: `terraform import <address> <id>`.',
  },
  {
    heading: 'Issue 3: the execution role may not read the secret',
    text: [
      'ResourceInitializationError: unable to pull secrets or registry auth: … AccessDeniedException: … is not authorized to perform: secretsmanager:GetSecretValue on resource: …',
    ],
    rules: ['secret-denied', 'secret-key-denied'],
  },
  {
    heading: "Issue 4: another tenant's secret in the task definition",
    text: ['ResourceInitializationError: … failed to fetch secret sit-tenant-1-db-credentials …'],
    rules: ['secret-of-another-tenant', 'secret-missing'],
  },
  {
    heading: 'Issue 5: WordPress answers the health check with HTTP 500',
    text: ['Target.ResponseCodeMismatch', 'Health checks failed with these codes: [500]', '0 running tasks'],
    rules: [
      'database-access-denied',
      'database-password-outdated',
      'database-missing',
      'database-no-grant',
      'database-error-establishing',
      'files-not-readable',
      'wordpress-redirect-loop',
      'wordpress-redirect-elsewhere',
      'wordpress-tables-missing',
      'php-fatal-plugin',
      'health-check-code',
    ],
  },
];

const guide: readonly Issue[] = [
  {
    heading: 'Pipeline fails at Source',
    text: ['Unable to use Connection: it is in state PENDING'],
    rules: ['source-connection-pending', 'source-connection-denied', 'source-connection-unusable'],
  },
  {
    heading: 'Pipeline fails at Build',
    text: ['COMMAND_EXECUTION_ERROR'],
    rules: [
      'build-command',
      'build-no-docker',
      'build-pull-limit',
      'build-push-denied',
      'build-out-of-memory',
    ],
  },
  {
    heading: 'Redis connection errors',
    text: ['Class "Predis\\Client" not found', 'RedisException: Connection refused'],
    rules: ['application-redis-client', 'application-redis-tls', 'application-redis-unreachable'],
  },
  {
    heading: 'Database connection errors',
    text: ['Access denied', 'Connection refused'],
    rules: [
      'application-database-denied',
      'application-password-is-json',
      'application-database-host-with-port',
      'application-database-refused',
      'application-database-connection',
    ],
  },
  {
    heading: 'ECS tasks keep failing',
    text: ['Essential container in task exited', 'TaskFailedToStart'],
    rules: ['container-ended', 'task-never-started', 'out-of-memory', 'exec-format-error'],
  },
  {
    heading: 'Health checks failing',
    text: ['Health checks failed with these codes: [302]', 'Target.Timeout', 'Target.FailedHealthChecks'],
    rules: [
      'application-health-redirect',
      'application-health-path',
      'target-security-group',
      'target-port',
      'application-listens-on-loopback',
    ],
  },
  {
    heading: 'Cannot connect to the database',
    text: ['SQLSTATE[HY000] [2002] Connection refused', 'SQLSTATE[HY000] [2002] Connection timed out'],
    rules: [
      'application-database-refused',
      'application-database-unreachable',
      'application-database-denied',
    ],
  },
  {
    heading: 'Tenant provisioning stuck',
    text: ['A tenant shows "pending" for Database, Migration or Seeds'],
    rules: ['application-jobs-fail', 'application-queue-connection'],
    advice: 'and [one-off commands](releases.md) for `php artisan queue:failed`',
  },
  {
    heading: 'S3 bucket creation fails',
    text: ['The bucket flag shows an error or stays pending'],
    rules: ['application-eventbridge-bus', 'application-bucket-denied', 'application-provisioner-callback'],
  },
  {
    heading: 'EventBridge bus name not configured',
    text: ['RuntimeException: EventBridge bus name not configured'],
    rules: ['application-eventbridge-bus', 'application-eventbridge-missing'],
  },
];

export const sourcePages: readonly SourcePage[] = [
  { name: 'The SIT runbook', issues: runbook },
  { name: "The Envelope guide's chapter 15", issues: guide },
];
