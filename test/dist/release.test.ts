// A release by the committed bundles, as the runner runs them: cancelled, killed and run again. What a killed main could not
// stop, post does; a migration is never abandoned; and no attempt starts a second execution.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { openReleaseRig, type ReleaseRig } from './release-kit.ts';

jest.setTimeout(60_000);

let rig: ReleaseRig;
beforeAll(async () => {
  rig = await openReleaseRig();
});
afterAll(() => rig.close());

const pipeline = 'envelope-prod-api-pipeline';

const executions = () => rig.sandbox.neighbours.codepipeline.executions(pipeline);
const statusOf = (id: string | undefined) => executions().find((each) => each.id === id)?.status;

const until = async (holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 20_000; !holds(); ) {
    if (Date.now() > end) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

let serial = 1000;
/** A run of its own: GitHub's run id is what an execution is started once for. */
const newRun = (): Readonly<Record<string, string>> => ({ GITHUB_RUN_ID: String(++serial) });

type Cut = {
  readonly signal: NodeJS.Signals;
  readonly when: RegExp;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
};

/** The step, sent a signal at its first line that fits; how long it took to end after that. */
const cutShort = async ({
  signal,
  when,
  inputs = {},
  env = newRun(),
}: Cut): Promise<StepEnd & { readonly tookMs: number }> => {
  let kill = (): void => {};
  let sentAt = 0;
  const end = await rig.step('trigger-pipeline', {
    inputs: { pipeline: 'api', approval: 'approve', ...inputs },
    env,
    onStart: (child) => {
      kill = () => {
        sentAt = Date.now();
        child.kill(signal);
      };
    },
    onLine: (line) => {
      if (sentAt === 0 && when.test(line)) kill();
    },
  });
  expect(sentAt).toBeGreaterThan(0);
  return { ...end, tookMs: Date.now() - sentAt };
};

const released = (step: Partial<Parameters<ReleaseRig['step']>[1]> = {}) =>
  rig.step('trigger-pipeline', {
    ...step,
    inputs: { pipeline: 'api', approval: 'approve', ...step?.inputs },
  });

const errorsOf = ({ commands }: StepEnd): readonly string[] =>
  commands.filter(({ name }) => name === 'error').map(({ text }) => text);

describe('cancelled', () => {
  test('SIGINT while the build runs: the execution is told to stop within five seconds', async () => {
    rig.hold('Build');
    const end = await cutShort({ signal: 'SIGINT', when: /Build/ });
    expect(end.exitCode).toBe(1);
    expect(end.tookMs).toBeLessThan(5_000);
    expect(errorsOf(end)[0]).toMatch(/cancelled.*told to stop/s);
    const id = end.outputs['execution-id'];
    expect(statusOf(id)).toMatch(/^Stopp(ing|ed)$/);
    const calls = rig.requests.length;
    const post = await rig.step('trigger-pipeline', { inputs: { pipeline: 'api' }, state: end.state });
    expect(post.exitCode).toBe(0);
    // One look at most, and nothing that writes.
    expect(
      rig.requests.slice(calls).filter(({ headers }) => /StopPipeline/.test(headers['x-amz-target'] ?? ''))
        .length,
    ).toBeLessThanOrEqual(1);
    rig.hold(undefined);
    await until(() => statusOf(id) === 'Stopped');
  });

  test('killed while the build runs: its outputs are there, and post stops the execution', async () => {
    rig.hold('Build');
    const end = await cutShort({ signal: 'SIGKILL', when: /Build/ });
    expect(end.exitCode).toBeNull();
    const id = end.outputs['execution-id'];
    expect(statusOf(id)).toBe('InProgress');
    const post = await rig.step('trigger-pipeline', { inputs: { pipeline: 'api' }, state: end.state });
    expect(post.exitCode).toBe(0);
    expect(statusOf(id)).toMatch(/^Stopp(ing|ed)$/);
    rig.hold(undefined);
    await until(() => statusOf(id) === 'Stopped');
  });

  test('on-cancel: leave lets it go on, in main and in post', async () => {
    rig.hold('Build');
    const inputs = { pipeline: 'api', 'on-cancel': 'leave' };
    const end = await cutShort({ signal: 'SIGTERM', when: /Build/, inputs });
    const id = end.outputs['execution-id'];
    await rig.step('trigger-pipeline', { inputs, state: end.state });
    expect(statusOf(id)).toBe('InProgress');
    rig.hold(undefined);
    const resumed = await released({ inputs: { 'execution-id': id ?? '' }, env: newRun() });
    expect(resumed.outputs.status).toBe('Succeeded');
  });

  test('a migration is not abandoned, even where abandoning was asked for', async () => {
    rig.hold('Migrate');
    const end = await cutShort({ signal: 'SIGINT', when: /Migrate/, inputs: { 'on-cancel': 'abandon' } });
    expect(end.lines.join('\n')).toMatch(/Migrate/);
    const id = end.outputs['execution-id'];
    expect(statusOf(id)).toBe('Stopping');
    rig.hold(undefined);
    await until(() => statusOf(id) === 'Stopped');
  });
});

describe('run again', () => {
  test('a re-run of a job that succeeded, and one of a job that was killed, start no second execution', async () => {
    const env = newRun();
    const first = await released({ env });
    expect(first.exitCode).toBe(0);
    const before = executions().length;
    const again = await released({ env: { ...env, GITHUB_RUN_ATTEMPT: '2' } });
    expect(again.outputs['execution-id']).toBe(first.outputs['execution-id']);
    const other = newRun();
    rig.hold('Build');
    const killed = await cutShort({ signal: 'SIGKILL', when: /Build/, env: other });
    rig.hold(undefined);
    const followed = await released({ env: { ...other, GITHUB_RUN_ATTEMPT: '2' } });
    expect(followed.outputs['execution-id']).toBe(killed.outputs['execution-id']);
    expect(followed.outputs.status).toBe('Succeeded');
    expect(executions().length).toBe(before + 1);
  });

  test('start-again: true starts a new one', async () => {
    const env = newRun();
    const first = await released({ env, inputs: { wait: 'false', 'start-again': 'true' } });
    const second = await released({
      env: { ...env, GITHUB_RUN_ATTEMPT: '2' },
      inputs: { wait: 'false', 'start-again': 'true' },
    });
    expect(second.outputs['execution-id']).not.toBe(first.outputs['execution-id']);
  });
});

describe('a command', () => {
  test('runs in the service, and its log is in the job’s', async () => {
    const end = await rig.step('run-db-init', {
      inputs: { operation: 'command', service: 'worker', command: 'php artisan queue:failed' },
    });
    expect(errorsOf(end)).toEqual([]);
    expect(end.outputs['exit-code']).toBe('0');
  });

  test('a migration that is killed with its job goes on, and the next attempt follows it', async () => {
    rig.envelope.behave({ migration: 'runs-for-ever' });
    let kill = (): void => {};
    const env = newRun();
    const killed = await rig.step('run-db-init', {
      inputs: { operation: 'migrate' },
      env,
      onStart: (child) => {
        kill = () => void child.kill('SIGKILL');
      },
      onLine: (line) => {
        if (/arn:aws:ecs:\S+:task\//.test(line)) kill();
      },
    });
    expect(killed.exitCode).toBeNull();
    const post = await rig.step('run-db-init', { inputs: { operation: 'migrate' }, state: killed.state });
    expect(post.exitCode).toBe(0);
    const running = rig.sandbox.neighbours.ecs
      .tasks()
      .filter(
        ({ startedBy, desiredStatus }) => desiredStatus === 'RUNNING' && !startedBy?.startsWith('ecs-svc/'),
      );
    expect(running.length).toBe(1);
  });
});
