// How CodeBuild itself fails a build, whatever it is for, and what is said of a build that nothing else tells of.
import {
  about,
  hasBuildStatus,
  isUnread,
  lastError,
  otherwise,
  type PipelineEvidence,
  says,
} from '../pipeline-evidence.ts';
import type { Rule } from '../rule.ts';

export type BuildRule = Omit<Rule<PipelineEvidence>, 'area' | 'level' | 'verify'>;

export const anew = 'A retry builds the same revision again: correct it and publish a new release.';
const verify =
  'The build succeeds: `aws codebuild list-builds-for-project --region {region} --project-name {project} --max-items 1`';

export const ofBuilds = (rule: BuildRule): Rule<PipelineEvidence> => ({
  ...rule,
  area: 'build',
  level: 'cause',
  verify,
});

/** Whatever the build is for. */
const whatever: readonly BuildRule[] = [
  {
    id: 'build-queue-full',
    lasts: 'passing',
    sure: 'certain',
    symptoms: ['AccountLimitExceededException', 'Cannot have more than 1 builds in queue for the account'],
    sees: says(/AccountLimitExceeded|cannot have more than \d+ .*(build|queue)/is),
    cause: 'The account runs as many builds at once as it may.',
    fix: [
      'Wait for others to end and retry: `aws codebuild list-builds --region {region} --max-items 10`',
      'For good, ask for a higher quota in Service Quotas, AWS CodeBuild ("Concurrently running builds").',
    ],
  },
  {
    id: 'build-project-missing',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['Project cannot be found'],
    sees: says(/project.*(cannot be found|not found|does not exist)|ResourceNotFoundException/is),
    cause: 'The CodeBuild project {project} of stage {stage} does not exist.',
    fix: [
      "Correct the action's ProjectName, or make the project. See what is there: `aws codebuild list-projects --region {region}`",
    ],
  },
  {
    id: 'build-stopped',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['Build terminated with state: STOPPED'],
    sees: hasBuildStatus('STOPPED'),
    cause: 'Somebody stopped the build.',
    fix: [
      'Ask who: `aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=StopBuild`',
    ],
  },
  {
    id: 'build-fault',
    lasts: 'passing',
    sure: 'certain',
    symptoms: ['Build terminated with state: FAULT'],
    sees: hasBuildStatus('FAULT'),
    cause: 'CodeBuild itself failed; nothing in the repository is wrong.',
    fix: ['Retry.'],
  },
];

export const buildServiceRules: readonly Rule<PipelineEvidence>[] = whatever
  .map(ofBuilds)
  .map(about('build', 'migration'));

/** Where none of `others` says more. */
export const buildOther = (others: readonly Rule<PipelineEvidence>[]): readonly Rule<PipelineEvidence>[] =>
  [
    {
      id: 'build-unread',
      area: 'build' as const,
      level: 'outcome' as const,
      lasts: 'unknown' as const,
      sure: 'certain' as const,
      symptoms: ['could not be read (codebuild:BatchGetBuilds)'],
      sees: otherwise(others, isUnread),
      cause: 'The build failed; its log could not be read.',
      fix: [
        'Open the build in the console for its log, and retry only once you know why. What kept it from being read here is told below.',
      ],
      verify,
    },
    {
      id: 'build-command',
      area: 'build' as const,
      level: 'outcome' as const,
      lasts: 'permanent' as const,
      sure: 'certain' as const,
      symptoms: ['COMMAND_EXECUTION_ERROR', 'Command did not exit successfully'],
      sees: otherwise(others, (evidence) => {
        if (isUnread(evidence)) return undefined;
        const sighting = lastError(evidence);
        const where = evidence.build?.tail.length ? 'end of the log' : 'failed phase';
        return sighting && { ...sighting, facts: { where } };
      }),
      cause: 'A command of the build failed.',
      fix: [`The {where} says which. ${anew}`],
      verify,
    },
  ].map(about('build'));
