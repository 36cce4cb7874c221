// What is hopeless is called so at once, with its cause; what is only slow, or settles, is waited for; and whatever AWS
// refuses to tell, there is a report.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Diagnosed } from '../../src/shared/errors.ts';
import { createLab, type Lab, type LabOptions } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { bringUp } from '../scenario.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';
const pollMs = 5_000;
const secretName = 'sit-goldencrust-db-credentials';

/** A tenant that is provisioned, with a circuit breaker that would try for long. */
const provisioned = async (image: string, options: LabOptions = {}): Promise<Lab> => {
  const lab = await createLab(options);
  lab.edit(
    manifest,
    `${await readFile(manifest, 'utf8')}\nimage: ${image}\ncircuitBreaker:\n  threshold: 100\n`,
  );
  await lab.run('provision-tenant', { steps: 'secret,access' });
  await lab.run('run-db-init');
  await lab.run('provision-tenant');
  return lab;
};

const ending = async (lab: Lab, given: Readonly<Record<string, string>> = {}): Promise<Diagnosed> => {
  const error = await lab.run('wait-healthy', given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Diagnosed)) throw new Error(`expected a Diagnosed, got ${String(error)}`);
  return error;
};

const firstOf = ({ cases }: Diagnosed): string | undefined => cases[0]?.findings[0]?.id;
const evidenceIn = ({ cases }: Diagnosed): string => cases.flatMap(({ evidence }) => evidence).join('\n');

/** When each task of the tenant's service stopped, oldest first. */
const stopsOf = async (lab: Lab): Promise<readonly number[]> => {
  const { ecs } = createClients(lab.sandbox);
  const place = { cluster: 'sit-cluster', serviceName: 'sit-goldencrust-service' };
  const { taskArns = [] } = await ecs.listTasks({ ...place, desiredStatus: 'STOPPED' });
  const { tasks = [] } = await ecs.describeTasks({ cluster: place.cluster, tasks: taskArns });
  return tasks.flatMap(({ stoppingAt }) => stoppingAt?.getTime() ?? []).toSorted((a, b) => a - b);
};

const countOf = (lab: Lab, from: number, ...operations: readonly string[]): number =>
  lab.sandbox.calls.slice(from).filter(({ operation }) => operations.includes(operation)).length;

