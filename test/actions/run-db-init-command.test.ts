// A command in a service's task definition: what is asked of ECS, what is printed, and one task at most.
import type { RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { ApplicationLab } from '../application-lab.ts';
import {
  connect,
  createPlayed,
  ends,
  meetingAt,
  migrating,
  playing,
  redefine,
  seenAs,
} from './run-db-init-command-kit.ts';

const called = ({ sandbox }: ApplicationLab, operation: string) =>
  sandbox.calls.filter((call) => call.operation === operation);

const requestOf = (lab: ApplicationLab) =>
  called(lab, 'RunTask').at(-1)?.input as unknown as RunTaskCommandInput;

const serviceOf = async (lab: ApplicationLab) => {
  const { ecs } = connect(lab);
  const { services } = await ecs.describeServices({
    cluster: 'envelope-prod-cluster',
    services: ['envelope-prod-api'],
  });
  return services?.[0];
};

const printed = ({ lines }: ApplicationLab) => lines.filter((line) => line.startsWith('| '));

describe('a command', () => {
  test('runs where its service runs, its words the only override, and is marked as this run’s', async () => {
    const { lab, play, started } = await createPlayed();
    play(ends(0, ['done']));
    const outputs = await lab.run('run-db-init', { ...playing, command: `play 'two words' App\\Job` });
    expect(outputs).toMatchObject({ exitCode: '0', changed: 'true', database: '', user: '' });
    expect(started).toEqual([['play', 'two words', 'App\\Job']]);
    const service = await serviceOf(lab);
    expect(requestOf(lab)).toMatchObject({
      taskDefinition: service?.taskDefinition,
      networkConfiguration: service?.networkConfiguration,
      launchType: 'FARGATE',
      overrides: { containerOverrides: [{ name: 'api', command: ['play', 'two words', 'App\\Job'] }] },
      startedBy: expect.stringMatching(/^tenant-actions\/1\/1\/[0-9a-f]{16}$/),
    });
    expect(Object.keys(requestOf(lab).overrides?.containerOverrides?.[0] ?? {})).toEqual(['name', 'command']);
    expect(requestOf(lab).tags).toEqual(
      expect.arrayContaining([
        { key: 'ManagedBy', value: 'tenant-actions' },
        { key: 'Application', value: 'envelope' },
      ]),
    );
    expect(lab.early.get('task-arn')).toBe(outputs.taskArn);
    expect(lab.early.get('exit-code')).toBe('0');
  });

  test('takes its service’s capacity providers where that has them, and no launch type beside', async () => {
    const { lab, play } = await createPlayed();
    play(ends(0));
    const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    await connect(lab).ecs.updateService({
      cluster: 'envelope-prod-cluster',
      service: 'envelope-prod-api',
      capacityProviderStrategy: strategy,
    });
    await lab.run('run-db-init', playing);
    expect(requestOf(lab)).toMatchObject({ capacityProviderStrategy: strategy });
    expect(requestOf(lab)).not.toHaveProperty('launchType');
  });

  test('runs in what is being rolled out, not in what was', async () => {
    const { lab, play } = await createPlayed();
    play(ends(0));
    const arn = await redefine(lab, () => ({ cpu: '256' }));
    await lab.run('run-db-init', playing);
    expect(requestOf(lab).taskDefinition).toBe(arn);
  });

  test('says that the deployment it runs in has failed', async () => {
    const { lab, play } = await createPlayed();
    play(ends(0));
    lab.envelope.behave({ services: { api: 'crashes' } });
    await connect(lab).ecs.updateService({
      cluster: 'envelope-prod-cluster',
      service: 'envelope-prod-api',
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    await redefine(lab, () => ({ cpu: '256' }));
    await lab.clock.sleep(900_000);
    await lab.run('run-db-init', playing);
    expect(lab.lines.join('\n')).toMatch(
      /The deployment of envelope-prod-api:2 failed .* runs in it all the same/,
    );
  });

  test('with dry-run starts nothing', async () => {
    const { lab } = await createPlayed();
    const outputs = await lab.run('run-db-init', { ...playing, 'dry-run': 'true' });
    expect(lab.sandbox.calls.filter(({ write }) => write)).toEqual([]);
    expect(outputs).toMatchObject({ changed: 'false', exitCode: '', taskArn: '' });
    expect(JSON.parse(outputs.plan ?? '')).toEqual([
      { step: 'command', action: 'run', name: 'play', by: 'envelope-prod-api:1' },
    ]);
  });

  test.each([
    ['user:create --password=hunter2', '--password'],
    ['mysql://u:sekret@h/db', 'a password in an address'],
  ])('with a secret in it is refused, and the secret not told: %s', async (words, name) => {
    const { lab } = await createPlayed();
    const refused = lab.run('run-db-init', { ...playing, command: `php artisan ${words}` });
    await expect(refused).rejects.toThrow(name);
    await expect(refused).rejects.not.toThrow(/hunter2|sekret/);
    expect(lab.sandbox.calls).toEqual([]);
  });

  test('in a container that is not essential is done when that is; the others are stopped', async () => {
    const { lab, play } = await createPlayed();
    play(ends(0), () => {});
    await redefine(lab, ({ containerDefinitions = [] }) => ({
      containerDefinitions: [
        ...containerDefinitions.map((container) => ({ ...container, essential: false })),
        { name: 'router', image: 'sidecar:1', essential: true },
      ],
    }));
    const outputs = await lab.run('run-db-init', playing);
    expect(outputs.exitCode).toBe('0');
    await lab.clock.sleep(60_000);
    const { tasks } = await connect(lab).ecs.describeTasks({
      cluster: 'envelope-prod-cluster',
      tasks: [outputs.taskArn ?? ''],
    });
    expect(tasks?.[0]?.lastStatus).toBe('STOPPED');
  });
});

describe('one task at most', () => {
  test('though the answer of RunTask is lost', async () => {
    const { lab, play, started } = await createPlayed();
    play(ends(0));
    lab.sandbox.faults.arm({ operation: 'RunTask', effect: { kind: 'lose' } });
    await lab.run('run-db-init', playing);
    expect(called(lab, 'RunTask')).toHaveLength(2);
    expect(started).toHaveLength(1);
  });

  test('though ECS had no room at first', async () => {
    const { lab, play, started } = await createPlayed();
    play(ends(0));
    for (const reason of ['RESOURCE:ENI', 'Capacity is unavailable at this time.'])
      lab.sandbox.neighbours.ecs.failNextRun(reason);
    await lab.run('run-db-init', playing);
    expect(started).toHaveLength(1);
  });

  test('though Fargate took tasks and then had no room for them', async () => {
    const { lab, play, started } = await createPlayed();
    play(ends(0));
    let full = 2;
    const starved = new Map<string, boolean>();
    const world = seenAs(lab, (task) => {
      const arn = task.taskArn ?? '';
      if (task.startedBy?.startsWith('tenant-actions/') && !starved.has(arn)) starved.set(arn, full-- > 0);
      return starved.get(arn)
        ? {
            ...task,
            lastStatus: 'STOPPED',
            stopCode: 'TaskFailedToStart',
            stoppedReason: 'Capacity is unavailable at this time. Please try again later.',
            containers: task.containers?.map(({ exitCode, ...container }) => container),
          }
        : task;
    });
    const outputs = await lab.runIn(world, 'run-db-init', playing);
    expect(outputs.exitCode).toBe('0');
    expect(called(lab, 'RunTask')).toHaveLength(3);
    expect(started.length).toBeGreaterThan(0);
  });

  test('a reason that does not go away by itself is not tried again', async () => {
    const { lab } = await createPlayed();
    lab.sandbox.neighbours.ecs.failNextRun('MISSING');
    await expect(lab.run('run-db-init', playing)).rejects.toThrow('not there any more');
    expect(called(lab, 'RunTask')).toHaveLength(1);
  });

  test('of two migrations that start at the same moment, the later one yields', async () => {
    const { lab } = await createPlayed({ settings: { readLagMs: 1_000 } });
    lab.envelope.behave({ migration: 'runs-for-ever' });
    const [one, other] = meetingAt(lab, 'runTask');
    const given = { ...migrating, 'timeout-minutes': '2' };
    const ends = await Promise.allSettled([
      lab.runIn(one, 'run-db-init', given),
      lab.runIn(other, 'run-db-init', given),
    ]);
    const told = ends
      .map((end) => (end.status === 'rejected' ? String(end.reason) : 'ended well'))
      .join('\n');
    expect(called(lab, 'RunTask')).toHaveLength(2);
    expect(told.match(/left to go on/g)).toHaveLength(1);
    expect(told.match(/runs already/g)).toHaveLength(1);
    expect(called(lab, 'StopTask')).toHaveLength(1);
  });

  test('a migration that somebody runs by hand is in the way too', async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    const service = await serviceOf(lab);
    await connect(lab).ecs.runTask({
      cluster: 'envelope-prod-cluster',
      taskDefinition: service?.taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration: service?.networkConfiguration,
      overrides: {
        containerOverrides: [{ name: 'api', command: ['php', 'artisan', 'migrate', '--force'] }],
      },
    });
    await expect(lab.run('run-db-init', migrating)).rejects.toThrow('somebody who left no name');
    expect(called(lab, 'RunTask')).toHaveLength(1);
  });
});

describe('the log', () => {
  test('is printed while the command runs, each line once, also those that come after its end', async () => {
    const { lab, play } = await createPlayed();
    const at: number[] = [];
    play((host, end) => {
      for (let line = 1; line <= 20; line++)
        host.clock.after(line * 2_000, () => {
          host.log(`line ${line}`);
          at.push(printed(lab).length);
          if (line === 18) end(0);
        });
    });
    await lab.run('run-db-init', playing);
    expect(printed(lab)).toEqual(Array.from({ length: 20 }, (_, line) => `| line ${line + 1}`));
    // By the tenth line the first ones had been printed.
    expect(at[9]).toBeGreaterThan(4);
  });

  test('comes in pages, and all of them are read', async () => {
    const { lab, play } = await createPlayed({ settings: { pageSize: 3 } });
    play(
      ends(
        0,
        Array.from({ length: 40 }, (_, line) => `line ${line}`),
      ),
    );
    await lab.run('run-db-init', playing);
    expect(printed(lab)).toHaveLength(40);
  });

  test('of a talkative command is cut, which is said, and its end is shown', async () => {
    const { lab, play } = await createPlayed();
    play(
      ends(
        0,
        Array.from({ length: 6_000 }, (_, line) => `line ${line}`),
      ),
    );
    await lab.run('run-db-init', playing);
    expect(printed(lab)).toHaveLength(5_050);
    expect(printed(lab).at(-1)).toBe('| line 5999');
    expect(lab.lines.join('\n')).toMatch(
      /950 lines are left out here.*aws logs tail \/ecs\/envelope-prod-api/,
    );
  });

  test('obeys nothing, shows no credentials and stays small', async () => {
    const { lab, play } = await createPlayed();
    const secret = 'not-a-real-password';
    play(
      ends(0, [
        '::add-mask::x',
        '::stop-commands::y',
        'at the end ##[error]z',
        '\u001b[31mred\u001b[0m and \u0007bell',
        `DB_\u001b[1mPASSWORD=${secret}`,
        `mysql://appuser:${secret}@envelope-prod-db/envelope`,
        'x'.repeat(10 * 1024 * 1024),
        `${'y '.repeat(5_000)}password=${secret}`,
        Buffer.from([0x66, 0xff, 0xfe, 0x6f]).toString('utf8'),
      ]),
    );
    const outputs = await lab.run('run-db-init', playing);
    const all = [...lab.lines, outputs.summary].join('\n');
    expect(all).not.toContain(secret);
    expect(all).not.toMatch(/^\s*::/m);
    expect(all).not.toContain('##[');
    expect(printed(lab)).toContain('| red and  bell');
    expect(printed(lab)).toContain('| f\ufffd\ufffdo');
    expect(Math.max(...lab.lines.map((line) => line.length))).toBeLessThan(1_100);
  });

  test('that cannot be read is said once, and hides nothing', async () => {
    const { lab, play } = await createPlayed();
    play(ends(0, ['unseen']));
    lab.sandbox.faults.arm({ operation: 'GetLogEvents', count: 50, effect: { kind: 'access-denied' } });
    expect((await lab.run('run-db-init', playing)).exitCode).toBe('0');
    expect(lab.lines.filter((line) => line.includes('The log cannot be read here'))).toHaveLength(1);
  });

  test('that is throttled is read later', async () => {
    const { lab, play } = await createPlayed();
    play(ends(0, ['seen']));
    lab.sandbox.faults.arm({ operation: 'GetLogEvents', count: 8, effect: { kind: 'throttle' } });
    await lab.run('run-db-init', playing);
    expect(printed(lab)).toEqual(['| seen']);
  });

  test.each([
    ['that goes elsewhere', { logDriver: 'awsfirelens' as const }, 'awsfirelens, not awslogs'],
    ['that goes nowhere', undefined, 'has no logConfiguration'],
  ])('%s is said', async (_, logConfiguration, said) => {
    const { lab, play } = await createPlayed();
    play(ends(0, ['unseen']));
    await redefine(lab, ({ containerDefinitions = [] }) => ({
      containerDefinitions: containerDefinitions.map((container) => ({ ...container, logConfiguration })),
    }));
    expect((await lab.run('run-db-init', playing)).exitCode).toBe('0');
    expect(lab.lines.join('\n')).toContain(said);
  });
});
