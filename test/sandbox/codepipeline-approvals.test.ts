// Manual approvals: who holds the token answers, once.
import { describe, expect, test } from '@jest/globals';
import type { PipelineMode } from '../../sandbox/aws/codepipeline/definitions.ts';
import { approval, createKit, history, type Kit, name, plain, seconds } from './codepipeline-kit.ts';
import { codeOf } from './refusal.ts';

const waiting = async (mode: PipelineMode = 'SUPERSEDED') => {
  const stages = plain().stages.map((stage) =>
    stage.name === 'Build' ? { name: 'Gate', actions: [approval] } : stage,
  );
  const kit = createKit(plain({ mode, stages }));
  const id = await kit.start();
  await kit.clock.sleep(seconds(3_600));
  return { kit, id };
};

const gateOf = async (kit: Kit) => (await kit.stage('Gate')).actionStates?.[0]?.latestExecution;

const listedToken = async (kit: Kit, id: string) =>
  (await kit.actions(id))[0]?.output?.executionResult?.externalExecutionId;

const answer = (kit: Kit, token: string | undefined, status: 'Approved' | 'Rejected', summary = 'Seen') =>
  kit.pipelines.putApprovalResult({
    pipelineName: name,
    stageName: 'Gate',
    actionName: approval.name,
    token,
    result: { status, summary },
  });

describe('an open approval', () => {
  test.each(['SUPERSEDED', 'QUEUED'] as const)(
    'of a %s pipeline shows its token in the state',
    async (mode) => {
      const { kit, id } = await waiting(mode);
      const token = (await gateOf(kit))?.token;
      expect(token).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
      expect(await listedToken(kit, id)).toBeUndefined();
      await answer(kit, token, 'Approved');
      await kit.clock.sleep(seconds(60));
      expect(await kit.status(id)).toBe('Succeeded');
    },
  );

  test('of a PARALLEL pipeline shows it among the actions only', async () => {
    const { kit, id } = await waiting('PARALLEL');
    const other = await kit.start();
    await kit.clock.sleep(seconds(60));
    expect(await gateOf(kit)).not.toHaveProperty('token');
    const [token, otherToken] = [await listedToken(kit, id), await listedToken(kit, other)];
    expect(token).not.toEqual(otherToken);
    await answer(kit, token, 'Approved');
    await kit.clock.sleep(seconds(60));
    expect([await kit.status(id), await kit.status(other)]).toEqual(['Succeeded', 'InProgress']);
  });
});

describe('an answer', () => {
  test('shows who gave it and what they said, and no token any more', async () => {
    const { kit, id } = await waiting();
    const { approvedAt } = await answer(kit, (await gateOf(kit))?.token, 'Approved', 'Ship it');
    expect(approvedAt?.getTime()).toBe(kit.clock.now());
    const gate = await gateOf(kit);
    expect(gate).toMatchObject({ status: 'Succeeded', summary: 'Ship it' });
    expect(gate?.lastUpdatedBy).toContain('arn:aws:iam::815856636111:');
    expect(gate).not.toHaveProperty('token');
    expect((await kit.actions(id))[0]).toMatchObject({
      status: 'Succeeded',
      updatedBy: gate?.lastUpdatedBy,
      output: { executionResult: { externalExecutionSummary: 'Ship it' } },
    });
  });

  test('that rejects fails the execution without error details', async () => {
    const { kit, id } = await waiting();
    await answer(kit, (await gateOf(kit))?.token, 'Rejected', 'Not today');
    await kit.clock.sleep(seconds(60));
    expect(await kit.status(id)).toBe('Failed');
    expect(await history(kit, id)).toEqual(['Source/GitHub Succeeded', 'Gate/Approve Failed']);
    expect(await gateOf(kit)).toMatchObject({ status: 'Failed', summary: 'Not today' });
    expect(await gateOf(kit)).not.toHaveProperty('errorDetails');
  });

  test('is taken once', async () => {
    const { kit } = await waiting();
    const token = (await gateOf(kit))?.token;
    await answer(kit, token, 'Approved');
    expect(await codeOf(answer(kit, token, 'Rejected'))).toMatch(/^ApprovalAlreadyCompletedException: /);
  });

  test('with a token of nobody is refused', async () => {
    const { kit, id } = await waiting();
    expect(await codeOf(answer(kit, id, 'Approved'))).toMatch(/^InvalidApprovalTokenException: /);
    expect(await codeOf(answer(kit, 'x', 'Approved'))).toMatch(/^ValidationException: /);
  });

  test('after the execution was abandoned is refused', async () => {
    const { kit, id } = await waiting();
    const token = (await gateOf(kit))?.token;
    const { pipelines } = kit;
    await pipelines.stopPipelineExecution({ pipelineName: name, pipelineExecutionId: id, abandon: true });
    expect(await codeOf(answer(kit, token, 'Approved'))).toMatch(/^InvalidApprovalTokenException: /);
  });

  test('again after a retry needs the new token', async () => {
    const { kit, id } = await waiting();
    const token = (await gateOf(kit))?.token;
    await answer(kit, token, 'Rejected');
    await kit.clock.sleep(seconds(60));
    await kit.pipelines.retryStageExecution({
      pipelineName: name,
      stageName: 'Gate',
      pipelineExecutionId: id,
      retryMode: 'FAILED_ACTIONS',
    });
    await kit.clock.sleep(seconds(60));
    expect(await codeOf(answer(kit, token, 'Approved'))).toMatch(/^ApprovalAlreadyCompletedException: /);
    await answer(kit, (await gateOf(kit))?.token, 'Approved');
    await kit.clock.sleep(seconds(60));
    expect(await kit.status(id)).toBe('Succeeded');
  });

  test.each([
    [{ pipelineName: 'other' }, 'PipelineNotFoundException'],
    [{ stageName: 'Other' }, 'StageNotFoundException'],
    [{ actionName: 'Other' }, 'ActionNotFoundException'],
    [{ stageName: 'Deploy', actionName: 'Deploy' }, 'ValidationException'],
  ])('to %j is refused', async (place, code) => {
    const { kit } = await waiting();
    const refused = kit.pipelines.putApprovalResult({
      pipelineName: name,
      stageName: 'Gate',
      actionName: approval.name,
      token: (await gateOf(kit))?.token,
      result: { status: 'Approved', summary: '' },
      ...place,
    });
    expect(await codeOf(refused)).toMatch(new RegExp(`^${code}: `));
  });
});
