// An execution is stopped once, says why and by whom, and never leaves a migration or a deployment half done.
import { expect, test } from '@jest/globals';
import { signedReason, stopExecution } from '../../../src/shared/pipeline/stop.ts';
import type { Execution } from '../../../src/shared/pipeline/types.ts';
import type { ApplicationSurroundings } from '../../../src/shared/prepare-application.ts';
import { createKit, type Kit, type KitOptions, name, seconds, takes } from './hands-kit.ts';
import { cancelled, intercepting } from './hands-world.ts';

type Given = {
  readonly how?: 'stop' | 'abandon';
  readonly around?: ApplicationSurroundings;
  readonly reason?: string;
};

const stop = (
  kit: Kit,
  executionId: string,
  { how = 'stop', around = kit.around, reason = 'the job was cancelled' }: Given = {},
): Promise<Execution> => stopExecution(around, { pipeline: kit.pipeline, executionId, how, reason });

const long = takes(seconds(120));

/** Source and Build take ten seconds each, so after 15 the build runs, and after 30 the migration. */
const running = async (after: number, options: KitOptions = {}) => {
  const kit = await createKit({ unattended: true, ...options });
  const executionId = await kit.start();
  await kit.clock.sleep(seconds(after));
  return { kit, executionId };
};

const runOf = async (kit: Kit, executionId: string, action: string) =>
  (await kit.runs(executionId)).findLast((run) => run.action === action)?.status;

test('stop: what runs ends, nothing further begins, and the history tells why', async () => {
  const { kit, executionId } = await running(15);
  await stop(kit, executionId, { reason: signedReason('the job was cancelled', kit.world.run) });
  expect(kit.status(executionId)).toBe('Stopping');
  await kit.clock.sleep(seconds(60));
  expect(kit.status(executionId)).toBe('Stopped');
  expect((await kit.runs(executionId)).map(({ action, status }) => `${action} ${status}`)).toEqual([
    'GitHub Succeeded',
    'Build Succeeded',
  ]);
  const [newest] =
    (await kit.somebody.listPipelineExecutions({ pipelineName: name })).pipelineExecutionSummaries ?? [];
  expect(newest?.stopTrigger?.reason).toMatch(/cancelled \(ada\) https:\/\/github.com\/.*\/4711$/);
});

test('abandon: a build is left behind at once', async () => {
  const { kit, executionId } = await running(15, { works: { Build: long } });
  await stop(kit, executionId, { how: 'abandon' });
  await kit.clock.sleep(seconds(3));
  expect(kit.status(executionId)).toBe('Stopped');
  expect(await runOf(kit, executionId, 'Build')).toBe('Abandoned');
});

test.each([
  ['Migrate', 30],
  ['Deploy', 45],
] as const)('abandon: never in %s, which ends by itself', async (stage, after) => {
  const { kit, executionId } = await running(after, { works: { [stage]: long } });
  expect(await runOf(kit, executionId, stage)).toBe('InProgress');
  await stop(kit, executionId, { how: 'abandon' });
  expect(kit.lines.join('\n')).toMatch(
    new RegExp(`warning: .*stopped, not abandoned: ${stage}/${stage} runs`),
  );
  await kit.clock.sleep(seconds(180));
  expect(await runOf(kit, executionId, stage)).toBe('Succeeded');
  expect(kit.status(executionId)).toBe('Stopped');
});

test.each([
  ['Migrate', 30],
  ['Deploy', 60],
] as const)(
  'abandon: not in %s either where the manifest’s list has another name for it',
  async (stage, after) => {
    const { kit, executionId } = await running(after, { works: { [stage]: long } });
    expect(await runOf(kit, executionId, stage)).toBe('InProgress');
    const pipeline = { ...kit.pipeline, neverAbandon: ['Elsewhere'] };
    const seen = await stopExecution(kit.around, {
      pipeline,
      executionId,
      how: 'abandon',
      reason: 'cancelled',
    });
    expect(seen.status).toBe('Stopping');
    expect(kit.lines.join('\n')).toContain(`${stage}/${stage} runs, which is never left half done`);
    await kit.clock.sleep(seconds(180));
    expect(await runOf(kit, executionId, stage)).toBe('Succeeded');
  },
);

test('abandon: a build that ends between look and abandoning lets no migration begin and be abandoned', async () => {
  const { kit, executionId } = await running(15);
  const around = intercepting(kit.around, 'paginateListActionExecutions', () => kit.clock.sleep(seconds(60)));
  await stop(kit, executionId, { how: 'abandon', around });
  expect(await runOf(kit, executionId, 'Migrate')).toBeUndefined();
  expect(kit.status(executionId)).toBe('Stopped');
});