describe('a hopeless deployment', () => {
  test('a wrong image ends the wait within a poll of the second stopped task, named as the cause', async () => {
    const lab = await provisioned('ghost:latest');
    const error = await ending(lab, { 'timeout-minutes': '60' });
    const verdictAt = lab.clock.now();
    expect(firstOf(error)).toBe('image-not-found');
    expect(error.what).toContain('cannot succeed');
    const [, second = 0] = await stopsOf(lab);
    expect(verdictAt - second).toBeGreaterThanOrEqual(0);
    expect(verdictAt - second).toBeLessThanOrEqual(pollMs + 1_000);
  });

  test('one that was hopeless before anybody waited ends with the first task that was made since', async () => {
    const lab = await provisioned('ghost:latest');
    await lab.clock.sleep(60_000);
    const started = lab.clock.now();
    const error = await ending(lab);
    expect(firstOf(error)).toBe('image-not-found');
    expect(error.what).toContain('cannot succeed');
    const stops = await stopsOf(lab);
    expect(stops.filter((stop) => stop > started).length).toBeLessThanOrEqual(2);
    expect(lab.clock.now() - (stops.at(-1) ?? 0)).toBeLessThanOrEqual(pollMs + 1_000);
  });

  test('tasks that stopped before the cause was mended condemn nobody', async () => {
    const lab = await provisioned('wordpress:6.8-php8.3-apache', { settings: { policyLagMs: 0 } });
    const { secrets } = createClients(lab.sandbox);
    const value = await secrets.getSecretValue({ SecretId: secretName });
    await secrets.putSecretValue({ SecretId: secretName, SecretString: '{"user":"nobody"}' });
    await lab.clock.sleep(60_000);
    await secrets.putSecretValue({ SecretId: secretName, SecretString: value.SecretString });
    expect((await stopsOf(lab)).length).toBeGreaterThanOrEqual(2);
    await lab.run('wait-healthy');
    expect(lab.lines.join('\n')).toMatch(/stopped \|/);
    expect(lab.lines.at(-1)).toMatch(/healthy after/);
  });

  test('what goes wrong once the deployment was through ends it within a poll of the second stop', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await lab.clock.sleep(120_000);
    lab.database.dropDatabase('goldencrust_db');
    await lab.clock.sleep(30_000);
    const error = await ending(lab, { 'timeout-minutes': '60' });
    expect(firstOf(error)).toBe('database-missing');
    expect(error.what).toContain('cannot succeed');
    const [, second = 0] = await stopsOf(lab);
    expect(lab.clock.now() - second).toBeLessThanOrEqual(pollMs + 1_000);
    expect(lab.lines.join('\n')).toMatch(/stopped \|.*\n.*because: /);
  });

  test('a permission that was never given is not waited for longer than IAM takes to settle', async () => {
    const lab = await provisioned('wordpress:6.8-php8.3-apache', { settings: { policyLagMs: 0 } });
    const { iam } = createClients(lab.sandbox);
    await iam.deleteRolePolicy({
      RoleName: 'sit-ecs-task-execution-role',
      PolicyName: 'sit-ecs-secrets-access-goldencrust',
    });
    const started = lab.clock.now();
    const error = await ending(lab);
    expect(firstOf(error)).toMatch(/^secret-/);
    expect(error.what).toContain('cannot succeed');
    const waited = lab.clock.now() - started;
    expect(waited).toBeGreaterThan(60_000);
    expect(waited).toBeLessThan(90_000 + 2 * pollMs);
  });

  test('a cause that shows only beside the network ends it after two tasks too', async () => {
    const lab = await provisioned('wordpress:6.8-php8.3-apache');
    for (const id of ['subnet-09d1d2de85ae02264', 'subnet-00e96b70ba19dffc5'])
      lab.sandbox.neighbours.ec2.setDefaultRoute(id, 'none');
    const error = await ending(lab);
    expect(firstOf(error)).toBe('no-way-out');
    expect(error.what).toContain('cannot succeed');
    expect(await stopsOf(lab)).toHaveLength(2);
  });

  test('a wrong password is told with the line that proves it, as soon as two tasks failed', async () => {
    const lab = await provisioned('wordpress:6.8-php8.3-apache');
    lab.database.setPassword('goldencrust_user', 'made-up-and-other');
    const error = await ending(lab, { 'timeout-minutes': '60' });
    expect(firstOf(error)).toBe('database-access-denied');
    expect(error.cases[0]?.findings[0]?.proof[0]?.text).toContain('Access denied for user');
    const [, second = 0] = await stopsOf(lab);
    expect(lab.clock.now() - second).toBeLessThanOrEqual(pollMs + 1_000);
    expect(error.what).not.toContain(error.cases[0]?.findings[0]?.cause);
    expect(error.what).toMatch(/circuit breaker has counted \d+ more .* no earlier revision to go back to/);
  });

  test('what its log says is told while the first task still runs', async () => {
    const lab = await provisioned('wordpress:6.8-php8.3-apache');
    lab.database.setPassword('goldencrust_user', 'made-up-and-other');
    await ending(lab, { 'timeout-minutes': '60' });
    const looksLike = lab.lines.findIndex((line) => /runs, .*looks like: .*password/.test(line));
    const stopped = lab.lines.findIndex((line) => line.includes('stopped |'));
    expect(looksLike).toBeGreaterThan(-1);
    expect(looksLike).toBeLessThan(stopped);
  });

  test('how a task ends is known within a poll, however long it takes to stop', async () => {
    const lab = await provisioned('wordpress:6.8-php8.3-apache');
    lab.database.dropDatabase('goldencrust_db');
    const error = await ending(lab, { 'timeout-minutes': '60' });
    expect(firstOf(error)).toBe('database-missing');
    const [, second = 0] = await stopsOf(lab);
    expect(lab.clock.now() - second).toBeLessThanOrEqual(pollMs + 1_000);
  });

  test('reads that lag behind cost no more than the lag', async () => {
    const lab = await provisioned('ghost:latest', { settings: { readLagMs: 4_000 } });
    const error = await ending(lab);
    expect(firstOf(error)).toBe('image-not-found');
    expect(error.what).toContain('cannot succeed');
    const [, second = 0] = await stopsOf(lab);
    expect(lab.clock.now() - second).toBeLessThanOrEqual(4_000 + 2 * pollMs);
  });

  test('a target group that no rule leads to ends it at once', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const { elb } = createClients(lab.sandbox);
    const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
    const arn = TargetGroups?.[0]?.TargetGroupArn;
    const { Listeners } = await elb.describeListeners({
      LoadBalancerArn: TargetGroups?.[0]?.LoadBalancerArns?.[0],
    });
    const { Rules } = await elb.describeRules({ ListenerArn: Listeners?.[0]?.ListenerArn });
    const own = Rules?.find(({ Actions }) => Actions?.some(({ TargetGroupArn }) => TargetGroupArn === arn));
    await elb.deleteRule({ RuleArn: own?.RuleArn });
    await lab.clock.sleep(60_000);
    const started = lab.clock.now();
    const error = await ending(lab);
    expect(error.what).toContain('not used by any listener rule');
    expect(lab.clock.now() - started).toBeLessThan(10_000);
    expect(evidenceIn(error)).toMatch(/target group \| .*no rule sends it requests/);
  });

  test('each stopped task is told with its cause while it is waited for', async () => {
    const lab = await provisioned('ghost:latest');
    await ending(lab);
    const told = lab.lines.join('\n');
    expect(told).toMatch(/task [0-9a-f]{32} stopped \| TaskFailedToStart CannotPullContainerError/);
    expect(told).toMatch(/because: .*ghost:latest does not exist/);
    expect(told).toMatch(/circuit breaker gives up after \d+ more/);
  });

  test('forty stopped tasks take no more calls, and no longer report, than the limits say', async () => {
    const lab = await provisioned('wordpress:exits-1');
    await lab.clock.sleep(40 * 9_000);
    expect((await stopsOf(lab)).length).toBeGreaterThanOrEqual(40);
    const from = lab.sandbox.calls.length;
    const error = await ending(lab, { 'timeout-minutes': '0.1' });
    expect(countOf(lab, from, 'GetLogEvents')).toBeLessThanOrEqual(16);
    expect(lab.sandbox.calls.length - from).toBeLessThanOrEqual(80);
    expect(evidenceIn(error).match(/stopped: EssentialContainerExited/g)?.length).toBe(20);
    expect(evidenceIn(error).length).toBeLessThan(64 * 1024);
  });
});

