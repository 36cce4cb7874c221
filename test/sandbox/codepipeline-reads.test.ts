// What reads show of several executions, in which order and in which pages; and that a bug in a seed is heard of.
import { describe, expect, test } from '@jest/globals';
import { build, building, createKit, type Kit, name, plain, seconds, takes } from './codepipeline-kit.ts';
import { codeOf } from './refusal.ts';
import { actAs, allow, policyOf } from './session.ts';

describe('the state of a pipeline', () => {
  test('shows one execution in a stage and another in an action that has not run again', async () => {
    const second = { ...build('Push', takes(seconds(60))), runOrder: 2 };
    const kit = createKit(building([build('Image', takes(seconds(60))), second]));
    const older = await kit.start();
    await kit.clock.sleep(seconds(300));
    const newer = await kit.start();
    await kit.clock.sleep(seconds(30));
    const { latestExecution, actionStates = [] } = await kit.stage('Build');
    expect(latestExecution).toMatchObject({ pipelineExecutionId: newer, status: 'InProgress' });
    const [, push] = actionStates;
    expect(push?.latestExecution).toMatchObject({ status: 'Succeeded' });
    const ours = (await kit.actions(older)).map(({ actionExecutionId }) => actionExecutionId);
    expect(ours).toContain(push?.latestExecution?.actionExecutionId);
    expect(await kit.stage('Deploy')).toMatchObject({
      latestExecution: { pipelineExecutionId: older, status: 'Succeeded' },
    });
  });

  test('of one that never ran has no executions', async () => {
    const kit = createKit();
    const { stageStates } = await kit.pipelines.getPipelineState({ name });
    expect(stageStates).toEqual([
      { stageName: 'Source', actionStates: [{ actionName: 'GitHub' }] },
      {
        stageName: 'Build',
        actionStates: [{ actionName: 'Build' }],
        inboundTransitionState: { enabled: true },
      },
      {
        stageName: 'Deploy',
        actionStates: [{ actionName: 'Deploy' }],
        inboundTransitionState: { enabled: true },
      },
    ]);
  });
});

describe('lists', () => {
  const twoRuns = async (pageSize?: number) => {
    const kit = createKit(plain(), { pageSize });
    const ids: [string, string] = [await kit.start(), ''];
    await kit.clock.sleep(seconds(60));
    ids[1] = await kit.start();
    await kit.clock.sleep(seconds(60));
    return { kit, ids };
  };

  const pagesOfActions = async ({ pipelines }: Kit, filter: object = {}) => {
    const seen: (readonly [string | undefined, string | undefined])[] = [];
    const sizes: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = await pipelines.listActionExecutions({
        pipelineName: name,
        ...filter,
        ...(nextToken ? { nextToken } : {}),
      });
      const details = page.actionExecutionDetails ?? [];
      sizes.push(details.length);
      seen.push(...details.map((one) => [one.pipelineExecutionId, one.stageName] as const));
      nextToken = page.nextToken;
    } while (nextToken);
    return { seen, sizes };
  };

  test('are newest first and whole, in pages of one as in one page', async () => {
    const { kit, ids } = await twoRuns(1);
    const stages = ['Deploy', 'Build', 'Source'];
    const both = [...stages.map((stage) => [ids[1], stage]), ...stages.map((stage) => [ids[0], stage])];
    const { seen, sizes } = await pagesOfActions(kit);
    expect(seen).toEqual(both);
    expect(sizes).toEqual(Array(6).fill(1));
    expect((await pagesOfActions((await twoRuns()).kit)).sizes).toEqual([6]);
    const ours = await pagesOfActions(kit, { filter: { pipelineExecutionId: ids[0] } });
    expect(ours.seen).toEqual(both.slice(3));
    const first = await kit.pipelines.listPipelineExecutions({ pipelineName: name });
    expect(first.pipelineExecutionSummaries?.map((one) => one.pipelineExecutionId)).toEqual([ids[1]]);
    const rest = await kit.pipelines.listPipelineExecutions({
      pipelineName: name,
      nextToken: first.nextToken,
    });
    expect(rest.pipelineExecutionSummaries?.map((one) => one.pipelineExecutionId)).toEqual([ids[0]]);
    expect(rest).not.toHaveProperty('nextToken');
  });

  test('take no token of another question', async () => {
    const { kit } = await twoRuns(1);
    const { nextToken } = await kit.pipelines.listActionExecutions({ pipelineName: name });
    const wrong = kit.pipelines.listPipelineExecutions({ pipelineName: name, nextToken });
    expect(await codeOf(wrong)).toMatch(/^InvalidNextTokenException: /);
  });
});

