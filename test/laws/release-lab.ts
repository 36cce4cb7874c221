// A release of Envelope as jobs run it: each action, its post step where it fails, and the next attempt of the same run.
import type { Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import type { Runtime } from '../../sandbox/aws/containers/runtime.ts';
import type { World } from '../../src/shared/world.ts';
import {
  type ApplicationActionName,
  type ApplicationLab,
  type ApplicationLabOptions,
  createApplicationLab,
} from '../application-lab.ts';
import { type Given, type RunnableModule, runModule } from '../lab.ts';

export type Turn = { readonly action: ApplicationActionName; readonly given: Given };

export type ReleaseLab = ApplicationLab & {
  /** Commands of one-off tasks that really started, in order. */
  readonly started: (readonly string[])[];
};

const posts = {
  'trigger-pipeline': () => import('../../actions/trigger-pipeline/src/trigger-pipeline.ts'),
  'run-db-init': () => import('../../actions/run-db-init/src/run-db-init.ts'),
} as const;

const place: Given = { fleet: 'examples/envelope', application: 'envelope', environment: 'prod' };

export const createReleaseLab = async (options: ApplicationLabOptions = {}): Promise<ReleaseLab> => {
  const started: (readonly string[])[] = [];
  const containers: Runtime = (spec, host) => {
    if (spec.command[0] === 'php' && /^(migrate|queue:retry)$/.test(spec.command[2] ?? ''))
      started.push(spec.command);
    return options.containers?.(spec, host);
  };
  const lab = await createApplicationLab({ ...options, containers });
  return { ...lab, started };
};

/** One attempt of a run's job: what main remembered is its post step's alone. */
export const worldOfAttempt = (lab: ApplicationLab, attempt: number): World => {
  const state = new Map<string, string>();
  return {
    ...lab.world,
    run: { ...lab.world.run, id: '4711', attempt: String(attempt) },
    remember: (name, value) => {
      state.set(name, value);
      lab.remembered.set(name, value);
    },
  };
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
  const world = worldOfAttempt(lab, attempt);
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
  return async ({ sleep, log }) => {
    log('composer install');
    await sleep(5_000);
    if (++runs > times) return { kind: 'succeeded' };
    return { kind: 'failed', code: 'JobFailed', message: 'Build terminated with state: FAILED' };
  };
};
