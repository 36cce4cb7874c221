// One pipeline of the guide's shape in a sandbox of its own, in any mode, and trigger-pipeline run against it.
import * as triggerPipeline from '../../actions/trigger-pipeline/src/trigger-pipeline.ts';
import { createVirtualClock, type VirtualClock } from '../../sandbox/aws/clock.ts';
import type { CloudSettings } from '../../sandbox/aws/cloud.ts';
import type { SeededAction, SeededPipeline, Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import { createDatabaseStandIn } from '../../sandbox/aws/containers/database-stand-in.ts';
import { simulated } from '../../sandbox/aws/containers/simulated.ts';
import { createSandbox, type Sandbox } from '../../sandbox/aws/sandbox.ts';
import { Cancelled, Failed } from '../../src/shared/errors.ts';
import type { World } from '../../src/shared/world.ts';
import { createWorld, filesWith, type Given, type RunnableModule, runModule } from '../lab.ts';
import { createClients, sit } from '../sandbox/fixture.ts';

export const name = 'envelope-prod-api-pipeline';
export type Mode = SeededPipeline['mode'];

export type Room = {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly lines: string[];
  /** Those of the lines that were warnings. */
  readonly warnings: string[];
  /** Outputs that were set before the end. */
  readonly early: Map<string, string>;
  readonly remembered: Map<string, string>;
  /** Files that were written, by path. */
  readonly written: Map<string, string>;
  readonly world: World;
  readonly run: (given?: Given, attempt?: string, over?: Partial<World>) => Promise<Given>;
  /** The same, cancelled as by SIGINT when `ms` have passed. */
  readonly runCancelled: (ms: number, given?: Given) => Promise<Given>;
  readonly post: (given?: Given) => Promise<void>;
  readonly byHand: ReturnType<typeof createClients>['codepipeline'];
  /** Starts an execution as somebody else; answers its id. */
  readonly startOther: () => Promise<string>;
};

export type RoomOptions = {
  readonly mode?: Mode;
  readonly type?: 'V1' | 'V2';
  readonly settings?: Partial<CloudSettings>;
  /** What stages do, by name; those not named succeed after some seconds. */
  readonly works?: Readonly<Record<string, Work>>;
  readonly variables?: SeededPipeline['variables'];
  readonly change?: (pipeline: SeededPipeline) => SeededPipeline;
};

export const takes =
  (ms: number): Work =>
  async ({ sleep }) => {
    await sleep(ms);
    return { kind: 'succeeded' };
  };

export const fails =
  (code: string, message: string): Work =>
  async ({ sleep }) => {
    await sleep(5_000);
    return { kind: 'failed', code, message };
  };

const project = { ProjectName: 'envelope-prod-api-build' };

const pipelineOf = ({ mode = 'QUEUED', type = 'V2', works = {}, variables }: RoomOptions): SeededPipeline => {
  const action = (stage: string, rest: Omit<SeededAction, 'name'>) => ({
    name: stage,
    actions: [{ name: stage, ...rest, ...(works[stage] ? { work: works[stage] } : {}) }],
  });
  return {
    name,
    mode,
    type,
    ...(variables ? { variables } : {}),
    stages: [
      action('Source', { category: 'Source', provider: 'CodeStarSourceConnection' }),
      action('Build', { category: 'Build', provider: 'CodeBuild', configuration: project }),
      { name: 'Approval', actions: [{ name: 'Approval', category: 'Approval', provider: 'Manual' }] },
      action('Migrate', { category: 'Build', provider: 'CodeBuild', configuration: project }),
      action('Deploy', { category: 'Deploy', provider: 'ECS' }),
    ],
  };
};

const defaults: Given = {
  fleet: 'examples/envelope',
  environment: 'prod',
  application: 'envelope',
  pipeline: 'api',
  approval: 'approve',
};

const module = triggerPipeline as unknown as RunnableModule;

/** A clock whose every sleep ends at once, as a cancelled job's, from some moment on. */
const cancelledAt = (clock: VirtualClock, at: number): World['clock'] => ({
  now: clock.now,
  sleep: async (ms) => {
    await clock.sleep(Math.max(0, Math.min(ms, at - clock.now())));
    if (clock.now() >= at) throw new Cancelled('SIGINT');
  },
});

export const createRoom = (options: RoomOptions = {}): Room => {
  const clock = createVirtualClock();
  const sandbox = createSandbox({
    clock,
    runtime: simulated({ database: createDatabaseStandIn() }),
    platforms: [{ ...sit, accountId: '123456789012', region: 'eu-west-2' }],
    settings: { policyLagMs: 0, readLagMs: 0, ...options.settings },
  });
  const pipeline = pipelineOf(options);
  sandbox.neighbours.codepipeline.seedPipeline(options.change?.(pipeline) ?? pipeline);
  const warnings: string[] = [];
  const [lines, early, remembered, written] = [
    [] as string[],
    new Map<string, string>(),
    new Map<string, string>(),
    new Map<string, string>(),
  ];
  const files = filesWith(new Map());
  const base = createWorld({ sandbox, clock, files, lines, secrets: [], listenerPort: 443 });
  const world: World = {
    ...base,
    log: {
      ...base.log,
      warning: (line) => {
        warnings.push(line);
        base.log.warning(line);
      },
    },
    run: {
      ...base.run,
      id: '4711',
      url: 'https://github.com/epactltd/api/actions/runs/4711',
      repository: 'epactltd/api',
    },
    files: { ...base.files, write: async (path, text) => void written.set(path, text) },
    output: (key, value) => void early.set(key, value),
    remember: (key, value) => void remembered.set(key, value),
  };
  const { codepipeline } = createClients(sandbox);
  const runIn = (other: World, given: Given): Promise<Given> =>
    runModule({ action: 'trigger-pipeline', module }, { ...defaults, ...given }, other);
  return {
    sandbox,
    clock,
    lines,
    warnings,
    early,
    remembered,
    written,
    world,
    run: (given = {}, attempt = '1', over = {}) =>
      runIn({ ...world, run: { ...world.run, attempt }, ...over }, given),
    runCancelled: (ms, given = {}) => runIn({ ...world, clock: cancelledAt(clock, clock.now() + ms) }, given),
    post: async (given = {}) => {
      const finishing: RunnableModule = {
        ...module,
        run: async (inputs, other) => {
          await triggerPipeline.post(inputs as never, other, (key) => remembered.get(key) ?? '');
          return {};
        },
      };
      await runModule({ action: 'trigger-pipeline', module: finishing }, { ...defaults, ...given }, world);
    },
    byHand: codepipeline,
    startOther: async () => (await codepipeline.startPipelineExecution({ name })).pipelineExecutionId ?? '',
  };
};

/** The Failed that it ends with; anything else is an error of the test. */
export const failure = async (doing: Promise<unknown>): Promise<Failed> => {
  const error = await doing.then(
    (value) => new Error(`succeeded: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failed)) throw error;
  return error;
};

/** Does something when the clock has gone on by `ms`, while an action waits. */
export const later = ({ clock }: Room, ms: number, body: () => Promise<unknown> | unknown): void =>
  void clock.after(ms, async () => void (await body()));

/** One way for a release to end, as the message page plays it. */
export type End = {
  readonly title: string;
  readonly modes: readonly Mode[];
  /** Made anew for each mode. */
  readonly room?: () => RoomOptions;
  readonly given?: Given;
  /** What happens while it is followed. */
  readonly meanwhile?: (room: Room) => Promise<void> | void;
  /** Instead of one run. */
  readonly play?: (room: Room, given: Given) => Promise<Given>;
};
