// One sandbox account with the real SIT environment, and the actions' modules run against it under a virtual clock.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { parse } from 'yaml';
import * as planFleet from '../actions/plan-fleet/src/plan-fleet.ts';
import * as provisionTenant from '../actions/provision-tenant/src/provision-tenant.ts';
import * as reportRollout from '../actions/report-rollout/src/report-rollout.ts';
import * as rollbackTenant from '../actions/rollback-tenant/src/rollback-tenant.ts';
import * as runDbInit from '../actions/run-db-init/src/run-db-init.ts';
import * as waitHealthy from '../actions/wait-healthy/src/wait-healthy.ts';
import { createVirtualClock, type VirtualClock } from '../sandbox/aws/clock.ts';
import type { CloudSettings } from '../sandbox/aws/cloud.ts';
import { createDatabaseStandIn, type DatabaseStandIn } from '../sandbox/aws/containers/database-stand-in.ts';
import { simulated } from '../sandbox/aws/containers/simulated.ts';
import { inProcessHandler } from '../sandbox/aws/doors/in-process.ts';
import { createSandbox, type Sandbox } from '../sandbox/aws/sandbox.ts';
import { clients } from '../src/shared/aws/reach-everything.ts';
import { loadFleet } from '../src/shared/fleet/load.ts';
import { camel } from '../src/shared/inputs.ts';
import type { Files, HttpAnswer, HttpRequest, World } from '../src/shared/world.ts';
import { connectAws } from '../src/shared/world-aws.ts';

const modules = {
  'provision-tenant': provisionTenant,
  'run-db-init': runDbInit,
  'wait-healthy': waitHealthy,
  'rollback-tenant': rollbackTenant,
  'plan-fleet': planFleet,
  'report-rollout': reportRollout,
} as const;

export type ActionName = keyof typeof modules;
export type Given = Readonly<Record<string, string>>;

export type Lab = {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  /** The database's stand-in: what somebody changes in it, no secret knows. */
  readonly database: DatabaseStandIn;
  /** Everything that was logged, masks included as the runner sees them. */
  readonly lines: string[];
  /** Values that the action asked the runner to mask. */
  readonly secrets: string[];
  readonly world: World;
  /** Changes a manifest, as a commit would. */
  readonly edit: (path: string, text: string) => void;
  /** Runs an action's module with action.yml's defaults under `given`; answers its outputs. */
  readonly run: (action: ActionName, given?: Given) => Promise<Readonly<Record<string, string>>>;
  /** The same in another world, e.g. with another network. */
  readonly runIn: (
    world: World,
    action: ActionName,
    given: Given,
  ) => Promise<Readonly<Record<string, string>>>;
  /** Everything that exists once nothing moves any more, comparable between two labs. */
  readonly snapshot: () => Promise<Snapshot>;
};

export type Snapshot = ReturnType<Sandbox['snapshot']> & {
  readonly databases: readonly string[];
  readonly users: object;
};

export type LabOptions = {
  readonly settings?: Partial<CloudSettings>;
  /** Manifest texts by path, instead of or beside those on disk. */
  readonly files?: Readonly<Record<string, string>>;
  /** The environment that the sandbox is made for. */
  readonly environment?: string;
};

export const fleetFolder = 'examples/wpsit';

export const createLab = async (options: LabOptions = {}): Promise<Lab> => {
  const clock = createVirtualClock();
  const edited = new Map(Object.entries(options.files ?? {}));
  const files = filesWith(edited);
  const fleet = await loadFleet(files, fleetFolder);
  const database = createDatabaseStandIn();
  const sandbox = createSandbox({
    clock,
    runtime: simulated({ database }),
    platforms: [...fleet.environments.values()].filter(({ name }) => name === (options.environment ?? 'sit')),
    settings: { policyLagMs: 8_000, readLagMs: 0, ...options.settings },
  });
  const lines: string[] = [];
  const secrets: string[] = [];
  const world = createWorld({ sandbox, clock, files, lines, secrets, listenerPort: 80 });
  return {
    sandbox,
    clock,
    database,
    lines,
    secrets,
    world,
    edit: (path, text) => void edited.set(path, text),
    run: (action, given = {}) => runNamed(action, given, world),
    runIn: (other, action, given) => runNamed(action, given, other),
    snapshot: async () => {
      await clock.sleep(300_000);
      return { ...sandbox.snapshot(), databases: database.databases(), users: database.users() };
    },
  };
};

/** A writing call is one that AWS would log as such. */
export const writesOf = ({ sandbox }: Pick<Lab, 'sandbox'>, from = 0): readonly string[] =>
  sandbox.calls
    .slice(from)
    .filter(({ write }) => write)
    .map(({ operation }) => operation);

