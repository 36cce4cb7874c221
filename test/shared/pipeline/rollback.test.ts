// A stage returns to the last execution that succeeded in it before what is there now, once, and only where that can work.
import { describe, expect, test } from '@jest/globals';
import type { Definition } from '../../../src/shared/pipeline/definition.ts';
import { rollbackStage } from '../../../src/shared/pipeline/rollback.ts';
import { chooseTarget } from '../../../src/shared/pipeline/rollback-target.ts';
import type { ApplicationSurroundings } from '../../../src/shared/prepare-application.ts';
import { createKit, type Kit, type KitOptions, name, seconds, takes } from './hands-kit.ts';

const fast = takes(seconds(1));
const quick = { Source: fast, Build: fast, Migrate: fast, Deploy: fast };

/** Releases one after the other, each to its end. */
const released = async (count: number, options: KitOptions = {}) => {
  const kit = await createKit({ unattended: true, works: quick, ...options });
  const ids: string[] = [];
  for (let left = count; left > 0; left--) {
    ids.push(await kit.start());
    await kit.clock.sleep(seconds(60));
  }
  return { kit, ids };
};

const returns = (
  kit: Kit,
  {
    stage = 'Deploy',
    target,
    around = kit.around,
  }: { stage?: string; target?: string | undefined; around?: ApplicationSurroundings } = {},
) => rollbackStage(around, { pipeline: kit.pipeline, stage, target, definition });

const definition: Definition = {
  type: 'V2',
  mode: 'SUPERSEDED',
  stages: ['Source', 'Build', 'Migrate', 'Deploy'],
  selfRetrying: [],
  variables: [],
  sources: [],
};

const rollbacks = (kit: Kit) => kit.port.executions(name).filter(({ kind }) => kind.type === 'ROLLBACK');

test('returns to the release before the present one, and warns of the migration', async () => {
  const { kit, ids } = await released(3);
  const rolled = await returns(kit);
  expect(rolled.target).toBe(ids[1]);
  await kit.clock.sleep(seconds(30));
  expect(kit.status(rolled.executionId)).toBe('Succeeded');
  expect(kit.lines.join('\n')).toMatch(/warning: Rolling back Deploy does not undo what stage Migrate did/);
});

test('the release that failed in the stage is passed over', async () => {
  let releases = 0;
  const Deploy: typeof fast = async ({ sleep }) => {
    await sleep(seconds(1));
    return ++releases < 3
      ? { kind: 'succeeded' }
      : { kind: 'failed', code: 'JobFailed', message: 'circuit breaker' };
  };
  const { kit, ids } = await released(3, { works: { ...quick, Deploy } });
  expect(kit.status(ids[2] ?? '')).toBe('Failed');
  expect((await returns(kit)).target).toBe(ids[1]);
});

test('returned once, it returns one further, never to what was left behind', async () => {
  const { kit, ids } = await released(3);
  await returns(kit);
  await kit.clock.sleep(seconds(30));
  expect((await returns(kit)).target).toBe(ids[0]);
  await kit.clock.sleep(seconds(30));
  await expect(returns(kit)).rejects.toThrow(/no earlier execution succeeded in it/);
});

test('a target that is named is taken', async () => {
  const { kit, ids } = await released(3);
  expect((await returns(kit, { target: ids[0] })).target).toBe(ids[0]);
});

test('a lost answer rolls back once', async () => {
  const { kit } = await released(2);
  kit.sandbox.faults.arm({ operation: 'RollbackStage', effect: { kind: 'lose' } });
  const { executionId } = await returns(kit);
  expect(rollbacks(kit).map(({ id }) => id)).toEqual([executionId]);
});

test('an answer lost before it took effect is asked for again', async () => {
  const { kit } = await released(2);
  kit.sandbox.faults.arm({ operation: 'RollbackStage', effect: { kind: 'server-error' } });
  const { executionId } = await returns(kit);
  expect(rollbacks(kit).map(({ id }) => id)).toEqual([executionId]);
});

describe('refused before AWS is asked', () => {
  test('a stage that runs just now', async () => {
    const { kit } = await released(2);
    const busy = await kit.start();
    for (let looks = 0; looks < 60 && (await kit.runs(busy)).at(-1)?.stage !== 'Deploy'; looks++)
      await kit.clock.sleep(500);
    await expect(returns(kit)).rejects.toThrow(new RegExp(`execution ${busy} is in it just now`));
    expect(kit.calls('RollbackStage')).toHaveLength(0);
  });

  test('a stage in which nothing has run', async () => {
    const { kit } = await released(0);
    await expect(returns(kit)).rejects.toThrow(/nothing has run in it/);
  });
});

test('an execution of an older definition', async () => {
  const { kit, ids } = await released(2);
  kit.port.changeDefinition(name);
  await expect(returns(kit, { target: ids[0] })).rejects.toThrow(
    /the pipeline was changed since that execution ran/,
  );
});

test('a rollback as target', async () => {
  const { kit } = await released(2);
  const { executionId } = await returns(kit);
  await kit.clock.sleep(seconds(30));
  await expect(returns(kit, { target: executionId })).rejects.toThrow(/is itself a rollback/);
});

test('an unknown target', async () => {
  const { kit } = await released(1);
  const target = '00000000-0000-4000-8000-000000000000';
  await expect(returns(kit, { target })).rejects.toThrow(/no such execution[\s\S]*target-execution-id/);
});

describe('the choice', () => {
  const listed = [
    { pipelineExecutionId: 'back-to-1', executionType: 'ROLLBACK' },
    { pipelineExecutionId: '3', executionType: 'STANDARD' },
    { pipelineExecutionId: '2', executionType: 'STANDARD' },
    { pipelineExecutionId: '1', executionType: 'STANDARD' },
    { pipelineExecutionId: '0', executionType: 'STANDARD' },
  ] as const;

  test.each([
    ['a success', { id: '3', returnedTo: undefined, status: 'Succeeded' }, '2'],
    ['a failure, which is not listed', { id: '4', returnedTo: undefined, status: 'Failed' }, '3'],
    ['a rollback that succeeded', { id: 'back-to-1', returnedTo: '1', status: 'Succeeded' }, '0'],
    ['a rollback that failed is tried again', { id: 'failed-back', returnedTo: '1', status: 'Failed' }, '1'],
    ['the oldest', { id: '0', returnedTo: undefined, status: 'Succeeded' }, undefined],
    [
      'a rollback to one that is not listed yet',
      { id: 'x', returnedTo: 'older', status: 'Succeeded' },
      undefined,
    ],
  ] as const)('from %s', (_, present, target) => {
    expect(chooseTarget(listed, present)).toBe(target);
  });
});
