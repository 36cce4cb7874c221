// GetPipeline and ListPipelines: a pipeline's declaration as it is now; the sandbox keeps no earlier versions.
import type {
  ActionDeclaration,
  GetPipelineInput,
  ListPipelinesInput,
  PipelineDeclaration,
  StageDeclaration,
} from '@aws-sdk/client-codepipeline';
import { AwsError, type Cloud } from '../cloud.ts';
import { optional, pageOf } from '../services/pages.ts';
import { configurationOf, runOrderOf, type SeededAction, type SeededPipeline } from './definitions.ts';
import { invalidToken } from './execution-reads.ts';
import { artifactOf, typeOf } from './facts.ts';
import { needPipeline, type State } from './state.ts';

const declareAction = (
  cloud: Cloud,
  action: SeededAction,
  sources: readonly SeededAction[],
): ActionDeclaration => ({
  name: action.name,
  actionTypeId: typeOf(action),
  runOrder: runOrderOf(action),
  configuration: { ...configurationOf(action) },
  outputArtifacts: action.category === 'Source' ? [{ name: artifactOf(action) }] : [],
  inputArtifacts:
    action.category === 'Build' || action.category === 'Deploy'
      ? sources.map((source) => ({ name: artifactOf(source) }))
      : [],
  region: cloud.region,
});

const declareStages = (cloud: Cloud, { stages }: SeededPipeline): StageDeclaration[] => {
  const sources = stages[0]?.actions ?? [];
  return stages.map(({ name, actions }) => ({
    name,
    actions: actions.map((action) => declareAction(cloud, action, sources)),
  }));
};

const declare = (cloud: Cloud, definition: SeededPipeline, version: number): PipelineDeclaration => ({
  name: definition.name,
  roleArn: `arn:aws:iam::${cloud.accountId}:role/${definition.name}-role`,
  artifactStore: { type: 'S3', location: `codepipeline-${cloud.region}-${cloud.accountId}` },
  stages: declareStages(cloud, definition),
  version,
  executionMode: definition.mode,
  pipelineType: definition.type,
  ...(definition.variables ? { variables: definition.variables.map((variable) => ({ ...variable })) } : {}),
});

export const getPipeline =
  (state: State) =>
  ({ name, version: wanted }: GetPipelineInput) => {
    const { cloud } = state;
    const { definition, version, createdAt, updatedAt } = needPipeline(state, name);
    if (wanted !== undefined && wanted !== version)
      throw new AwsError(
        'PipelineVersionNotFoundException',
        `Pipeline '${name}' does not have a version ${wanted}`,
      );
    return {
      pipeline: declare(cloud, definition, version),
      metadata: {
        pipelineArn: `arn:aws:codepipeline:${cloud.region}:${cloud.accountId}:${definition.name}`,
        created: new Date(createdAt),
        updated: new Date(updatedAt),
      },
    };
  };

export const listPipelines =
  ({ cloud, pipelines }: State) =>
  ({ maxResults, nextToken }: ListPipelinesInput) => {
    const question = {
      scope: 'ListPipelines',
      token: nextToken,
      limit: maxResults,
      most: 1000,
      invalid: invalidToken(),
    };
    const { items, next } = pageOf([...pipelines.values()], question, cloud.settings);
    return {
      pipelines: items.map(({ definition, version, createdAt, updatedAt }) => ({
        name: definition.name,
        version,
        pipelineType: definition.type,
        executionMode: definition.mode,
        created: new Date(createdAt),
        updated: new Date(updatedAt),
      })),
      ...optional('nextToken', next),
    };
  };
