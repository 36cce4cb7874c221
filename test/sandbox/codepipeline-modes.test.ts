// Several executions of one pipeline: who waits, who is superseded, who runs beside whom; and disabled transitions.
import { describe, expect, test } from '@jest/globals';
import type { SeededPipeline } from '../../sandbox/aws/codepipeline/definitions.ts';
import { approval, build, createKit, type Kit, name, plain, seconds, takes } from './codepipeline-kit.ts';

const statuses = (kit: Kit, ids: readonly string[]) => Promise.all(ids.map((id) => kit.status(id)));

/** A quick Source, a Build of a minute. */
const slow = (overrides: Partial<SeededPipeline> = {}): SeededPipeline => ({
  ...plain(overrides),
  stages: plain(overrides).stages.map((stage) =>
    stage.name === 'Build' ? { ...stage, actions: [build('Build', takes(seconds(60)))] } : stage,
  ),
});

/** Three executions, each started when the one before it has left the Source stage. */
const startThree = async (kit: Kit): Promise<readonly [string, string, string]> => {
  const first = await kit.start();
  await kit.clock.sleep(seconds(10));
  const second = await kit.start();
  await kit.clock.sleep(seconds(10));
  const third = await kit.start();
  await kit.clock.sleep(seconds(10));
  return [first, second, third];
};

describe('SUPERSEDED', () => {
  test('of those that wait before a stage only the newest goes on; who is inside is left alone', async () => {
    const kit = createKit(slow());
    const [first, second, third] = await startThree(kit);
    expect(await statuses(kit, [first, second, third])).toEqual(['InProgress', 'Superseded', 'InProgress']);
    expect(await kit.stage('Build')).toMatchObject({
      latestExecution: { pipelineExecutionId: first, status: 'InProgress' },
      inboundExecution: { pipelineExecutionId: third, status: 'InProgress' },
      inboundExecutions: [{ pipelineExecutionId: third }],
    });
    await kit.clock.sleep(seconds(300));
    expect(await statuses(kit, [first, second, third])).toEqual(['Succeeded', 'Superseded', 'Succeeded']);
    expect((await kit.actions(second)).map(({ stageName }) => stageName)).toEqual(['Source']);
  });

  test('a stage that waits for an approval is held by its execution', async () => {
    const stages = plain().stages.map((stage) =>
      stage.name === 'Build' ? { ...stage, actions: [approval] } : stage,
    );
    const kit = createKit(plain({ stages }));
    const ids = await startThree(kit);
    await kit.clock.sleep(seconds(86_400));
    expect(await statuses(kit, ids)).toEqual(['InProgress', 'Superseded', 'InProgress']);
  });

  test('a failed stage lets the next one in', async () => {
    const broken = build('Build', async ({ revision }) =>
      revision === 'bad' ? { kind: 'failed', code: 'JobFailed', message: 'No.' } : { kind: 'succeeded' },
    );
    const stages = plain().stages.map((stage) =>
      stage.name === 'Build' ? { ...stage, actions: [broken] } : stage,
    );
    const kit = createKit(plain({ stages }));
    const bad = { actionName: 'GitHub', revisionType: 'COMMIT_ID', revisionValue: 'bad' } as const;
    const first = await kit.start({ sourceRevisions: [bad] });
    const second = await kit.start();
    await kit.clock.sleep(seconds(120));
    expect(await statuses(kit, [first, second])).toEqual(['Failed', 'Succeeded']);
  });
});

describe('QUEUED', () => {
  test('everybody gets through, in the order of the starts', async () => {
    const kit = createKit(slow({ mode: 'QUEUED' }));
    const [first, second, third] = await startThree(kit);
    expect(await kit.stage('Build')).toMatchObject({
      latestExecution: { pipelineExecutionId: first },
      inboundExecutions: [{ pipelineExecutionId: second }, { pipelineExecutionId: third }],
    });
    await kit.clock.sleep(seconds(60));
    expect(await kit.stage('Build')).toMatchObject({ latestExecution: { pipelineExecutionId: second } });
    await kit.clock.sleep(seconds(300));
    expect(await statuses(kit, [first, second, third])).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
    const builds = kit.port.executions(name).map(({ visits }) => visits[1]?.order);
    expect(builds).toEqual(builds.toSorted((a = 0, b = 0) => a - b));
  });
});

describe('PARALLEL', () => {
  test('nobody waits for anybody', async () => {
    const kit = createKit(slow({ mode: 'PARALLEL' }));
    const ids = await startThree(kit);
    expect(await kit.stage('Build')).not.toHaveProperty('inboundExecutions');
    const running = kit.port.executions(name).map(({ place }) => place);
    expect(running).toEqual(Array(3).fill({ kind: 'inside', stage: 'Build' }));
    await kit.clock.sleep(seconds(120));
    expect(await statuses(kit, ids)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
  });
});

describe('a disabled transition', () => {
  const way = { pipelineName: name, stageName: 'Deploy', transitionType: 'Inbound' } as const;

  test.each(['SUPERSEDED', 'QUEUED', 'PARALLEL'] as const)('holds back a %s execution', async (mode) => {
    const kit = createKit(plain({ mode }));
    await kit.pipelines.disableStageTransition({ ...way, reason: 'Frozen until Monday' });
    const id = await kit.start();
    await kit.clock.sleep(seconds(3_600));
    expect(await kit.status(id)).toBe('InProgress');
    expect(await kit.stage('Deploy')).toMatchObject({
      inboundExecution: { pipelineExecutionId: id },
      inboundTransitionState: {
        enabled: false,
        disabledReason: 'Frozen until Monday',
        lastChangedBy: 'arn:aws:iam::815856636111:user/operator',
        lastChangedAt: expect.any(Date),
      },
    });
    await kit.pipelines.enableStageTransition(way);
    await kit.clock.sleep(seconds(60));
    expect(await kit.status(id)).toBe('Succeeded');
    const { inboundTransitionState } = await kit.stage('Deploy');
    expect(inboundTransitionState).toMatchObject({ enabled: true });
    expect(inboundTransitionState).not.toHaveProperty('disabledReason');
  });

  test('out of a stage is the one into the next', async () => {
    const kit = createKit();
    await kit.pipelines.disableStageTransition({
      pipelineName: name,
      stageName: 'Build',
      transitionType: 'Outbound',
      reason: 'x',
    });
    expect((await kit.stage('Deploy')).inboundTransitionState).toMatchObject({ enabled: false });
  });

  test('the source stage has none, and the port disables as the console does', async () => {
    const kit = createKit();
    await expect(
      kit.pipelines.disableStageTransition({ ...way, stageName: 'Source', reason: 'x' }),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      kit.pipelines.disableStageTransition({ ...way, stageName: 'None', reason: 'x' }),
    ).rejects.toMatchObject({ name: 'StageNotFoundException' });
    expect(await kit.stage('Source')).not.toHaveProperty('inboundTransitionState');
    kit.port.disableTransition(name, 'Build', 'Frozen');
    expect((await kit.stage('Build')).inboundTransitionState).toMatchObject({ disabledReason: 'Frozen' });
    kit.port.enableTransition(name, 'Build');
    expect((await kit.stage('Build')).inboundTransitionState).toMatchObject({ enabled: true });
  });
});
