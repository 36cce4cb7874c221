// A job that ends before its command: cancelled, killed, or run again.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { post } from '../../actions/run-db-init/src/run-db-init.ts';
import type { ApplicationLab } from '../application-lab.ts';
import {
  attempt,
  cancelledWhen,
  connect,
  createPlayed,
  ends,
  migrating,
  playing,
  redefine,
} from './run-db-init-command-kit.ts';

const called = ({ sandbox }: ApplicationLab, operation: string) =>
  sandbox.calls.filter((call) => call.operation === operation).length;

/** Tasks of ours that ECS still wants. */
const wanted = async (lab: ApplicationLab) => {
  const { ecs } = connect(lab);
  const cluster = 'envelope-prod-cluster';
  const { taskArns = [] } = await ecs.listTasks({ cluster, family: 'envelope-prod-api' });
  const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
  return tasks.filter(({ startedBy }) => startedBy?.startsWith('tenant-actions/')).length;
};

const finish = (lab: ApplicationLab, operation: 'command' | 'migrate') =>
  post(
    {
      fleet: 'examples/envelope',
      environment: 'prod',
      application: 'envelope',
      operation,
      timeoutMinutes: 15,
      dryRun: false,
      executor: 'fargate',
      tenant: undefined,
      roleToAssume: undefined,
      service: undefined,
      container: undefined,
      command: undefined,
      dumpFolder: undefined,
      confirm: undefined,
      confirmDatabase: undefined,
    },
    lab.world,
    (name) => lab.remembered.get(name) ?? '',
  );

/** Main dies while its task runs: every call is refused from then on, as if nobody made it. */
const killMain = async (lab: ApplicationLab, given: Readonly<Record<string, string>>) => {
  lab.sandbox.faults.arm({
    operation: 'DescribeTasks',
    from: 12,
    count: 500,
    effect: { kind: 'access-denied' },
  });
  await expect(lab.run('run-db-init', given)).rejects.toThrow();
  lab.sandbox.faults.clear();
};

describe('cancelled', () => {
  test('a command is stopped with the next call', async () => {
    const { lab, play } = await createPlayed();
    play((host) => host.log('working'));
    const world = cancelledWhen(lab, () => lab.lines.includes('| working'));
    const at = lab.clock.now();
    await expect(lab.runIn(world, 'run-db-init', playing)).rejects.toThrow('Cancelled');
    expect(called(lab, 'StopTask')).toBe(1);
    expect(await wanted(lab)).toBe(0);
    expect(lab.clock.now() - at).toBeLessThan(60_000);
    await finish(lab, 'command');
    expect(called(lab, 'StopTask')).toBe(1);
  });

  test('a migration is left to its end, with what to do', async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    const world = cancelledWhen(lab, () => lab.lines.some((line) => line.startsWith('| ')));
    await expect(lab.runIn(world, 'run-db-init', migrating)).rejects.toThrow('Cancelled');
    expect(called(lab, 'StopTask')).toBe(0);
    expect(await wanted(lab)).toBe(1);
    expect(lab.lines.join('\n')).toMatch(/The migration goes on: task arn:.*To stop it: aws ecs stop-task/);
  });

  test('before the task is there, nothing is left', async () => {
    const { lab } = await createPlayed();
    lab.sandbox.neighbours.ecs.failNextRun('RESOURCE:ENI');
    const world = cancelledWhen(lab, () => true);
    await expect(lab.runIn(world, 'run-db-init', playing)).rejects.toThrow('Cancelled');
    await finish(lab, 'command');
    expect(await wanted(lab)).toBe(0);
  });
});

