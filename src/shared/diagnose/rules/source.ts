// How a pipeline's source action fails. The most common one is a connection that nobody has authorised yet.
import { about, anything, otherwise, type PipelineEvidence, says } from '../pipeline-evidence.ts';
import type { Rule } from '../rule.ts';

const authorise = [
  'Open Developer Tools > Settings > Connections ({connections}).',
  'Choose the connection of this pipeline, then "Update pending connection", and authorise it for the repository.',
];
const verify =
  '`aws codestar-connections list-connections --region {region}` shows the connection as AVAILABLE.';
const shared = { area: 'pipeline', level: 'cause', verify } as const;

/** These come before what is wrong with roles: a connection is denied to the pipeline's role too. */
export const connectionRules: readonly Rule<PipelineEvidence>[] = [
  {
    ...shared,
    id: 'source-connection-pending',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: [
      'Unable to use Connection: it is in state PENDING',
      'Connection arn:aws:codeconnections:… is not available',
    ],
    sees: says(/connection.*(pending|not available|not in an available|handshake)|pending connection/is),
    cause: 'The connection of {pipeline} to the repository is not authorised.',
    fix: authorise,
    link: 'https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html',
  } as const,
  {
    ...shared,
    id: 'source-connection-denied',
    lasts: 'unknown',
    sure: 'certain',
    symptoms: ['Unable to use Connection: … The provided role does not have sufficient permissions.'],
    sees: says(
      /(unable to use connection|useconnection).*(permission|authorized)|not authorized.*UseConnection/is,
    ),
    cause:
      'The role of {pipeline} may not use the connection to the repository, or nobody has authorised it.',
    fix: [
      'Allow the role `codeconnections:UseConnection` and `codestar-connections:UseConnection` on the connection. See which role it is: `aws codepipeline get-pipeline --region {region} --name {pipeline} --query pipeline.roleArn --output text`',
      `If it may already: ${authorise.join(' ')}`,
    ],
  } as const,
  {
    ...shared,
    id: 'source-connection-unusable',
    lasts: 'unknown',
    sure: 'likely',
    symptoms: ['Unable to use Connection', 'Connection … not found'],
    sees: says(/unable to use connection|connection.*(not found|does not exist|error state)/is),
    cause: 'The connection of {pipeline} to the repository cannot be used.',
    fix: authorise,
  } as const,
].map(about('source'));

const revisionRules: readonly Rule<PipelineEvidence>[] = [
  {
    id: 'source-revision-missing',
    area: 'pipeline' as const,
    level: 'cause' as const,
    lasts: 'unknown' as const,
    sure: 'likely' as const,
    symptoms: ['No Branch [main] found for FullRepositoryName', 'RevisionUnavailable', 'NoSuchKey'],
    sees: says(
      /no (branch|commit|tag|reference|revision)|RevisionUnavailable|NoSuchKey|(branch|commit|revision|reference|tag|image|object|repository|key)\b.*(not found|does not exist|could not be found|doesn't exist)/is,
    ),
    cause: 'The repository has no such revision, or the connection does not see the repository.',
    fix: [
      'Compare the branch of the source action with the repository, and `source-revisions` where it was given; a commit must be pushed: `aws codepipeline get-pipeline --region {region} --name {pipeline} --query "pipeline.stages[0].actions[].configuration"`',
      'Where they are right, install the GitHub app of the connection for this repository ({connections}).',
    ],
    verify: 'The retried stage {stage} of {pipeline} succeeds.',
  },
].map(about('source'));

export const sourceRules: readonly Rule<PipelineEvidence>[] = revisionRules;

/** Where none of `others` says more. */
export const sourceOther = (others: readonly Rule<PipelineEvidence>[]): readonly Rule<PipelineEvidence>[] =>
  [
    {
      id: 'source-other',
      area: 'pipeline' as const,
      level: 'outcome' as const,
      lasts: 'unknown' as const,
      sure: 'certain' as const,
      symptoms: ['A Source action failed with a message that is not known here'],
      sees: otherwise(others, (evidence) => (evidence.said ? anything(evidence) : undefined)),
      cause: 'The revision could not be fetched, for the reason that AWS gives.',
      fix: [`Where it is about access: ${authorise.join(' ')}`],
      verify: 'The retried stage {stage} of {pipeline} succeeds.',
    },
  ].map(about('source'));
