// Why an execution was stopped: only the list of a pipeline's executions tells.
import type { ApplicationSurroundings } from '../prepare-application.ts';
import type { Which } from './executions.ts';

const mostPages = 5;

/** Undefined where no reason was given, or the execution is not among the newest five hundred. */
export const readStopReason = async (
  { aws }: Pick<ApplicationSurroundings, 'aws'>,
  { pipeline, executionId }: Which,
): Promise<string | undefined> => {
  let pages = 0;
  for await (const page of aws.codepipeline.paginateListPipelineExecutions({ pipelineName: pipeline })) {
    const found = page.pipelineExecutionSummaries?.find(
      ({ pipelineExecutionId }) => pipelineExecutionId === executionId,
    );
    if (found) return found.stopTrigger?.reason || undefined;
    if (++pages >= mostPages) return undefined;
  }
  return undefined;
};
