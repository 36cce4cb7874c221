// What a pipeline is: its type and mode, its stages, the variables and source actions that a release may set.
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { Failed } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';

/** A pipeline as GetPipeline tells it, as far as releases depend on it. */
export type Definition = {
  readonly type: 'V1' | 'V2';
  readonly mode: 'SUPERSEDED' | 'QUEUED' | 'PARALLEL';
  /** In order; the first holds the source actions. */
  readonly stages: readonly string[];
  /** Stages that CodePipeline retries itself once when they fail. */
  readonly selfRetrying: readonly string[];
  readonly variables: readonly { readonly name: string; readonly hasDefault: boolean }[];
  readonly sources: readonly { readonly name: string; readonly provider: string }[];
};

/** Undefined, with a warning, where the role may not read it. Throws Failed where there is no such pipeline. */
export const readDefinition = async (
  { aws, log, application }: ApplicationSurroundings,
  { name, pipeline }: ApplicationPipeline,
): Promise<Definition | undefined> => {
  try {
    const { pipeline: found } = await aws.codepipeline.getPipeline({ name: pipeline });
    return found && definitionOf(found);
  } catch (error) {
    if (isNamed(error, 'PipelineNotFoundException')) {
      const { accountId, region } = application.environment;
      throw new Failed(
        `There is no pipeline ${pipeline} in account ${accountId}, region ${region}. Nothing was started.`,
        `Correct \`pipeline\` of ${name} in applications/${application.name}.yml, or make the pipeline. Those that exist: aws codepipeline list-pipelines --region ${region}`,
      );
    }
    if (!isNamed(error, 'AccessDeniedException')) throw error;
    log.warning(
      `${pipeline} is not checked before the start: this role may not call codepipeline:GetPipeline.`,
    );
    return undefined;
  }
};

export const definitionOf = (declared: PipelineDeclaration): Definition => {
  const { stages = [], variables = [] } = declared;
  return {
    type: declared.pipelineType ?? 'V1',
    mode: declared.executionMode ?? 'SUPERSEDED',
    stages: stages.map(({ name = '' }) => name),
    selfRetrying: stages
      .filter(({ onFailure }) => onFailure?.result === 'RETRY')
      .map(({ name = '' }) => name),
    variables: variables.map(({ name = '', defaultValue }) => ({
      name,
      hasDefault: defaultValue !== undefined,
    })),
    sources: stages
      .flatMap(({ actions = [] }) => actions)
      .filter(({ actionTypeId }) => actionTypeId?.category === 'Source')
      .map(({ name = '', actionTypeId }) => ({ name, provider: actionTypeId?.provider ?? '' })),
  };
};
