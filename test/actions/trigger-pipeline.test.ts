// A release from its start to its end: once, of our own execution only, and never more than was asked for.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/shared/errors.ts';
import type { ReleaseRecord } from '../../src/shared/pipeline/record.ts';
import { writesOf } from '../lab.ts';
import { createRoom, fails, failure, name, type Room, takes } from './trigger-pipeline-kit.ts';

const executions = ({ sandbox }: Room) => sandbox.neighbours.codepipeline.executions(name);

const problemsOf = async (doing: Promise<unknown>): Promise<string> => {
  const error = await doing.catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${String(error)}`);
  return error.message;
};

describe('a release', () => {
  test('goes through all stages, with the approval given', async () => {
    const room = createRoom();
    const outputs = await room.run({ record: 'release/api.json' });
    expect(outputs).toMatchObject({ status: 'Succeeded', changed: 'true', failedStage: '' });
    expect(outputs.executionId).toBe(executions(room)[0]?.id);
    expect(outputs.summary).toMatch(/```mermaid\ngantt[\s\S]*section Migrate/);
    const record = JSON.parse(room.written.get('release/api.json') ?? '') as ReleaseRecord;
    expect(record).toMatchObject({ application: 'envelope', pipeline: 'api', end: 'succeeded' });
    expect(record.stages.map(({ stage }) => stage)).toEqual([
      'Source',
      'Build',
      'Approval',
      'Migrate',
      'Deploy',
    ]);
  });

  test('is known to later steps and to the post step before it is looked at', async () => {
    const room = createRoom();
    room.sandbox.faults.arm({ operation: 'GetPipelineExecution', effect: { kind: 'access-denied' } });
    const failed = await failure(room.run());
    const id = executions(room)[0]?.id ?? '';
    expect(failed.what).toMatch(new RegExp(`^Execution ${id} of ${name} goes on, but .*AccessDenied`));
    expect(failed.fix).toMatch(/gh run rerun 4711[\s\S]*follows the same execution/);
    expect(room.early.get('execution-id')).toBe(id);
    expect(room.early.get('execution-url')).toContain(id);
    expect(room.remembered.get('execution-id')).toBe(id);
  });

  test('is not waited for where wait is false', async () => {
    const room = createRoom();
    const outputs = await room.run({ wait: 'false', approval: 'wait' });
    expect(outputs).toMatchObject({ status: 'InProgress', changed: 'true' });
    expect(room.remembered.get('ended')).toBe('true');
    const resumed = await room.run({ 'execution-id': outputs.executionId ?? '' });
    expect(resumed).toMatchObject({ status: 'Succeeded', executionId: outputs.executionId });
    expect(executions(room)).toHaveLength(1);
  });

  test('a failed stage is retried in the same execution, as often as was asked for', async () => {
    let runs = 0;
    const Deploy = async (run: Parameters<ReturnType<typeof takes>>[0]) =>
      ++runs < 3 ? fails('DeploymentFailed', 'no')(run) : takes(1_000)(run);
    const room = createRoom({ works: { Deploy } });
    expect(await room.run({ 'retry-failed-stage': '2' })).toMatchObject({ status: 'Succeeded' });
    expect(runs).toBe(3);
    expect(executions(room)).toHaveLength(1);
  });
});

