// Every rule about a failed action of a pipeline, in the order in which they count: connections, then permissions.
import { about, anything, otherwise, type PipelineEvidence, says } from '../pipeline-evidence.ts';
import type { Rule } from '../rule.ts';
import { applicationMigrationRules } from './application.ts';
import { approvalRules } from './approval.ts';
import { buildRules } from './build.ts';
import { buildOther, buildServiceRules } from './build-service.ts';
import { deployOther, deployRules } from './deploy.ts';
import { migrationOther, migrationRules } from './migration.ts';
import { connectionRules, sourceOther, sourceRules } from './source.ts';

const notApproval = about('source', 'build', 'migration', 'deploy', 'other');
const verify = 'The retried stage {stage} of {pipeline} succeeds.';

const generalRules: readonly Rule<PipelineEvidence>[] = [
  {
    id: 'pipeline-role-denied',
    area: 'pipeline' as const,
    level: 'cause' as const,
    lasts: 'unknown' as const,
    sure: 'certain' as const,
    symptoms: ['PermissionError', 'is not authorized to perform', 'does not have sufficient permissions'],
    sees: says(
      /PermissionError|AccessDenied|not authorized to (perform|assume)|sufficient permissions|cannot be assumed/i,
    ),
    cause: 'AWS denied {pipeline} what its action {action} needs.',
    fix: [
      "Allow it to the role that the message names: the pipeline's service role, or the action's own. See the first: `aws codepipeline get-pipeline --region {region} --name {pipeline} --query pipeline.roleArn --output text`",
    ],
    verify,
  },
  {
    id: 'pipeline-aws-unavailable',
    area: 'pipeline' as const,
    level: 'cause' as const,
    lasts: 'passing' as const,
    sure: 'certain' as const,
    symptoms: ['SystemUnavailable', 'InternalError', 'ServiceUnavailable', 'Throttling'],
    sees: says(/SystemUnavailable|InternalError|ServiceUnavailable|Throttling|internal (service )?error/i),
    cause: 'An AWS service failed; nothing in the repository is wrong.',
    fix: [
      'Wait some minutes; the AWS Health Dashboard (https://health.aws.amazon.com/health/status) tells whether more is down.',
    ],
    verify,
  },
].map(notApproval);

const known: readonly Rule<PipelineEvidence>[] = [
  ...connectionRules,
  ...generalRules,
  ...sourceRules,
  ...buildServiceRules,
  ...migrationRules,
  ...applicationMigrationRules,
  ...buildRules,
  ...deployRules,
];

const others: readonly Rule<PipelineEvidence>[] = [
  ...sourceOther(known),
  ...migrationOther(known),
  ...buildOther(known),
  ...deployOther(known),
];

const unknown: readonly Rule<PipelineEvidence>[] = [
  {
    id: 'pipeline-unknown',
    area: 'pipeline' as const,
    level: 'outcome' as const,
    lasts: 'unknown' as const,
    sure: 'certain' as const,
    symptoms: ['An action of another kind (Lambda, Test, Compute …) failed'],
    sees: otherwise(known, (evidence) =>
      evidence.part === 'other' && evidence.said ? anything(evidence) : undefined,
    ),
    cause: 'Action {action} ({provider}) of {pipeline} failed with a message that is not known here.',
    fix: [
      "Settle what AWS's message says; the action's page tells more: `aws codepipeline list-action-executions --region {region} --pipeline-name {pipeline} --max-items 5`",
    ],
    verify,
  },
  {
    id: 'pipeline-no-details',
    area: 'pipeline' as const,
    level: 'outcome' as const,
    lasts: 'unknown' as const,
    sure: 'certain' as const,
    symptoms: ['An action failed and AWS gives no reason'],
    sees: otherwise(known, (evidence) =>
      evidence.said === '' && !evidence.build && evidence.part !== 'approval'
        ? anything(evidence)
        : undefined,
    ),
    cause: 'Action {action} of {pipeline} failed, and AWS gives no reason.',
    fix: [
      'Ask for it once more, as it may come late: `aws codepipeline list-action-executions --region {region} --pipeline-name {pipeline} --max-items 5`',
    ],
    verify,
  },
];

export const pipelineRules: readonly Rule<PipelineEvidence>[] = [
  ...approvalRules,
  ...known,
  ...others,
  ...unknown,
];