describe('post', () => {
  test('stops the command of a main that was killed', async () => {
    const { lab, play } = await createPlayed();
    play((host) => host.log('working'));
    await killMain(lab, playing);
    expect(await wanted(lab)).toBe(1);
    await finish(lab, 'command');
    expect(await wanted(lab)).toBe(0);
  });

  test('finds it also where main died before it knew the task', async () => {
    const { lab, play } = await createPlayed();
    play((host) => host.log('working'));
    await killMain(lab, playing);
    lab.remembered.delete('command-task');
    await finish(lab, 'command');
    expect(await wanted(lab)).toBe(0);
  });

  test('stops a command that this attempt followed, not started', async () => {
    const { lab, play } = await createPlayed();
    play((host) => host.log('working'));
    await killMain(lab, playing);
    lab.remembered.clear();
    lab.sandbox.faults.arm({
      operation: 'DescribeTasks',
      from: 12,
      count: 500,
      effect: { kind: 'access-denied' },
    });
    await expect(lab.runIn(attempt(lab, '2'), 'run-db-init', playing)).rejects.toThrow();
    lab.sandbox.faults.clear();
    expect(called(lab, 'RunTask')).toBe(1);
    await finish(lab, 'command');
    expect(await wanted(lab)).toBe(0);
  });

  test('leaves a migration, and tells of it', async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    await killMain(lab, migrating);
    await finish(lab, 'migrate');
    expect(await wanted(lab)).toBe(1);
    expect(lab.lines.join('\n')).toContain('The migration goes on');
  });

  test('does not even ask where main saw the end', async () => {
    const { lab, play } = await createPlayed();
    play(ends(1));
    await expect(lab.run('run-db-init', playing)).rejects.toThrow('exit code 1');
    const calls = lab.sandbox.calls.length;
    await finish(lab, 'command');
    expect(lab.sandbox.calls).toHaveLength(calls);
  });
});

describe('the manifest’s migration, written as a command', () => {
  const byHand = { operation: 'command', service: 'api', command: 'php artisan "migrate" --force' } as const;

  const hanging = async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    return lab;
  };

  test('is not stopped at the end of timeout-minutes', async () => {
    const lab = await hanging();
    await expect(lab.run('run-db-init', { ...byHand, 'timeout-minutes': '1' })).rejects.toThrow(
      /^Migration .* left to go on/,
    );
    expect(called(lab, 'StopTask')).toBe(0);
    expect(await wanted(lab)).toBe(1);
    expect(lab.lines.join('\n')).toContain("is the migration of the application's manifest");
  });

  test('is not stopped with its job, nor by post', async () => {
    const lab = await hanging();
    await killMain(lab, byHand);
    await finish(lab, 'command');
    expect(await wanted(lab)).toBe(1);
    expect(lab.lines.join('\n')).toContain('The migration goes on');
    const other = await hanging();
    const world = cancelledWhen(other, () => other.lines.some((line) => line.startsWith('| ')));
    await expect(other.runIn(world, 'run-db-init', byHand)).rejects.toThrow('Cancelled');
    expect(await wanted(other)).toBe(1);
  });

  test('does not run beside another one', async () => {
    const lab = await hanging();
    await expect(lab.run('run-db-init', { ...migrating, 'timeout-minutes': '1' })).rejects.toThrow();
    const other = { ...lab.world, run: { ...lab.world.run, id: '2' } };
    await expect(lab.runIn(other, 'run-db-init', byHand)).rejects.toThrow('same migration runs already');
    expect(called(lab, 'RunTask')).toBe(1);
  });

  test('does not run beside another one in another container of the service', async () => {
    const { lab, play } = await createPlayed();
    await redefine(lab, ({ containerDefinitions = [] }) => ({
      containerDefinitions: [...containerDefinitions, { name: 'side', image: 'sidecar:1', essential: false }],
    }));
    play(
      () => {},
      () => {},
    );
    lab.envelope.behave({ migration: 'runs-for-ever' });
    await expect(lab.run('run-db-init', { ...migrating, 'timeout-minutes': '1' })).rejects.toThrow();
    const other = { ...lab.world, run: { ...lab.world.run, id: '2' } };
    await expect(
      lab.runIn(other, 'run-db-init', { ...byHand, container: 'side', 'timeout-minutes': '1' }),
    ).rejects.toThrow('same migration runs already');
  });

  test('is one in another service too: it is as dangerous to cut off there', async () => {
    const lab = await hanging();
    await expect(
      lab.run('run-db-init', { ...byHand, service: 'worker', 'timeout-minutes': '1' }),
    ).rejects.toThrow('left to go on');
    expect(called(lab, 'StopTask')).toBe(0);
  });

  test('with another argument is a command', async () => {
    const lab = await hanging();
    const outputs = await lab.run('run-db-init', {
      ...byHand,
      command: 'php artisan migrate:status',
      'dry-run': 'true',
    });
    expect(JSON.parse(outputs.plan ?? '')).toMatchObject([{ step: 'command' }]);
  });
});

