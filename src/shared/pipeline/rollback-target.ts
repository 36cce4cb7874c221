// Which execution a stage is returned to where nobody names one: the newest that succeeded in it before what is there now.
import type { PipelineExecutionSummary } from '@aws-sdk/client-codepipeline';
import { Failed } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { pipelineUrl } from './links.ts';

export type RollingBack = {
  readonly pipeline: ApplicationPipeline;
  readonly stage: string;
  /** Execution to return to; undefined: the last that succeeded in the stage before what is there now. */
  readonly target: string | undefined;
};

/** Three calls, and one for each further hundred executions. Throws Failed where there is none, or the stage runs. */
export const findTarget = async (around: ApplicationSurroundings, call: RollingBack): Promise<string> => {
  const { pipeline, stage } = call;
  const present = await readPresent(around, call);
  const listing = {
    pipelineName: pipeline.pipeline,
    filter: { succeededInStage: { stageName: stage } },
  };
  const listed: PipelineExecutionSummary[] = [];
  for await (const page of around.aws.codepipeline.paginateListPipelineExecutions(listing)) {
    listed.push(...(page.pipelineExecutionSummaries ?? []));
    const target = chooseTarget(listed, present);
    if (target !== undefined) return target;
  }
  throw new Failed(
    `Stage ${stage} of ${pipeline.pipeline} cannot be rolled back: no earlier execution succeeded in it under the pipeline's present definition.`,
    'Release the older revision anew, with source-revisions.',
  );
};

export type Present = {
  /** The execution that was in the stage last. */
  readonly id: string;
  /** Where it was a rollback: the execution that it returned to. */
  readonly returnedTo: string | undefined;
  readonly succeeded: boolean;
};

/**
 * `listed`: those that succeeded in the stage, newest first. What is there now is not gone back to, nor anything newer that
 * somebody went back from; a rollback that failed is tried again.
 */
export const chooseTarget = (
  listed: readonly PipelineExecutionSummary[],
  { id, returnedTo, succeeded }: Present,
): string | undefined => {
  const base = returnedTo ?? id;
  const at = listed.findIndex(({ pipelineExecutionId }) => pipelineExecutionId === base);
  // Not listed yet: older than all that were, or not one of them.
  if (at < 0 && returnedTo !== undefined) return undefined;
  return listed
    .slice(returnedTo !== undefined && !succeeded ? at : at + 1)
    .find(({ executionType }) => executionType !== 'ROLLBACK')?.pipelineExecutionId;
};

const readPresent = async (
  { aws, application }: ApplicationSurroundings,
  { pipeline, stage }: RollingBack,
): Promise<Present> => {
  const refuse = (what: string, fix: string): never => {
    throw new Failed(`Stage ${stage} of ${pipeline.pipeline} cannot be rolled back: ${what}.`, fix);
  };
  const { stageStates = [] } = await aws.codepipeline.getPipelineState({ name: pipeline.pipeline });
  const state = stageStates.find(({ stageName }) => stageName === stage);
  const { pipelineExecutionId: id, status } = state?.latestExecution ?? {};
  if (id === undefined) return refuse('nothing has run in it', 'There is nothing to return from.');
  if (status === 'InProgress' || status === 'Stopping')
    refuse(
      `execution ${id} is in it just now`,
      `Wait until it ends, or stop it: ${pipelineUrl(application, pipeline.pipeline)}`,
    );
  const { pipelineExecution } = await aws.codepipeline.getPipelineExecution({
    pipelineName: pipeline.pipeline,
    pipelineExecutionId: id,
  });
  const { executionType, rollbackMetadata } = pipelineExecution ?? {};
  return {
    id,
    returnedTo:
      executionType === 'ROLLBACK' ? rollbackMetadata?.rollbackTargetPipelineExecutionId : undefined,
    succeeded: status === 'Succeeded',
  };
};
