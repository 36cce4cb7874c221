// A failed execution is told by what failed in it, with the evidence of that very run, and with what to do.
import { expect, test } from '@jest/globals';
import type { Work } from '../../../sandbox/aws/codepipeline/definitions.ts';
import type { Diagnosed } from '../../../src/shared/errors.ts';
import { explainFailure } from '../../../src/shared/pipeline/failure.ts';
import { createKit, fails, type Kit, type KitOptions, name, seconds } from './hands-kit.ts';

const failed = async (works: NonNullable<KitOptions['works']>, options: KitOptions = {}) => {
  const kit = await createKit({ unattended: true, works, ...options });
  const executionId = await kit.start();
  await kit.clock.sleep(seconds(90));
  expect(kit.status(executionId)).toBe('Failed');
  return { kit, executionId };
};

const explain = async (kit: Kit, executionId: string): Promise<Diagnosed> => {
  const failure = (await kit.runs(executionId)).find(({ status }) => status === 'Failed');
  const execution = await kit.seen(executionId);
  if (!execution) throw new Error('the execution is not seen');
  return (await explainFailure(kit.around, { pipeline: kit.pipeline, execution, failure })).failed;
};

const evidenceIn = ({ cases }: Diagnosed): readonly string[] => cases.flatMap(({ evidence }) => evidence);

const said = async (works: NonNullable<KitOptions['works']>): Promise<string> => {
  const { kit, executionId } = await failed(works);
  const told = await explain(kit, executionId);
  return [told.message, ...evidenceIn(told)].join('\n');
};