describe('once', () => {
  test('a re-run follows the execution of the first attempt, and says that it changed nothing', async () => {
    const room = createRoom();
    const first = await room.run();
    await room.clock.sleep(60_000);
    const second = await room.run({}, '2');
    expect(second).toMatchObject({ executionId: first.executionId, status: 'Succeeded', changed: 'false' });
    expect(executions(room)).toHaveLength(1);
  });

  test('a re-run finds it also where CodePipeline has forgotten the token', async () => {
    const room = createRoom();
    const { operations } = room.sandbox.neighbours.codepipeline;
    const caller = `arn:aws:sts::123456789012:assumed-role/envelope-prod-release/release-envelope-${room.world.run.id}-1`;
    const input = { name: 'envelope-prod-api-pipeline', clientRequestToken: 'forgotten' };
    await operations.StartPipelineExecution?.(input as never, { caller });
    const again = await room.run({}, '2');
    expect(again).toMatchObject({ status: 'Succeeded', executionId: executions(room)[0]?.id });
    expect(executions(room)).toHaveLength(1);
  });

  test('a re-run of a failed job retries the failed stage, once and in the same execution', async () => {
    let runs = 0;
    const Deploy = async (run: Parameters<ReturnType<typeof takes>>[0]) =>
      ++runs < 2 ? fails('DeploymentFailed', 'no')(run) : takes(1_000)(run);
    const room = createRoom({ works: { Deploy } });
    await failure(room.run());
    expect(runs).toBe(1);
    expect(await room.run({}, '2')).toMatchObject({ status: 'Succeeded', changed: 'true' });
    expect(runs).toBe(2);
    expect(executions(room)).toHaveLength(1);
  });

  test('two legs of a matrix with other values are two releases, and each re-run follows its own', async () => {
    const room = createRoom({ variables: [{ name: 'TICKET', defaultValue: 'none' }] });
    const [a, b] = [await room.run({ variables: 'TICKET=A' }), await room.run({ variables: 'TICKET=B' })];
    expect(executions(room)).toHaveLength(2);
    expect((await room.run({ variables: 'TICKET=B' }, '2')).executionId).toBe(b.executionId);
    expect((await room.run({ variables: 'TICKET=A' }, '2')).executionId).toBe(a.executionId);
    expect(executions(room)).toHaveLength(2);
  });

  test('start-again starts one at each attempt', async () => {
    const room = createRoom();
    await room.run({ 'start-again': 'true' });
    await room.run({ 'start-again': 'true' }, '2');
    expect(executions(room)).toHaveLength(2);
  });

  test('a start whose answer is lost is one start', async () => {
    const room = createRoom();
    room.sandbox.faults.arm({ operation: 'StartPipelineExecution', count: 3, effect: { kind: 'lose' } });
    expect(await room.run()).toMatchObject({ status: 'Succeeded' });
    expect(executions(room)).toHaveLength(1);
  });

  test.each(['SUPERSEDED', 'QUEUED', 'PARALLEL'] as const)('in a harsh cloud, mode %s', async (mode) => {
    const room = createRoom({ mode, settings: { startLagMs: 20_000, pageSize: 1 } });
    const { faults } = room.sandbox;
    faults.arm({ operation: 'StartPipelineExecution', effect: { kind: 'lose' } });
    faults.arm({ operation: 'GetPipelineExecution', from: 3, count: 8, effect: { kind: 'throttle' } });
    faults.arm({ operation: 'ListActionExecutions', from: 2, count: 2, effect: { kind: 'server-error' } });
    faults.arm({ operation: 'PutApprovalResult', effect: { kind: 'lose' } });
    expect(await room.run()).toMatchObject({ status: 'Succeeded' });
    expect(room.lines).toContain('AWS does not show the execution yet');
    expect(executions(room)).toHaveLength(1);
  });
});

