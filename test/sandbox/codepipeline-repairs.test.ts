// Retrying a failed stage and rolling a stage back: what they do, and everything that they refuse.
import { describe, expect, test } from '@jest/globals';
import type { SeededPipeline } from '../../sandbox/aws/codepipeline/definitions.ts';
import {
  build,
  building,
  createKit,
  failing,
  history,
  type Kit,
  name,
  plain,
  seconds,
  takes,
} from './codepipeline-kit.ts';
import { codeOf } from './refusal.ts';

type Mode = 'FAILED_ACTIONS' | 'ALL_ACTIONS';

const retry = ({ pipelines }: Kit, pipelineExecutionId: string, more: object = {}) =>
  pipelines.retryStageExecution({
    pipelineName: name,
    stageName: 'Build',
    pipelineExecutionId,
    retryMode: 'FAILED_ACTIONS',
    ...more,
  });

/** Its Build holds an action that goes well, one that fails once beside it, and one after both. */
const failed = async (overrides: Partial<SeededPipeline> = {}) => {
  const last = { ...build('Push', takes(seconds(1))), runOrder: 2 };
  const kit = createKit(
    building([build('Test', takes(seconds(1))), build('Image', failing(1)), last], overrides),
  );
  const id = await kit.start();
  await kit.clock.sleep(seconds(60));
  return { kit, id };
};

describe('a retry', () => {
  const again: Readonly<Record<Mode, readonly string[]>> = {
    FAILED_ACTIONS: ['Build/Image Succeeded', 'Build/Push Succeeded'],
    ALL_ACTIONS: ['Build/Test Succeeded', 'Build/Image Succeeded', 'Build/Push Succeeded'],
  };
  const modes: readonly Mode[] = ['FAILED_ACTIONS', 'ALL_ACTIONS'];

  test.each(modes)('of %s goes on in the same execution with new action executions', async (retryMode) => {
    const { kit, id } = await failed();
    const before = await kit.actions(id);
    expect((await retry(kit, id, { retryMode })).pipelineExecutionId).toBe(id);
    expect(await kit.status(id)).toBe('InProgress');
    await kit.clock.sleep(seconds(120));
    expect(await kit.status(id)).toBe('Succeeded');
    expect((await history(kit, id)).slice(before.length)).toEqual([
      ...again[retryMode],
      'Deploy/Deploy Succeeded',
    ]);
    const ids = (await kit.actions(id)).map(({ actionExecutionId }) => actionExecutionId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await kit.stage('Build')).toMatchObject({
      latestExecution: { pipelineExecutionId: id, status: 'Succeeded' },
      retryStageMetadata: { manualStageRetryAttempt: 1, latestRetryTrigger: 'ManualStageRetry' },
    });
  });

  test('leaves only what ran since in the latest actions', async () => {
    const { kit, id } = await failed();
    await retry(kit, id);
    await kit.clock.sleep(seconds(120));
    const listed = async (startTimeRange: 'Latest' | 'All') =>
      (
        await kit.pipelines.listActionExecutions({
          pipelineName: name,
          filter: { latestInPipelineExecution: { pipelineExecutionId: id, startTimeRange } },
        })
      ).actionExecutionDetails?.map(({ actionName }) => actionName);
    expect(await listed('Latest')).toEqual(['Deploy', 'Push', 'Image']);
    expect(await listed('All')).toHaveLength(6);
  });

  test('counts attempts, and may fail again', async () => {
    const kit = createKit(building([build('Build', failing(2))]));
    const id = await kit.start();
    await kit.clock.sleep(seconds(60));
    for (const end of ['Failed', 'Succeeded']) {
      await retry(kit, id);
      await kit.clock.sleep(seconds(60));
      expect(await kit.status(id)).toBe(end);
    }
  });

  test('is refused for a stage that did not fail', async () => {
    const { kit, id } = await failed();
    for (const stageName of ['Source', 'Deploy'])
      expect(await codeOf(retry(kit, id, { stageName }))).toMatch(/^StageNotRetryableException: /);
    await retry(kit, id);
    expect(await codeOf(retry(kit, id))).toMatch(/^StageNotRetryableException: /);
  });

  test('is refused once the pipeline has changed', async () => {
    const { kit, id } = await failed();
    kit.port.changeDefinition(name);
    expect(await codeOf(retry(kit, id))).toMatch(/^StageNotRetryableException: /);
  });

  test.each(['SUPERSEDED', 'QUEUED'] as const)(
    'is refused in a %s stage that another has entered',
    async (mode) => {
      const { kit, id } = await failed({ mode });
      await kit.start();
      expect(await kit.stage('Build')).toMatchObject({ latestExecution: { pipelineExecutionId: id } });
      await kit.clock.sleep(seconds(60));
      expect(await codeOf(retry(kit, id))).toMatch(/^NotLatestPipelineExecutionException: /);
    },
  );

  test('is not hindered by others in a PARALLEL stage', async () => {
    const { kit, id } = await failed({ mode: 'PARALLEL' });
    await kit.start();
    await kit.clock.sleep(seconds(60));
    await retry(kit, id);
    await kit.clock.sleep(seconds(60));
    expect(await kit.status(id)).toBe('Succeeded');
  });
});

