// A cancelled step, as GitHub cancels it: in every wait the process ends within seconds, says how to go on, leaves nothing
// running that it started, and the next run finishes the work. What a killed main could not do, post does.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type CutEnd, cutShort, errorsOf, openRig, type Rig, runAction, type Texts } from './kit.ts';

jest.setTimeout(60_000);

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const says =
  (pattern: RegExp) =>
  ({ lines }: { readonly lines: readonly string[] }) =>
    lines.some((line) => pattern.test(line));

const calls =
  (operation: string) =>
  ({ operations }: { readonly operations: readonly string[] }) =>
    operations.includes(operation);

const expectCancelled = (end: CutEnd, signal = 'SIGINT'): void => {
  expect(end.tookMs).toBeLessThan(5_000);
  expect(end.exitCode).toBe(1);
  expect(errorsOf(end).map(({ text }) => text)).toEqual([
    `Cancelled by ${signal}. Run the same action again: it continues where this run stopped.`,
  ]);
  expect(end.summary).toContain(`Cancelled by ${signal}.`);
};

const databaseFamily = 'sit-db-init-goldencrust';

/** Neither a running task nor a revision of the database step, nor a door for its dump. */
const expectNoDatabaseStep = (): void => {
  const { ecs, efs } = rig.sandbox.neighbours;
  const running = ecs.tasks().filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  expect(running.filter(({ group }) => group.includes(databaseFamily))).toEqual([]);
  expect(Object.keys(ecs.snapshot().taskDefinitions)).not.toContain(databaseFamily);
  expect(JSON.stringify(efs.snapshot())).not.toContain('goldencrust-dumps');
};

const runningDatabaseTasks = (): number =>
  rig.sandbox.neighbours.ecs
    .tasks()
    .filter(({ group, desiredStatus }) => group.includes(databaseFamily) && desiredStatus === 'RUNNING')
    .length;

const finish = async (action: Parameters<typeof runAction>[1], inputs: Texts = {}): Promise<void> => {
  const end = await runAction(rig, action, { inputs });
  expect(end.lines.filter((line) => line.startsWith('ERROR'))).toEqual([]);
  expect(end.exitCode).toBe(0);
};

const teardown: Texts = {
  mode: 'teardown',
  confirm: 'goldencrust',
  'drop-database': 'true',
  'purge-secret': 'true',
};

