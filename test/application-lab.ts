// One sandbox account with Envelope's production as the example describes it, settled, and the actions' modules run
// against it under a virtual clock.
import { createVirtualClock, type VirtualClock } from '../sandbox/aws/clock.ts';
import type { CloudSettings } from '../sandbox/aws/cloud.ts';
import { createEnvelope, type Envelope } from '../sandbox/aws/containers/envelope.ts';
import type { Runtime } from '../sandbox/aws/containers/runtime.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox/aws/sandbox.ts';
import type { Application } from '../src/shared/fleet/application.ts';
import { loadApplication } from '../src/shared/fleet/applications.ts';
import type { World } from '../src/shared/world.ts';
import { createWorld, filesWith, type Given, type RunnableModule, runModule } from './lab.ts';

/** Loaded when first run, so that one that does not compile spoils no other's tests. */
const modules = {
  'trigger-pipeline': () => import('../actions/trigger-pipeline/src/trigger-pipeline.ts'),
  'run-db-init': () => import('../actions/run-db-init/src/run-db-init.ts'),
  'redeploy-services': () => import('../actions/redeploy-services/src/redeploy-services.ts'),
  'wait-healthy': () => import('../actions/wait-healthy/src/wait-healthy.ts'),
  'plan-fleet': () => import('../actions/plan-fleet/src/plan-fleet.ts'),
  'report-rollout': () => import('../actions/report-rollout/src/report-rollout.ts'),
} as const;

export type ApplicationActionName = keyof typeof modules;

export type ApplicationLab = {
  readonly application: Application;
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  /** How its containers behave, and what they did. */
  readonly envelope: Envelope;
  /** Everything that was logged, masks included as the runner sees them. */
  readonly lines: string[];
  /** Values that the action asked the runner to mask. */
  readonly secrets: string[];
  /** Outputs as they were set before the action's end, and what its main left for its post step. */
  readonly early: Map<string, string>;
  readonly remembered: Map<string, string>;
  readonly world: World;
  /** Changes a manifest, as a commit would. */
  readonly edit: (path: string, text: string) => void;
  /** Runs an action's module with action.yml's defaults under `given`; answers its outputs. */
  readonly run: (action: ApplicationActionName, given?: Given) => Promise<Given>;
  /** The same in another world, e.g. with another network. */
  readonly runIn: (world: World, action: ApplicationActionName, given: Given) => Promise<Given>;
};

export type ApplicationLabOptions = {
  readonly settings?: Partial<CloudSettings>;
  /** Manifest texts by path, instead of or beside those on disk. */
  readonly files?: Readonly<Record<string, string>>;
  /** What actions of pipelines do instead, by pipeline and stage: `api/Build`. */
  readonly works?: SandboxOptions['works'];
  /** Asked before Envelope's own containers. */
  readonly containers?: Runtime;
};

export const applicationFolder = 'examples/envelope';
export const applicationFile = `${applicationFolder}/applications/envelope.yml`;

const given: Given = { fleet: applicationFolder, application: 'envelope', environment: 'prod' };
/** For the platform's first tasks to become healthy behind their load balancer. */
const settlingMs = 120_000;

const createRuntime = ({ runtime }: Envelope, containers: Runtime | undefined): Runtime =>
  containers ? (spec, host) => containers(spec, host) ?? runtime(spec, host) : runtime;

export const createApplicationLab = async (options: ApplicationLabOptions = {}): Promise<ApplicationLab> => {
  const clock = createVirtualClock();
  const edited = new Map(Object.entries(options.files ?? {}));
  const files = filesWith(edited);
  const application = await loadApplication(files, {
    fleet: applicationFolder,
    application: 'envelope',
    environment: 'prod',
  });
  const envelope = createEnvelope(application.images.map(({ repository }) => repository));
  const sandbox = createSandbox({
    clock,
    runtime: createRuntime(envelope, options.containers),
    platforms: [],
    applications: [application],
    settings: { policyLagMs: 8_000, readLagMs: 0, ...options.settings },
    ...(options.works && { works: options.works }),
  });
  await clock.sleep(settlingMs);
  const [lines, secrets]: [string[], string[]] = [[], []];
  const [early, remembered] = [new Map<string, string>(), new Map<string, string>()];
  const base = createWorld({ sandbox, clock, files, lines, secrets, listenerPort: 443 });
  const world: World = {
    ...base,
    // A new one for every run, which a copy would not be.
    get unique() {
      return base.unique;
    },
    output: (name, value) => void early.set(name, value),
    remember: (name, value) => void remembered.set(name, value),
  };
  const runIn: ApplicationLab['runIn'] = async (other, action, inputs) => {
    const module = (await modules[action]()) as unknown as RunnableModule;
    return runModule({ action, module }, { ...given, ...inputs }, other);
  };
  return {
    application,
    sandbox,
    clock,
    envelope,
    lines,
    secrets,
    early,
    remembered,
    world,
    edit: (path, text) => void edited.set(path, text),
    run: (action, inputs = {}) => runIn(world, action, inputs),
    runIn,
  };
};