describe("somebody else's executions", () => {
  test.each(['SUPERSEDED', 'QUEUED', 'PARALLEL'] as const)(
    'never show in our progress, mode %s',
    async (mode) => {
      let builds = 0;
      const Build = (run: Parameters<ReturnType<typeof takes>>[0]) =>
        ++builds % 2 ? fails('TheirFailure', 'theirs')(run) : takes(30_000)(run);
      const room = createRoom({ mode, works: { Build } });
      const theirs = [await room.startOther()];
      await room.clock.sleep(2_000);
      const outputs = await room.run({ record: 'r.json' });
      expect(outputs.status).toBe('Succeeded');
      const log = room.lines.join('\n');
      expect(log).not.toContain('TheirFailure');
      const told = room.lines.filter((line) => theirs.some((id) => line.includes(id)));
      for (const line of told) expect(line).toMatch(/^queued before \w+: execution /);
      expect(outputs.summary).not.toContain('Failed');
    },
  );

  test('a newer one that is followed is not answered, retried, stopped or taken for ours', async () => {
    const room = createRoom({ mode: 'SUPERSEDED' });
    const { codepipeline } = room.sandbox.neighbours;
    codepipeline.disableTransition(name, 'Approval', 'freeze');
    room.clock.after(60_000, async () => void (await room.startOther()));
    room.clock.after(120_000, () => codepipeline.enableTransition(name, 'Approval'));
    const failed = await failure(
      room.run({ 'on-superseded': 'follow', 'timeout-minutes': '10', 'on-timeout': 'stop' }),
    );
    const [ours, newer] = executions(room);
    expect(failed.what).toContain(`superseded by the newer execution ${newer?.id}`);
    expect(room.early.get('execution-id')).toBe(ours?.id);
    expect(room.early.get('followed-execution-id')).toBe(newer?.id);
    expect(room.early.get('status')).toBe('Superseded');
    expect(newer?.status).toBe('InProgress');
    const starts = (await room.sandbox.calls).filter(({ write }) => write).map(({ operation }) => operation);
    expect(new Set(starts)).toEqual(new Set(['StartPipelineExecution']));
  });
});

describe('before the start', () => {
  test('everything that does not fit is told at once, and nothing is started', async () => {
    const room = createRoom({ type: 'V1', mode: 'SUPERSEDED' });
    const said = await problemsOf(room.run({ variables: 'TAG=1', 'source-revisions': 'COMMIT_ID:abc' }));
    expect(said).toMatch(/variables[\s\S]*V1[\s\S]*source-revisions/);
    expect(executions(room)).toEqual([]);
  });

  test.each([
    [{ operation: 'rollback' }, /rollback-stage is needed/],
    [
      { 'execution-id': '00000000-0000-4000-8000-000000000000', variables: 'A=1', 'start-again': 'true' },
      /start-again[\s\S]*variables/,
    ],
    [{ 'target-execution-id': '00000000-0000-4000-8000-000000000000' }, /without rollback-stage/],
    [
      { wait: 'false', 'retry-failed-stage': '2', 'rollback-stage': 'Deploy' },
      /approval: approve[\s\S]*retry-failed-stage: 2[\s\S]*rollback-stage/,
    ],
    [{ pipeline: 'apy' }, /Did you mean api/],
  ])('%j is refused', async (given, said) => {
    expect(await problemsOf(createRoom().run(given))).toMatch(said);
  });

  test('a stage that neverAbandon misspells is told, for it would be abandoned half-way', async () => {
    const room = createRoom();
    const { files } = room.world;
    const read = async (path: string): Promise<string> =>
      (await files.read(path)).replace(
        'migration: pipeline',
        'migration: pipeline\n    neverAbandon: [Migrat]',
      );
    const said = await problemsOf(room.run({}, '1', { files: { ...files, read } }));
    expect(said).toMatch(/neverAbandon of pipeline api names Migrat[\s\S]*Did you mean `Migrate`/);
    expect(executions(room)).toEqual([]);
  });

  test('variables and a revision reach the execution', async () => {
    const room = createRoom({ variables: [{ name: 'TAG', defaultValue: 'none' }] });
    await room.run({ variables: 'TAG=v1.2.3', 'source-revisions': 'COMMIT_ID:5f3a9c' });
    const [execution] = executions(room);
    expect(execution?.variables).toEqual({ TAG: 'v1.2.3' });
    expect([...(execution?.revisions.values() ?? [])]).toEqual(['5f3a9c']);
  });

  test('a role that may not read the pipeline is warned, and starts', async () => {
    const room = createRoom();
    room.sandbox.faults.arm({ operation: 'GetPipeline', count: 9, effect: { kind: 'access-denied' } });
    expect(await room.run()).toMatchObject({ status: 'Succeeded' });
    expect(room.warnings.join()).toContain('codepipeline:GetPipeline');
  });

  test.each([{}, { operation: 'rollback', 'rollback-stage': 'Deploy' }])(
    'a dry run of %j writes nothing',
    async (given) => {
      const room = createRoom();
      const outputs = await room.run({ ...given, 'dry-run': 'true', record: 'r.json' });
      expect(outputs).toMatchObject({ changed: 'false', executionId: '' });
      expect(JSON.parse(outputs.plan ?? '')[0]).toMatchObject({
        action: 'operation' in given ? 'rollback' : 'start',
      });
      expect(writesOf(room)).toEqual([]);
      expect([room.remembered.size, room.written.size]).toEqual([0, 0]);
    },
  );
});