describe('what is not hopeless', () => {
  test('a slow start', async () => {
    const lab = await provisioned('wordpress:slow');
    await lab.run('wait-healthy');
    expect(lab.lines.join('\n')).not.toMatch(/because:|stopped \||looks like/);
  });

  test('permissions that have not come into force yet', async () => {
    const lab = await createLab({ settings: { policyLagMs: 40_000 } });
    lab.edit(manifest, `${await readFile(manifest, 'utf8')}\ncircuitBreaker:\n  threshold: 100\n`);
    await lab.run('provision-tenant');
    await lab.run('wait-healthy');
    expect(lab.lines.join('\n')).toMatch(/stopped \| TaskFailedToStart ResourceInitializationError/);
    expect(lab.lines.at(-1)).toMatch(/healthy after/);
  });

  test('nothing deployed: a healthy service is looked at and into nothing more', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const from = lab.sandbox.calls.length;
    await lab.run('wait-healthy', { 'stable-seconds': '0' });
    expect(
      lab.sandbox.calls
        .slice(from)
        .map(({ operation }) => operation)
        .sort(),
    ).toEqual(
      [
        'DescribeListeners',
        'DescribeLoadBalancers',
        'DescribeServiceDeployments',
        'DescribeServices',
        'DescribeServices',
        'DescribeTargetHealth',
        'DescribeTasks',
        'GetCallerIdentity',
        'GetSecretValue',
        'ListServiceDeployments',
        'ListTasks',
      ].sort(),
    );
  });
});

describe('while it is waited for', () => {
  test('the list of deployments is read until ours is in it, and then no more', async () => {
    const lab = await provisioned('wordpress:slow');
    const from = lab.sandbox.calls.length;
    await lab.run('wait-healthy');
    expect(countOf(lab, from, 'DescribeServiceDeployments')).toBeGreaterThan(10);
    expect(countOf(lab, from, 'ListServiceDeployments')).toBeLessThanOrEqual(3);
  });

  test('AWS is asked no more than its counters give reason for', async () => {
    const lab = await provisioned('wordpress:never');
    const from = lab.sandbox.calls.length;
    const started = lab.clock.now();
    await ending(lab, { 'timeout-minutes': '10' });
    const seconds = (lab.clock.now() - started) / 1000;
    expect(countOf(lab, from, 'DescribeTargetHealth')).toBeLessThanOrEqual(seconds / 15 + 2);
    expect(countOf(lab, from, 'ListTasks', 'DescribeTasks')).toBeLessThanOrEqual(
      countOf(lab, from, 'DescribeServices') / 2,
    );
  });

  test('targets are told as they change, with what the load balancer says', async () => {
    const lab = await provisioned('wordpress:boom-500');
    const error = await ending(lab, { 'timeout-minutes': '4' });
    expect(lab.lines.join('\n')).toMatch(/is unhealthy \| Target.ResponseCodeMismatch .*\[500\]/);
    expect(evidenceIn(error)).toMatch(/visit \(public\).*HTTP 500/);
  });

  test("another deployment's tasks are not ours", async () => {
    const lab = await provisioned('ghost:latest');
    await lab.clock.sleep(30_000);
    lab.edit(manifest, await readFile(manifest, 'utf8'));
    await lab.run('provision-tenant');
    await lab.run('wait-healthy');
    expect(lab.lines.join('\n')).not.toContain('CannotPullContainerError');
  });
});

describe('a report there is', () => {
  test.each([
    'ListTasks',
    'DescribeTasks',
    'DescribeTargetGroups',
    'GetLogEvents',
    'DescribeSubnets',
    'DescribeRules',
  ])('%s denied is told as unread, and the verdict stands', async (operation) => {
    const lab = await provisioned('wordpress:exits-1');
    lab.sandbox.faults.arm({ operation, count: 10_000, effect: { kind: 'access-denied' } });
    const error = await ending(lab, { 'timeout-minutes': '2' });
    expect(error.what).toContain('not ready before the deadline');
    expect(evidenceIn(error)).toMatch(/could not be read \| .*(AccessDenied|UnauthorizedOperation)/);
  });

  test('throttled reads are made up for at the next look', async () => {
    const lab = await provisioned('ghost:latest');
    lab.sandbox.faults.arm({ operation: 'ListTasks', count: 12, effect: { kind: 'throttle' } });
    const error = await ending(lab);
    expect(firstOf(error)).toBe('image-not-found');
    expect(error.what).toContain('cannot succeed');
  });
});
