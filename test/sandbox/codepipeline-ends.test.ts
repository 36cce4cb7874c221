// Every way an execution ends, in every mode, and what stopping it needs.
import { describe, expect, test } from '@jest/globals';
import type { PipelineMode } from '../../sandbox/aws/codepipeline/definitions.ts';
import {
  build,
  building,
  createKit,
  failing,
  history,
  type Kit,
  name,
  seconds,
  takes,
} from './codepipeline-kit.ts';
import { codeOf } from './refusal.ts';

const modes: readonly PipelineMode[] = ['SUPERSEDED', 'QUEUED', 'PARALLEL'];

/** In the middle of its Build, which takes a minute and fails as often as told. */
const inBuild = async (mode: PipelineMode, failures = 0) => {
  const work = failures > 0 ? failing(failures, seconds(60)) : takes(seconds(60));
  const kit = createKit(building([build('Build', work)], { mode }));
  const id = await kit.start();
  await kit.clock.sleep(seconds(20));
  return { kit, id };
};

const stop = ({ pipelines }: Kit, id: string, abandon = false, reason?: string) =>
  pipelines.stopPipelineExecution({
    pipelineName: name,
    pipelineExecutionId: id,
    abandon,
    ...(reason ? { reason } : {}),
  });

type Ending = {
  readonly end: string;
  readonly failures?: number;
  readonly act: (kit: Kit, id: string) => unknown;
  readonly stage: string;
  readonly build: string;
  readonly last: string;
};

const endings: readonly Ending[] = [
  {
    end: 'Succeeded',
    act: () => {},
    stage: 'Succeeded',
    build: 'Succeeded',
    last: 'Deploy/Deploy Succeeded',
  },
  { end: 'Failed', failures: 1, act: () => {}, stage: 'Failed', build: 'Failed', last: 'Build/Build Failed' },
  {
    end: 'Stopped',
    act: (kit, id) => stop(kit, id),
    stage: 'Stopped',
    build: 'Succeeded',
    last: 'Build/Build Succeeded',
  },
  {
    end: 'Stopped',
    act: (kit, id) => stop(kit, id, true),
    stage: 'Stopped',
    build: 'Abandoned',
    last: 'Build/Build Abandoned',
  },
  {
    end: 'Cancelled',
    act: ({ port }) => port.changeDefinition(name),
    stage: 'Cancelled',
    build: 'Abandoned',
    last: 'Build/Build Abandoned',
  },
];

describe.each(modes)('%s', (mode) => {
  test.each(endings)(
    '$end with its build $build',
    async ({ end, failures, act, stage, build: built, last }) => {
      const { kit, id } = await inBuild(mode, failures);
      await act(kit, id);
      await kit.clock.sleep(seconds(600));
      expect(await kit.status(id)).toBe(end);
      expect(await kit.stage('Build')).toMatchObject({
        latestExecution: { pipelineExecutionId: id, status: stage },
        actionStates: [{ latestExecution: { status: built } }],
      });
      expect((await history(kit, id)).at(-1)).toBe(last);
    },
  );
});

describe('stopping', () => {
  test('waits for what runs, and goes no further', async () => {
    const { kit, id } = await inBuild('SUPERSEDED');
    await stop(kit, id, false, 'Not needed');
    expect(await kit.status(id)).toBe('Stopping');
    expect(await kit.stage('Build')).toMatchObject({ latestExecution: { status: 'Stopping' } });
    expect(await history(kit, id)).toContain('Build/Build InProgress');
    await kit.clock.sleep(seconds(60));
    expect(await kit.status(id)).toBe('Stopped');
    const { pipelineExecutionSummaries: [summary] = [] } = await kit.pipelines.listPipelineExecutions({
      pipelineName: name,
    });
    expect(summary?.stopTrigger).toEqual({ reason: 'Not needed' });
  });

  test('is asked for once, but may still become abandoning', async () => {
    const { kit, id } = await inBuild('QUEUED');
    await stop(kit, id);
    expect(await codeOf(stop(kit, id))).toMatch(/^DuplicatedStopRequestException: /);
    await stop(kit, id, true);
    expect(await history(kit, id)).toContain('Build/Build Abandoned');
    await kit.clock.sleep(seconds(5));
    expect(await kit.status(id)).toBe('Stopped');
  });

  test('an execution that waits before a stage ends it', async () => {
    const { kit } = await inBuild('QUEUED');
    const id = await kit.start();
    await kit.clock.sleep(seconds(20));
    await stop(kit, id);
    await kit.clock.sleep(seconds(5));
    expect(await kit.status(id)).toBe('Stopped');
    expect(await kit.stage('Build')).not.toHaveProperty('inboundExecutions');
  });

  test.each(endings)('an execution that has ended ($end) is refused', async ({ failures, act }) => {
    const { kit, id } = await inBuild('SUPERSEDED', failures);
    await act(kit, id);
    await kit.clock.sleep(seconds(600));
    for (const abandon of [false, true])
      expect(await codeOf(stop(kit, id, abandon))).toMatch(/^PipelineExecutionNotStoppableException: /);
  });

  test('an execution that nobody knows is refused', async () => {
    const { kit } = await inBuild('SUPERSEDED');
    const unknown = '00000000-0000-0000-0000-000000000000';
    expect(await codeOf(stop(kit, unknown))).toMatch(/^PipelineExecutionNotStoppableException: /);
  });
});

test('what an abandoned action still does counts for nothing, and it is told', async () => {
  let told = false;
  const kit = createKit(
    building([
      build('Build', async ({ sleep, signal }) => {
        signal.addEventListener('abort', () => {
          told = true;
        });
        await sleep(seconds(60));
        return { kind: 'failed', code: 'JobFailed', message: 'Too late.' };
      }),
    ]),
  );
  const id = await kit.start();
  await kit.clock.sleep(seconds(20));
  await stop(kit, id, true);
  expect(told).toBe(true);
  await kit.clock.sleep(seconds(5));
  const before = kit.port.executions(name);
  await kit.clock.sleep(seconds(600));
  expect(kit.port.executions(name)).toEqual(before);
  expect((await history(kit, id)).at(-1)).toBe('Build/Build Abandoned');
});
