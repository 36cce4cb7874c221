// A release by the committed bundle, as the runner runs it: cancelled, killed and run again. What a killed main could not
// stop, post does; a migration is never abandoned; and no attempt starts a second execution.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { errorsOf } from './kit.ts';
import { cutStep, newRun, openReleaseRig, type ReleaseRig, type StepCut } from './release-kit.ts';

jest.setTimeout(60_000);

let rig: ReleaseRig;
beforeAll(async () => {
  rig = await openReleaseRig();
});
afterAll(() => rig.close());

const pipeline = 'envelope-prod-api-pipeline';

const executions = () => rig.sandbox.neighbours.codepipeline.executions(pipeline);
const byId = (id: string | undefined) => executions().find((each) => each.id === id);
const statusOf = (id: string | undefined) => byId(id)?.status;

const until = async (holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 20_000; !holds(); ) {
    if (Date.now() > end) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const released = (step: Partial<Parameters<ReleaseRig['step']>[1]> = {}): Promise<StepEnd> =>
  rig.step('trigger-pipeline', {
    env: newRun(),
    ...step,
    inputs: { pipeline: 'api', approval: 'approve', ...step?.inputs },
  });

const cutShort = (cut: StepCut) =>
  cutStep(rig, 'trigger-pipeline', {
    env: newRun(),
    ...cut,
    inputs: { pipeline: 'api', approval: 'approve', ...cut.inputs },
  });

const post = async (
  { state }: Pick<StepEnd, 'state'>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<StepEnd> => {
  const end = await rig.step('trigger-pipeline', { inputs: { pipeline: 'api', ...inputs }, state });
  expect(end.exitCode).toBe(0);
  return end;
};

/** Lets the held stage end, and sees the execution stop there. */
const expectStopped = async (id: string | undefined): Promise<void> => {
  expect(statusOf(id)).toBe('Stopping');
  rig.hold(undefined);
  await until(() => statusOf(id) === 'Stopped');
};

describe('cancelled', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while the build runs: the execution is stopping within five seconds',
    async (signal) => {
      rig.hold('Build');
      const end = await cutShort({ signal, when: /Build started/ });
      expect(end.exitCode).toBe(1);
      expect(end.tookMs).toBeLessThan(5_000);
      const [error, ...more] = errorsOf(end);
      expect(error?.text).toMatch(/^The job was cancelled while Build\/Build ran.* is stopping/s);
      expect(more).toEqual([]);
      await expectStopped(end.outputs['execution-id']);
    },
  );

  test('post after a cancelled main leaves the execution as it is', async () => {
    rig.hold('Build');
    const end = await cutShort({ signal: 'SIGINT', when: /Build started/ });
    const after = await post(end);
    expect(errorsOf(after)).toEqual([]);
    await expectStopped(end.outputs['execution-id']);
    const late = await post(end);
    expect(late.lines.join('\n')).toContain('is Stopped: there is nothing to stop');
  });

  test('killed while the build runs: its outputs are there, and post stops the execution', async () => {
    rig.hold('Build');
    const end = await cutShort({ signal: 'SIGKILL', when: /Build started/ });
    expect(end.exitCode).toBeNull();
    const id = end.outputs['execution-id'];
    expect(end.outputs['execution-url']).toContain(id);
    expect(statusOf(id)).toBe('InProgress');
    await post(end);
    await expectStopped(id);
  });

  test('on-cancel: leave lets it go on, in main and in post, and a later job follows it', async () => {
    rig.hold('Build');
    const [env, inputs] = [newRun(), { 'on-cancel': 'leave' }];
    const when = /^Build\/Build/;
    const asked = await cutShort({ signal: 'SIGTERM', when, inputs, env });
    expect(errorsOf(asked)[0]?.text).toMatch(/goes on without it \(on-cancel: leave\)/);
    await post(asked, inputs);
    const again = { ...env, GITHUB_RUN_ATTEMPT: '2' };
    const killed = await cutShort({ signal: 'SIGKILL', when, inputs, env: again });
    await post(killed, inputs);
    const id = asked.outputs['execution-id'] ?? '';
    expect([killed.outputs['execution-id'], statusOf(id)]).toEqual([id, 'InProgress']);
    rig.hold(undefined);
    const resumed = await released({ inputs: { 'execution-id': id } });
    expect([resumed.outputs['execution-id'], resumed.outputs.status]).toEqual([id, 'Succeeded']);
  });

  test('a migration is not abandoned by main or post, even where abandoning was asked for', async () => {
    const inputs = { 'on-cancel': 'abandon' };
    const runOf = (id: string | undefined, stage: string) =>
      byId(id)?.runs.find((run) => run.stage === stage)?.status;
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      rig.hold('Migrate');
      const end = await cutShort({ signal, when: /Migrate started/, inputs });
      const after = await post(end, inputs);
      expect([...end.lines, ...after.lines].join('\n')).toMatch(
        /is stopped, not abandoned: Migrate\/Migrate runs, which is never left half done/,
      );
      const id = end.outputs['execution-id'];
      await expectStopped(id);
      expect(runOf(id, 'Migrate')).toBe('Succeeded');
    }
    // A build may be.
    rig.hold('Build');
    const { outputs } = await cutShort({ signal: 'SIGINT', when: /Build started/, inputs });
    const id = outputs['execution-id'];
    await until(() => statusOf(id) === 'Stopped');
    expect(runOf(id, 'Build')).toBe('Abandoned');
    rig.hold(undefined);
  });
});

describe('run again', () => {
  const second = { GITHUB_RUN_ATTEMPT: '2' };

  test('a re-run of a job that succeeded starts no second execution', async () => {
    const env = newRun();
    const first = await released({ env });
    expect([errorsOf(first), first.outputs.status]).toEqual([[], 'Succeeded']);
    const before = executions().length;
    const again = await released({ env: { ...env, ...second } });
    expect(again.outputs['execution-id']).toBe(first.outputs['execution-id']);
    expect(executions().length).toBe(before);
  });

  test('nor does a re-run of a job that was killed: it follows what the first attempt started', async () => {
    const env = newRun();
    rig.hold('Build');
    const before = executions().length;
    const killed = await cutShort({ signal: 'SIGKILL', when: /Build started/, env });
    rig.hold(undefined);
    const followed = await released({ env: { ...env, ...second } });
    expect(followed.outputs['execution-id']).toBe(killed.outputs['execution-id']);
    expect(followed.outputs.status).toBe('Succeeded');
    expect(executions().length).toBe(before + 1);
  });

  test('start-again: true starts a new one, and no other pipeline’s job does with the same run', async () => {
    const env = newRun();
    const inputs = { wait: 'false', approval: 'wait', 'start-again': 'true' };
    const ends = [
      await released({ env, inputs }),
      await released({ env: { ...env, ...second }, inputs }),
      await released({ env, inputs: { ...inputs, pipeline: 'hq' } }),
    ];
    const ids = ends.map(({ outputs }) => outputs['execution-id']);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(3);
  });
});
