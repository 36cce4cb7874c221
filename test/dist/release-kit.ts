// Steps of a release over the HTTP door: the built actions, a workspace with Envelope's manifest, and a sandbox whose
// pipelines and migrations a test can hold.

import { globSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicPort } from '../../sandbox/aws/application-routes.ts';
import { createRealClock } from '../../sandbox/aws/clock.ts';
import type { Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import { artisanWords } from '../../sandbox/aws/containers/artisan.ts';
import { createEnvelope } from '../../sandbox/aws/containers/envelope.ts';
import { createProgram, refused } from '../../sandbox/aws/containers/program.ts';
import type { Runtime } from '../../sandbox/aws/containers/runtime.ts';
import { openHttpDoor } from '../../sandbox/aws/doors/http.ts';
import { serveLoadBalancer } from '../../sandbox/aws/elb/front-door.ts';
import type { WireRequest } from '../../sandbox/aws/protocol/wire.ts';
import { createSandbox, type Sandbox } from '../../sandbox/aws/sandbox.ts';
import { runStep, type Step, type StepEnd } from '../../sandbox/github/step.ts';
import { untilSettled } from '../../sandbox/settled.ts';
import { loadApplication } from '../../src/shared/fleet/applications.ts';

export type ReleaseRig = {
  readonly sandbox: Sandbox;
  readonly siteUrl: string;
  /** Every request as it came over the wire. */
  readonly requests: readonly WireRequest[];
  /** `api/<stage>` does not end until another is held, or none. */
  readonly hold: (stage: string | undefined) => void;
  /** Migrations that start from now on do not end until they are let go. */
  readonly holdMigrations: () => void;
  readonly letMigrationsGo: () => void;
  readonly step: (action: string, step?: Partial<Step>) => Promise<StepEnd>;
  readonly close: () => Promise<void>;
};

const files = {
  list: async (folder: string) => globSync(`${folder}/**/*.yml`).sort(),
  read: (path: string) => readFile(path, 'utf8'),
};

const here = { environment: 'prod', application: 'envelope' };

/** The quick works of api's stages; `held` names the one that does not end. */
const workOf =
  (stage: string, held: () => string | undefined): Work =>
  async ({ sleep, signal }) => {
    while (held() === stage && !signal.aborted) await sleep(500);
    await sleep(1_000);
    return { kind: 'succeeded' };
  };

/** Envelope's containers, whose migrations can be made to wait. */
const pliable = (
  inner: Runtime,
): Pick<ReleaseRig, 'holdMigrations' | 'letMigrationsGo'> & { readonly runtime: Runtime } => {
  let isHeld = false;
  const waiting: (() => void)[] = [];
  return {
    runtime: (spec, host) => {
      if (!isHeld || artisanWords(spec.command)?.[0] !== 'migrate') return inner(spec, host);
      const { container, end } = createProgram(143, async () => refused);
      waiting.push(() => end({ code: 0 }));
      return container;
    },
    holdMigrations: () => {
      isHeld = true;
    },
    letMigrationsGo: () => {
      isHeld = false;
      for (const end of waiting.splice(0)) end();
    },
  };
};

/** Ten times as fast as the cloud. */
export const openReleaseRig = async (): Promise<ReleaseRig> => {
  const workspace = await mkdtemp(join(tmpdir(), 'workspace-'));
  await cp('examples/envelope', join(workspace, 'fleet'), { recursive: true });
  const application = await loadApplication(files, { fleet: join(workspace, 'fleet'), ...here });
  let held: string | undefined;
  const clock = createRealClock(10);
  const { runtime: inner } = createEnvelope(application.images.map(({ repository }) => repository));
  const { runtime, ...migrations } = pliable(inner);
  const sandbox = createSandbox({
    clock,
    runtime,
    platforms: [],
    applications: [application],
    works: Object.fromEntries(
      ['Build', 'Migrate', 'Deploy'].map((stage) => [`api/${stage}`, workOf(stage, () => held)]),
    ),
  });
  await untilSettled(sandbox, application);
  const requests: WireRequest[] = [];
  const handle: Sandbox['handle'] = (request) => {
    requests.push(request);
    return sandbox.handle(request);
  };
  const door = await openHttpDoor({ handle }, 0);
  const front = await serveLoadBalancer(sandbox.neighbours.elb, publicPort);
  const env = {
    AWS_ENDPOINT_URL: door.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'epactltd/api',
  };
  return {
    sandbox,
    siteUrl: front.url,
    requests,
    ...migrations,
    hold: (stage) => {
      held = stage;
    },
    step: (action, step = {}) =>
      runStep({
        ...step,
        action: join('actions', action),
        inputs: { ...here, ...step.inputs },
        env: { ...env, ...step.env },
      }),
    close: async () => {
      await front.close();
      await door.close();
      clock.stop();
      await rm(workspace, { recursive: true, force: true });
    },
  };
};

let serial = 1000;
/** A run of its own: GitHub's run id is what an execution is started once for. */
export const newRun = (): Readonly<Record<string, string>> => ({ GITHUB_RUN_ID: String(++serial) });

export type StepCut = Partial<Step> & {
  readonly signal: NodeJS.Signals;
  /** The first line that fits sends the signal. */
  readonly when: RegExp;
};

/** The step, sent a signal on the way; how many milliseconds it took to end after that. Throws where it never came to it. */
export const cutStep = async (
  rig: Pick<ReleaseRig, 'step'>,
  action: string,
  { signal, when, ...step }: StepCut,
): Promise<StepEnd & { readonly tookMs: number }> => {
  let kill = (): void => {};
  let sentAt: number | undefined;
  const end = await rig.step(action, {
    ...step,
    onStart: (child) => {
      kill = () => void child.kill(signal);
    },
    onLine: (line) => {
      if (sentAt !== undefined || !when.test(line)) return;
      sentAt = Date.now();
      kill();
    },
  });
  if (sentAt === undefined) throw new Error(`No line fits ${when}:\n${end.lines.join('\n')}`);
  return { ...end, tookMs: Date.now() - sentAt };
};
