// Steps of a job over the HTTP door: the built actions, a workspace with the example fleet, and a sandbox that a test
// can hold still, whose containers it can make say anything, and whose every request it keeps as it came.

import { globSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createRealClock } from '../../sandbox/aws/clock.ts';
import {
  createDatabaseStandIn,
  type DatabaseStandIn,
} from '../../sandbox/aws/containers/database-stand-in.ts';
import { isDatabaseClient, readImage } from '../../sandbox/aws/containers/image.ts';
import { createProgram, refused } from '../../sandbox/aws/containers/program.ts';
import type { Runtime } from '../../sandbox/aws/containers/runtime.ts';
import { simulated } from '../../sandbox/aws/containers/simulated.ts';
import { openHttpDoor } from '../../sandbox/aws/doors/http.ts';
import { serveLoadBalancer } from '../../sandbox/aws/elb/front-door.ts';
import type { WireRequest } from '../../sandbox/aws/protocol/wire.ts';
import { createSandbox, type Sandbox } from '../../sandbox/aws/sandbox.ts';
import type { Command } from '../../sandbox/github/commands.ts';
import { runStep, type Step, type StepEnd } from '../../sandbox/github/step.ts';
import { loadFleet } from '../../src/shared/fleet/load.ts';

export type Texts = Readonly<Record<string, string>>;

export const actions = ['provision-tenant', 'run-db-init', 'wait-healthy', 'rollback-tenant'] as const;
export type ActionName = (typeof actions)[number];

/** A checkout with the example fleet in `fleet`, where the actions look for it. */
export type Workspace = {
  readonly folder: string;
  readonly read: (path: string) => Promise<string>;
  readonly edit: (path: string, text: string) => Promise<void>;
  readonly remove: () => Promise<void>;
};

export const makeWorkspace = async (): Promise<Workspace> => {
  const folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  await cp('examples/wpsit', join(folder, 'fleet'), { recursive: true });
  return {
    folder,
    read: (path) => readFile(join(folder, path), 'utf8'),
    edit: (path, text) => writeFile(join(folder, path), text),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

/** What a job of this workspace has, and nothing else. */
export type Job = { readonly workspace: Workspace; readonly env: Texts };

export const here: Texts = { environment: 'sit', tenant: 'goldencrust' };

/** The action's main, or its post where `state` is given. */
export const runAction = (
  { workspace, env }: Job,
  action: ActionName,
  step: Partial<Step> = {},
): Promise<StepEnd> =>
  runStep({
    ...step,
    action: join('actions', action),
    inputs: { ...here, ...step.inputs },
    env: { ...env, GITHUB_WORKSPACE: workspace.folder, ...step.env },
  });

/** The annotations that the step's page would show as errors. */
export const errorsOf = ({ commands }: Pick<StepEnd, 'commands'>): readonly Command[] =>
  commands.filter(({ name }) => name === 'error');

export type Rig = Job & {
  readonly sandbox: Sandbox;
  readonly siteUrl: string;
  readonly database: DatabaseStandIn;
  /** Every request as it came over the wire. */
  readonly requests: readonly WireRequest[];
  /** Whether database clients that start from now on do nothing until they are stopped. */
  readonly hold: (on: boolean) => void;
  /** Answers calls whose body names this late, so that a signal meets them under way; undefined: none. */
  readonly slow: (named: string | undefined) => void;
  /** What every container says when it starts. */
  readonly say: (lines: readonly string[]) => void;
  readonly close: () => Promise<void>;
};

const files = {
  list: async (folder: string) => globSync(`${folder}/**/*.yml`).sort(),
  read: (path: string) => readFile(path, 'utf8'),
};

/** A sandbox of SIT without processes, ten times as fast as the cloud. */
export const openRig = async (): Promise<Rig> => {
  const workspace = await makeWorkspace();
  const fleet = await loadFleet(files, join(workspace.folder, 'fleet'));
  const environment = fleet.environments.get('sit');
  if (!environment) throw new Error('the example fleet has no environment sit');
  const database = createDatabaseStandIn();
  const { runtime, hold, say } = pliable(simulated({ database }));
  const clock = createRealClock(10);
  const sandbox = createSandbox({ clock, runtime, platforms: [environment] });
  const requests: WireRequest[] = [];
  let late: string | undefined;
  const handle: Sandbox['handle'] = async (request) => {
    requests.push(request);
    const exchange = await sandbox.handle(request);
    if (late && request.body.includes(late)) await setTimeout(2_000);
    return exchange;
  };
  const slow = (named: string | undefined): void => {
    late = named;
  };
  const door = await openHttpDoor({ handle }, 0);
  const front = await serveLoadBalancer(sandbox.neighbours.elb, environment.loadBalancer.listenerPort);
  const close = async (): Promise<void> => {
    await front.close();
    await door.close();
    await workspace.remove();
    clock.stop();
  };
  const env = {
    AWS_ENDPOINT_URL: door.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
  return { workspace, env, sandbox, siteUrl: front.url, database, requests, hold, slow, say, close };
};

type Pliable = Pick<Rig, 'hold' | 'say'> & { readonly runtime: Runtime };

const pliable = (inner: Runtime): Pliable => {
  let held = false;
  let speech: readonly string[] = [];
  return {
    runtime: (spec, host) => {
      for (const line of speech) host.log(line);
      return held && isDatabaseClient(readImage(spec.image))
        ? createProgram(143, async () => refused).container
        : inner(spec, host);
    },
    hold: (on) => {
      held = on;
    },
    say: (lines) => {
      speech = lines;
    },
  };
};

export type Cut = {
  readonly signal: NodeJS.Signals;
  /** Looked at every few milliseconds; the first true sends the signal. */
  readonly when: (seen: {
    readonly lines: readonly string[];
    readonly operations: readonly string[];
  }) => boolean;
};

export type CutEnd = StepEnd & {
  /** Milliseconds between the signal and the end of the process; undefined where it ended before. */
  readonly tookMs: number | undefined;
};

/** Runs an action and sends it a signal on the way, as a runner does with a cancelled step. */
export const cutShort = async (
  rig: Rig,
  action: ActionName,
  { signal, when, ...step }: Cut & Partial<Step>,
): Promise<CutEnd> => {
  const from = rig.sandbox.calls.length;
  const lines: string[] = [];
  let sentAt: number | undefined;
  let watch: NodeJS.Timeout | undefined;
  const end = await runAction(rig, action, {
    ...step,
    onLine: (line) => void lines.push(line),
    onStart: (child) => {
      watch = setInterval(() => {
        const operations = rig.sandbox.calls.slice(from).map(({ operation }) => operation);
        if (sentAt !== undefined || !when({ lines, operations })) return;
        sentAt = Date.now();
        child.kill(signal);
      }, 10);
    },
  });
  clearInterval(watch);
  return { ...end, tookMs: sentAt === undefined ? undefined : Date.now() - sentAt };
};
