// How Envelope's own provisioning of a tenant gets stuck: worker, queue, EventBridge, the Lambda that makes buckets.
import { inLines, inRequests, type LogEvidence } from '../log-evidence.ts';
import type { Rule } from '../rule.ts';
import { lookAtSettings, putIn } from './application-words.ts';

type ProvisioningRule = Omit<Rule<LogEvidence>, 'area' | 'verify' | 'level'> &
  Partial<Pick<Rule<LogEvidence>, 'level'>>;

const retry =
  'Then repeat what failed: run-db-init with `operation: command`, `service: {name}`, `command: php artisan queue:retry all` (the jobs may be repeated: they take what is there).';
const listFailed =
  'run-db-init with `operation: command`, `service: {name}`, `command: php artisan queue:failed` lists no failed job, and the tenant in HQ is not pending any more.';
const readLambda =
  '`aws logs tail /aws/lambda/{application}-{environment}-tenant-provisioner --since 30m --region {region}`';

const rules: readonly ProvisioningRule[] = [
  {
    id: 'application-eventbridge-bus',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['RuntimeException: EventBridge bus name not configured'],
    sees: inLines(/EventBridge bus name not configured/i),
    cause: 'AWS_EVENTBRIDGE_BUS is not set for {service}, so no tenant gets its buckets.',
    fix: [
      `Set AWS_EVENTBRIDGE_BUS to {application}-{environment}-app-events in the task definitions of the api, worker and scheduler services; see {family}: ${lookAtSettings}`,
      putIn,
      retry,
    ],
  },
  {
    id: 'application-eventbridge-missing',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['EventBusNotFound', 'Event bus envelope-prod-app-events does not exist.'],
    sees: inLines(
      /Event bus (\S+) does not exist|EventBusNotFound/i,
      ([, bus = 'that AWS_EVENTBRIDGE_BUS names']) => ({ bus }),
    ),
    cause: 'EventBridge has no bus {bus}.',
    fix: [
      'Compare it with what is there: `aws events list-event-buses --region {region} --query "EventBuses[].Name"`',
      `Correct AWS_EVENTBRIDGE_BUS (${lookAtSettings}), or make the bus.`,
      retry,
    ],
  },
  {
    id: 'application-eventbridge-denied',
    lasts: 'settling',
    sure: 'certain',
    symptoms: ['is not authorized to perform: events:PutEvents'],
    sees: inLines(/not authorized to perform: events:PutEvents/i),
    cause: 'The task role of {service} may not publish events, so no tenant gets its buckets.',
    fix: [
      'Allow it events:PutEvents on the bus. See the role: `aws ecs describe-task-definition --region {region} --task-definition {family} --query taskDefinition.taskRoleArn --output text`',
      retry,
    ],
  },
  {
    id: 'application-bucket-denied',
    lasts: 'settling',
    sure: 'likely',
    symptoms: [
      'is not authorized to perform: s3:CreateBucket',
      'The bucket flag shows an error or stays pending',
    ],
    sees: inLines(/not authorized to perform: s3:(?:Create|Put)Bucket\w*/i),
    cause: "A tenant's bucket could not be made: AWS denied it to the provisioner.",
    fix: [
      `Read what the Lambda says: ${readLambda}`,
      'Allow its role s3:CreateBucket and what else the message names; see that the rule leads to it: `aws events list-rules --region {region} --event-bus-name {application}-{environment}-app-events`',
      retry,
    ],
  },
  {
    id: 'application-bucket-taken',
    lasts: 'permanent',
    sure: 'certain',
    symptoms: ['BucketAlreadyExists', 'TooManyBuckets'],
    sees: inLines(/\bBucketAlreadyExists\b|\bTooManyBuckets\b/),
    cause:
      "A tenant's bucket could not be made: its name is taken by another account, or the account has as many buckets as it may.",
    fix: [
      `Read which one in the Lambda's log: ${readLambda}`,
      'Names of buckets are unique in all of AWS: give the tenant another prefix; or ask for more buckets in Service Quotas, Amazon S3.',
      retry,
    ],
  },
  {
    id: 'application-provisioner-callback',
    // Anybody who finds the path gets a 401.
    lasts: 'unknown',
    sure: 'possible',
    symptoms: ['POST /api/internal/tenants/…/provisioning 401', 'The bucket flag stays pending'],
    sees: inRequests(/"POST \/api\/internal\/tenants\/[^/\s]+\/provisioning[^"\s]* HTTP\/[\d.]+" 40[13] /),
    cause:
      "The Lambda's callback is refused by {service}: its token is not PROVISIONER_CALLBACK_TOKEN, so the bucket flag stays pending.",
    fix: [
      'Give Lambda and task definition {family} the same secret, and start the tasks anew: run redeploy-services with `application: {application}`, `environment: {environment}`, `services: {name}`.',
      `See what the Lambda sends: ${readLambda}`,
    ],
  },
  {
    id: 'application-queue-connection',
    lasts: 'permanent',
    sure: 'likely',
    symptoms: ['The [rabbit] queue connection has not been configured.', 'No connector for [redis2].'],
    sees: inLines(/queue connection has not been configured|No connector for \[/i),
    cause: 'QUEUE_CONNECTION of {service} names a connection that the application does not have.',
    fix: [
      `Set QUEUE_CONNECTION to redis in the task definition of {family}: ${lookAtSettings}`,
      putIn,
      retry,
    ],
  },
  {
    id: 'application-jobs-fail',
    lasts: 'unknown',
    sure: 'possible',
    level: 'symptom',
    symptoms: [
      'App\\Jobs\\CreateDatabaseIfNotExists … FAIL',
      'A tenant shows "pending" for Database, Migration or Seeds',
    ],
    sees: inLines(/\b((?:[A-Z]\w*\\)+\w+) \.{2,}.*\bFAIL\b/, ([, job = 'of the queue']) => ({ job })),
    cause: 'Jobs of {service} fail ({job}), so what they provision stays pending.',
    fix: [
      'Read why: run-db-init with `operation: command`, `service: {name}`, `command: php artisan queue:failed`',
      'See that the worker runs the release that the api runs: redeploy-services with `application: {application}`, `environment: {environment}`, `services: worker`.',
      retry,
    ],
  },
];

export const applicationProvisioningRules: readonly Rule<LogEvidence>[] = rules.map((rule) => ({
  level: 'cause',
  ...rule,
  area: 'application',
  verify: listFailed,
}));