describe('the life of a tenant, cancelled in every wait on its way', () => {
  test('run-db-init while it waits for the access policy to hold', async () => {
    await finish('provision-tenant', { steps: 'secret' });
    expectCancelled(
      await cutShort(rig, 'run-db-init', { signal: 'SIGINT', when: says(/Running once more/) }),
    );
    expectNoDatabaseStep();
  });

  test('provision-tenant between two calls begins nothing more', async () => {
    rig.slow('PutRolePolicy');
    expectCancelled(
      await cutShort(rig, 'provision-tenant', { signal: 'SIGINT', when: says(/^access policy .*: create$/) }),
    );
    rig.slow(undefined);
    expect(JSON.stringify(rig.sandbox.neighbours.efs.snapshot())).not.toContain('goldencrust-content');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('run-db-init while its task runs: %s', async (signal) => {
    await finish('provision-tenant', { steps: 'secret,access' });
    rig.hold(true);
    const end = await cutShort(rig, 'run-db-init', { signal, when: says(/^task .* started$/) });
    rig.hold(false);
    expectCancelled(end, signal);
    expectNoDatabaseStep();
    expect(rig.database.databases()).toEqual([]);
  });

  test('post after a cancelled main finds nothing to stop', async () => {
    rig.hold(true);
    const { state } = await cutShort(rig, 'run-db-init', { signal: 'SIGINT', when: says(/ started$/) });
    rig.hold(false);
    const post = await runAction(rig, 'run-db-init', { state });
    expect(post.exitCode).toBe(0);
    expect(post.lines).toEqual([]);
  });

  test('run-db-init killed while its task runs: post stops the task and removes its definition', async () => {
    rig.hold(true);
    const killed = await cutShort(rig, 'run-db-init', { signal: 'SIGKILL', when: says(/ started$/) });
    expect(killed.exitCode).toBeNull();
    expect(runningDatabaseTasks()).toBe(1);
    const post = await runAction(rig, 'run-db-init', { state: killed.state });
    // Not before: a container that had not started yet would do its work.
    rig.hold(false);
    expect(post.exitCode).toBe(0);
    expect(post.lines).toEqual([expect.stringMatching(/^stopping task .*: its run was cancelled$/)]);
    expectNoDatabaseStep();
  });

  test('run-db-init killed with no post: the next run stops what is left and does the work', async () => {
    rig.hold(true);
    await cutShort(rig, 'run-db-init', { signal: 'SIGKILL', when: says(/ started$/) });
    rig.hold(false);
    expect(runningDatabaseTasks()).toBe(1);
    await finish('run-db-init');
    expectNoDatabaseStep();
    expect(rig.database.databases()).toEqual(['goldencrust_db']);
  });

  test('post after a main that got to its end calls nothing', async () => {
    const { state } = await runAction(rig, 'run-db-init', { inputs: { operation: 'verify' } });
    const from = rig.requests.length;
    expect((await runAction(rig, 'run-db-init', { state })).exitCode).toBe(0);
    expect(rig.requests.length).toBe(from);
  });

  test('provision-tenant while its access point is being made', async () => {
    expectCancelled(
      await cutShort(rig, 'provision-tenant', { signal: 'SIGINT', when: calls('CreateAccessPoint') }),
    );
    expect(JSON.stringify(rig.sandbox.neighbours.efs.snapshot())).toContain('goldencrust-content');
    expect(rig.sandbox.neighbours.ecs.snapshot().services).toEqual([]);
  });

  test('provision-tenant while it waits for an access policy to hold', async () => {
    const inputs = { tenant: 'ironpeak' };
    expectCancelled(
      await cutShort(rig, 'provision-tenant', {
        signal: 'SIGINT',
        inputs,
        when: says(/^waiting \d+ s: access was granted/),
      }),
    );
    await finish('provision-tenant', inputs);
    expect((await runAction(rig, 'provision-tenant', { inputs })).outputs.changed).toBe('false');
  });

  test('wait-healthy while the deployment is under way, and while it makes sure', async () => {
    await finish('provision-tenant');
    const inputs = { probe: `${rig.siteUrl}/` };
    expectCancelled(
      await cutShort(rig, 'wait-healthy', {
        signal: 'SIGINT',
        inputs,
        when: says(/tasks running|making sure/),
      }),
    );
    expectCancelled(
      await cutShort(rig, 'wait-healthy', { signal: 'SIGTERM', inputs, when: says(/making sure/) }),
      'SIGTERM',
    );
    await finish('wait-healthy', { ...inputs, 'stable-seconds': '0' });
  });

  test('rollback-tenant while the service drains', async () => {
    expectCancelled(
      await cutShort(rig, 'rollback-tenant', { signal: 'SIGINT', inputs: teardown, when: says(/draining/) }),
    );
    // The database must not go while somebody may still write to it.
    expect(rig.database.databases()).toContain('goldencrust_db');
  });

  test('rollback-tenant while its database step runs; killed there, post cleans up', async () => {
    rig.hold(true);
    const when = says(/^task .* started$/);
    const cut = await cutShort(rig, 'rollback-tenant', { signal: 'SIGINT', inputs: teardown, when });
    const killed = await cutShort(rig, 'rollback-tenant', { signal: 'SIGKILL', inputs: teardown, when });
    expectCancelled(cut);
    expect(runningDatabaseTasks()).toBe(1);
    const post = await runAction(rig, 'rollback-tenant', { inputs: teardown, state: killed.state });
    rig.hold(false);
    expect(post.exitCode).toBe(0);
    expectNoDatabaseStep();
    expect(rig.database.databases()).toContain('goldencrust_db');
  });

  test('the last run takes the rest away', async () => {
    await finish('rollback-tenant', teardown);
    expectNoDatabaseStep();
    const left = JSON.stringify({ ...rig.sandbox.snapshot(), efs: rig.sandbox.neighbours.efs.snapshot() });
    expect(rig.database.databases()).toEqual([]);
    expect(left).not.toMatch(/goldencrust-(?:db-credentials|tg|service|content)|access-goldencrust/);
  });
});
