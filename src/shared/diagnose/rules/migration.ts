// How a pipeline's own migration fails before its program runs, or by its build. What the program says is told by the
// rules about an application's log.
import {
  about,
  hasBuildStatus,
  isUnread,
  lastError,
  otherwise,
  type PipelineEvidence,
  showsIn,
} from '../pipeline-evidence.ts';
import type { Rule } from '../rule.ts';

type MigrationRule = Omit<Rule<PipelineEvidence>, 'area' | 'verify' | 'level'>;

/** What it had done to the database by then stays done. */
const verify =
  'run-db-init with `operation: command`, `service: {name}`, `command: php artisan migrate:status` shows no migration as Pending once the stage was retried.';

const rules: readonly MigrationRule[] = [
  {
    id: 'migration-secret',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['ResourceInitializationError: unable to pull secrets or registry auth'],
    sees: showsIn(
      /ResourceInitializationError|unable to (pull|retrieve) secret|retrieved secret.*did not contain json key/i,
    ),
    cause: "The migration's task never started, because a secret could not be read.",
    fix: [
      "See which secrets its task definition names: `aws ecs describe-task-definition --region {region} --task-definition {family} --query 'taskDefinition.containerDefinitions[].secrets[]'`",
      'Each must exist, be readable for the execution role (secretsmanager:GetSecretValue), and name its field where the secret is JSON: its ARN then ends with `:password::`.',
    ],
  },
  {
    id: 'migration-image',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['CannotPullContainerError', 'manifest for … not found'],
    sees: showsIn(/CannotPullContainerError|manifest for .* not found/i),
    cause: "The migration's task never started, because its image could not be pulled.",
    fix: [
      "See which image it names, and that its tag is in ECR and the execution role may pull it: `aws ecs describe-task-definition --region {region} --task-definition {family} --query 'taskDefinition.containerDefinitions[].image'`",
    ],
  },
  {
    id: 'migration-capacity',
    lasts: 'passing',
    sure: 'likely',
    symptoms: ['Capacity is unavailable at this time', 'RESOURCE:ENI'],
    sees: showsIn(/capacity is unavailable|RESOURCE:(ENI|CPU|MEMORY)|Capacity is not available/i),
    cause: "The migration's task never started, because Fargate had no room.",
    fix: ['Wait some minutes.'],
  },
  {
    id: 'migration-out-of-memory',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['OutOfMemoryError: Container killed due to memory usage', 'exit code 137'],
    sees: showsIn(/OutOfMemory|exit (code|status):? 137/i),
    cause: 'The migration was killed for want of memory.',
    fix: [
      "Give its task definition {family} more memory: `aws ecs describe-task-definition --region {region} --task-definition {family} --query 'taskDefinition.[cpu,memory]'`",
      'Look into the database before a retry: it may be half done.',
    ],
  },
  {
    id: 'migration-timed-out',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['Build terminated with state: TIMED_OUT'],
    sees: hasBuildStatus('TIMED_OUT'),
    cause: 'The migration ran out of time; it may run on in the database.',
    fix: [
      'Look there before a retry: SHOW PROCESSLIST.',
      'Then give project {project} more time: `aws codebuild update-project --region {region} --name {project} --timeout-in-minutes 60`',
    ],
  },
];

export const migrationRules: readonly Rule<PipelineEvidence>[] = rules
  .map((rule): Rule<PipelineEvidence> => ({ ...rule, area: 'migration', level: 'cause', verify }))
  .map(about('migration'));

const ranSoFar =
  'See which migrations ran before a retry: run-db-init with `operation: command`, `service: {name}`, `command: php artisan migrate:status`';

/** Where none of `others` says more. */
export const migrationOther = (
  others: readonly Rule<PipelineEvidence>[],
): readonly Rule<PipelineEvidence>[] =>
  [
    {
      id: 'migration-unread',
      area: 'migration' as const,
      level: 'outcome' as const,
      lasts: 'unknown' as const,
      sure: 'certain' as const,
      symptoms: ['its log could not be read (logs:GetLogEvents'],
      sees: otherwise(others, isUnread),
      cause: 'The migration failed; its log could not be read.',
      fix: [
        'Open the build in the console for its log, and retry only once you know why. What kept it from being read here is told below.',
        ranSoFar,
      ],
      verify,
    },
    {
      id: 'migration-other',
      area: 'migration' as const,
      level: 'outcome' as const,
      lasts: 'unknown' as const,
      sure: 'certain' as const,
      symptoms: ['Build terminated with state: FAILED in stage Migrate'],
      sees: otherwise(others, (evidence) =>
        isUnread(evidence) || (!evidence.said && !evidence.build) ? undefined : lastError(evidence),
      ),
      cause: 'The migration failed with a message that is not known here.',
      fix: [ranSoFar],
      verify,
    },
  ].map(about('migration'));
