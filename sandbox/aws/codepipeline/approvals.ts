// PutApprovalResult: whoever holds the token of an open approval answers it, once.
import type { PutApprovalResultInput } from '@aws-sdk/client-codepipeline';
import { AwsError, type CallContext } from '../cloud.ts';
import { answerRun, isApproval } from './runs.ts';
import { executionsOf, needPipeline, needStage, type State } from './state.ts';

const needAction = (state: State, { pipelineName, stageName, actionName }: PutApprovalResultInput): void => {
  const stage = needStage(needPipeline(state, pipelineName), stageName);
  const action = stage.actions.find(({ name }) => name === actionName);
  if (!action)
    throw new AwsError(
      'ActionNotFoundException',
      `Action '${actionName}' was not found in stage '${stageName}' of pipeline '${pipelineName}'`,
    );
  // From memory.
  if (!isApproval(action))
    throw new AwsError('ValidationException', `Action '${actionName}' is no approval action`);
};

export const putApprovalResult =
  (state: State) =>
  (input: PutApprovalResultInput, { caller }: CallContext) => {
    needAction(state, input);
    const { pipelineName = '', stageName, actionName, token, result } = input;
    const found = executionsOf(state, pipelineName)
      .flatMap(({ id, runs }) => runs.map((run) => ({ executionId: id, run })))
      .find(
        ({ run }) => run.stage === stageName && run.action.name === actionName && run.externalId === token,
      );
    // That an abandoned approval has no valid token any more is from memory.
    if (!found || found.run.status === 'Abandoned')
      throw new AwsError('InvalidApprovalTokenException', 'The approval token is invalid or out of date.');
    if (found.run.status !== 'InProgress')
      throw new AwsError(
        'ApprovalAlreadyCompletedException',
        'The approval action has already been completed.',
      );
    const { executionId, run } = found;
    const status = result?.status === 'Approved' ? 'Succeeded' : 'Failed';
    answerRun(
      state,
      { executionId, runId: run.id },
      { status, summary: result?.summary || undefined, by: caller },
    );
    return { approvedAt: new Date(state.cloud.clock.now()) };
  };
