// A pipeline like Envelope's in a sandbox, SDK clients for it, and short ways to look at what became of an execution.
import { CodeBuild } from '@aws-sdk/client-codebuild';
import {
  type ActionExecutionDetail,
  CodePipeline,
  type StageState,
  type StartPipelineExecutionInput,
} from '@aws-sdk/client-codepipeline';
import type { CloudSettings } from '../../sandbox/aws/cloud.ts';
import type { SeededAction, SeededPipeline, Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import { clientOptions, createFixture } from './fixture.ts';

export const name = 'envelope-prod-api-pipeline';
export const seconds = (count: number): number => count * 1_000;

export const source: SeededAction = {
  name: 'GitHub',
  category: 'Source',
  provider: 'CodeStarSourceConnection',
  configuration: {
    ConnectionArn: 'arn:aws:codeconnections:eu-west-1:815856636111:connection/0c5e',
    FullRepositoryId: 'acme/envelope-api',
    BranchName: 'main',
  },
};

export const build = (project: string, work?: Work): SeededAction => ({
  name: project,
  category: 'Build',
  provider: 'CodeBuild',
  configuration: { ProjectName: `envelope-prod-${project}` },
  ...(work && { work }),
});

export const approval: SeededAction = { name: 'Approve', category: 'Approval', provider: 'Manual' };

/** Takes `ms` of the cloud's time, then ends well. */
export const takes =
  (ms: number): Work =>
  async ({ sleep }) => {
    await sleep(ms);
    return { kind: 'succeeded' };
  };

/** Fails as often as told, then goes well. */
export const failing =
  (times: number, ms = seconds(5)): Work =>
  async ({ attempt, sleep, log }) => {
    await sleep(ms);
    log(`attempt ${attempt}`);
    return attempt > times
      ? { kind: 'succeeded' }
      : { kind: 'failed', code: 'JobFailed', message: 'Build terminated with state: FAILED' };
  };

/** Source, Build, Deploy: half a minute in all. */
export const plain = (overrides: Partial<SeededPipeline> = {}): SeededPipeline => ({
  name,
  type: 'V2',
  mode: 'SUPERSEDED',
  stages: [
    { name: 'Source', actions: [{ ...source, work: takes(seconds(5)) }] },
    { name: 'Build', actions: [build('Build', takes(seconds(10)))] },
    { name: 'Deploy', actions: [build('Deploy', takes(seconds(10)))] },
  ],
  ...overrides,
});

/** The same with other actions in its Build stage. */
export const building = (
  actions: readonly SeededAction[],
  overrides: Partial<SeededPipeline> = {},
): SeededPipeline => ({
  ...plain(overrides),
  stages: plain(overrides).stages.map((stage) => (stage.name === 'Build' ? { ...stage, actions } : stage)),
});

export const createKit = (pipeline: SeededPipeline = plain(), settings: Partial<CloudSettings> = {}) => {
  const { sandbox, clock } = createFixture({ settings });
  const port = sandbox.neighbours.codepipeline;
  port.seedPipeline(pipeline);
  const pipelines = new CodePipeline(clientOptions(sandbox));
  const builds = new CodeBuild(clientOptions(sandbox));
  const start = async (input: Partial<StartPipelineExecutionInput> = {}): Promise<string> =>
    (await pipelines.startPipelineExecution({ name, ...input })).pipelineExecutionId ?? '';
  const execution = async (pipelineExecutionId: string) =>
    (await pipelines.getPipelineExecution({ pipelineName: name, pipelineExecutionId })).pipelineExecution;
  const status = async (id: string) => (await execution(id))?.status;
  const actions = async (pipelineExecutionId: string): Promise<readonly ActionExecutionDetail[]> =>
    (await pipelines.listActionExecutions({ pipelineName: name, filter: { pipelineExecutionId } }))
      .actionExecutionDetails ?? [];
  const stage = async (stageName: string): Promise<StageState> => {
    const { stageStates = [] } = await pipelines.getPipelineState({ name });
    return stageStates.find((one) => one.stageName === stageName) ?? {};
  };
  return { sandbox, clock, port, pipelines, builds, start, execution, status, actions, stage };
};

export type Kit = ReturnType<typeof createKit>;

/** `Source/GitHub Succeeded` of every run, oldest first. */
export const history = async (kit: Kit, id: string): Promise<readonly string[]> =>
  (await kit.actions(id)).toReversed().map((one) => `${one.stageName}/${one.actionName} ${one.status}`);