/** Two executions that went well, the older one first. */
const twice = async (overrides: Partial<SeededPipeline> = {}) => {
  const kit = createKit(plain(overrides));
  const revision = (revisionValue: string) => ({
    sourceRevisions: [{ actionName: 'GitHub', revisionType: 'COMMIT_ID' as const, revisionValue }],
  });
  const older = await kit.start(overrides.type === 'V1' ? {} : revision('older'));
  await kit.clock.sleep(seconds(60));
  const newer = await kit.start(overrides.type === 'V1' ? {} : revision('newer'));
  await kit.clock.sleep(seconds(60));
  return { kit, older, newer };
};

const rollback = ({ pipelines }: Kit, targetPipelineExecutionId: string, stageName = 'Deploy') =>
  pipelines.rollbackStage({ pipelineName: name, stageName, targetPipelineExecutionId });

describe('a rollback', () => {
  test.each(['SUPERSEDED', 'QUEUED'] as const)(
    'in %s mode is an execution of its own that repeats one stage with an earlier revision',
    async (mode) => {
      const { kit, older } = await twice({ mode });
      const { pipelineExecutionId: id = '' } = await rollback(kit, older, 'Build');
      await kit.clock.sleep(seconds(60));
      expect(await history(kit, id)).toEqual(['Build/Build Succeeded']);
      expect(await kit.execution(id)).toMatchObject({
        status: 'Succeeded',
        executionType: 'ROLLBACK',
        rollbackMetadata: { rollbackTargetPipelineExecutionId: older },
        trigger: { triggerType: 'ManualRollback' },
      });
      expect(kit.port.executions(name).at(-1)?.revisions).toEqual(new Map([['GitHub', 'older']]));
      expect(await kit.stage('Build')).toMatchObject({
        latestExecution: { pipelineExecutionId: id, type: 'ROLLBACK', status: 'Succeeded' },
      });
    },
  );

  test('targets are found by the stage that they succeeded in, newest first', async () => {
    const { kit, older, newer } = await twice();
    const targets = async () =>
      (
        await kit.pipelines.listPipelineExecutions({
          pipelineName: name,
          filter: { succeededInStage: { stageName: 'Deploy' } },
        })
      ).pipelineExecutionSummaries?.map(({ pipelineExecutionId }) => pipelineExecutionId);
    await kit.start();
    await kit.clock.sleep(seconds(10));
    expect(await targets()).toEqual([newer, older]);
    kit.port.changeDefinition(name);
    expect(await targets()).toEqual([]);
  });

  test.each([
    ['of the source stage', {}, 'Source'],
    ['in PARALLEL mode', { mode: 'PARALLEL' as const }, 'Deploy'],
    ['of a V1 pipeline', { type: 'V1' as const }, 'Deploy'],
  ])('%s is refused', async (_what, overrides, stage) => {
    const { kit, older } = await twice(overrides);
    expect(await codeOf(rollback(kit, older, stage))).toMatch(/^UnableToRollbackStageException: /);
  });

  test('of a stage that runs is refused', async () => {
    const { kit, older } = await twice();
    await kit.start();
    await kit.clock.sleep(seconds(10));
    expect(await codeOf(rollback(kit, older, 'Build'))).toMatch(/^UnableToRollbackStageException: /);
  });

  test('to an execution that did not succeed there is refused', async () => {
    const { kit, id } = await failed();
    expect(await codeOf(rollback(kit, id, 'Build'))).toMatch(/^UnableToRollbackStageException: /);
    expect(await codeOf(rollback(kit, id, 'None'))).toMatch(/^StageNotFoundException: /);
  });

  test('to a rollback is refused', async () => {
    const { kit, older } = await twice();
    const { pipelineExecutionId = '' } = await rollback(kit, older);
    await kit.clock.sleep(seconds(60));
    expect(await codeOf(rollback(kit, pipelineExecutionId))).toMatch(/^UnableToRollbackStageException: /);
  });

  test('to an execution of an earlier version, or none, is refused', async () => {
    const { kit, older } = await twice();
    kit.port.changeDefinition(name);
    expect(await codeOf(rollback(kit, older))).toMatch(/^PipelineExecutionOutdatedException: /);
    const unknown = '00000000-0000-0000-0000-000000000000';
    expect(await codeOf(rollback(kit, unknown))).toMatch(/^PipelineExecutionNotFoundException: /);
  });
});
