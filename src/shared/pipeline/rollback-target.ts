// Which execution a stage is returned to where nobody names one: the newest that succeeded in it before what is there now.
import type { PipelineExecutionSummary, StageExecutionStatus } from '@aws-sdk/client-codepipeline';
import { Failed } from '../errors.ts';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import type { Definition } from './definition.ts';
import { pipelineUrl } from './links.ts';

export type RollingBack = {
  readonly pipeline: ApplicationPipeline;
  readonly stage: string;
  /** Execution to return to; undefined: the last that succeeded in the stage before what is there now. */
  readonly target: string | undefined;
  /** Execution that must be in the stage now: what came after it is not taken back. */
  readonly from?: string;
  /** Undefined where the role may not read it. */
  readonly definition: Definition | undefined;
};

/** Three calls, and one for each further hundred executions. Throws Failed where there is none, or the stage runs. */
export const findTarget = async (around: ApplicationSurroundings, call: RollingBack): Promise<string> => {
  const { pipeline, stage } = call;
  const present = await readPresent(around, call);
  if (present === undefined) throw cannot(call, 'nothing has run in it', 'There is nothing to return from.');
  if (present.status === 'InProgress' || present.status === 'Stopping')
    throw cannot(
      call,
      `execution ${present.id} is in it just now`,
      `Wait until it ends, or stop it: ${pipelineUrl(around.application, pipeline.pipeline)}`,
    );
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
  throw cannot(
    call,
    "no earlier execution succeeded in it under the pipeline's present definition",
    'Release the older revision anew, with source-revisions.',
  );
};

const cannot = ({ stage, pipeline }: RollingBack, why: string, fix: string): Failed =>
  new Failed(`Stage ${stage} of ${pipeline.pipeline} cannot be rolled back: ${why}.`, fix);

/** One call or two. Throws Failed where another execution is in the stage than the one to return from. */
export const checkPresent = async (
  around: ApplicationSurroundings,
  call: RollingBack & { readonly from: string },
): Promise<void> => {
  const present = await readPresent(around, call);
  if (present === undefined || present.id === call.from) return;
  const { id, returnedTo } = present;
  const why =
    returnedTo === undefined
      ? `was not returned: execution ${id} is in it since`
      : `is back at execution ${returnedTo} already: execution ${id} did it`;
  throw new Failed(
    `Stage ${call.stage} of ${call.pipeline.pipeline} ${why}.`,
    'To release, start a new run of the workflow.',
  );
};

export type Present = {
  /** The execution that was in the stage last. */
  readonly id: string;
  /** Where it was a rollback: the execution that it returned to. */
  readonly returnedTo: string | undefined;
  /** Of its run through the stage. */
  readonly status: StageExecutionStatus | undefined;
};

/**
 * `listed`: those that succeeded in the stage, newest first. What is there now is not gone back to, nor anything newer that
 * somebody went back from; a rollback that failed is tried again.
 */
export const chooseTarget = (
  listed: readonly PipelineExecutionSummary[],
  { id, returnedTo, status }: Present,
): string | undefined => {
  const base = returnedTo ?? id;
  const at = listed.findIndex(({ pipelineExecutionId }) => pipelineExecutionId === base);
  // Not listed yet: older than all that were, or not one of them.
  if (at < 0 && returnedTo !== undefined) return undefined;
  return listed
    .slice(returnedTo !== undefined && status !== 'Succeeded' ? at : at + 1)
    .find(({ executionType }) => executionType !== 'ROLLBACK')?.pipelineExecutionId;
};

/** Two calls. Undefined where nothing has run in the stage. */
export const readPresent = async (
  { aws }: Pick<ApplicationSurroundings, 'aws'>,
  { pipeline, stage }: Pick<RollingBack, 'pipeline' | 'stage'>,
): Promise<Present | undefined> => {
  const { stageStates = [] } = await aws.codepipeline.getPipelineState({ name: pipeline.pipeline });
  const state = stageStates.find(({ stageName }) => stageName === stage);
  const { pipelineExecutionId: id, status } = state?.latestExecution ?? {};
  if (id === undefined) return undefined;
  const { pipelineExecution } = await aws.codepipeline.getPipelineExecution({
    pipelineName: pipeline.pipeline,
    pipelineExecutionId: id,
  });
  const { executionType, rollbackMetadata } = pipelineExecution ?? {};
  const target = rollbackMetadata?.rollbackTargetPipelineExecutionId;
  return { id, returnedTo: executionType === 'ROLLBACK' ? target : undefined, status };
};
