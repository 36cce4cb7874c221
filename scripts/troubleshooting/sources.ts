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
    text: ['Error: SSOProviderInvalidToken: the SSO session has expired or is invalid'],
    rules: ['terraform-sso-profile', 'sso-session-expired'],
  },
  {
    heading: 'Issue 2: Terraform wants to create what exists',
    text: ['Terraform plan shows 57+ resources to create (cluster, ALB, RDS, VPC, etc.) that already exist'],
    rules: ['terraform-creates-what-exists'],
  },
  {
    heading: 'Issue 3: the execution role may not read the secret',
    text: [
      'ResourceInitializationError: unable to pull secrets or registry auth: … AccessDeniedException: … is not authorized to perform: secretsmanager:GetSecretValue on resource: sit-{tenant}-db-credentials',
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
    text: [
      'ALB target health check returns HTTP 500, causing ECS to stop tasks.',
      'Service stops task after repeated health check failures',
      'Service shows 0 running tasks despite desired count of 1',
      'Target.ResponseCodeMismatch',
      'Health checks failed with these codes: [500]',
      '0 running tasks',
    ],
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
    text: ['GitHub connection not authorized', 'Unable to use Connection: it is in state PENDING'],
    rules: ['source-connection-pending', 'source-connection-denied', 'source-connection-unusable'],
  },
  {
    heading: 'Pipeline fails at Build',
    text: ['Docker build errors', 'COMMAND_EXECUTION_ERROR'],
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
    text: [
      'Redis connection refused',
      'Class "Predis\\Client" not found',
      'RedisException: Connection refused',
    ],
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
    text: ['Container crashes on startup', 'Essential container in task exited', 'TaskFailedToStart'],
    rules: ['container-ended', 'task-never-started', 'out-of-memory', 'exec-format-error'],
  },
  {
    heading: 'Health checks failing',
    text: [
      'ALB health checks return unhealthy',
      'Health checks failed with these codes: [302]',
      'Target.Timeout',
      'Target.FailedHealthChecks',
    ],
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
    text: [
      'RDS connection refused',
      'SQLSTATE[HY000] [2002] Connection refused',
      'SQLSTATE[HY000] [2002] Connection timed out',
    ],
    rules: [
      'application-database-refused',
      'application-database-unreachable',
      'application-database-denied',
    ],
  },
  {
    heading: 'Tenant provisioning stuck',
    text: ['Tenant shows "pending" status for Database/Migration/Seeds'],
    rules: ['application-jobs-fail', 'application-queue-connection'],
    advice: 'and [one-off commands](releases.md) for `php artisan queue:failed`',
  },
  {
    heading: 'S3 bucket creation fails',
    text: ['Bucket flag shows error or stays pending'],
    rules: ['application-eventbridge-bus', 'application-bucket-denied', 'application-provisioner-callback'],
  },
  {
    heading: 'EventBridge bus name not configured',
    text: ['RuntimeException: EventBridge bus name not configured'],
    rules: ['application-eventbridge-bus', 'application-eventbridge-missing'],
  },
  {
    heading: 'Credentials (chapter 2)',
    text: ['trailing spaces or tabs in your ~/.aws/credentials file'],
    rules: ['credentials-invalid'],
  },
  {
    heading: 'Initialize Terraform (chapter 7)',
    text: ['backend configuration error'],
    rules: ['terraform-backend-configuration'],
  },
];

export const sourcePages: readonly SourcePage[] = [
  { name: 'The SIT runbook', issues: runbook },
  { name: 'The Envelope guide, most of it chapter 15', issues: guide },
];
