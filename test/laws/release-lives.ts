// Lives of an application that use every option of the actions that release it.
import { expect } from '@jest/globals';
import type { WorkEnd } from '../../sandbox/aws/codepipeline/definitions.ts';
import { Cancelled } from '../../src/shared/errors.ts';
import { type ApplicationLab, applicationFile } from '../application-lab.ts';
import type { Given } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { runAttempt } from './release-lab.ts';

const succeeded: WorkEnd = { kind: 'succeeded' };
const failed: WorkEnd = { kind: 'failed', code: 'JobFailed', message: 'Build terminated with state: FAILED' };
const name = 'envelope-prod-hq-pipeline';

/** What its stages do next; each takes half a minute. */
type Play = { build: WorkEnd; deploy: WorkEnd };

const seedHq = ({ sandbox }: ApplicationLab, play: Play): void => {
  const { codepipeline } = sandbox.neighbours;
  const takes =
    (stage: keyof Play) =>
    async ({ sleep }: { readonly sleep: (ms: number) => Promise<void> }) => {
      await sleep(30_000);
      return play[stage];
    };
  const configuration = { ProjectName: 'envelope-prod-hq-build' };
  codepipeline.seedPipeline({
    name,
    type: 'V2',
    mode: 'SUPERSEDED',
    variables: [{ name: 'LEVEL', defaultValue: 'info' }],
    stages: [
      {
        name: 'Source',
        actions: [{ name: 'Source', category: 'Source', provider: 'CodeStarSourceConnection' }],
      },
      {
        name: 'Build',
        actions: [
          { name: 'Build', category: 'Build', provider: 'CodeBuild', configuration, work: takes('build') },
        ],
      },
      { name: 'Approval', actions: [{ name: 'Approval', category: 'Approval', provider: 'Manual' }] },
      {
        name: 'Deploy',
        actions: [{ name: 'Deploy', category: 'Deploy', provider: 'ECS', work: takes('deploy') }],
      },
    ],
  });
};

type Job = { readonly id: string; readonly given: Given };

export const releaseHq = (lab: ApplicationLab, { id, given }: Job, attempt = 1): Promise<Given> =>
  runAttempt(
    lab,
    { action: 'trigger-pipeline', given: { pipeline: 'hq', approval: 'approve', ...given }, id },
    attempt,
  );

/** Its waits end with a cancelled job's error when the time has come. */
const cancelledAfter = (lab: ApplicationLab, ms: number): ApplicationLab => {
  const at = lab.clock.now() + ms;
  const clock = {
    now: lab.clock.now,
    sleep: async (wanted: number) => {
      if (lab.clock.now() >= at) throw new Cancelled('SIGINT');
      await lab.clock.sleep(wanted);
    },
  };
  return { ...lab, world: Object.create(lab.world, { clock: { value: clock } }) };
};

