// The database step around its script: what ECS refuses, what never starts, what a crashed run left.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { createLab, type Lab } from '../lab.ts';

const withSecret = async (lab: Lab): Promise<Lab> => {
  await lab.run('provision-tenant', { steps: 'secret,access' });
  return lab;
};

const connect = (lab: Lab) =>
  lab.world.connect({ region: 'eu-west-1', roleArn: undefined, sessionName: 'test' });

describe('run-db-init', () => {
  test('a policy that does not hold yet costs one more run, and is said', async () => {
    const lab = await withSecret(await createLab({ settings: { policyLagMs: 10_000 } }));
    await lab.run('run-db-init');
    expect(lab.sandbox.calls.filter(({ operation }) => operation === 'RunTask')).toHaveLength(2);
    expect(lab.lines.join('\n')).toContain('Running once more');
  });

  test('a policy that never holds ends with what ECS said and what to check', async () => {
    const lab = await createLab();
    await lab.run('provision-tenant', { steps: 'secret' });
    await expect(lab.run('run-db-init')).rejects.toThrow(
      /never started.*AccessDenied.*execution role may read both secrets/s,
    );
    expect(lab.sandbox.calls.filter(({ operation }) => operation === 'RunTask')).toHaveLength(2);
  });

  test('no room in Fargate is tried again; a wrong cluster is not', async () => {
    const lab = await withSecret(await createLab());
    lab.sandbox.neighbours.ecs.failNextRun('RESOURCE:ENI');
    await lab.run('run-db-init');
    lab.sandbox.neighbours.ecs.failNextRun('MISSING');
    await expect(lab.run('run-db-init')).rejects.toThrow('Check cluster');
  });

  test('a log that cannot be read does not hide that the step ended well', async () => {
    const lab = await withSecret(await createLab());
    lab.sandbox.faults.arm({ operation: 'GetLogEvents', count: 50, effect: { kind: 'access-denied' } });
    const outputs = await lab.run('run-db-init');
    expect(outputs.summary).toContain('the log could not be read');
    expect((await lab.snapshot()).databases).toEqual(['goldencrust_db']);
  });

  test('an orphan of a crashed run is stopped, and leaves nothing', async () => {
    const lab = await withSecret(await createLab());
    const clean = await lab.snapshot();
    const { ecs } = connect(lab);
    // The first run dies right after RunTask took effect: every later call of it is refused.
    lab.sandbox.faults.arm({ operation: 'RunTask', effect: { kind: 'lose' } });
    lab.sandbox.faults.arm({ operation: 'RunTask', from: 2, count: 50, effect: { kind: 'access-denied' } });
    lab.sandbox.faults.arm({ operation: 'StopTask', count: 50, effect: { kind: 'access-denied' } });
    lab.sandbox.faults.arm({ operation: 'ListTasks', from: 4, count: 50, effect: { kind: 'access-denied' } });
    await expect(lab.run('run-db-init')).rejects.toThrow();
    lab.sandbox.faults.clear();
    const { taskArns } = await ecs.listTasks({ cluster: 'sit-cluster', family: 'sit-db-init-goldencrust' });
    expect(taskArns).toHaveLength(1);
    await lab.run('run-db-init');
    const after = await lab.snapshot();
    expect(after.ecs).toEqual(clean.ecs);
    expect(after.databases).toEqual(['goldencrust_db']);
  });

  test('verify refuses a password that the database does not know', async () => {
    const lab = await withSecret(await createLab());
    await lab.run('run-db-init');
    await lab.run('run-db-init', { operation: 'verify' });
    const { secrets } = connect(lab);
    const { SecretString = '' } = await secrets.getSecretValue({
      SecretId: 'sit-goldencrust-db-credentials',
    });
    await secrets.putSecretValue({
      SecretId: 'sit-goldencrust-db-credentials',
      SecretString: JSON.stringify({
        ...(JSON.parse(SecretString) as object),
        password: 'rotated-by-hand-0',
      }),
    });
    await expect(lab.run('run-db-init', { operation: 'verify' })).rejects.toThrow(
      'refused with the credentials of its secret',
    );
    await lab.run('run-db-init');
    await lab.run('run-db-init', { operation: 'verify' });
  });

  test('a rotated password is kept by the next provisioning', async () => {
    const lab = await withSecret(await createLab());
    const { secrets } = connect(lab);
    const read = async () =>
      (await secrets.getSecretValue({ SecretId: 'sit-goldencrust-db-credentials' })).SecretString ?? '';
    const rotated = JSON.stringify({
      ...(JSON.parse(await read()) as object),
      password: 'rotated-by-hand-0',
      host: 'old.example',
    });
    await secrets.putSecretValue({ SecretId: 'sit-goldencrust-db-credentials', SecretString: rotated });
    await lab.run('provision-tenant', { steps: 'secret' });
    expect(JSON.parse(await read())).toMatchObject({
      password: 'rotated-by-hand-0',
      username: 'goldencrust_user',
    });
    expect(await read()).not.toContain('old.example');
  });
});

describe('executor local', () => {
  /** A runner's machine: programs really run. */
  const exec: Lab['world']['exec'] = async ({ command, args, env, input }) => {
    const ended = spawnSync(command, [...args], { env: { ...process.env, ...env }, input, encoding: 'utf8' });
    return { exitCode: ended.status ?? -1, output: `${ended.stdout}${ended.stderr}` };
  };
  const unreachable = async (lab: Lab): Promise<void> => {
    const environment = 'examples/wpsit/environments/sit.yml';
    const text = await readFile(environment, 'utf8');
    lab.edit(
      environment,
      text
        .replace(/sit-mysql\S+/, '127.0.0.1')
        .replace(/^ {2}host: 127\.0\.0\.1$/m, '  host: 127.0.0.1\n  port: 1'),
    );
  };

  test('runs the script here, and its exit code is explained', async () => {
    const lab = await withSecret(await createLab());
    await unreachable(lab);
    const ran = lab.runIn({ ...lab.world, exec }, 'run-db-init', { executor: 'local' });
    // 42 without a server, 41 on a machine without a client.
    await expect(ran).rejects.toThrow(/exit code 4[12]/);
    expect(lab.sandbox.calls.some(({ operation }) => operation === 'RunTask')).toBe(false);
  });

  test('does not outlast timeout-minutes', async () => {
    const lab = await withSecret(await createLab());
    const hanging: Lab['world']['exec'] = ({ command, args, ...rest }) =>
      exec({ command, args: [...args.slice(0, 1), '0.2', 'sleep', '60'], ...rest });
    const ran = lab.runIn({ ...lab.world, exec: hanging }, 'run-db-init', { executor: 'local' });
    await expect(ran).rejects.toThrow('SHOW PROCESSLIST');
  });
});
