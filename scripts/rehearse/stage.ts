// One tenant of the example fleet on an AWS account in a box, and the actions run on it as a job's steps, so that a person
// can break what stands there and see what the actions say.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { runStep, type StepEnd } from '../../sandbox/github/step.ts';
import { type OpenSandbox, openSandbox } from '../../sandbox/open.ts';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import type { Aws } from '../../src/shared/world.ts';
import { connectAws } from '../../src/shared/world-aws.ts';
import { root } from './demo.ts';

export const environment = 'sit';
export const tenant = 'goldencrust';
const host = `${tenant}.wpsit.kimmyai.io`;

type Texts = Readonly<Record<string, string>>;

export type Stage = {
  readonly cloud: OpenSandbox;
  /** What somebody with the console does. */
  readonly aws: Aws;
  readonly step: (action: string, inputs?: Texts) => Promise<StepEnd>;
  /** Changes a file of the fleet, as a commit would. */
  readonly edit: (path: string, change: (text: string) => string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** `speed`: how much faster the cloud's own delays pass. */
export const openStage = async (speed: number): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'stage-'));
  await cp(join(root, 'examples/wpsit'), join(folder, 'fleet'), { recursive: true });
  const cloud = await openSandbox({ fleet: join(folder, 'fleet'), environment, port: 0, speed });
  return {
    cloud,
    aws: connectAws(
      {
        region: cloud.environment.region,
        endpoint: 'http://sandbox.invalid',
        credentials: async () => ({ accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' }),
        requestHandler: inProcessHandler(cloud.sandbox),
      },
      clients,
    ),
    step: (action, inputs = {}) =>
      runStep({
        action: join(root, 'actions', action),
        inputs: { environment, tenant, ...inputs },
        env: { ...cloud.env, GITHUB_WORKSPACE: folder, GITHUB_REPOSITORY: 'your-org/wpsit' },
      }),
    edit: async (path, change) => {
      const file = join(folder, 'fleet', path);
      await writeFile(file, change(await readFile(file, 'utf8')));
    },
    close: async () => {
      await cloud.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** The runbook's steps 1 to 4. Throws where one of them fails. */
export const deploy = async (stage: Stage): Promise<void> => {
  await demand(stage, 'provision-tenant', { steps: 'secret, access' });
  await demand(stage, 'run-db-init', {});
  await demand(stage, 'provision-tenant', {});
};

/** Where the site of a sandbox answers: its host has no name in the world's DNS. */
export const visiting = ({ cloud }: Stage): Texts => ({
  probe: `${cloud.siteUrl}/`,
  'stable-seconds': '0',
  'timeout-minutes': '2',
});

export const demand = async (stage: Stage, action: string, inputs: Texts): Promise<StepEnd> => {
  const end = await stage.step(action, inputs);
  if (end.exitCode === 0) return end;
  throw new Error(
    `The demo failed: ${action} ended with ${end.exitCode}\n${end.lines.slice(-15).join('\n')}`,
  );
};

/** Runs a statement as the database's administrator. Throws with the server's words where it refuses. */
export const administer = async ({ cloud: { database } }: Stage, statement: string): Promise<void> => {
  if (!database) throw new Error('There is no MariaDB.');
  const { socket, username, password } = database;
  const args = ['--no-defaults', `--socket=${socket}`, `--user=${username}`, `--execute=${statement}`];
  const { status, stderr } = spawnSync('mariadb', args, { env: { ...process.env, MYSQL_PWD: password } });
  if (status !== 0) throw new Error(`${statement}: ${stderr}`);
};

/** The tenant's wp-content, as it lies on this machine. */
export const contentOf = async ({ aws, cloud }: Stage): Promise<string> => {
  const { fileSystem } = cloud.environment;
  const { AccessPoints = [] } = await aws.efs.describeAccessPoints({ FileSystemId: fileSystem });
  const found = AccessPoints.find(({ Name }) => Name?.includes(tenant));
  return cloud.folderOf(`${fileSystem} ${found?.AccessPointId}`);
};

/** As the console's *Force new deployment*. */
export const restart = async ({ aws, cloud }: Stage): Promise<void> => {
  const { cluster } = cloud.environment;
  await aws.ecs.updateService({
    cluster,
    service: `${environment}-${tenant}-service`,
    forceNewDeployment: true,
  });
};

/** As the console's *Delete rule*. */
export const deleteRule = async ({ aws }: Stage): Promise<void> => {
  const { LoadBalancers = [] } = await aws.elb.describeLoadBalancers({});
  const LoadBalancerArn = LoadBalancers[0]?.LoadBalancerArn;
  const { Listeners = [] } = await aws.elb.describeListeners({ LoadBalancerArn });
  const { Rules = [] } = await aws.elb.describeRules({ ListenerArn: Listeners[0]?.ListenerArn });
  const ours = Rules.find(({ Conditions = [] }) => JSON.stringify(Conditions).includes(host));
  await aws.elb.deleteRule({ RuleArn: ours?.RuleArn });
};

/** WordPress's own form of five fields: from then on visitors get a site and not the installer. */
export const installWordPress = async ({ cloud: { siteUrl } }: Stage): Promise<void> => {
  const form = new URLSearchParams({
    weblog_title: 'Golden Crust',
    user_name: 'admin',
    admin_password: 'of-the-demo-only',
    admin_password2: 'of-the-demo-only',
    pw_weak: 'on',
    admin_email: `admin@${host}`,
    blog_public: '0',
  }).toString();
  // Its load balancer's minute is two seconds here: a slow machine's installer may end after a 504.
  for (let tries = 0; (await ask(`${siteUrl}/wp-login.php`)) !== 200; tries++) {
    if (tries >= 20) throw new Error('WordPress was not installed.');
    await ask(`${siteUrl}/wp-admin/install.php?step=2`, form);
    await setTimeout(500);
  }
};

/** The answer's status; POST where there is a form. */
const ask = (url: string, form?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
    const asked = request(url, { method: form ? 'POST' : 'GET', headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end(form);
  });