test('abandon: stops only, where what runs may not be read', async () => {
  const { kit, executionId } = await running(15, { works: { Build: long } });
  kit.sandbox.faults.arm({ operation: 'ListActionExecutions', count: 9, effect: { kind: 'access-denied' } });
  await stop(kit, executionId, { how: 'abandon' });
  expect(kit.status(executionId)).toBe('Stopping');
  expect(kit.lines.join('\n')).toContain('what runs could not be read');
});

test('stop at an open approval: it is given up, for nobody would answer it', async () => {
  const kit = await createKit();
  const executionId = await kit.start();
  await kit.untilApproval(executionId);
  await stop(kit, executionId);
  await kit.clock.sleep(seconds(5));
  expect(kit.status(executionId)).toBe('Stopped');
});

test('stop at an open approval in a stage that is never abandoned: it is given up too', async () => {
  const kit = await createKit();
  const executionId = await kit.start();
  await kit.untilApproval(executionId);
  const pipeline = { ...kit.pipeline, neverAbandon: ['Approval'] };
  const seen = await stopExecution(kit.around, { pipeline, executionId, how: 'stop', reason: 'cancelled' });
  expect(['Stopping', 'Stopped']).toContain(seen.status);
  await kit.clock.sleep(seconds(5));
  expect(kit.status(executionId)).toBe('Stopped');
});

test.each([
  ['Stopping', 0],
  ['Succeeded', 120],
] as const)('answers the execution as it is then: %s', async (status, after) => {
  const { kit, executionId } = await running(15 + after);
  expect((await stop(kit, executionId)).status).toBe(status);
});

test('asked twice, once by somebody else, is asked once', async () => {
  const { kit, executionId } = await running(15);
  const around = intercepting(kit.around, 'stopPipelineExecution', () =>
    kit.somebody.stopPipelineExecution({
      pipelineName: name,
      pipelineExecutionId: executionId,
      reason: 'mine',
    }),
  );
  await stop(kit, executionId, { around });
  await stop(kit, executionId);
  expect(kit.status(executionId)).toBe('Stopping');
});

test('over between our look and the stop: nothing to stop, and no error', async () => {
  const { kit, executionId } = await running(15);
  const around = intercepting(kit.around, 'stopPipelineExecution', () => kit.clock.sleep(seconds(120)));
  await stop(kit, executionId, { around });
  expect(kit.lines.join('\n')).toContain('is Succeeded: there is nothing to stop');
});

test('a lost answer, a busy pipeline and a lagging start are borne', async () => {
  const kit = await createKit({
    unattended: true,
    works: { Source: long },
    settings: { startLagMs: seconds(20) },
  });
  const executionId = await kit.start();
  kit.sandbox.faults.arm({
    operation: 'StopPipelineExecution',
    effect: { kind: 'error', code: 'ConflictException', message: 'busy' },
  });
  kit.sandbox.faults.arm({ operation: 'StopPipelineExecution', from: 14, effect: { kind: 'lose' } });
  await stop(kit, executionId);
  expect(kit.status(executionId)).toBe('Stopping');
});

test('after a cancel, without any pause, it stops within a few calls', async () => {
  const { kit, executionId } = await running(15, { works: { Build: long } });
  const before = kit.sandbox.calls.length;
  const at = kit.clock.now();
  await stop(kit, executionId, { around: cancelled(kit.around) });
  expect(kit.status(executionId)).toBe('Stopping');
  expect(kit.clock.now()).toBe(at);
  expect(kit.sandbox.calls.length - before).toBeLessThanOrEqual(3);
});

test('after a cancel, one that cannot be stopped fails at once instead of trying on', async () => {
  const { kit, executionId } = await running(15, { works: { Build: long } });
  kit.sandbox.faults.arm({
    operation: 'StopPipelineExecution',
    count: 99,
    effect: { kind: 'error', code: 'ConflictException', message: 'busy' },
  });
  const before = kit.sandbox.calls.length;
  await expect(stop(kit, executionId, { around: cancelled(kit.around) })).rejects.toThrow(
    /could not be stopped[\s\S]*aws codepipeline stop-pipeline-execution/,
  );
  expect(kit.sandbox.calls.length - before).toBeLessThanOrEqual(6);
});

test('a reason is cut to what AWS takes', () => {
  const url = `https://github.com/${'o'.repeat(300)}`;
  const reason = signedReason('the job was cancelled', { url, actor: 'ada' });
  expect(reason).toHaveLength(200);
  expect(reason).toContain('(ada)');
});