describe('run again', () => {
  test('the job follows the migration that its lost attempt started', async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    await expect(lab.run('run-db-init', { ...migrating, 'timeout-minutes': '1' })).rejects.toThrow(
      'left to go on',
    );
    const again = lab.runIn(attempt(lab, '3'), 'run-db-init', { ...migrating, 'timeout-minutes': '1' });
    await expect(again).rejects.toThrow('left to go on');
    expect(called(lab, 'RunTask')).toBe(1);
    expect(lab.lines.join('\n')).toContain('which attempt 1 of this job started');
  });

  test('the job follows it to its end, and has the whole log', async () => {
    const { lab, play, started } = await createPlayed();
    const words = (await readFile('examples/envelope/applications/envelope.yml', 'utf8')).replace(
      '[php, artisan, migrate, --force]',
      '[play]',
    );
    lab.edit('examples/envelope/applications/envelope.yml', words);
    play((host, end) => {
      host.log('first');
      host.clock.after(120_000, () => {
        host.log('last');
        end(0);
      });
    });
    await expect(lab.run('run-db-init', { ...migrating, 'timeout-minutes': '1' })).rejects.toThrow(
      'left to go on',
    );
    lab.lines.length = 0;
    const outputs = await lab.runIn(attempt(lab, '2'), 'run-db-init', migrating);
    expect(outputs.exitCode).toBe('0');
    expect(started).toHaveLength(1);
    expect(lab.lines.filter((line) => line.startsWith('| '))).toEqual(['| first', '| last']);
  });

  test('the job starts anew where the first attempt came to its end', async () => {
    const { lab, play, started } = await createPlayed();
    play(ends(1));
    await expect(lab.run('run-db-init', playing)).rejects.toThrow('exit code 1');
    play(ends(0));
    await lab.runIn(attempt(lab, '2'), 'run-db-init', playing);
    expect(started).toHaveLength(2);
  });

  test.each([
    ['a migration', { ...migrating }],
    ['a command', { ...playing }],
  ])('%s whose good end the first attempt did not see is not run twice', async (_, given) => {
    const { lab, play } = await createPlayed();
    play(ends(0, ['done']));
    lab.sandbox.faults.arm({ operation: 'DescribeTasks', from: 3, effect: { kind: 'access-denied' } });
    await expect(lab.run('run-db-init', given)).rejects.toThrow();
    await lab.clock.sleep(120_000);
    const outputs = await lab.runIn(attempt(lab, '2'), 'run-db-init', given);
    expect(outputs.exitCode).toBe('0');
    expect(called(lab, 'RunTask')).toBe(1);
    expect(lab.lines.join('\n')).toMatch(/which attempt 1 of this job started, ended well/);
  });

  test('another run does not follow it', async () => {
    const { lab } = await createPlayed();
    lab.envelope.behave({ migration: 'runs-for-ever' });
    await expect(lab.run('run-db-init', { ...migrating, 'timeout-minutes': '1' })).rejects.toThrow(
      'left to go on',
    );
    const other = { ...lab.world, run: { ...lab.world.run, id: '2', attempt: '2' } };
    await expect(lab.runIn(other, 'run-db-init', migrating)).rejects.toThrow('runs already');
  });
});
