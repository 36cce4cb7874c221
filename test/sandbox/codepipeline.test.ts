// One execution through a pipeline, as every call shows it.
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from '@jest/globals';
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
  source,
  takes,
} from './codepipeline-kit.ts';
import { clientOptions } from './fixture.ts';

const buildOf = async (kit: Kit, id: string) => {
  const run = (await kit.actions(id)).find(({ stageName }) => stageName === 'Build');
  const buildId = run?.output?.executionResult?.externalExecutionId ?? '';
  return { run, build: (await kit.builds.batchGetBuilds({ ids: [buildId] })).builds?.[0] };
};

test('an execution goes through its stages in order and succeeds', async () => {
  const kit = createKit();
  const id = await kit.start();
  expect(await kit.status(id)).toBe('InProgress');
  expect(await history(kit, id)).toEqual([]);
  await kit.clock.sleep(seconds(10));
  expect(await history(kit, id)).toEqual(['Source/GitHub Succeeded', 'Build/Build InProgress']);
  expect(await kit.stage('Build')).toMatchObject({
    latestExecution: { pipelineExecutionId: id, status: 'InProgress', type: 'STANDARD' },
  });
  await kit.clock.sleep(seconds(60));
  expect(await kit.status(id)).toBe('Succeeded');
  expect(await history(kit, id)).toEqual([
    'Source/GitHub Succeeded',
    'Build/Build Succeeded',
    'Deploy/Deploy Succeeded',
  ]);
  expect(await kit.stage('Deploy')).toMatchObject({ latestExecution: { status: 'Succeeded' } });
});

test('the work of an action sees the execution that it runs in', async () => {
  const seen: object[] = [];
  const kit = createKit(
    building(
      [
        build('Build', async ({ executionId, attempt, variables, revision }) => {
          seen.push({ executionId, attempt, variables, revision });
          return { kind: 'succeeded' };
        }),
      ],
      { variables: [{ name: 'VERSION' }, { name: 'REGION', defaultValue: 'eu-west-1' }] },
    ),
  );
  const revision = 'c'.repeat(40);
  const executionId = await kit.start({
    variables: [{ name: 'VERSION', value: 'v1.4.0' }],
    sourceRevisions: [{ actionName: 'GitHub', revisionType: 'COMMIT_ID', revisionValue: revision }],
  });
  await kit.clock.sleep(seconds(60));
  const variables = { VERSION: 'v1.4.0', REGION: 'eu-west-1' };
  expect(seen).toEqual([{ executionId, attempt: 1, variables, revision }]);
  expect(await kit.execution(executionId)).toMatchObject({
    status: 'Succeeded',
    variables: [
      { name: 'VERSION', resolvedValue: 'v1.4.0' },
      { name: 'REGION', resolvedValue: 'eu-west-1' },
    ],
    artifactRevisions: [{ revisionId: revision }],
    executionMode: 'SUPERSEDED',
    executionType: 'STANDARD',
    trigger: { triggerType: 'StartPipelineExecution' },
  });
});

describe('actions of one stage', () => {
  const trace = (lines: string[], action: string, ms: number) =>
    build(action, async ({ sleep }) => {
      lines.push(`${action} begins`);
      await sleep(ms);
      lines.push(`${action} ends`);
      return { kind: 'succeeded' };
    });

  test('of equal run order run side by side, later ones after all of them', async () => {
    const lines: string[] = [];
    const last = { ...trace(lines, 'Push', seconds(1)), runOrder: 2 };
    const kit = createKit(
      building([last, trace(lines, 'Test', seconds(20)), trace(lines, 'Image', seconds(10))]),
    );
    await kit.start();
    await kit.clock.sleep(seconds(120));
    expect(lines).toEqual([
      'Test begins',
      'Image begins',
      'Image ends',
      'Test ends',
      'Push begins',
      'Push ends',
    ]);
  });

  test('one that fails lets its neighbours end, and nothing comes after them', async () => {
    const last = { ...build('Push', takes(seconds(1))), runOrder: 2 };
    const kit = createKit(
      building([build('Test', takes(seconds(20))), build('Image', failing(1, seconds(5))), last]),
    );
    const id = await kit.start();
    await kit.clock.sleep(seconds(15));
    expect(await kit.status(id)).toBe('InProgress');
    expect(await history(kit, id)).toContain('Build/Test InProgress');
    await kit.clock.sleep(seconds(60));
    expect(await kit.status(id)).toBe('Failed');
    expect(await history(kit, id)).toEqual([
      'Source/GitHub Succeeded',
      'Build/Test Succeeded',
      'Build/Image Failed',
    ]);
  });
});

