// A pipeline's life through every operation on pipelines, builds and images that the project knows.
import type { SeededPipeline } from '../../sandbox/aws/codepipeline/definitions.ts';
import type { Life } from './scenario.ts';

const name = 'envelope-prod-api-pipeline';
const Build = { pipelineName: name, stageName: 'Build' };
const project = 'envelope-prod-api-build';

const pipeline: SeededPipeline = {
  name,
  type: 'V2',
  mode: 'SUPERSEDED',
  variables: [{ name: 'VERSION', defaultValue: 'none' }],
  stages: [
    {
      name: 'Source',
      actions: [
        {
          name: 'GitHub',
          category: 'Source',
          provider: 'CodeStarSourceConnection',
          configuration: {
            ConnectionArn: 'arn:aws:codeconnections:eu-west-1:815856636111:connection/0c5e',
            FullRepositoryId: 'acme/envelope-api',
            BranchName: 'main',
          },
        },
      ],
    },
    {
      name: 'Build',
      actions: [
        {
          name: 'Image',
          category: 'Build',
          provider: 'CodeBuild',
          configuration: { ProjectName: project },
          work: async ({ attempt, log, sleep }) => {
            await sleep(5_000);
            log(`Attempt ${attempt}`);
            return attempt > 1
              ? { kind: 'succeeded' }
              : { kind: 'failed', code: 'JobFailed', message: 'No.' };
          },
        },
      ],
    },
    { name: 'Approval', actions: [{ name: 'Approve', category: 'Approval', provider: 'Manual' }] },
    {
      name: 'Deploy',
      actions: [
        {
          name: 'Service',
          category: 'Deploy',
          provider: 'ECS',
          configuration: { ClusterName: 'envelope-prod', ServiceName: 'envelope-prod-api' },
        },
      ],
    },
  ],
};

const start = async ({ aws: { codepipeline } }: Life, more: object = {}): Promise<string> =>
  (await codepipeline.startPipelineExecution({ name, ...more })).pipelineExecutionId ?? '';

const approve = async ({ aws: { codepipeline } }: Life): Promise<void> => {
  const { stageStates } = await codepipeline.getPipelineState({ name });
  const waiting = stageStates?.find(({ stageName }) => stageName === 'Approval')?.actionStates?.[0];
  await codepipeline.putApprovalResult({
    pipelineName: name,
    stageName: 'Approval',
    actionName: 'Approve',
    token: waiting?.latestExecution?.token,
    result: { status: 'Approved', summary: 'Looks good' },
  });
};

const lookAtPipeline = async ({ aws: { codebuild, codepipeline } }: Life, id: string): Promise<void> => {
  const one = { pipelineName: name, pipelineExecutionId: id };
  await codepipeline.listPipelines({});
  await codepipeline.getPipeline({ name });
  await codepipeline.getPipelineState({ name });
  await codepipeline.getPipelineExecution(one);
  await codepipeline.listPipelineExecutions({
    pipelineName: name,
    filter: { succeededInStage: { stageName: 'Deploy' } },
  });
  await codepipeline.listActionExecutions({
    pipelineName: name,
    filter: { latestInPipelineExecution: { pipelineExecutionId: id, startTimeRange: 'Latest' } },
  });
  const { actionExecutionDetails = [] } = await codepipeline.listActionExecutions({
    pipelineName: name,
    filter: { pipelineExecutionId: id },
  });
  const ids = actionExecutionDetails.flatMap(
    ({ output }) => output?.executionResult?.externalExecutionId ?? [],
  );
  await codebuild.batchGetBuilds({ ids: ids.filter((external) => external.startsWith(project)) });
};

const lookAtImages = async ({ aws: { ecr }, sandbox }: Life): Promise<void> => {
  const repositoryName = 'envelope-prod-api';
  sandbox.neighbours.ecr.seedRepository(repositoryName);
  sandbox.neighbours.ecr.push({ repository: repositoryName, tags: ['latest'], contents: 'first' });
  const imageIds = [{ imageTag: 'latest' }];
  await ecr.getAuthorizationToken({});
  await ecr.describeRepositories({ repositoryNames: [repositoryName] });
  await ecr.describeImages({ repositoryName, imageIds });
  await ecr.batchGetImage({ repositoryName, imageIds });
};

/** A release whose build fails at first, its rollback, one that is stopped, and looks at all of it. */
export const deliver = async (life: Life): Promise<void> => {
  const { aws, clock, sandbox } = life;
  const { codepipeline } = aws;
  sandbox.neighbours.codepipeline.seedPipeline(pipeline);
  const id = await start(life, {
    clientRequestToken: 'release-1',
    variables: [{ name: 'VERSION', value: 'v1' }],
    sourceRevisions: [{ actionName: 'GitHub', revisionType: 'COMMIT_ID', revisionValue: 'a'.repeat(40) }],
  });
  await clock.sleep(20_000);
  await codepipeline.retryStageExecution({ ...Build, pipelineExecutionId: id, retryMode: 'FAILED_ACTIONS' });
  await codepipeline.disableStageTransition({ ...Build, transitionType: 'Inbound', reason: 'Frozen' });
  const second = await start(life);
  await clock.sleep(30_000);
  await lookAtPipeline(life, id);
  await approve(life);
  await clock.sleep(30_000);
  await codepipeline.enableStageTransition({ ...Build, transitionType: 'Inbound' });
  await codepipeline.stopPipelineExecution({
    pipelineName: name,
    pipelineExecutionId: second,
    abandon: true,
    reason: 'Enough',
  });
  await codepipeline.rollbackStage({
    pipelineName: name,
    stageName: 'Deploy',
    targetPipelineExecutionId: id,
  });
  await clock.sleep(30_000);
  await lookAtPipeline(life, id);
  await lookAtImages(life);
};
