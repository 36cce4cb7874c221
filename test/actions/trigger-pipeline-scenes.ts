// What happens to a pipeline while trigger-pipeline follows it: somebody's answers, and works that take long or fail.
import { fails, name, type Room, type RoomOptions, takes } from './trigger-pipeline-kit.ts';

export const ours = (room: Room): string => room.early.get('execution-id') ?? '';

export const answer = async (room: Room, status: 'Approved' | 'Rejected', summary: string): Promise<void> => {
  const { actionExecutionDetails = [] } = await room.byHand.listActionExecutions({
    pipelineName: name,
    filter: { pipelineExecutionId: ours(room) },
  });
  const waiting = actionExecutionDetails.find(({ actionName }) => actionName === 'Approval');
  const { stageStates = [] } = await room.byHand.getPipelineState({ name });
  const shown = stageStates.find(({ stageName }) => stageName === 'Approval')?.actionStates?.[0];
  const token = shown?.latestExecution?.token ?? waiting?.output?.executionResult?.externalExecutionId ?? '';
  await room.byHand.putApprovalResult({
    pipelineName: name,
    stageName: 'Approval',
    actionName: 'Approval',
    result: { status, summary },
    token,
  });
};

export const slowBuild = (): RoomOptions => ({ works: { Build: takes(20 * 60_000) } });
export const brokenDeploy = (): RoomOptions => ({
  works: {
    Deploy: fails(
      'DeploymentFailed',
      'The ECS deployment failed: tasks of service envelope-prod-api stopped.',
    ),
  },
});

/** One after another: a release that succeeds, then one whose Deploy fails. */
export const secondDeployFails = (): RoomOptions => {
  let runs = 0;
  return {
    works: {
      Deploy: async (run) =>
        ++runs === 2 ? fails('DeploymentFailed', 'The ECS deployment failed.')(run) : takes(5_000)(run),
    },
  };
};

/** Approves whatever waits: the newer execution's approval, which this job must not answer. */
export const answerAny = async (room: Room): Promise<void> => {
  const { stageStates = [] } = await room.byHand.getPipelineState({ name });
  const shown = stageStates.find(({ stageName }) => stageName === 'Approval')?.actionStates?.[0];
  const token = shown?.latestExecution?.token;
  if (!token) return;
  await room.byHand.putApprovalResult({
    pipelineName: name,
    stageName: 'Approval',
    actionName: 'Approval',
    result: { status: 'Approved', summary: 'fine' },
    token,
  });
};

export const brokenBuild = (): RoomOptions => ({
  works: {
    Build: async (run) => {
      run.log('Step 7/12 : RUN composer install --no-dev');
      run.log('composer.lock is not up to date');
      return fails('JobFailed', 'Build terminated with state: FAILED')(run);
    },
  },
});
