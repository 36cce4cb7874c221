// The pilot with real WordPress and a real database on an account in a box, the committed actions run on it as a job's
// steps, and what a person does to it meanwhile.
import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import * as waitHealthy from '../../actions/wait-healthy/src/wait-healthy.ts';
import { hasDatabaseClient } from '../../sandbox/aws/containers/processes.ts';
import { hasWordPress } from '../../sandbox/aws/containers/wordpress.ts';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { hasMariaDb } from '../../sandbox/mariadb.ts';
import { type OpenSandbox, openSandbox } from '../../sandbox/open.ts';
import { Diagnosed } from '../../src/shared/errors.ts';
import { createWorld, filesWith, type RunnableModule, runModule } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { type ActionName, errorsOf, makeWorkspace, runAction, type Texts, type Workspace } from './kit.ts';

export const canRunWordPress = hasWordPress() && hasMariaDb() && hasDatabaseClient();
if (!canRunWordPress)
  process.stderr.write(
    'Left out: the pilot with real WordPress. Install wordpress, wordpress-theme-twentytwentythree, libapache2-mod-php, php-mysql, mariadb-server and mariadb-client to include it.\n',
  );

export const host = 'goldencrust.wpsit.kimmyai.io';

/** One wait-healthy: whether it ended well, and what its page shows as errors. */
export type Waited = StepEnd & { readonly annotations: readonly string[] };

export type Pilot = {
  readonly cloud: OpenSandbox;
  readonly workspace: Workspace;
  /** Runs to success, or throws what the step said last. */
  readonly succeed: (action: ActionName, inputs?: Texts) => Promise<StepEnd>;
  /** Gives up after `minutes`; unless given, after the few seconds in which WordPress logs why it fails. */
  readonly wait: (minutes?: string) => Promise<Waited>;
  /**
   * Ids of the rules that the action's module finds who visits a page of the site's own host over HTTPS, which ends before
   * the load balancer: a process of its own would look for that host in the Internet.
   */
  readonly findingsAt: (path: string) => Promise<readonly string[]>;
  /** As the database's root, over its socket. */
  readonly sql: (statements: string) => string;
  /** Where the tenant's content lies on this machine. */
  readonly content: () => Promise<string>;
  /** Starts new tasks, as somebody with the console would. */
  readonly restart: () => Promise<void>;
  /** Fills in WordPress's form of five fields, so that visitors get a site and not the installer. */
  readonly install: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const place = { cluster: 'sit-cluster', service: 'sit-goldencrust-service' };

/** Thirty times as fast as the cloud; nothing is deployed yet. */
export const openPilot = async (): Promise<Pilot> => {
  const cloud = await openSandbox({ fleet: 'examples/wpsit', environment: 'sit', port: 0, speed: 30 });
  const workspace = await makeWorkspace();
  const { ecs } = createClients(cloud.sandbox);
  const run = (action: ActionName, inputs: Texts = {}): Promise<StepEnd> =>
    runAction({ workspace, env: { AWS_ENDPOINT_URL: cloud.endpoint } }, action, { inputs });
  return {
    cloud,
    workspace,
    succeed: async (action, inputs) => {
      const end = await run(action, inputs);
      if (end.exitCode !== 0) throw new Error(`${action}: ${end.lines.slice(-20).join('\n')}`);
      return end;
    },
    wait: async (minutes = '0.1') => {
      const inputs = { probe: `${cloud.siteUrl}/`, 'stable-seconds': '0', 'timeout-minutes': minutes };
      const end = await run('wait-healthy', inputs);
      return { ...end, annotations: errorsOf(end).map(({ text }) => text) };
    },
    findingsAt: (path) => findAt({ cloud, workspace }, path),
    sql: (statements) => runSql(cloud, statements),
    content: () => findContent(cloud),
    restart: async () => void (await ecs.updateService({ ...place, forceNewDeployment: true })),
    install: () => installWordPress(cloud),
    close: async () => {
      await cloud.close();
      await workspace.remove();
    },
  };
};

const findAt = async (
  { cloud, workspace }: Pick<Pilot, 'cloud' | 'workspace'>,
  path: string,
): Promise<readonly string[]> => {
  const clock = { now: Date.now, sleep: (ms: number) => setTimeout(ms) };
  const files = filesWith(new Map());
  const world = createWorld({
    sandbox: cloud.sandbox,
    clock,
    files,
    lines: [],
    secrets: [],
    listenerPort: 80,
  });
  const action = { action: 'wait-healthy', module: waitHealthy as unknown as RunnableModule };
  const inputs = {
    fleet: `${workspace.folder}/fleet`,
    environment: 'sit',
    tenant: 'goldencrust',
    probe: `https://${host}${path}`,
    'stable-seconds': '0',
    'timeout-minutes': '1',
  };
  const thrown = await runModule(action, inputs, world).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Diagnosed)) throw thrown ?? new Error(`${path}: healthy`);
  return thrown.cases.flatMap(({ findings }) => findings.map(({ id }) => id));
};

const runSql = ({ database }: OpenSandbox, input: string): string => {
  if (!database) throw new Error('There is no real database.');
  const flags = ['--no-defaults', `--socket=${database.socket}`, '--user=root', '-sN'];
  const env = { ...process.env, MYSQL_PWD: database.password };
  return execFileSync('mariadb', flags, { env, input, encoding: 'utf8' });
};

const findContent = async ({ sandbox, folderOf }: OpenSandbox): Promise<string> => {
  const { ecs } = createClients(sandbox);
  const { services = [] } = await ecs.describeServices({ ...place, services: [place.service] });
  const { taskDefinition } = await ecs.describeTaskDefinition({
    taskDefinition: services[0]?.taskDefinition,
  });
  const efs = taskDefinition?.volumes?.[0]?.efsVolumeConfiguration;
  return folderOf(`${efs?.fileSystemId} ${efs?.authorizationConfig?.accessPointId}`);
};

const installation = new URLSearchParams({
  weblog_title: 'Golden Crust',
  user_name: 'admin',
  admin_password: 'made-up-4',
  admin_password2: 'made-up-4',
  pw_weak: '1',
  admin_email: 'admin@goldencrust.example',
  blog_public: '0',
}).toString();

/** On a busy machine the load balancer gives up before WordPress is done, which ends well all the same. */
const installWordPress = async ({ sandbox }: OpenSandbox): Promise<void> => {
  const ask = { host, listenerPort: 80 };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  await sandbox.neighbours.elb.visit({
    ...ask,
    method: 'POST',
    path: '/wp-admin/install.php?step=2',
    headers: form,
    body: installation,
  });
  for (let tries = 0; tries < 20; tries++) {
    const answer = await sandbox.neighbours.elb.visit({ ...ask, path: '/', headers: {} });
    if (answer.kind === 'answer' && answer.status === 200) return;
    await setTimeout(500);
  }
  throw new Error('WordPress was not installed.');
};