test('a build: its error, its phase, the end of its log, and where to look', async () => {
  const { kit, executionId } = await failed({
    Build: fails(9, 'Build terminated with state: FAILED. Phase: BUILD', [
      'Step 7/12 : RUN npm run build',
      'denied: User: arn:aws:sts::123456789012:assumed-role/build/x is not authorized to perform: ecr:InitiateLayerUpload',
    ]),
  });
  const told = await explain(kit, executionId);
  expect(told.what).toBe('envelope-prod-api-pipeline: stage Build, action Build (CodeBuild) failed.');
  expect(told.cases[0]?.findings[0]).toMatchObject({
    cause: 'ECR denied pushing or pulling the image.',
    proof: [{ from: 'build', text: expect.stringContaining('ecr:InitiateLayerUpload') }],
  });
  expect(told.fix).toContain('PutImage');
  const evidence = evidenceIn(told).join('\n');
  expect(evidence).toContain('AWS says: JobFailed: Build terminated with state: FAILED. Phase: BUILD');
  expect(evidence).toMatch(/build envelope-prod-api-build:\S+ FAILED: https:\/\//);
  expect(evidence).toContain('phase BUILD FAILED');
  expect(evidence).toContain('| Step 7/12 : RUN npm run build');
  expect(evidence).toContain(`/pipelines/${name}/executions/${executionId}/timeline?region=eu-west-2`);
});

test("the log is of that execution's build, though the project has built since", async () => {
  const Build: Work = async ({ executionId, log, sleep }) => {
    await sleep(seconds(2));
    log(`this is the build of ${executionId}`);
    return { kind: 'failed', code: 'JobFailed', message: 'exit status 1' };
  };
  const { kit, executionId } = await failed({ Build });
  const newer = await kit.start();
  await kit.clock.sleep(seconds(60));
  const evidence = evidenceIn(await explain(kit, executionId)).join('\n');
  expect(evidence).toContain(`this is the build of ${executionId}`);
  expect(evidence).not.toContain(newer);
});

test('a long log is cut to its end, and no line of it is taken for a command', async () => {
  const lines = [
    ...Array.from({ length: 300 }, (_, at) => `line ${at} ${'x'.repeat(700)}`),
    '::error::gotcha',
    'the end',
  ];
  const { kit, executionId } = await failed({ Build: fails(9, 'exit status 1', lines) });
  const tail = evidenceIn(await explain(kit, executionId)).filter((line) => line.startsWith('| '));
  expect(tail.at(-1)).toBe('| the end');
  expect(tail).toContain('| ::error::gotcha');
  expect(tail.length).toBeLessThanOrEqual(40);
  expect(tail.join('\n').length).toBeLessThanOrEqual(13_000);
});

test.each([
  [
    'BatchGetBuilds',
    'build-unread',
    /build envelope-prod-api-build:\S+ could not be read \(codebuild:BatchGetBuilds\)/,
  ],
  [
    'GetLogEvents',
    'build-command',
    /its log could not be read \(logs:GetLogEvents on \/aws\/codebuild\/envelope-prod-api-build\)/,
  ],
] as const)('%s denied: said, with the link', async (operation, cause, sentence) => {
  const { kit, executionId } = await failed({ Build: fails(9, 'exit status 1', ['hello']) });
  kit.sandbox.faults.arm({ operation, count: 9, effect: { kind: 'access-denied' } });
  const told = await explain(kit, executionId);
  expect(told.cases[0]?.findings[0]?.id).toBe(cause);
  const evidence = evidenceIn(told).join('\n');
  expect(evidence).toMatch(sentence);
  expect(evidence).toMatch(/build envelope-prod-api-build:\S+( FAILED)?: https:\/\//);
});

test('a pending connection: where to authorise it', async () => {
  const told = await said({
    Source: fails(9, 'The connection arn:aws:codeconnections:x is in PENDING state'),
  });
  expect(told).toContain('connection of envelope-prod-api-pipeline to the repository is not authorised');
  expect(told).toContain(
    'https://eu-west-2.console.aws.amazon.com/codesuite/settings/connections?region=eu-west-2',
  );
  expect(told).toContain('Update pending connection');
});

test('a migration: what it left behind, and the database as cause', async () => {
  const told = await said({
    Migrate: fails(9, 'exit status 1', [
      "SQLSTATE[HY000] [1045] Access denied for user 'envelope'@'10.0.1.7' (using password: YES)",
    ]),
  });
  expect(told).toContain('The database refused user or password of envelope-prod-api');
  expect(told).toContain(':password::');
  expect(told).toContain('The deployment did not begin');
});

test('a deployment: the circuit breaker, with the link of the service that the message names', async () => {
  const told = await said({
    Deploy: fails(9, '(service envelope-prod-api) ECS deployment circuit breaker: tasks failed to start.'),
  });
  expect(told).toContain('the circuit breaker returned the service to its last revision');
  expect(told).toContain('/ecs/v2/clusters/envelope-prod-cluster/services/envelope-prod-api/health');
  expect(told).not.toContain('services/envelope-prod-hq/');
});

test('a rejected approval: by whom, and with which words', async () => {
  const kit = await createKit();
  const executionId = await kit.start();
  const approval = await kit.untilApproval(executionId);
  await kit.answer(approval, 'Rejected', 'not on a Friday');
  await kit.clock.sleep(seconds(10));
  const { fix } = await explain(kit, executionId);
  expect(fix).toMatch(/was rejected by arn:aws:\S+ with the words "not on a Friday";/);
  expect(fix).toContain('start a new run of the workflow');
});

test('no action failed: the stage is named, and its page', async () => {
  const { kit, executionId } = await failed({ Build: fails() });
  const execution = await kit.seen(executionId);
  if (!execution) throw new Error('the execution is not seen');
  const { failed: told } = await explainFailure(kit.around, {
    pipeline: kit.pipeline,
    execution: { ...execution, statusSummary: 'Condition not met' },
    failure: undefined,
    stage: 'Deploy',
  });
  expect(told.what).toContain('stage Deploy failed, though none of its actions did');
  expect(evidenceIn(told)).toEqual(expect.arrayContaining(['Condition not met']));
});
