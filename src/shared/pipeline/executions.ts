// One execution and its actions as AWS tells them, as plain values. Both calls are asked by execution id, so that nothing
// of another execution can be in the answer; GetPipelineState, which mixes them, is not read here.
import type { ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import type { ApplicationPipeline } from '../fleet/application.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { orAbsent } from '../resources/surroundings.ts';
import type { ActionRun, Execution } from './types.ts';

/** CodePipeline's name of the pipeline, and one of its executions. */
export type Which = { readonly pipeline: string; readonly executionId: string };

export const whichOf = ({
  pipeline,
  executionId,
}: {
  readonly pipeline: Pick<ApplicationPipeline, 'pipeline'>;
  readonly executionId: string;
}): Which => ({ pipeline: pipeline.pipeline, executionId });

type Reading = Pick<ApplicationSurroundings, 'aws'>;

/** Undefined where AWS does not show it: seconds after its start, or because the pipeline has none of that id. */
export const readExecution = async (
  { aws }: Reading,
  { pipeline, executionId }: Which,
): Promise<Execution | undefined> => {
  const answer = await orAbsent(
    aws.codepipeline.getPipelineExecution({ pipelineName: pipeline, pipelineExecutionId: executionId }),
    'PipelineExecutionNotFoundException',
  );
  const { status, statusSummary, executionMode, executionType } = answer?.pipelineExecution ?? {};
  if (status === undefined) return undefined;
  return {
    id: executionId,
    status,
    statusSummary,
    mode: executionMode ?? 'SUPERSEDED',
    type: executionType ?? 'STANDARD',
  };
};

/** Whether nothing more happens to it by itself; a failed one may still be retried. */
export const isOver = ({ status }: Execution): boolean => status !== 'InProgress' && status !== 'Stopping';

/** Every run of every action of the execution, oldest first; none where AWS does not show the execution. */
export const listActionRuns = async (
  { aws }: Reading,
  { pipeline, executionId }: Which,
): Promise<readonly ActionRun[]> => {
  const runs: ActionRun[] = [];
  const listing = { pipelineName: pipeline, filter: { pipelineExecutionId: executionId } };
  const readAll = async (): Promise<true> => {
    for await (const page of aws.codepipeline.paginateListActionExecutions(listing))
      runs.push(...(page.actionExecutionDetails ?? []).map(actionRun));
    return true;
  };
  await orAbsent(readAll(), 'PipelineExecutionNotFoundException');
  // AWS answers newest first, also among those that began at the same moment.
  return runs.toReversed().toSorted((a, b) => a.startedAt - b.startedAt);
};

const actionRun = (detail: ActionExecutionDetail): ActionRun => {
  const { actionTypeId } = detail.input ?? {};
  const result = detail.output?.executionResult;
  const { code = '', message = '' } = result?.errorDetails ?? {};
  const startedAt = detail.startTime?.getTime() ?? detail.lastUpdateTime?.getTime() ?? 0;
  return {
    id: detail.actionExecutionId ?? '',
    stage: detail.stageName ?? '',
    action: detail.actionName ?? '',
    category: actionTypeId?.category ?? '',
    provider: actionTypeId?.provider ?? '',
    status: detail.status ?? 'InProgress',
    startedAt,
    updatedAt: detail.lastUpdateTime?.getTime() ?? startedAt,
    externalId: result?.externalExecutionId,
    externalUrl: result?.externalExecutionUrl,
    externalSummary: result?.externalExecutionSummary,
    error: code || message ? { code, message } : undefined,
    updatedBy: detail.updatedBy,
  };
};
