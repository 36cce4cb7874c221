// What a re-run of a job does: it goes on with what its earlier attempt started, does nothing twice and takes back nothing
// that came after it; and it says why the release failed, whatever else fails then.
import { describe, expect, test } from '@jest/globals';
import type { Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import { Diagnosed, type Failed } from '../../src/shared/errors.ts';
import type { Given } from '../lab.ts';
import { createRoom, fails, failure, name, type Room, takes } from './trigger-pipeline-kit.ts';
import { brokenDeploy, secondDeployFails } from './trigger-pipeline-scenes.ts';

const executions = ({ sandbox }: Room) => sandbox.neighbours.codepipeline.executions(name);
const causesOf = (failed: Failed): string =>
  failed instanceof Diagnosed
    ? failed.cases.flatMap(({ findings }) => findings.map(({ cause }) => cause)).join('\n')
    : '';
const seenIn = (failed: Failed): string =>
  failed instanceof Diagnosed ? failed.cases.flatMap(({ evidence }) => evidence).join('\n') : '';
const rollback: Given = { operation: 'rollback', 'rollback-stage': 'Deploy' };

/** As another run of the workflow. */
const runAs = (room: Room, id: string, given: Given = {}, attempt = '1'): Promise<Given> =>
  room.run(given, attempt, { run: { ...room.world.run, id, attempt } });

const twoReleases = async (): Promise<Room> => {
  const room = createRoom();
  await runAs(room, '1');
  await runAs(room, '2');
  return room;
};

describe('operation: rollback', () => {
  const rolledBack = async (caller: string): Promise<Room> => {
    const room = await twoReleases();
    const input = {
      pipelineName: name,
      stageName: 'Deploy',
      targetPipelineExecutionId: executions(room)[0]?.id,
    };
    await room.sandbox.neighbours.codepipeline.operations.RollbackStage?.(input as never, { caller });
    return room;
  };
  const session = (run: string): string =>
    `arn:aws:sts::123456789012:assumed-role/envelope-prod-release/release-envelope-${run}-1`;

  test('a re-run follows the rollback of its earlier attempt, to its end', async () => {
    const room = await rolledBack(session('4711'));
    const outputs = await room.run(rollback, '2');
    expect(outputs).toMatchObject({ status: 'Succeeded', changed: 'false' });
    expect(outputs.rollbackExecutionId).toBe(executions(room).at(-1)?.id);
    expect(executions(room)).toHaveLength(3);
  });

  test.each([{}, { 'target-execution-id': 'the first' }])(
    'with the credentials that the job has too, and %j: warned, and never one further',
    async (given) => {
      const room = await twoReleases();
      const target = 'target-execution-id' in given ? (executions(room)[0]?.id ?? '') : '';
      const asked = { ...rollback, 'target-execution-id': target };
      const first = await room.run(asked);
      const again = await room.run(asked, '2');
      expect(again).toMatchObject({ status: 'Succeeded', changed: 'false' });
      expect(again.rollbackExecutionId).toBe(first.rollbackExecutionId);
      expect(room.warnings.join()).toContain('was not returned once more');
      expect(executions(room)).toHaveLength(3);
    },
  );

  test('one that still runs is followed', async () => {
    let runs = 0;
    const Deploy: Work = (run) => takes(++runs === 3 ? 20 * 60_000 : 1_000)(run);
    const room = createRoom({ works: { Deploy } });
    await runAs(room, '1');
    await runAs(room, '2');
    const failed = await failure(room.run({ ...rollback, 'timeout-minutes': '5' }));
    expect(failed.fix).toContain('follows the same execution');
    expect(await room.run(rollback, '2')).toMatchObject({ status: 'Succeeded', changed: 'false' });
    expect(executions(room)).toHaveLength(3);
  });

  test("another run's rollback is not taken for this one's", async () => {
    const room = await rolledBack(session('4000'));
    await room.clock.sleep(60_000);
    expect((await failure(room.run(rollback, '2'))).what).toContain('is back at execution');
    expect(executions(room)).toHaveLength(3);
  });
});

describe('retry-failed-stage: on-rerun', () => {
  test('an execution that this attempt started is not retried', async () => {
    const room = createRoom(brokenDeploy());
    const failed = await failure(room.run({ 'start-again': 'true' }, '2'));
    expect(room.early.get('plan')).not.toContain('retry');
    expect(failed.fix).toContain('starts a new execution');
  });

  test.each([
    [{ kind: 'access-denied' } as const, / It could not be retried: AccessDenied/],
    [
      { kind: 'error', code: 'StageNotRetryableException', message: 'no' } as const,
      /could not be retried: the stage has no failed action/,
    ],
  ])('a refusal (%j) does not hide why the release failed', async (effect, said) => {
    const room = createRoom(brokenDeploy());
    await failure(room.run());
    room.sandbox.faults.arm({ operation: 'RetryStageExecution', count: 9, effect });
    const failed = await failure(room.run({}, '2'));
    expect(failed.what).toMatch(/stage Deploy, action Deploy \(ECS\) failed/);
    expect(causesOf(failed)).toContain('The deployment of envelope-prod-api failed');
    expect(failed.what).toMatch(said);
    expect(seenIn(failed)).toContain('tasks of service envelope-prod-api stopped');
    expect([room.early.get('failed-stage'), room.early.get('failed-action')]).toEqual(['Deploy', 'Deploy']);
  });
});

describe('a stage that was returned', () => {
  const given = { 'rollback-stage': 'Deploy' };

  test('is not returned once more by a re-run, and nothing that cannot be done is advised', async () => {
    const room = createRoom(secondDeployFails());
    await runAs(room, '1');
    const first = await failure(runAs(room, '2', given));
    const again = await failure(runAs(room, '2', given, '2'));
    expect(executions(room)).toHaveLength(3);
    for (const failed of [first, again]) {
      const { fix } = failed;
      expect(causesOf(failed)).toContain('The deployment of envelope-prod-api failed');
      expect(fix).toContain('start a new run of the workflow');
      expect(fix).not.toMatch(/retry-stage-execution|gh run rerun/);
    }
    expect(again.what).toMatch(/is back at execution \S+ already/);
  });

  test('a newer release in the stage is not taken back', async () => {
    const room = createRoom(secondDeployFails());
    await runAs(room, '1');
    await failure(runAs(room, '2'));
    await runAs(room, '3');
    const failed = await failure(runAs(room, '2', given, '2'));
    expect(failed.what).toContain(
      `was not returned: execution ${executions(room).at(-1)?.id} is in it since`,
    );
    expect(executions(room)).toHaveLength(3);
  });

  test('a job that is cancelled meanwhile says what goes on, and that nothing was stopped', async () => {
    let runs = 0;
    const Deploy: Work = (run) =>
      ++runs === 2 ? fails('DeploymentFailed', 'no')(run) : takes(runs === 3 ? 20 * 60_000 : 1_000)(run);
    const room = createRoom({ works: { Deploy } });
    await runAs(room, '1');
    const failed = await failure(room.runCancelled(400_000, given));
    expect(failed.what).toMatch(/it is Failed\. Execution \S+, which returns the stage, goes on/);
    expect(executions(room).at(-1)?.status).toBe('InProgress');
    expect(room.early.get('plan')).not.toContain('stop');
  });
});

test('an approval that waited when the job was cancelled is nothing half done', async () => {
  const room = createRoom();
  await failure(room.runCancelled(300_000, { approval: 'wait' }));
  await room.clock.sleep(60_000);
  const failed = await failure(room.run({ approval: 'wait' }, '2'));
  expect(failed.what).toContain('was stopped');
  expect(failed.message).not.toMatch(/half done|Abandoned/);
});

test('an execution that still waits before its first stage is followed, not started', async () => {
  const room = createRoom({ works: { Source: takes(60 * 60_000) } });
  await room.startOther();
  await room.clock.sleep(5_000);
  await failure(room.run({ 'timeout-minutes': '2' }));
  await failure(room.run({ 'timeout-minutes': '2' }, '2'));
  expect(room.early.get('changed')).toBe('false');
  expect(executions(room)).toHaveLength(2);
});
