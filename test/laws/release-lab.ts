// A release of Envelope as jobs run it: each action, its post step where it fails, and the next attempt of the same run.
import { readFile } from 'node:fs/promises';
import { StandardRetryStrategy } from '@smithy/core/retry';
import type { Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import { inProcessHandler } from '../../sandbox/aws/doors/in-process.ts';
import { clients } from '../../src/shared/aws/reach-everything.ts';
import type { World } from '../../src/shared/world.ts';
import { connectAws } from '../../src/shared/world-aws.ts';
import {
  type ApplicationActionName,
  type ApplicationLab,
  type ApplicationLabOptions,
  applicationFile,
  createApplicationLab,
} from '../application-lab.ts';
import { deploy, jobOf, type Phase, workflows } from '../infra/application-deployed.ts';
import { type Given, type RunnableModule, runModule } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';

export type Turn = {
  readonly action: ApplicationActionName;
  readonly given: Given;
  /** Id of the run; 4711 unless given. */
  readonly id?: string;
};

const posts = {
  'trigger-pipeline': () => import('../../actions/trigger-pipeline/src/trigger-pipeline.ts'),
  'run-db-init': () => import('../../actions/run-db-init/src/run-db-init.ts'),
} as const;

const place: Given = { fleet: 'examples/envelope', application: 'envelope', environment: 'prod' };

const noDelay = { computeNextBackoffDelay: () => 0, setDelayBase: () => {} };

/** Assumes the role that the action asks for with a token of the job that takes it. */
export const connectIn =
  ({ sandbox }: ApplicationLab): World['connect'] =>
  ({ region, roleArn = '', sessionName }) =>
    connectAws(
      {
        region,
        endpoint: 'http://sandbox.invalid',
        requestHandler: inProcessHandler(sandbox),
        retryStrategy: new StandardRetryStrategy({ maxAttempts: 6, backoff: noDelay }),
        credentials: async () => {
          const workflow = workflows[roleArn.split('-').at(-1) as Phase];
          const { Credentials } = await createClients(sandbox).sts.assumeRoleWithWebIdentity({
            RoleArn: roleArn,
            RoleSessionName: sessionName,
            WebIdentityToken: sandbox.mintToken({ sub: '', ...jobOf(workflow) }),
          });
          return {
            accessKeyId: Credentials?.AccessKeyId ?? '',
            secretAccessKey: Credentials?.SecretAccessKey ?? '',
            sessionToken: Credentials?.SessionToken ?? '',
          };
        },
      },
      clients,
    );

export type ReleaseLabOptions = ApplicationLabOptions & {
  /** The documented roles, which the manifest names, unless given. */
  readonly as?: 'own credentials';
};

/** Envelope's production with the documented roles, which its manifest names and every action assumes. */
export const createReleaseLab = async ({
  as,
  ...options
}: ReleaseLabOptions = {}): Promise<ApplicationLab> => {
  const text = options.files?.[applicationFile] ?? (await readFile(applicationFile, 'utf8'));
  const withRoles = text.replace(/^ {4}# (roles:| {2}\w+: )/gm, '    $1');
  const files = { ...options.files, [applicationFile]: as === undefined ? withRoles : text };
  const lab = await createApplicationLab({ ...options, files });
  if (as !== undefined) return lab;
  await deploy(lab.sandbox);
  await lab.clock.sleep(60_000);
  const world: World = Object.create(lab.world, { connect: { value: connectIn(lab) } });
  return { ...lab, world, run: (action, given = {}) => lab.runIn(world, action, given) };
};

/** One process: an attempt of a run's job. */
const worldOf = (lab: ApplicationLab, id: string, attempt: number): World => {
  const { run, unique } = lab.world;
  return Object.create(lab.world, {
    run: { value: { ...run, id, attempt: String(attempt) } },
    unique: { value: unique },
  });
};

/** The post step of a main that failed, with what that main remembered. */
const runPost = async (lab: ApplicationLab, world: World, { action, given }: Turn): Promise<void> => {
  if (action !== 'trigger-pipeline' && action !== 'run-db-init') return;
  const module = await posts[action]();
  const state = (name: string): string => lab.remembered.get(name) ?? '';
  const finishing: RunnableModule = {
    inputs: module.inputs as unknown as RunnableModule['inputs'],
    run: async (inputs, other) => {
      await module.post(inputs as never, other, state);
      return {};
    },
  };
  // GitHub shows a post step that fails; nothing else comes of it.
  await runModule({ action, module: finishing }, { ...place, ...given }, world).catch(() => {});
};

/** Runs an attempt with its post step where it fails; throws what main threw. */
export const runAttempt = async (lab: ApplicationLab, turn: Turn, attempt: number): Promise<Given> => {
  lab.remembered.clear();
  const world = worldOf(lab, turn.id ?? '4711', attempt);
  try {
    return await lab.runIn(world, turn.action, turn.given);
  } catch (error) {
    await runPost(lab, world, turn);
    throw error;
  }
};

/** Runs turns in order; one that fails is run as the run's next attempt. Answers how many failed the first time. */
export const runTurns = async (lab: ApplicationLab, turns: readonly Turn[]): Promise<number> => {
  let failed = 0;
  for (const turn of turns)
    await runAttempt(lab, turn, 1).catch(async () => {
      failed++;
      await lab.clock.sleep(30_000);
      await runAttempt(lab, turn, 2);
    });
  return failed;
};

/** Fails as often as it says, then succeeds. */
export const failing = (times: number): Work => {
  let runs = 0;
  return async ({ sleep }) => {
    await sleep(5_000);
    if (++runs > times) return { kind: 'succeeded' };
    return { kind: 'failed', code: 'JobFailed', message: 'Build terminated with state: FAILED' };
  };
};