describe('a work that throws', () => {
  const broken = () =>
    createKit(
      building([
        build('Build', async ({ sleep }) => {
          await sleep(seconds(5));
          throw new Error('the seed has a bug');
        }),
      ]),
    );

  test('is heard of by whoever moves the clock, and by every later call', async () => {
    const kit = broken();
    const id = await kit.start();
    await expect(kit.clock.sleep(seconds(60))).rejects.toThrow('the seed has a bug');
    expect(await codeOf(kit.status(id))).toMatch(/^SandboxBug: .*the seed has a bug/);
    expect(() => kit.port.executions(name)).toThrow('the seed has a bug');
  });

  test('that never ends does not hold up the clock', async () => {
    const kit = createKit(building([build('Build', () => new Promise(() => {}))]));
    const id = await kit.start();
    await kit.clock.sleep(seconds(86_400));
    expect(await kit.status(id)).toBe('InProgress');
  });

  test('a log line of an action that is no build is a bug as well', async () => {
    const deploy = build('Build', async ({ log }) => {
      log('hello');
      return { kind: 'succeeded' };
    });
    const kit = createKit(building([{ ...deploy, provider: 'ECS' }]));
    await kit.start();
    await expect(kit.clock.sleep(seconds(60))).rejects.toThrow('Build is no CodeBuild action: it has no log');
  });
});

describe('permissions', () => {
  const arn = `arn:aws:codepipeline:eu-west-1:815856636111:${name}`;
  const project = 'arn:aws:codebuild:eu-west-1:815856636111:project/envelope-prod-Build';
  const ids = ['envelope-prod-Build:1', 'other:2'];

  test.each([
    ['StartPipelineExecution', arn],
    ['StopPipelineExecution', arn],
    ['GetPipelineState', arn],
    ['ListActionExecutions', arn],
    ['RetryStageExecution', `${arn}/Build`],
    ['RollbackStage', `${arn}/Build`],
    ['PutApprovalResult', `${arn}/Build/Build`],
  ] as const)('%s is decided on %s', async (operation, resource) => {
    const unknown = '00000000-0000-0000-0000-000000000000';
    const call = async (policy: string) => {
      const kit = createKit();
      const { codepipeline } = await actAs(kit.sandbox, { policy });
      const stage = { pipelineName: name, stageName: 'Build' };
      const calls: Readonly<Record<typeof operation, () => Promise<unknown>>> = {
        StartPipelineExecution: () => codepipeline.startPipelineExecution({ name }),
        StopPipelineExecution: () =>
          codepipeline.stopPipelineExecution({ pipelineName: name, pipelineExecutionId: unknown }),
        GetPipelineState: () => codepipeline.getPipelineState({ name }),
        ListActionExecutions: () => codepipeline.listActionExecutions({ pipelineName: name }),
        RetryStageExecution: () =>
          codepipeline.retryStageExecution({
            ...stage,
            pipelineExecutionId: unknown,
            retryMode: 'FAILED_ACTIONS',
          }),
        RollbackStage: () => codepipeline.rollbackStage({ ...stage, targetPipelineExecutionId: unknown }),
        PutApprovalResult: () =>
          codepipeline.putApprovalResult({
            ...stage,
            actionName: 'Build',
            token: unknown,
            result: { status: 'Approved', summary: '' },
          }),
      };
      return codeOf(calls[operation]());
    };
    const action = `codepipeline:${operation}`;
    expect(await call(policyOf(allow(action, { Resource: resource })))).not.toMatch(/AccessDenied/);
    expect(await call(policyOf(allow(action, { Resource: `${resource}x` })))).toContain(
      `is not authorized to perform: ${action} on resource: ${resource}`,
    );
  });

  test('builds are decided on their project', async () => {
    const kit = createKit();
    const policy = policyOf(allow('codebuild:BatchGetBuilds', { Resource: project }));
    const { codebuild } = await actAs(kit.sandbox, { policy });
    expect(await codeOf(codebuild.batchGetBuilds({ ids: ids.slice(0, 1) }))).toBe('ok');
    expect(await codeOf(codebuild.batchGetBuilds({ ids }))).toMatch(
      /^AccessDeniedException: .*project\/other/,
    );
  });
});