describe('a CodeBuild action', () => {
  test('is a build with a log of its own', async () => {
    const kit = createKit(building([build('Build', failing(1))]));
    const id = await kit.start();
    await kit.clock.sleep(seconds(9));
    expect((await buildOf(kit, id)).build).toMatchObject({
      buildStatus: 'IN_PROGRESS',
      buildComplete: false,
    });
    await kit.clock.sleep(seconds(30));
    const { run, build: found } = await buildOf(kit, id);
    expect(run).toMatchObject({
      status: 'Failed',
      output: {
        executionResult: {
          externalExecutionUrl: expect.stringContaining(`#/builds/${found?.id}/`),
          errorDetails: { code: 'JobFailed', message: 'Build terminated with state: FAILED' },
        },
      },
    });
    expect(found).toMatchObject({
      projectName: 'envelope-prod-Build',
      buildStatus: 'FAILED',
      buildComplete: true,
      initiator: `codepipeline/${name}`,
      logs: { groupName: '/aws/codebuild/envelope-prod-Build' },
    });
    const { events = [] } = await new CloudWatchLogs(clientOptions(kit.sandbox)).getLogEvents({
      logGroupName: found?.logs?.groupName,
      logStreamName: found?.logs?.streamName,
    });
    expect(events.map(({ message }) => message)).toEqual(['attempt 1']);
  });

  test('logs where its configuration says, and CodeBuild knows no other builds', async () => {
    const pipeline = building([
      { ...build('Build', failing(0)), configuration: { ProjectName: 'api', logGroup: '/builds/api' } },
    ]);
    const kit = createKit(pipeline);
    const id = await kit.start();
    await kit.clock.sleep(seconds(60));
    expect((await buildOf(kit, id)).build?.logs?.groupName).toBe('/builds/api');
    const { pipeline: declared } = await kit.pipelines.getPipeline({ name });
    expect(declared?.stages?.[1]?.actions?.[0]?.configuration).toEqual({ ProjectName: 'api' });
    const { builds, buildsNotFound } = await kit.builds.batchGetBuilds({ ids: ['api:none'] });
    expect({ builds, buildsNotFound }).toEqual({ builds: [], buildsNotFound: ['api:none'] });
  });
});

test('a pipeline is declared as it was seeded', async () => {
  const kit = createKit(plain({ variables: [{ name: 'VERSION', defaultValue: 'none' }] }));
  const { pipeline } = await kit.pipelines.getPipeline({ name });
  expect(pipeline).toMatchObject({
    name,
    version: 1,
    pipelineType: 'V2',
    executionMode: 'SUPERSEDED',
    variables: [{ name: 'VERSION', defaultValue: 'none' }],
  });
  expect(pipeline?.stages?.[0]?.actions?.[0]).toMatchObject({
    name: source.name,
    actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection' },
    configuration: source.configuration,
  });
  const { pipelines } = await kit.pipelines.listPipelines({});
  expect(pipelines?.map((one) => one.name)).toEqual([name]);
});

test('a seed that AWS would not take is refused with everything that is wrong', () => {
  const wrong = () =>
    createKit({
      ...plain({ type: 'V1', mode: 'QUEUED', variables: [{ name: 'VERSION' }] }),
      stages: [{ name: 'Build it', actions: [build('Build'), build('Build')] }],
    });
  expect(wrong).toThrow(
    `Pipeline ${name}: Build it is no name AWS would take; it needs two stages at least; ` +
      'its first stage must hold source actions and nothing else; action Build is twice in one stage; ' +
      'a V1 pipeline cannot be QUEUED; a V1 pipeline has no variables.',
  );
});