describe('a cancelled job', () => {
  const slow = { works: { Build: takes(600_000) } };

  test('stops what it started at once, and the post step finds nothing left to do', async () => {
    const room = createRoom(slow);
    await failure(room.runCancelled(60_000, { record: 'r.json' }));
    expect(executions(room)[0]).toMatchObject({
      status: 'Stopping',
      stopReason: expect.stringContaining('cancelled'),
    });
    expect(room.written.has('r.json')).toBe(true);
    await room.post();
    expect(executions(room)[0]?.status).toBe('Stopping');
  });

  test('that was killed is finished by the post step', async () => {
    const room = createRoom(slow);
    room.remembered.set('execution-id', await room.startOther());
    await room.clock.sleep(30_000);
    await room.post();
    expect(executions(room)[0]?.status).toBe('Stopping');
  });

  test('a job that ended leaves the post step nothing', async () => {
    const room = createRoom(slow);
    await failure(room.run({ 'timeout-minutes': '1' }));
    await room.post();
    expect(executions(room)[0]?.status).toBe('InProgress');
  });
});

test('operation: rollback returns a stage, by an execution of its own', async () => {
  const room = createRoom();
  const first = await room.run();
  await room.run({ 'start-again': 'true' }, '2');
  const outputs = await room.run({ operation: 'rollback', 'rollback-stage': 'Deploy' });
  expect(outputs).toMatchObject({
    status: 'Succeeded',
    changed: 'true',
    rollbackExecutionId: outputs.executionId,
  });
  expect(executions(room).at(-1)?.kind).toEqual({
    type: 'ROLLBACK',
    target: first.executionId,
    stage: 'Deploy',
  });
});

test('a release that is not waited for any longer is recorded as timed out', async () => {
  const room = createRoom({ works: { Build: takes(600_000) } });
  await failure(room.run({ record: 'r.json', 'timeout-minutes': '1' }));
  expect(JSON.parse(room.written.get('r.json') ?? '')).toMatchObject({
    end: 'timed-out',
  });
  expect(room.early.get('status')).toBe('InProgress');
  expect(room.early.get('summary')).toContain('TimedOut');
});

test('a failed release leaves a record with the times of its stages', async () => {
  const room = createRoom({ works: { Build: fails('JobFailed', 'no') } });
  await failure(room.run({ record: 'r.json' }));
  const record = JSON.parse(room.written.get('r.json') ?? '') as ReleaseRecord;
  expect(record.end).toBe('failed');
  expect(record.stages).toEqual([
    { stage: 'Source', status: 'Succeeded', startedAt: expect.any(Number), endedAt: expect.any(Number) },
    { stage: 'Build', status: 'Failed', startedAt: expect.any(Number), endedAt: expect.any(Number) },
  ]);
});

test('every call is in iam.json', async () => {
  const policy = JSON.parse(await readFile('actions/trigger-pipeline/iam.json', 'utf8')) as {
    readonly Statement: readonly { readonly Action: readonly string[] }[];
  };
  const listed = policy.Statement.flatMap(({ Action }) => Action);
  const room = createRoom({ works: { Deploy: fails('DeploymentFailed', 'no'), Build: takes(1_000) } });
  await failure(room.run({ 'retry-failed-stage': '1', 'rollback-stage': 'Deploy' }));
  const made = room.sandbox.calls.map(({ service, operation }) => `${service}:${operation}`);
  expect(
    [...new Set(made)].filter((call) => !listed.includes(call) && call !== 'sts:GetCallerIdentity'),
  ).toEqual([]);
});
