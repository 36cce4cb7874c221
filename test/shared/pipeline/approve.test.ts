// An approval is answered for our execution and for no other, whoever else answers, supersedes or stops in between.
import { expect, test } from '@jest/globals';
import { answerApproval } from '../../../src/shared/pipeline/approve.ts';
import type { Approval } from '../../../src/shared/pipeline/types.ts';
import type { ApplicationSurroundings } from '../../../src/shared/prepare-application.ts';
import { createKit, type Kit, type KitOptions, name, seconds, takes } from './hands-kit.ts';
import { intercepting } from './hands-world.ts';

const waiting = async (options: KitOptions = {}) => {
  const kit = await createKit(options);
  const executionId = await kit.start();
  const approval = await kit.untilApproval(executionId);
  return { kit, executionId, approval };
};

type Given = { readonly answer?: 'approve' | 'reject'; readonly around?: ApplicationSurroundings };

const answer = (
  kit: Kit,
  ours: { readonly executionId: string; readonly approval: Approval },
  { answer: given = 'approve', around = kit.around }: Given = {},
): Promise<void> =>
  answerApproval(around, { ...ours, pipeline: kit.pipeline, answer: given, summary: 'the gate said so' });

const statusOf = async (kit: Kit, executionId: string): Promise<string | undefined> =>
  (await kit.runs(executionId)).find(({ action }) => action === 'Approve')?.status;

/** As somebody at the console does after a rejection. */
const retryApproval = async (kit: Kit, executionId: string): Promise<Approval> => {
  await kit.clock.sleep(seconds(5));
  await kit.somebody.retryStageExecution({
    pipelineName: name,
    stageName: 'Approval',
    pipelineExecutionId: executionId,
    retryMode: 'FAILED_ACTIONS',
  });
  return kit.untilApproval(executionId);
};

test.each(['SUPERSEDED', 'QUEUED', 'PARALLEL'] as const)(
  '%s: approves, and the execution goes on',
  async (mode) => {
    const { kit, ...ours } = await waiting({ mode });
    await answer(kit, ours);
    await kit.clock.sleep(seconds(60));
    expect(kit.status(ours.executionId)).toBe('Succeeded');
    const run = (await kit.runs(ours.executionId)).find(({ action }) => action === 'Approve');
    expect(run).toMatchObject({ status: 'Succeeded', externalSummary: 'the gate said so' });
  },
);

test('PARALLEL: of two that wait, only ours is approved', async () => {
  const { kit, ...ours } = await waiting({ mode: 'PARALLEL' });
  const other = await kit.start();
  await kit.untilApproval(other);
  await answer(kit, ours);
  await kit.clock.sleep(seconds(60));
  expect(kit.status(ours.executionId)).toBe('Succeeded');
  expect(await statusOf(kit, other)).toBe('InProgress');
});

test('rejects, and the execution fails', async () => {
  const { kit, ...ours } = await waiting();
  await answer(kit, ours, { answer: 'reject' });
  await kit.clock.sleep(seconds(60));
  expect(kit.status(ours.executionId)).toBe('Failed');
});

test('somebody approves between our look and our answer: fine, and said by whom', async () => {
  const { kit, ...ours } = await waiting();
  const around = intercepting(kit.around, 'putApprovalResult', () => kit.answer(ours.approval, 'Approved'));
  await answer(kit, ours, { around });
  expect(kit.lines.join('\n')).toMatch(/was approved already by arn:aws:.*: by hand/);
  await kit.clock.sleep(seconds(60));
  expect(kit.status(ours.executionId)).toBe('Succeeded');
});

test('somebody rejects between our look and our approval: said, with the comment, and not approved', async () => {
  const { kit, ...ours } = await waiting();
  const around = intercepting(kit.around, 'putApprovalResult', () =>
    kit.answer(ours.approval, 'Rejected', '::error::not on a Friday'),
  );
  await answer(kit, ours, { around });
  expect(kit.lines.join('\n')).toMatch(
    /was rejected by arn:aws:.* before this run could approve it: .*not on a Friday/,
  );
  await kit.clock.sleep(seconds(60));
  expect(kit.status(ours.executionId)).toBe('Failed');
});

test('somebody approves what was to be rejected: fails, with the command that stops it', async () => {
  const { kit, ...ours } = await waiting();
  await kit.answer(ours.approval, 'Approved');
  await expect(answer(kit, ours, { answer: 'reject' })).rejects.toThrow(
    new RegExp(
      `was to be rejected, but was approved by [\\s\\S]*stop-pipeline-execution .*${ours.executionId}`,
    ),
  );
});

