// What a start may say, that a token starts nothing twice, and that an execution does not show at once.
import { describe, expect, test } from '@jest/globals';
import { createKit, name, plain, seconds } from './codepipeline-kit.ts';
import { codeOf } from './refusal.ts';

const commit = { actionName: 'GitHub', revisionType: 'COMMIT_ID', revisionValue: 'c'.repeat(40) } as const;
const version = [{ name: 'VERSION', value: 'v1' }];

describe('a start is refused', () => {
  const v2 = plain({ variables: [{ name: 'VERSION', defaultValue: 'none' }] });
  const needy = plain({ variables: [{ name: 'VERSION' }] });
  test.each([
    ['variables for V1', plain({ type: 'V1' }), { variables: version }, /not supported for V1/],
    ['revisions for V1', plain({ type: 'V1' }), { sourceRevisions: [commit] }, /not supported for V1/],
    ['an undeclared variable', v2, { variables: [{ name: 'TAG', value: 'v1' }] }, /not declare .*: TAG$/],
    ['a variable without value', needy, {}, /needs values .*: VERSION$/],
    [
      'a revision of another action',
      v2,
      { sourceRevisions: [{ ...commit, actionName: 'Build' }] },
      /no source action 'Build'/,
    ],
    [
      'a revision of another type',
      v2,
      { sourceRevisions: [{ ...commit, revisionType: 'IMAGE_DIGEST' as const }] },
      /IMAGE_DIGEST does not fit/,
    ],
    ['an action named twice', v2, { sourceRevisions: [commit, commit] }, /named twice/],
    ['a value that the model forbids', v2, { clientRequestToken: 'a/b' }, /regular expression/],
  ])('for %s', async (_why, pipeline, input, message) => {
    const kit = createKit(pipeline);
    const refusal = await codeOf(kit.start(input));
    expect(refusal).toMatch(/^ValidationException: /);
    expect(refusal).toMatch(message);
    expect(kit.port.executions(name)).toEqual([]);
  });

  test('for a pipeline that is not there', async () => {
    const kit = createKit();
    expect(await codeOf(kit.start({ name: 'other' }))).toMatch(/^PipelineNotFoundException: /);
  });

  test.each(['QUEUED', 'PARALLEL'] as const)('where a %s pipeline is full', async (mode) => {
    const kit = createKit(plain({ mode }));
    for (let count = 0; count < 50; count += 1) await kit.start();
    expect(await codeOf(kit.start())).toMatch(/^ConcurrentPipelineExecutionsLimitExceededException: /);
  });
});

describe('a client request token', () => {
  test('answers the same execution, whenever and whatever it comes with', async () => {
    const kit = createKit(plain({ mode: 'PARALLEL' }));
    const clientRequestToken = 'release-42';
    const id = await kit.start({ clientRequestToken });
    expect(await kit.start({ clientRequestToken })).toBe(id);
    await kit.clock.sleep(seconds(120));
    expect(await kit.start({ clientRequestToken, sourceRevisions: [commit] })).toBe(id);
    expect(kit.port.executions(name).map((one) => one.id)).toEqual([id]);
  });

  test('of another text, or none, starts another execution', async () => {
    const kit = createKit(plain({ mode: 'PARALLEL' }));
    const ids = [await kit.start({ clientRequestToken: 'one' }), await kit.start(), await kit.start()];
    expect(new Set([...ids, await kit.start({ clientRequestToken: 'two' })]).size).toBe(4);
  });
});

describe('an execution that has just started', () => {
  const lagging = async () => {
    const kit = createKit(plain(), { startLagMs: 8_000 });
    return { kit, id: await kit.start({ clientRequestToken: 'token' }) };
  };

  test('is nowhere to be seen though it runs', async () => {
    const { kit, id } = await lagging();
    await kit.clock.sleep(seconds(7));
    expect(await codeOf(kit.execution(id))).toMatch(/^PipelineExecutionNotFoundException: /);
    expect(await codeOf(kit.actions(id))).toMatch(/^PipelineExecutionNotFoundException: /);
    const { pipelineExecutionSummaries } = await kit.pipelines.listPipelineExecutions({ pipelineName: name });
    const { actionExecutionDetails } = await kit.pipelines.listActionExecutions({ pipelineName: name });
    expect([pipelineExecutionSummaries, actionExecutionDetails]).toEqual([[], []]);
    expect(await kit.stage('Source')).not.toHaveProperty('latestExecution');
    expect(kit.port.executions(name)[0]?.runs[0]).toMatchObject({ stage: 'Source', status: 'Succeeded' });
    expect(await kit.start({ clientRequestToken: 'token' })).toBe(id);
  });

  test('cannot be stopped yet, and shows after a while', async () => {
    const { kit, id } = await lagging();
    const stop = () => kit.pipelines.stopPipelineExecution({ pipelineName: name, pipelineExecutionId: id });
    expect(await codeOf(stop())).toMatch(/^PipelineExecutionNotStoppableException: /);
    await kit.clock.sleep(seconds(8));
    expect(await kit.status(id)).toBe('InProgress');
    expect(await codeOf(stop())).toBe('ok');
  });
});