export type WorldParts = Pick<Lab, 'sandbox' | 'lines' | 'secrets'> & {
  readonly clock: Pick<VirtualClock, 'now' | 'sleep'>;
  readonly files: Pick<Files, 'list' | 'read'>;
  /** Where the load balancer listens that every host name leads to. */
  readonly listenerPort: number;
};

// The SDK waits between its tries on the machine's clock; in tests it does not wait.
const noDelay = { computeNextBackoffDelay: () => 0, setDelayBase: () => {} };

export const createWorld = (parts: WorldParts): World => {
  const { sandbox, clock, lines, secrets, files } = parts;
  let runs = 0;
  return {
    connect: ({ region }) =>
      connectAws(
        {
          region,
          endpoint: 'http://sandbox.invalid',
          credentials: async () => ({ accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' }),
          requestHandler: inProcessHandler(sandbox),
          retryStrategy: new StandardRetryStrategy({ maxAttempts: 6, backoff: noDelay }),
        },
        clients,
      ),
    ambientRegion: undefined,
    clock: { now: clock.now, sleep: clock.sleep },
    http: (request) => visit(parts, request),
    log: {
      info: (line) => void lines.push(line),
      warning: (line) => void lines.push(line),
      secret: (value) => void secrets.push(value),
      group: (title, body) => {
        lines.push(title);
        return body();
      },
    },
    exec: async () => ({ exitCode: 127, output: 'no programs in the lab' }),
    files: { ...files, write: async () => {} },
    github: () => {
      throw new Error('no GitHub in the lab');
    },
    run: {
      id: '1',
      attempt: '1',
      actor: 'tester',
      sha: 'abc',
      url: '',
      repository: 'your-org/wpsit',
      event: 'workflow_dispatch',
      eventPath: '',
    },
    get unique() {
      return `run ${++runs}`;
    },
    random: () => 0.5,
    output: () => {},
    remember: () => {},
  };
};

const settled = (): Promise<undefined> => new Promise((resolve) => setImmediate(() => resolve(undefined)));

/** Only who sleeps moves the virtual clock: who waits for an answer that takes time has to. */
const outlast = async (
  clock: WorldParts['clock'],
  { timeoutMs }: Pick<HttpRequest, 'timeoutMs'>,
): Promise<Extract<HttpAnswer, { kind: 'no-answer' }>> => {
  await clock.sleep(timeoutMs);
  return { kind: 'no-answer', reason: 'ETIMEDOUT' };
};

/** What the internet is to an action: any host name leads to the environment's load balancer. */
const visit = async (
  { sandbox, listenerPort, clock }: WorldParts,
  request: Parameters<World['http']>[0],
): Promise<HttpAnswer> => {
  const url = new URL(request.url);
  const asked = sandbox.neighbours.elb.visit({
    path: `${url.pathname}${url.search}`,
    host: request.headers.Host ?? url.hostname,
    headers: request.headers,
    listenerPort,
  });
  const answer =
    (await Promise.race([asked, settled()])) ?? (await Promise.race([asked, outlast(clock, request)]));
  return answer.kind === 'no-answer'
    ? { kind: 'no-answer', reason: answer.reason }
    : { ...answer, location: answer.headers.location };
};

export const filesWith = (edited: ReadonlyMap<string, string>): Pick<Files, 'list' | 'read'> => ({
  list: async (folder) => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const found = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return [...new Set([...found, ...edited.keys()])].sort();
  },
  read: async (path) => edited.get(path) ?? readFile(path, 'utf8'),
});

type Yml = { readonly inputs: Readonly<Record<string, { readonly default?: string }>> };

const runNamed = (action: ActionName, given: Given, world: World): Promise<Given> =>
  runModule(
    { action, module: modules[action] as unknown as RunnableModule },
    { fleet: fleetFolder, environment: 'sit', tenant: 'goldencrust', ...given },
    world,
  );

/** Inputs that are not given have action.yml's defaults. */
export const runModule = async (
  { action, module }: { readonly action: string; readonly module: RunnableModule },
  given: Given,
  world: World,
): Promise<Given> => {
  const { inputs: declared } = parse(await readFile(`actions/${action}/action.yml`, 'utf8')) as Yml;
  const values = Object.entries(module.inputs).map(([name, parser]) => {
    const text = given[name] ?? declared[name]?.default ?? '';
    const parsed = parser(text);
    if (parsed.kind === 'problem') throw new Error(`test gives ${name} '${text}', which ${parsed.what}`);
    return [camel(name), parsed.value] as const;
  });
  return module.run(Object.fromEntries(values), world);
};

export type RunnableModule = {
  readonly inputs: Readonly<
    Record<string, (text: string) => { kind: 'value'; value: unknown } | { kind: 'problem'; what: string }>
  >;
  readonly run: (inputs: object, world: World) => Promise<Readonly<Record<string, string>>>;
};
