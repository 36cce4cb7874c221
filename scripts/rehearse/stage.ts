// One tenant of the example fleet on an AWS account in a box, and the actions run on it as a job's steps, so that a person
// can break what stands there and see what the actions say.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { runStep, type StepEnd } from '../../sandbox/github/step.ts';
import { type OpenSandbox, openSandbox } from '../../sandbox/open.ts';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import type { Aws } from '../../src/shared/world.ts';
import { connectAws } from '../../src/shared/world-aws.ts';
import { root } from './demo.ts';

export const environment = 'sit';
export const tenant = 'goldencrust';

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

/** The runbook's steps 1 to 4, and its validation. Throws where one of them fails. */
export const deploy = async (stage: Stage): Promise<void> => {
  await demand(stage, 'provision-tenant', { steps: 'secret, access' });
  await demand(stage, 'run-db-init', {});
  await demand(stage, 'provision-tenant', {});
  await demand(stage, 'wait-healthy', visiting(stage));
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
