// Forcing new deployments of an application's services: every one ends, and every end is told, whatever the others do.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Diagnosed, Failed, FailedAmong, UserError } from '../../src/shared/errors.ts';
import { type ApplicationLab, applicationFile, createApplicationLab } from '../application-lab.ts';
import { writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';

const cluster = 'envelope-prod-cluster';
const all = ['api', 'worker', 'scheduler', 'reverb', 'tenant', 'hq'];

const errorOf = async (doing: Promise<unknown>): Promise<unknown> =>
  doing.then(
    () => {
      throw new Error('expected an error');
    },
    (thrown: unknown) => thrown,
  );

const failure = async (doing: Promise<unknown>): Promise<FailedAmong> => {
  const error = await errorOf(doing);
  if (!(error instanceof FailedAmong)) throw error;
  return error;
};

const diagnosis = async (doing: Promise<unknown>): Promise<Diagnosed> => {
  const error = await errorOf(doing);
  if (!(error instanceof Diagnosed)) throw error;
  return error;
};

const problems = async (doing: Promise<unknown>): Promise<UserError> => {
  const error = await errorOf(doing);
  if (!(error instanceof UserError)) throw error;
  return error;
};

/** Ids of the PRIMARY deployments, by short name. */
const primaries = async (lab: ApplicationLab): Promise<Readonly<Record<string, string>>> => {
  const { services = [] } = await createClients(lab.sandbox).ecs.describeServices({
    cluster,
    services: all.map((name) => `envelope-prod-${name}`),
  });
  return Object.fromEntries(
    services.map(({ serviceName = '', deployments = [] }) => [
      serviceName.replace('envelope-prod-', ''),
      deployments.find(({ status }) => status === 'PRIMARY')?.id ?? '',
    ]),
  );
};

const scale = (lab: ApplicationLab, name: string, desiredCount: number) =>
  createClients(lab.sandbox).ecs.updateService({ cluster, service: `envelope-prod-${name}`, desiredCount });

describe('all services', () => {
  test('run new tasks of the same revision afterwards, and each is told by its own deployment', async () => {
    const lab = await createApplicationLab();
    const before = await primaries(lab);
    const outputs = await lab.run('redeploy-services');
    const after = await primaries(lab);
    expect(JSON.parse(outputs.deployments ?? '')).toEqual(after);
    for (const name of all) expect(after[name]).not.toBe(before[name]);
    expect(outputs.changed).toBe('true');
    expect(writesOf(lab).filter((name) => name === 'UpdateService')).toHaveLength(6);
    for (const name of all) expect(outputs.summary).toContain(`| ✅ | ${name} | through |`);
    expect(lab.early.get('deployments')).toBe(outputs.deployments);
  });

  test('are looked at with one call, and a line comes only where something changed', async () => {
    const lab = await createApplicationLab();
    await lab.run('redeploy-services');
    const looks = lab.sandbox.calls.filter(({ operation }) => operation === 'DescribeServices');
    expect(looks[0]?.input).toHaveProperty('services.length', 6);
    // One look a second at most, and ever fewer.
    expect(looks.length).toBeLessThan(25);
    const api = lab.lines.filter((line) => line.startsWith('api: '));
    for (const [index, line] of api.entries()) expect(line).not.toBe(api[index - 1]);
    // A healthy rollout needs nothing but the services themselves.
    const called = new Set(lab.sandbox.calls.map(({ operation }) => operation));
    expect(called).not.toContain('ListServiceDeployments');
    expect(called).not.toContain('DescribeTasks');
  });

  test('asked for by name are the only ones', async () => {
    const lab = await createApplicationLab();
    const before = await primaries(lab);
    const outputs = await lab.run('redeploy-services', { services: 'worker, hq' });
    const after = await primaries(lab);
    const changed = all.filter((name) => after[name] !== before[name]);
    expect(changed).toEqual(['worker', 'hq']);
    expect(JSON.parse(outputs.plan ?? '')).toEqual([
      { service: 'worker', action: 'redeploy' },
      { service: 'hq', action: 'redeploy' },
    ]);
  });

  test('a dry run writes nothing and tells the plan', async () => {
    const lab = await createApplicationLab();
    const outputs = await lab.run('redeploy-services', { 'dry-run': 'true' });
    expect(writesOf(lab)).toEqual([]);
    expect(outputs.changed).toBe('false');
    expect(outputs.summary).toContain('would get a new deployment');
    expect(lab.lines.join('\n')).toContain(
      'api: would get a new deployment of envelope-prod-api:1 (2 tasks)',
    );
  });

  test('a service scaled to nothing is deployed, not waited for, and fails nothing', async () => {
    const lab = await createApplicationLab();
    await scale(lab, 'worker', 0);
    await lab.clock.sleep(60_000);
    const before = await primaries(lab);
    const outputs = await lab.run('redeploy-services');
    expect((await primaries(lab)).worker).not.toBe(before.worker);
    expect(outputs.summary).toMatch(
      /✅ \| worker \| scaled to 0 tasks, so there is nothing to wait for \| 0 of 0/,
    );
  });
});

describe('a service that fails', () => {
  test('does not hide how the others end: all are waited for, then all failed ones are named', async () => {
    const lab = await createApplicationLab();
    lab.envelope.behave({ services: { worker: 'crashes', hq: 'answers-500' } });
    const failed = await diagnosis(lab.run('redeploy-services'));
    expect(failed.what).toContain('2 of 6 services');
    // Nothing but a load balancer trips the breaker for a task that ran before it crashed.
    expect(failed.what).toMatch(
      /worker: The deployment of envelope-prod-worker cannot succeed, so waiting ended early: 2 of its tasks .*goes back to the last revision/,
    );
    expect(failed.what).toMatch(/hq: The deployment of envelope-prod-hq failed and ECS rolled it back/);
    for (const name of ['api', 'scheduler', 'reverb', 'tenant'])
      expect(failed.table).toContain(`| ✅ | ${name} | through |`);
    expect(failed.table).toContain('| ❌ | worker |');
    expect(failed.table).toContain('| ❌ | hq |');
    expect(failed.cases.map(({ subject, findings }) => [subject, findings[0]?.id])).toEqual([
      ['envelope worker', 'application-class-missing'],
      ['envelope hq', 'application-health-error'],
    ]);
    const evidence = failed.cases.flatMap((one) => one.evidence).join('\n');
    // What its role may not look at is said, and whose file a person edits.
    expect(evidence).toContain(
      'the network (subnets, routes, security groups): this action does not look there',
    );
    const fixes = failed.cases.flatMap(({ findings }) => findings.flatMap(({ fix }) => fix)).join('\n');
    expect(fixes).toMatch(/--task-definition envelope-prod-worker:\d+/);
    expect(fixes).not.toMatch(/provision-tenant|\s`?applications\//);
    expect(evidence).toContain('AppServiceProvider');
    expect(evidence).toMatch(/exit code 1/);
    expect(evidence).toMatch(/Health checks failed with these codes: \[500\]/);
  });

  test('is given up long before the deadline where two of its tasks stopped for the same lasting reason', async () => {
    const lab = await createApplicationLab();
    lab.envelope.behave({ services: { worker: 'crashes' } });
    const from = lab.clock.now();
    await diagnosis(lab.run('redeploy-services', { services: 'worker' }));
    expect(lab.clock.now() - from).toBeLessThan(5 * 60_000);
    const stops = lab.lines.filter((line) => /^worker: task \S+ stopped/.test(line));
    expect(stops.length).toBeGreaterThanOrEqual(2);
    expect(lab.lines.join('\n')).toMatch(/worker: likely because: .*AppServiceProvider/);
  });

  test('one that AWS refuses to deploy is told with the others', async () => {
    const lab = await createApplicationLab();
    lab.sandbox.faults.arm({
      operation: 'UpdateService',
      from: 2,
      count: 1,
      effect: { kind: 'access-denied' },
    });
    const failed = await failure(lab.run('redeploy-services'));
    expect(failed.what).toContain('1 of 6 services');
    expect(failed.what).toMatch(/no deployment was started: AccessDeniedException/);
    expect(failed.table.match(/✅/g)).toHaveLength(5);
    expect(failed.fix).toMatch(
      /Allow ecs:UpdateService on envelope-prod-\w+ in cluster envelope-prod-cluster to the role/,
    );
    expect(failed.fix).not.toMatch(/^Run this again/m);
  });

  test('one that AWS throttles to the end can be run again, and nothing else is advised', async () => {
    const lab = await createApplicationLab();
    lab.sandbox.faults.arm({ operation: 'UpdateService', count: 99, effect: { kind: 'throttle' } });
    const failed = await failure(lab.run('redeploy-services', { services: 'api,hq' }));
    expect(failed.fix).toBe('Run this again with services: api, hq.');
  });

  test('whatever is not through in time is told as it stands, and its deployment goes on', async () => {
    const lab = await createApplicationLab();
    const before = await primaries(lab);
    const failed = await diagnosis(lab.run('redeploy-services', { 'timeout-minutes': '0.3' }));
    expect(failed.what).toMatch(
      /api: not through after \d+s, and the deployment goes on\. Last seen: \d of 2 tasks/,
    );
    expect(failed.table).toContain('| ✅ | worker | through |');
    expect(failed.fix).toContain('timeout-minutes');
    expect((await primaries(lab)).api).not.toBe(before.api);
  });

  test("a deployment that somebody else's takes the place of is told so, by whose id", async () => {
    const lab = await createApplicationLab();
    const { ecs } = createClients(lab.sandbox);
    const intrude = async (): Promise<string> => {
      await lab.clock.sleep(3_000);
      const service = 'envelope-prod-api';
      const answer = await ecs.updateService({ cluster, service, forceNewDeployment: true });
      return answer.service?.deployments?.find(({ status }) => status === 'PRIMARY')?.id ?? '';
    };
    let intruder: Promise<string> | undefined;
    // Ours is made when its id is put out.
    const output = (): void => {
      intruder ??= intrude();
    };
    const world = { ...lab.world, unique: 'one', output };
    const failed = await diagnosis(lab.runIn(world, 'redeploy-services', { services: 'api' }));
    const theirs = await intruder;
    expect(failed.what).toMatch(
      new RegExp(`api: Deployment ecs-svc/\\d+ of envelope-prod-api was superseded by ${theirs}`),
    );
  });
});

describe('before the first write', () => {
  test('missing and deleted services, and those that ECS may not force, are told all at once', async () => {
    const lab = await createApplicationLab();
    const { ecs } = createClients(lab.sandbox);
    await ecs.deleteService({ cluster, service: 'envelope-prod-reverb', force: true });
    await lab.clock.sleep(300_000);
    const text = await readFile(applicationFile, 'utf8');
    lab.edit(applicationFile, text.replace('  hq: {}\n', '  hq:\n    service: envelope-prod-headquarters\n'));
    const from = lab.sandbox.calls.length;
    const told = await problems(lab.run('redeploy-services'));
    expect(told.problems.map(({ what }) => what)).toEqual([
      expect.stringContaining('envelope-prod-reverb is deleted (INACTIVE)'),
      expect.stringContaining('no service envelope-prod-headquarters'),
    ]);
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('unknown short names are told with those that there are', async () => {
    const lab = await createApplicationLab();
    const told = await problems(lab.run('redeploy-services', { services: 'apl,wrker' }));
    expect(told.problems).toHaveLength(2);
    expect(told.message).toContain('Did you mean api?');
  });
});

describe('a lost answer', () => {
  test('is looked into: the deployment that was made is followed, and none is made twice', async () => {
    const lab = await createApplicationLab();
    lab.sandbox.faults.arm({ operation: 'UpdateService', effect: { kind: 'lose' } });
    const outputs = await lab.run('redeploy-services');
    expect(writesOf(lab).filter((name) => name === 'UpdateService')).toHaveLength(6);
    expect(JSON.parse(outputs.deployments ?? '')).toEqual(await primaries(lab));
  });

  test('where nothing was made is repeated', async () => {
    const lab = await createApplicationLab();
    lab.sandbox.faults.arm({ operation: 'UpdateService', effect: { kind: 'server-error' } });
    const outputs = await lab.run('redeploy-services', { services: 'api' });
    expect(JSON.parse(outputs.deployments ?? '')).toEqual({ api: (await primaries(lab)).api });
  });

  test('reads that lag behind the write are no sign of a failure', async () => {
    const lab = await createApplicationLab({ settings: { readLagMs: 10_000 } });
    const outputs = await lab.run('redeploy-services');
    expect(outputs.summary?.match(/✅ \|/g)).toHaveLength(6);
  });
});

test('a second run deploys again, also while the first rollout is under way, and says what it takes the place of', async () => {
  const lab = await createApplicationLab();
  const first = await errorOf(lab.run('redeploy-services', { services: 'api', 'timeout-minutes': '0.1' }));
  expect(first).toBeInstanceOf(Failed);
  const running = (await primaries(lab)).api ?? '';
  const outputs = await lab.run('redeploy-services', { services: 'api' });
  expect(JSON.parse(outputs.deployments ?? '').api).not.toBe(running);
  expect(lab.lines.join('\n')).toContain(`it takes the place of ${running}, which is rolling out`);
});
