// StopPipelineExecution: wait for what runs, or abandon it at once.
import type { StopPipelineExecutionInput } from '@aws-sdk/client-codepipeline';
import { AwsError, type CallContext } from '../cloud.ts';
import { isLive } from './records.ts';
import { abandonRuns } from './runs.ts';
import { changeExecution, findExecution, needPipeline, type State } from './state.ts';

/**
 * An open approval is a running action: without `abandon` the execution is Stopping until somebody answers it (from
 * memory). An execution that does not show yet cannot be stopped: the operation has no other error for it.
 */
export const stopPipelineExecution =
  (state: State) =>
  (input: StopPipelineExecutionInput, { caller }: CallContext) => {
    const { definition } = needPipeline(state, input.pipelineName);
    const { pipelineExecutionId: id = '', abandon = false, reason } = input;
    const execution = findExecution(state, definition.name, id);
    if (!execution || !isLive(execution))
      throw new AwsError(
        'PipelineExecutionNotStoppableException',
        `Pipeline execution '${id}' cannot be stopped: it is not in progress.`,
      );
    if (execution.status === 'Stopping' && !abandon)
      throw new AwsError(
        'DuplicatedStopRequestException',
        `Pipeline execution '${id}' is already being stopped. It can still be abandoned.`,
      );
    changeExecution(state, id, ({ stopReason }) => ({
      status: 'Stopping',
      stopReason: reason ?? stopReason,
    }));
    if (abandon) abandonRuns(state, execution, caller);
    return { pipelineExecutionId: id };
  };
