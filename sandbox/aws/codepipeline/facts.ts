// What AWS shows of an action beside its status: its type, its links, and what it found or made, per provider.
import type { Cloud } from '../cloud.ts';
import { configurationOf, type SeededAction } from './definitions.ts';
import type { ActionRun } from './records.ts';

export const typeOf = ({ category, provider }: SeededAction) => ({
  category,
  owner: 'AWS' as const,
  provider,
  version: '1',
});

/** Of a source action; stages of other actions pass the first source's on. */
export const artifactOf = ({ name }: SeededAction): string =>
  `${name.replaceAll(/[^A-Za-z0-9_-]/g, '-')}Artifact`;

const consoleOf = ({ region }: Cloud): string => `https://${region}.console.aws.amazon.com`;

const connectionUrl = (cloud: Cloud, action: SeededAction, commit: string): string | undefined => {
  const { ConnectionArn, FullRepositoryId } = configurationOf(action);
  return ConnectionArn && FullRepositoryId
    ? `${consoleOf(cloud)}/codesuite/settings/connections/redirect?connectionArn=${ConnectionArn}&referenceType=COMMIT&FullRepositoryId=${FullRepositoryId}&Commit=${commit}`
    : undefined;
};

/** Where the console shows what an action does outside of CodePipeline; undefined where there is no such page. */
export const externalUrlOf = (cloud: Cloud, { action, externalId }: ActionRun): string | undefined => {
  const { ClusterName, ServiceName } = configurationOf(action);
  switch (action.provider) {
    case 'CodeBuild':
      return `${consoleOf(cloud)}/codebuild/home?region=${cloud.region}#/builds/${externalId}/view/new`;
    case 'CodeStarSourceConnection':
      return connectionUrl(cloud, action, externalId);
    case 'ECS':
      return ClusterName && ServiceName
        ? `${consoleOf(cloud)}/ecs/home?region=${cloud.region}#/clusters/${ClusterName}/services/${ServiceName}/events`
        : undefined;
    default:
      return undefined;
  }
};

/** A connection's summary is JSON text. */
export const revisionSummaryOf = ({ provider }: SeededAction, revision: string): string =>
  provider === 'CodeStarSourceConnection'
    ? JSON.stringify({ ProviderType: 'GitHub', CommitMessage: `Commit ${revision.slice(0, 7)}` })
    : revision;
