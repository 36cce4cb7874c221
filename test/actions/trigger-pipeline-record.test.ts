// What a release leaves for the report of the whole run: how it ended, as far as its job knows, whatever cut the job short.
import { expect, test } from '@jest/globals';
import type { ReleaseRecord } from '../../src/shared/pipeline/record.ts';
import type { Given } from '../lab.ts';
import { createRoom, failure, later, name, type Room, takes } from './trigger-pipeline-kit.ts';
import { answerAny, brokenDeploy, slowBuild } from './trigger-pipeline-scenes.ts';

const recordOf = (room: Room): ReleaseRecord => JSON.parse(room.written.get('r.json') ?? '') as ReleaseRecord;
const record = 'r.json';

/** Ours waits behind the transition; a newer one comes, and the transition opens. */
const overtake = (room: Room): void => {
  const { codepipeline } = room.sandbox.neighbours;
  codepipeline.disableTransition(name, 'Approval', 'freeze');
  later(room, 60_000, room.startOther);
  later(room, 120_000, () => codepipeline.enableTransition(name, 'Approval'));
};

test.each<[Given, ReleaseRecord['end'], string]>([
  [{ approval: 'reject' }, 'rejected', 'Failed'],
  [{ approval: 'fail' }, 'in-progress', 'InProgress'],
  [{ approval: 'wait', 'timeout-minutes': '10' }, 'timed-out', 'InProgress'],
  [{}, 'failed', 'Failed'],
])('%j ends as %s', async (given, end, status) => {
  const room = createRoom(brokenDeploy());
  await failure(room.run({ ...given, record }));
  expect(recordOf(room)).toMatchObject({ end });
  expect(room.early.get('status')).toBe(status);
});

test('stopped at the end of its time: stopped, not left running', async () => {
  const room = createRoom(slowBuild());
  const failed = await failure(room.run({ record, 'timeout-minutes': '10', 'on-timeout': 'stop' }));
  expect(failed.what).toContain('It is stopping');
  expect(recordOf(room)).toMatchObject({ end: 'stopped' });
  expect(room.early.get('status')).toBe('Stopping');
});

test.each([
  ['stop', 'Stopping', 'stopped', /is stopping/],
  ['abandon', 'Stopping', 'stopped', /is stopping|is stopped/],
  ['leave', 'InProgress', 'in-progress', /goes on without it/],
] as const)('a cancelled job, on-cancel: %s', async (policy, status, end, said) => {
  const room = createRoom(slowBuild());
  const failed = await failure(room.runCancelled(60_000, { record, 'on-cancel': policy }));
  expect(failed.what).toMatch(said);
  expect(recordOf(room)).toMatchObject({ end });
  expect(room.early.get('status')).toBe(status);
});

test('a cancelled job whose execution cannot be stopped has outputs and a record too', async () => {
  const room = createRoom(slowBuild());
  room.sandbox.faults.arm({
    operation: 'StopPipelineExecution',
    count: 99,
    effect: { kind: 'error', code: 'ConflictException', message: 'busy' },
  });
  expect((await failure(room.runCancelled(60_000, { record }))).what).toContain('could not be stopped');
  expect(recordOf(room)).toMatchObject({ end: 'in-progress' });
  expect(room.early.get('execution-id')).toBeTruthy();
});

test('one that was followed to its end is told with it', async () => {
  const room = createRoom({ mode: 'SUPERSEDED' });
  overtake(room);
  later(room, 240_000, () => answerAny(room));
  const { followedExecutionId } = await room.run({ record, approval: 'wait', 'on-superseded': 'follow' });
  expect(recordOf(room)).toMatchObject({
    end: 'superseded',
    followed: { executionId: followedExecutionId, end: 'succeeded' },
  });
});

test('out of time with the newer one, on-timeout: stop: it is not ours to stop, and nobody says so', async () => {
  const room = createRoom({ mode: 'SUPERSEDED' });
  overtake(room);
  const given = { record, approval: 'wait', 'on-superseded': 'follow', 'timeout-minutes': '10' };
  const failed = await failure(room.run({ ...given, 'on-timeout': 'stop' }));
  expect(failed.what).toContain('It goes on without this job');
  expect(failed.message).not.toMatch(/stopping|on-timeout: stop/);
  expect(recordOf(room).followed?.end).toBe('timed-out');
});

test('cancelled while the newer one is followed: that goes on, and nothing was stopped', async () => {
  const room = createRoom({ mode: 'SUPERSEDED' });
  overtake(room);
  const failed = await failure(
    room.runCancelled(400_000, { record, approval: 'wait', 'on-superseded': 'follow' }),
  );
  expect(failed.what).toMatch(
    /was over before: it is Superseded\. Execution \S+, which took its place, goes on/,
  );
  expect(recordOf(room)).toMatchObject({ end: 'superseded', followed: { end: 'in-progress' } });
});

test('a record that cannot be written is warned of, and changes no end', async () => {
  const room = createRoom({ works: { Build: takes(1_000) } });
  const files = { ...room.world.files, write: () => Promise.reject(new Error('EROFS: read-only')) };
  const outputs = await room.run({ record }, '1', { files });
  expect(outputs).toMatchObject({ status: 'Succeeded' });
  expect(room.warnings.join()).toContain('EROFS');
});
