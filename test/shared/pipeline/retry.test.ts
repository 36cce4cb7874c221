// A failed stage is retried once per request, in the same execution; every refusal has a sentence and a remedy of its own.
import { expect, test } from '@jest/globals';
import { retryStage } from '../../../src/shared/pipeline/retry.ts';
import type { ApplicationSurroundings } from '../../../src/shared/prepare-application.ts';
import { createKit, fails, type Kit, type KitOptions, name, seconds } from './hands-kit.ts';
import { intercepting } from './hands-world.ts';

const failed = async (options: KitOptions = {}) => {
  const kit = await createKit({ unattended: true, works: { Build: fails(1) }, ...options });
  const executionId = await kit.start();
  await kit.clock.sleep(seconds(30));
  expect(kit.status(executionId)).toBe('Failed');
  return { kit, executionId };
};

const retry = (kit: Kit, executionId: string, around: ApplicationSurroundings = kit.around): Promise<void> =>
  retryStage(around, { pipeline: kit.pipeline, executionId, stage: 'Build', mode: 'failed-actions' });

const builds = async (kit: Kit, executionId: string): Promise<readonly string[]> =>
  (await kit.runs(executionId)).filter(({ action }) => action === 'Build').map(({ status }) => status);

test.each(['failed-actions', 'all-actions'] as const)(
  '%s: the same execution goes on and succeeds',
  async (mode) => {
    const { kit, executionId } = await failed();
    await retryStage(kit.around, { pipeline: kit.pipeline, executionId, stage: 'Build', mode });
    await kit.clock.sleep(seconds(90));
    expect(kit.status(executionId)).toBe('Succeeded');
    expect(await builds(kit, executionId)).toEqual(['Failed', 'Succeeded']);
  },
);

test('a lost answer that took effect is not sent again', async () => {
  const { kit, executionId } = await failed({ works: { Build: fails(9) } });
  kit.sandbox.faults.arm({ operation: 'RetryStageExecution', effect: { kind: 'lose' } });
  await retry(kit, executionId);
  await kit.clock.sleep(seconds(60));
  expect(await builds(kit, executionId)).toEqual(['Failed', 'Failed']);
});

test('an answer lost before it took effect is sent again', async () => {
  const { kit, executionId } = await failed();
  kit.sandbox.faults.arm({ operation: 'RetryStageExecution', effect: { kind: 'server-error' } });
  await retry(kit, executionId);
  await kit.clock.sleep(seconds(90));
  expect(await builds(kit, executionId)).toEqual(['Failed', 'Succeeded']);
});

test('a busy pipeline is asked again', async () => {
  const { kit, executionId } = await failed();
  kit.sandbox.faults.arm({
    operation: 'RetryStageExecution',
    count: 2,
    effect: { kind: 'error', code: 'ConflictException', message: 'busy' },
  });
  await retry(kit, executionId);
  await kit.clock.sleep(seconds(90));
  expect(kit.status(executionId)).toBe('Succeeded');
});

test('somebody else has retried it in between: not done twice, and told', async () => {
  const { kit, executionId } = await failed({ works: { Build: fails(9) } });
  const around = intercepting(kit.around, 'retryStageExecution', () =>
    kit.somebody.retryStageExecution({
      pipelineName: name,
      stageName: 'Build',
      pipelineExecutionId: executionId,
      retryMode: 'FAILED_ACTIONS',
    }),
  );
  await expect(retry(kit, executionId, around)).rejects.toThrow(
    /could not be retried: the stage has no failed action any more/,
  );
  await kit.clock.sleep(seconds(60));
  expect(await builds(kit, executionId)).toEqual(['Failed', 'Failed']);
});

test('a newer execution in the stage', async () => {
  const { kit, executionId } = await failed({ works: { Build: fails(9) } });
  await kit.start();
  await kit.clock.sleep(seconds(30));
  await expect(retry(kit, executionId)).rejects.toThrow(
    /a newer execution has been in this stage since[\s\S]*start a new run of the workflow/,
  );
});

test('a pipeline changed since', async () => {
  const { kit, executionId } = await failed();
  kit.port.changeDefinition(name);
  await expect(retry(kit, executionId)).rejects.toThrow(/pipeline was changed since/);
});

test.each([
  ['ConcurrentPipelineExecutionsLimitExceededException', /as many executions at once as AWS allows/],
  ['ConflictException', /busy with other executions, four times in a row/],
  ['StageNotFoundException', /no such stage any more/],
  ['PipelineNotFoundException', /no such pipeline/],
] as const)('%s has its own sentence', async (code, sentence) => {
  const { kit, executionId } = await failed();
  kit.sandbox.faults.arm({
    operation: 'RetryStageExecution',
    count: 9,
    effect: { kind: 'error', code, message: 'says AWS' },
  });
  const ending = await retry(kit, executionId).catch((error: unknown) => error);
  expect(ending).toMatchObject({ message: expect.stringMatching(sentence) });
  expect(ending).toMatchObject({ details: expect.arrayContaining([expect.stringContaining('says AWS')]) });
});
