// When an execution is through, and as what; what AWS may yet take back is pending.
import { describe, expect, test } from '@jest/globals';
import { type Circumstances, failureKey, judgeExecution } from '../../../src/shared/judge/pipeline.ts';
import type { ExecutionStatus, Progress } from '../../../src/shared/pipeline/types.ts';
import { anExecution, aProgress, aRun, failed, nine } from './values.ts';

const judge = (progress: Progress, circumstances: Partial<Circumstances> = {}) =>
  judgeExecution(progress, { unchangedMs: 120_000, selfRetrying: [], retried: [], ...circumstances });

const withStatus = (status: ExecutionStatus, overrides: Partial<Progress> = {}): Progress =>
  aProgress({ execution: anExecution({ status }), ...overrides });

test.each([
  ['InProgress', { kind: 'pending' }],
  ['Stopping', { kind: 'pending' }],
  ['Succeeded', { kind: 'succeeded' }],
  ['Stopped', { kind: 'stopped', abandoned: [] }],
  ['Cancelled', { kind: 'cancelled' }],
  ['Superseded', { kind: 'superseded', by: undefined }],
  ['Failed', { kind: 'failed', failure: undefined, stage: undefined }],
] as const)('%s', (status, expected) => {
  expect(judge(withStatus(status))).toEqual(expected);
});

test('an execution that AWS does not show yet is pending', () => {
  expect(judge(aProgress({ execution: undefined })).kind).toBe('pending');
});

test('a stopped one names what was abandoned', () => {
  const left = aRun({ status: 'Abandoned' });
  expect(judge(withStatus('Stopped', { actions: [aRun({ startedAt: nine - 1 }), left] }))).toEqual({
    kind: 'stopped',
    abandoned: [aRun({ startedAt: nine - 1 }), left].filter(({ status }) => status === 'Abandoned'),
  });
});

describe('a failure', () => {
  test('is that of the action that failed first', () => {
    const first = failed({ action: 'Unit', updatedAt: nine + 10 });
    const actions = [failed({ action: 'Lint', updatedAt: nine + 20 }), first];
    expect(judge(withStatus('Failed', { actions }))).toEqual({
      kind: 'failed',
      failure: first,
      stage: 'Build',
    });
  });

  test('is pending while an action runs again, whoever retried it', () => {
    const actions = [failed(), aRun({ startedAt: nine + 100_000, status: 'InProgress' })];
    expect(judge(withStatus('Failed', { actions })).kind).toBe('pending');
  });

  test('that a later run mended is none of the execution', () => {
    const second = failed({ action: 'Lint' });
    const actions = [failed({ action: 'Unit', startedAt: nine - 9 }), aRun({ action: 'Unit' }), second];
    expect(judge(withStatus('Failed', { actions }))).toMatchObject({ failure: second });
  });

  test('of an approval is a rejection', () => {
    const approval = failed({ category: 'Approval', action: 'Approval' });
    expect(judge(withStatus('Failed', { actions: [approval] }))).toEqual({ kind: 'rejected', approval });
  });

  test('whose action AWS does not show yet is pending for half a minute', () => {
    expect(judge(withStatus('Failed', { actions: [aRun()] }), { unchangedMs: 29_000 }).kind).toBe('pending');
    expect(judge(withStatus('Failed', { actions: [aRun()] }), { unchangedMs: 30_000 }).kind).toBe('failed');
  });

  test('of a condition is told with its stage, at once', () => {
    expect(judge(withStatus('Failed', { failedStage: 'Deploy' }), { unchangedMs: 0 })).toEqual({
      kind: 'failed',
      failure: undefined,
      stage: 'Deploy',
    });
  });

  test('that was retried is pending for a minute, until the retry shows', () => {
    const failure = failed();
    const retried = [failureKey({ failure, stage: 'Build' })];
    const progress = withStatus('Failed', { actions: [failure] });
    expect(judge(progress, { retried, unchangedMs: 59_000 }).kind).toBe('pending');
    expect(judge(progress, { retried, unchangedMs: 60_000 }).kind).toBe('failed');
    expect(
      judge(withStatus('Failed', { actions: [failure, failed({ startedAt: nine + 9 })] }), {
        retried,
        unchangedMs: 1,
      }).kind,
    ).toBe('failed');
  });
});

describe('a stage that CodePipeline retries itself', () => {
  const circumstances = { selfRetrying: ['Build'], unchangedMs: 59_000 };

  test('is pending after its first failure, for a minute', () => {
    const progress = withStatus('Failed', { actions: [failed()] });
    expect(judge(progress, circumstances).kind).toBe('pending');
    expect(judge(progress, { ...circumstances, unchangedMs: 60_000 }).kind).toBe('failed');
  });

  test('has failed once the second run has', () => {
    const actions = [failed(), failed({ startedAt: nine + 90_000 })];
    expect(judge(withStatus('Failed', { actions }), circumstances).kind).toBe('failed');
  });

  test('says nothing of another stage', () => {
    expect(judge(withStatus('Failed', { actions: [failed({ stage: 'Deploy' })] }), circumstances).kind).toBe(
      'failed',
    );
  });
});
