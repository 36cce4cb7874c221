// A pipeline of Envelope's in a sandbox of its own, what the actions' code sees of it, and what somebody else does to it.
import { CodePipeline } from '@aws-sdk/client-codepipeline';
import { createVirtualClock } from '../../../sandbox/aws/clock.ts';
import type { CloudSettings } from '../../../sandbox/aws/cloud.ts';
import type { SeededAction, SeededPipeline, Work } from '../../../sandbox/aws/codepipeline/definitions.ts';
import { createSandbox } from '../../../sandbox/aws/sandbox.ts';
import type { Application, ApplicationPipeline } from '../../../src/shared/fleet/application.ts';
import { loadApplication } from '../../../src/shared/fleet/applications.ts';
import { listActionRuns, readExecution } from '../../../src/shared/pipeline/executions.ts';
import { lookAtExecution } from '../../../src/shared/pipeline/look.ts';
import type { Approval } from '../../../src/shared/pipeline/types.ts';
import type { ApplicationSurroundings } from '../../../src/shared/prepare-application.ts';
import type { World } from '../../../src/shared/world.ts';
import { clientOptions } from '../../sandbox/fixture.ts';
import { createWorld, files } from './hands-world.ts';

export const name = 'envelope-prod-api-pipeline';
export const seconds = (count: number): number => count * 1_000;

export const takes =
  (ms: number): Work =>
  async ({ sleep }) => {
    await sleep(ms);
    return { kind: 'succeeded' };
  };

/** Fails as often as told, then goes well. */
export const fails =
  (times = 99, message = 'Build terminated with state: FAILED', lines: readonly string[] = []): Work =>
  async ({ attempt, sleep, log }) => {
    await sleep(seconds(5));
    for (const line of lines) log(line);
    return attempt > times ? { kind: 'succeeded' } : { kind: 'failed', code: 'JobFailed', message };
  };

type Works = { readonly [Stage in 'Source' | 'Build' | 'Migrate' | 'Deploy']?: Work };

const act = (action: SeededAction, work: Work = takes(seconds(10))): readonly SeededAction[] => [
  { ...action, work },
];

const build = (project: string): SeededAction => ({
  name: project,
  category: 'Build',
  provider: 'CodeBuild',
  configuration: { ProjectName: `envelope-prod-api-${project.toLowerCase()}` },
});

export type KitOptions = {
  readonly works?: Works;
  readonly mode?: SeededPipeline['mode'];
  readonly type?: SeededPipeline['type'];
  /** Without the Approval stage. */
  readonly unattended?: true;
  readonly settings?: Partial<CloudSettings>;
};

/** Source, Build, Approval, Migrate, Deploy, as the guide has them. */
const pipelineOf = ({
  works = {},
  mode = 'SUPERSEDED',
  type = 'V2',
  unattended,
}: KitOptions): SeededPipeline => ({
  name,
  type,
  mode,
  stages: [
    {
      name: 'Source',
      actions: act(
        { name: 'GitHub', category: 'Source', provider: 'CodeStarSourceConnection' },
        works.Source,
      ),
    },
    { name: 'Build', actions: act(build('Build'), works.Build) },
    ...(unattended
      ? []
      : [
          {
            name: 'Approval',
            actions: [{ name: 'Approve', category: 'Approval', provider: 'Manual' } as const],
          },
        ]),
    { name: 'Migrate', actions: act(build('Migrate'), works.Migrate) },
    { name: 'Deploy', actions: act({ name: 'Deploy', category: 'Deploy', provider: 'ECS' }, works.Deploy) },
  ],
});

/** The account and region alone: the pipeline is seeded by hand. */
const bare = (application: Application): Application => ({
  ...application,
  services: [],
  pipelines: [],
  migration: undefined,
  healthChecks: [],
  database: undefined,
  images: [],
});

export const loadEnvelope = (): Promise<Application> =>
  loadApplication(files, { fleet: 'examples/envelope', application: 'envelope', environment: 'prod' });

const openSandbox = (application: Application, options: KitOptions) => {
  const clock = createVirtualClock();
  const sandbox = createSandbox({
    clock,
    runtime: () => undefined,
    platforms: [],
    applications: [bare(application)],
    settings: { policyLagMs: 0, readLagMs: 0, ...options.settings },
  });
  const port = sandbox.neighbours.codepipeline;
  port.seedPipeline(pipelineOf(options));
  return { clock, sandbox, port };
};

export const createKit = async (options: KitOptions = {}) => {
  const application = await loadEnvelope();
  const { clock, sandbox, port } = openSandbox(application, options);
  const lines: string[] = [];
  const world = createWorld({ sandbox, clock, lines });
  const around = surroundingsOf(application, world);
  const pipeline = pipelineNamed(application, 'api');
  /** Somebody else's client of the same account. */
  const somebody = new CodePipeline(clientOptions(sandbox));
  const which = (executionId: string) => ({ pipeline: name, executionId });
  return {
    ...{ clock, sandbox, port, lines, world, around, pipeline, somebody },
    start: async (): Promise<string> =>
      (await somebody.startPipelineExecution({ name })).pipelineExecutionId ?? '',
    /** Without lag. */
    status: (id: string): string | undefined => port.executions(name).find((each) => each.id === id)?.status,
    seen: (id: string) => readExecution(around, which(id)),
    runs: (id: string) => listActionRuns(around, which(id)),
    calls: (operation: string) => sandbox.calls.filter((call) => call.operation === operation),
    /** Moves on until an approval of this execution waits. */
    untilApproval: async (executionId: string): Promise<Approval> => {
      for (let looks = 0; looks < 100; looks++) {
        const { approval } = await lookAtExecution(around, { pipeline, executionId });
        if (approval) return approval;
        await clock.sleep(seconds(1));
      }
      throw new Error('no approval came');
    },
    answer: ({ stage, action, token }: Approval, status: 'Approved' | 'Rejected', summary = 'by hand') =>
      somebody.putApprovalResult({
        pipelineName: name,
        stageName: stage,
        actionName: action,
        token,
        result: { status, summary },
      }),
  };
};

export type Kit = Awaited<ReturnType<typeof createKit>>;

const surroundingsOf = (application: Application, world: World): ApplicationSurroundings => ({
  application,
  aws: world.connect({ region: 'eu-west-2', roleArn: undefined, sessionName: 'test' }),
  deadline: world.clock.now() + 3_600_000,
  runToken: 'test',
  clock: world.clock,
  log: world.log,
  random: () => 0.5,
});

export const pipelineNamed = ({ pipelines }: Application, short: string): ApplicationPipeline => {
  const found = pipelines.find((each) => each.name === short);
  if (!found) throw new Error(`the example has no pipeline ${short}`);
  return found;
};