test.each(['SUPERSEDED', 'PARALLEL'] as const)('%s: an answer that was lost counts once', async (mode) => {
  const { kit, ...ours } = await waiting({ mode });
  kit.sandbox.faults.arm({ operation: 'PutApprovalResult', effect: { kind: 'lose' } });
  await answer(kit, ours);
  await kit.clock.sleep(seconds(60));
  expect(kit.status(ours.executionId)).toBe('Succeeded');
  expect(kit.calls('PutApprovalResult')).toHaveLength(1);
});

test('a stale token answers nothing: after a retry of the stage, the present one is read and used', async () => {
  const { kit, ...ours } = await waiting();
  await kit.answer(ours.approval, 'Rejected');
  const again = await retryApproval(kit, ours.executionId);
  expect(again.token).not.toBe(ours.approval.token);
  await answer(kit, ours);
  await kit.clock.sleep(seconds(60));
  expect(kit.status(ours.executionId)).toBe('Succeeded');
});

test("another execution's approval in the same stage is never answered", async () => {
  const { kit, ...ours } = await waiting();
  // Ours is stopped and leaves the stage; the next one comes to wait there, with a token of its own.
  await kit.somebody.stopPipelineExecution({
    pipelineName: name,
    pipelineExecutionId: ours.executionId,
    abandon: true,
  });
  const other = await kit.start();
  await kit.untilApproval(other);
  await answer(kit, ours);
  expect(kit.calls('PutApprovalResult')).toHaveLength(0);
  expect(await statusOf(kit, other)).toBe('InProgress');
  expect(kit.lines.join('\n')).toContain(`execution ${ours.executionId} is Stopped meanwhile`);
});

test('ours is through already, and a newer one waits in its place: that one is not answered', async () => {
  const { kit, ...ours } = await waiting({ works: { Migrate: takes(seconds(600)) } });
  await kit.answer(ours.approval, 'Approved');
  const other = await kit.start();
  await kit.untilApproval(other);
  expect(kit.status(ours.executionId)).toBe('InProgress');
  await answer(kit, ours);
  expect(await statusOf(kit, other)).toBe('InProgress');
  expect(kit.lines.join('\n')).toContain('was approved already');
});

test('a lost answer that took effect is not given again to the approval that a retry opened', async () => {
  const { kit, ...ours } = await waiting();
  kit.sandbox.faults.arm({ operation: 'PutApprovalResult', effect: { kind: 'lose' } });
  const around = intercepting(kit.around, 'paginateListActionExecutions', () =>
    retryApproval(kit, ours.executionId),
  );
  await answer(kit, ours, { answer: 'reject', around });
  expect(
    (await kit.runs(ours.executionId)).map(({ action, status }) => `${action} ${status}`).slice(-2),
  ).toEqual(['Approve Failed', 'Approve InProgress']);
});

test('replaced in the stage between the look and the answer: the other one still waits', async () => {
  const { kit, ...ours } = await waiting();
  let other = '';
  const around = intercepting(kit.around, 'putApprovalResult', async () => {
    await kit.somebody.stopPipelineExecution({
      pipelineName: name,
      pipelineExecutionId: ours.executionId,
      abandon: true,
    });
    other = await kit.start();
    await kit.untilApproval(other);
  });
  await answer(kit, ours, { around });
  expect(await statusOf(kit, other)).toBe('InProgress');
  expect(await statusOf(kit, ours.executionId)).toBe('Abandoned');
});

test('a long summary is cut to what AWS takes', async () => {
  const { kit, ...ours } = await waiting();
  const summary = `${'a'.repeat(510)}😀 and more`;
  await answerApproval(kit.around, { ...ours, pipeline: kit.pipeline, answer: 'approve', summary });
  const run = (await kit.runs(ours.executionId)).find(({ action }) => action === 'Approve');
  expect(run?.externalSummary).toBe(`${'a'.repeat(510)}…`);
});

test('a denied answer is told as such and nothing is repeated', async () => {
  const { kit, ...ours } = await waiting();
  kit.sandbox.faults.arm({ operation: 'PutApprovalResult', count: 9, effect: { kind: 'access-denied' } });
  await expect(answer(kit, ours)).rejects.toThrow(/not authorized|denied/i);
  expect(kit.calls('PutApprovalResult').length).toBeLessThanOrEqual(1);
});