/** Start with all that can go with it, approve, reject, retry, return a stage, stop by cancel and in post, follow a newer one. */
export const releaseEverything = async (lab: ApplicationLab): Promise<void> => {
  const play: Play = { build: succeeded, deploy: succeeded };
  seedHq(lab, play);
  const { codepipeline } = lab.sandbox.neighbours;
  await releaseHq(lab, { id: '1', given: { 'dry-run': 'true' } });
  const revision = `COMMIT_ID:${'a'.repeat(40)}`;
  await releaseHq(lab, {
    id: '2',
    given: { variables: 'LEVEL=debug', 'source-revisions': revision, record: 'a.json' },
  });
  await releaseHq(lab, { id: '3', given: {} });
  await releaseHq(lab, { id: '3', given: {} }, 2);
  await expect(releaseHq(lab, { id: '4', given: { approval: 'reject' } })).rejects.toThrow('rejected');
  play.build = failed;
  await expect(releaseHq(lab, { id: '5', given: { 'retry-failed-stage': '1' } })).rejects.toThrow('Build');
  Object.assign(play, { build: succeeded, deploy: failed });
  // The pipeline gives up, and the tasks of a deployment run on.
  await createClients(lab.sandbox).ecs.updateService({
    cluster: 'envelope-prod-cluster',
    service: 'envelope-prod-hq',
    forceNewDeployment: true,
  });
  const returning = { 'rollback-stage': 'Deploy', 'retry-failed-stage': '0' };
  await expect(releaseHq(lab, { id: '6', given: returning })).rejects.toThrow('Deploy');
  play.deploy = succeeded;
  await releaseHq(lab, { id: '7', given: {} });
  await releaseHq(lab, { id: '8', given: { operation: 'rollback', 'rollback-stage': 'Deploy' } });
  for (const [id, how] of [
    ['9', 'stop'],
    ['10', 'abandon'],
    ['11', 'leave'],
  ] as const) {
    const given = { 'on-cancel': how };
    await expect(releaseHq(cancelledAfter(lab, 20_000), { id, given })).rejects.toThrow('cancelled');
    await lab.clock.sleep(120_000);
  }
  await releaseHq(lab, { id: '11', given: { 'execution-id': lab.early.get('execution-id') ?? '' } }, 2);
  await expect(
    releaseHq(lab, { id: '12', given: { 'timeout-minutes': '0.2', 'on-timeout': 'stop' } }),
  ).rejects.toThrow();
  await lab.clock.sleep(120_000);
  codepipeline.disableTransition(name, 'Approval', 'freeze until noon');
  const older = releaseHq(lab, {
    id: '13',
    given: { approval: 'wait', 'on-superseded': 'follow', 'timeout-minutes': '10' },
  });
  const startAsSomebody = codepipeline.operations.StartPipelineExecution as unknown as (
    input: { readonly name: string },
    call: { readonly caller: string },
  ) => void;
  lab.clock.after(60_000, () =>
    startAsSomebody({ name }, { caller: 'arn:aws:iam::123456789012:user/somebody' }),
  );
  lab.clock.after(180_000, () => codepipeline.enableTransition(name, 'Approval'));
  await expect(older).rejects.toThrow('newer one was followed');
  lab.envelope.behave({ services: { api: 'answers-500' } });
  const api = { pipeline: 'api', approval: 'approve' };
  const turn = { action: 'trigger-pipeline', given: api, id: '14' } as const;
  await expect(runAttempt(lab, turn, 1)).rejects.toThrow('Deploy');
};

export const runCommands = async (lab: ApplicationLab): Promise<void> => {
  const job = (given: Given, id: string) => runAttempt(lab, { action: 'run-db-init', given, id }, 1);
  await job({ operation: 'migrate', 'dry-run': 'true' }, '1');
  await job({ operation: 'migrate' }, '2');
  await job({ operation: 'command', service: 'api', command: 'php artisan queue:retry all' }, '3');
  lab.envelope.behave({ migration: 'runs-for-ever' });
  const command = {
    operation: 'command',
    service: 'api',
    command: 'php artisan migrate',
    'timeout-minutes': '1',
  };
  await expect(job(command, '4')).rejects.toThrow('was stopped');
};

export const redeployEverything = async (lab: ApplicationLab): Promise<void> => {
  const job = (given: Given, id: string) => runAttempt(lab, { action: 'redeploy-services', given, id }, 1);
  await job({ 'dry-run': 'true' }, '1');
  await job({ services: 'api,worker' }, '2');
  lab.envelope.behave({ services: { hq: 'answers-500', worker: 'crashes' } });
  await expect(job({}, '3')).rejects.toThrow('2 of 6 services');
};

export const validateEverything = async (lab: ApplicationLab): Promise<void> => {
  const job = (given: Given, id: string) => runAttempt(lab, { action: 'wait-healthy', given, id }, 1);
  const text = await lab.world.files.read(applicationFile);
  lab.edit(applicationFile, text.replace('  hq: {}\n', '  hq: { targetGroups: [envelope-prod-hq-tg] }\n'));
  await job({ 'dry-run': 'true' }, '1');
  await job({}, '2');
  lab.envelope.behave({ services: { worker: 'crashes', hq: 'answers-500' } });
  await runAttempt(
    lab,
    { action: 'redeploy-services', given: { services: 'worker,hq', 'timeout-minutes': '1' } },
    1,
  ).catch(() => {});
  await expect(job({ 'timeout-minutes': '3' }, '3')).rejects.toThrow('worker');
};
