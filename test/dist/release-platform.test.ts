// What comes beside the pipelines of a release, by the committed bundles: the plan, a command with its log, a migration
// that outlives its job, new deployments of services, and the look at everything.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { errorsOf, type Texts } from './kit.ts';
import { cutStep, newRun, openReleaseRig, type ReleaseRig } from './release-kit.ts';

jest.setTimeout(60_000);

let rig: ReleaseRig;
beforeAll(async () => {
  rig = await openReleaseRig();
});
afterAll(() => rig.close());

const succeed = async (action: string, inputs: Texts, env: Texts = newRun()): Promise<StepEnd> => {
  const end = await rig.step(action, { inputs, env });
  expect(errorsOf(end)).toEqual([]);
  expect(end.exitCode).toBe(0);
  return end;
};

test('plan-fleet gives a release: its pipelines in order, its gate and its environment', async () => {
  const { outputs } = await succeed('plan-fleet', { mode: 'release', pipelines: 'hq, api' });
  const { pipelines } = JSON.parse(outputs.release ?? '{}') as {
    readonly pipelines: readonly { readonly name: string }[];
  };
  expect(pipelines.map(({ name }) => name)).toEqual(['api', 'hq']);
  expect([outputs.approval, outputs.deployment]).toEqual(['prod', 'prod-envelope']);
  expect(rig.requests).toEqual([]);
});

describe('a command', () => {
  test('runs in the service, and its log is in the job’s', async () => {
    const end = await succeed('run-db-init', {
      operation: 'command',
      service: 'worker',
      command: 'php artisan queue:failed',
    });
    expect(end.outputs['exit-code']).toBe('0');
    expect(end.lines.join('\n')).toMatch(/redis@default App\\Jobs\\MigrateTenant/);
  });

  test('that fails tells its exit code, and what it said', async () => {
    const inputs = { operation: 'command', service: 'worker', command: 'php artisan no:such' };
    const end = await rig.step('run-db-init', { inputs, env: newRun() });
    expect([end.exitCode, end.outputs['exit-code']]).toEqual([1, '1']);
    expect(errorsOf(end)[0]?.text).toMatch(/exit code 1[\s\S]*no:such/);
  });

  const oneOff = () =>
    rig.sandbox.neighbours.ecs
      .tasks()
      .filter(
        ({ startedBy, desiredStatus }) => desiredStatus === 'RUNNING' && !startedBy?.startsWith('ecs-svc/'),
      )
      .map(({ arn }) => arn);

  test('a command that is killed with its job is stopped by post', async () => {
    const inputs = { operation: 'command', service: 'worker', command: 'php artisan queue:work' };
    const killed = await cutStep(rig, 'run-db-init', {
      signal: 'SIGKILL',
      when: /^task arn:/,
      inputs,
      env: newRun(),
    });
    expect(oneOff()).toHaveLength(1);
    await rig.step('run-db-init', { inputs, state: killed.state });
    expect(oneOff()).toEqual([]);
  });

  test('a migration that is killed with its job goes on, and the next attempt follows it', async () => {
    rig.holdMigrations();
    const [env, inputs] = [newRun(), { operation: 'migrate' }];
    const cut = { signal: 'SIGKILL', when: /^task arn:/, inputs } as const;
    const killed = await cutStep(rig, 'run-db-init', { ...cut, env });
    expect(killed.exitCode).toBeNull();
    const post = await rig.step('run-db-init', { inputs, state: killed.state });
    expect([post.exitCode, errorsOf(post)]).toEqual([0, []]);
    expect(oneOff()).toHaveLength(1);
    const [arn = ''] = oneOff();
    expect(post.lines.join('\n')).toContain(`The migration goes on: task ${arn}.`);
    const next = await rig.step('run-db-init', {
      inputs,
      env: { ...env, GITHUB_RUN_ATTEMPT: '2' },
      onLine: (line) => {
        if (line.startsWith(`following task ${arn}`)) rig.letMigrationsGo();
      },
    });
    expect([errorsOf(next), next.outputs['task-arn']]).toEqual([[], arn]);
    expect(oneOff()).toEqual([]);
  });
});

describe('the services', () => {
  test('redeploy-services gives the named ones a new deployment each, and waits for it', async () => {
    const { ecs } = rig.sandbox.neighbours;
    const deploymentOf = (service: string) =>
      ecs.operations.DescribeServices({
        cluster: 'envelope-prod-cluster',
        services: [`envelope-prod-${service}`],
      }).services?.[0]?.deployments;
    const before = ['worker', 'reverb', 'api'].map(deploymentOf);
    const end = await succeed('redeploy-services', { services: 'worker, reverb' });
    const after = ['worker', 'reverb', 'api'].map(deploymentOf);
    expect(after.map((each) => each?.length)).toEqual([1, 1, 1]);
    expect(after.map((each) => each?.[0]?.rolloutState)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
    const isNew = after.map((each, index) => each?.[0]?.id !== before[index]?.[0]?.id);
    expect(isNew).toEqual([true, true, false]);
    for (const index of [0, 1]) expect(end.outputs.deployments).toContain(after[index]?.[0]?.id);
  });

  test('wait-healthy looks at services, targets, addresses, and at the database’s security', async () => {
    const from = rig.requests.length;
    const end = await succeed('wait-healthy', { probe: `${rig.siteUrl}/`, 'stable-seconds': '0' });
    const bodies = rig.requests.slice(from).map(({ body, headers }) => headers['x-amz-target'] ?? body);
    for (const operation of ['DescribeDBInstances', 'DescribeSecurityGroups', 'DescribeTargetHealth'])
      expect(bodies.some((body) => String(body).includes(operation))).toBe(true);
    expect(end.outputs.checks).toMatch(/public access to envelope-prod-db","state":"passed"/);
    expect(end.summary).not.toBe('');
  });

  test('and says so where the database can be reached from outside', async () => {
    rig.sandbox.neighbours.rds.change('envelope-prod-db', { publiclyAccessible: true });
    const end = await rig.step('wait-healthy', {
      inputs: { probe: `${rig.siteUrl}/`, 'stable-seconds': '0', 'timeout-minutes': '1' },
      env: newRun(),
    });
    expect(end.exitCode).toBe(1);
    expect(
      errorsOf(end)
        .map(({ text }) => text)
        .join('\n'),
    ).toMatch(/publicly/i);
  });
});
