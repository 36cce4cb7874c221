// Validation of a whole application: everything is looked at, everything is told, and what could not be seen is not claimed.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Diagnosed, FailedAmong, UserError } from '../../src/shared/errors.ts';
import type { Check } from '../../src/shared/judge/check.ts';
import type { HttpAnswer, World } from '../../src/shared/world.ts';
import { type ApplicationLab, applicationFile, createApplicationLab } from '../application-lab.ts';
import { writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';

const cluster = 'envelope-prod-cluster';
const tenant = { tenant: '' };

const errorOf = async (doing: Promise<unknown>): Promise<unknown> =>
  doing.then(
    () => {
      throw new Error('expected an error');
    },
    (thrown: unknown) => thrown,
  );

const failure = async (doing: Promise<unknown>): Promise<FailedAmong | Diagnosed> => {
  const error = await errorOf(doing);
  if (!(error instanceof FailedAmong) && !(error instanceof Diagnosed)) throw error;
  return error;
};

const validate = (lab: ApplicationLab, given: Readonly<Record<string, string>> = {}) =>
  lab.run('wait-healthy', { ...tenant, ...given });

const checksOf = (lab: ApplicationLab): readonly Check[] => JSON.parse(lab.early.get('checks') ?? '[]');

const stateOf = (lab: ApplicationLab, name: string): string | undefined =>
  checksOf(lab).find((check) => check.name === name)?.state;

const databaseGroup = async (lab: ApplicationLab): Promise<string> => {
  const { DBInstances } = await createClients(lab.sandbox).rds.describeDBInstances({
    DBInstanceIdentifier: 'envelope-prod-db',
  });
  return DBInstances?.[0]?.VpcSecurityGroups?.[0]?.VpcSecurityGroupId ?? '';
};

/** A world in which one address answers otherwise. */
const answering = (lab: ApplicationLab, url: string, answer: () => HttpAnswer): World => ({
  ...lab.world,
  unique: 'one',
  http: (request) => (request.url === url ? Promise.resolve(answer()) : lab.world.http(request)),
});

describe('a healthy application', () => {
  test('passes every check of the guide, writes nothing, and shows the last log lines of each service', async () => {
    const lab = await createApplicationLab();
    const outputs = await validate(lab);
    const checks: readonly Check[] = JSON.parse(outputs.checks ?? '');
    expect(checks.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      ...Array.from({ length: 6 }, () => 'service passed'),
      ...Array.from({ length: 3 }, () => 'targets passed'),
      ...Array.from({ length: 3 }, () => 'http passed'),
      ...Array.from({ length: 3 }, () => 'security passed'),
    ]);
    expect(writesOf(lab)).toEqual([]);
    expect(outputs.changed).toBe('false');
    const log = lab.lines.join('\n');
    for (const { name } of lab.application.services) expect(log).toContain(`Last log lines of ${name}`);
    expect(log).toContain('Processing jobs from the [default] queue');
    expect(Number(outputs.waitedSeconds)).toBeGreaterThanOrEqual(20);
    expect(outputs.summary).toContain('| ✅ | health check api |');
  });

  test('is looked at once and waits for nothing in a dry run', async () => {
    const lab = await createApplicationLab();
    const started = lab.clock.now();
    const outputs = await validate(lab, { 'dry-run': 'true' });
    expect(lab.clock.now() - started).toBeLessThan(5_000);
    expect(outputs.summary).toContain('✅');
  });

  test('can be asked for some services, and without its addresses', async () => {
    const lab = await createApplicationLab();
    await validate(lab, { services: 'worker,hq', probe: 'off' });
    expect(
      checksOf(lab)
        .filter(({ kind }) => kind !== 'security')
        .map(({ name }) => name),
    ).toEqual(['worker', 'hq', 'envelope-prod-hq-tg']);
  });

  test('whose worker is scaled to nothing is healthy still', async () => {
    const lab = await createApplicationLab();
    await createClients(lab.sandbox).ecs.updateService({
      cluster,
      service: 'envelope-prod-worker',
      desiredCount: 0,
    });
    await validate(lab);
    expect(checksOf(lab).find(({ name }) => name === 'worker')?.detail).toContain('scaled to 0');
  });
});

describe('an application that is not healthy', () => {
  test('is waited for while it rolls out', async () => {
    const lab = await createApplicationLab();
    await createClients(lab.sandbox).ecs.updateService({
      cluster,
      service: 'envelope-prod-api',
      forceNewDeployment: true,
    });
    await validate(lab);
    expect(lab.lines.join('\n')).toMatch(/service api: .* is rolling out/);
    expect(stateOf(lab, 'api')).toBe('passed');
  });

  test('fails at the deadline with every check that did not pass, and what to do', async () => {
    const lab = await createApplicationLab();
    const url = 'https://api.envelope.host/up';
    const world = answering(lab, url, () => ({
      kind: 'answer',
      status: 200,
      location: undefined,
      headers: {},
      body: 'It works!',
    }));
    const failed = await failure(lab.runIn(world, 'wait-healthy', { ...tenant, 'timeout-minutes': '1' }));
    expect(failed.what).toContain('1 of 15 checks');
    expect(failed.what).toContain('without the text "Application up"');
    expect(failed.fix).toContain(url);
    expect(failed.fix).toContain('raise timeout-minutes');
    expect(failed.table).toContain('| ❌ | health check api |');
    expect(failed.table.match(/✅/g)).toHaveLength(14);
    expect(lab.lines.join('\n')).toContain('Last log lines of api');
  });

  test('must stay healthy: an address that answers now and then is not', async () => {
    const lab = await createApplicationLab();
    let looks = 0;
    const flapping = (): HttpAnswer => {
      looks += 1;
      return looks % 3 === 0
        ? { kind: 'no-answer', reason: 'ECONNREFUSED' }
        : { kind: 'answer', status: 200, location: undefined, headers: {}, body: '' };
    };
    const world = answering(lab, 'https://demo.envelope.host/', flapping);
    const failed = await errorOf(
      lab.runIn(world, 'wait-healthy', { ...tenant, 'timeout-minutes': '2', 'stable-seconds': '30' }),
    );
    expect(String(failed)).toMatch(/making sure that it stays so|no answer/);
  });

  test('a service that is not there, or its target group, is told before anything is waited for', async () => {
    const lab = await createApplicationLab();
    const text = await readFile(applicationFile, 'utf8');
    const started = lab.clock.now();
    lab.edit(applicationFile, text.replace('  hq: {}\n', '  hq: { service: gone }\n'));
    expect(await errorOf(validate(lab))).toBeInstanceOf(UserError);
    lab.edit(applicationFile, text.replace('  hq: {}\n', '  hq: { targetGroups: [gone-tg] }\n'));
    const told = await errorOf(validate(lab));
    expect(String(told)).toContain('There is no target group gone-tg');
    expect(lab.clock.now() - started).toBeLessThan(60_000);
  });

  test("a target group of the manifest's that ECS does not fill fails at once", async () => {
    const lab = await createApplicationLab();
    const text = await readFile(applicationFile, 'utf8');
    lab.edit(
      applicationFile,
      text.replace('  worker: {}\n', '  worker: { targetGroups: [envelope-prod-hq-tg] }\n'),
    );
    const failed = await failure(validate(lab));
    expect(failed.what).toContain('service worker is not registered with it');
  });

  test('a target group that no rule leads to fails at once, unless nobody may say so', async () => {
    const lab = await createApplicationLab();
    const { elb } = createClients(lab.sandbox);
    const { TargetGroups = [] } = await elb.describeTargetGroups({ Names: ['envelope-prod-hq-tg'] });
    const [LoadBalancerArn] = TargetGroups[0]?.LoadBalancerArns ?? [];
    const { Listeners = [] } = await elb.describeListeners({ LoadBalancerArn });
    for (const { ListenerArn } of Listeners)
      for (const { RuleArn, Actions = [] } of (await elb.describeRules({ ListenerArn })).Rules ?? [])
        if (Actions.some(({ TargetGroupArn }) => TargetGroupArn === TargetGroups[0]?.TargetGroupArn))
          await elb.deleteRule({ RuleArn });
    const given = { services: 'hq', probe: 'off', 'timeout-minutes': '1' };
    const known = await failure(validate(lab, given));
    expect(known.what).toContain('no listener rule forwards to it');
    expect(known.fix).not.toContain('timeout-minutes');
    lab.sandbox.faults.arm({
      operation: 'DescribeTargetGroups',
      count: 99,
      effect: { kind: 'access-denied' },
    });
    const unknown = await failure(validate(lab, given));
    expect(unknown.what).toMatch(/no listener rule forwards to it, or \S+ is in a zone/);
  });

  test('what fails at once ends the wait, and says nothing against what only needed longer', async () => {
    const lab = await createApplicationLab();
    const text = await readFile(applicationFile, 'utf8');
    lab.edit(
      applicationFile,
      text.replace('  worker: {}\n', '  worker: { targetGroups: [envelope-prod-hq-tg] }\n'),
    );
    await createClients(lab.sandbox).ecs.updateService({
      cluster,
      service: 'envelope-prod-api',
      forceNewDeployment: true,
    });
    const failed = await failure(validate(lab));
    expect(failed.what).toContain('1 of 16 checks');
    expect(failed.what).toMatch(/Not healthy yet when that ended the wait: .*service api/);
    expect(stateOf(lab, 'api')).toBe('pending');
    expect(failed.table).toContain('| ⏳ | service api |');
    expect(failed.fix).not.toContain('timeout-minutes');
  });
});

describe('security', () => {
  test('findings fail the step all at once, after health is known, each with the command that mends it', async () => {
    const lab = await createApplicationLab();
    const groupId = await databaseGroup(lab);
    lab.sandbox.neighbours.rds.change('envelope-prod-db', { publiclyAccessible: true });
    lab.sandbox.neighbours.ec2.setIngress(groupId, [
      { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ]);
    const failed = await failure(validate(lab));
    expect(failed.what).toContain('2 of 15 checks');
    expect(failed.fix).toContain(
      'aws rds modify-db-instance --region eu-west-2 --db-instance-identifier envelope-prod-db --no-publicly-accessible',
    );
    expect(failed.fix).toContain(`--group-id ${groupId} --ip-permissions '[{"IpProtocol":"tcp"`);
    expect(failed.fix).not.toContain('timeout-minutes');
    expect(checksOf(lab).filter(({ kind, state }) => kind !== 'security' && state !== 'passed')).toEqual([]);
  });

  test.each([
    ['rds', 'DescribeDBInstances', 'rds:DescribeDBInstances', ['unknown']],
    ['ec2', 'DescribeSecurityGroups', 'ec2:DescribeSecurityGroups', ['passed', 'unknown', 'passed']],
  ] as const)('what %s does not let the role read is unknown, with the permission', async (...row) => {
    const [service, operation, permission, states] = row;
    const lab = await createApplicationLab();
    lab.sandbox.faults.arm({ service, operation, count: 99, effect: { kind: 'access-denied' } });
    const outputs = await validate(lab);
    const security = checksOf(lab).filter(({ kind }) => kind === 'security');
    expect(security.map(({ state }) => state)).toEqual(states);
    expect(outputs.summary).toContain(`the role lacks ${permission}`);
  });

  test('an instance that is not there fails', async () => {
    const lab = await createApplicationLab();
    const text = await readFile(applicationFile, 'utf8');
    lab.edit(
      applicationFile,
      text.replace('instance: "{application}-{environment}-db"', 'instance: gone-db'),
    );
    expect((await failure(validate(lab))).what).toContain('no such RDS instance');
  });

  test('logs that may not be read do not fail the step', async () => {
    const lab = await createApplicationLab();
    lab.sandbox.faults.arm({ operation: 'GetLogEvents', count: 99, effect: { kind: 'access-denied' } });
    await validate(lab);
    expect(lab.lines.join('\n')).toContain('not read: AccessDeniedException');
  });
});

describe('inputs', () => {
  test.each([
    [{ tenant: 'goldencrust' }, /Both input tenant/],
    [{ tenant: '', application: '' }, /Neither/],
    [{ tenant: '', 'deployment-id': 'ecs-svc/123' }, /deployment-id is for a tenant/],
    [{ tenant: '', probe: 'load-balancer' }, /probe is 'load-balancer'/],
    [{ tenant: '', services: 'apl' }, /Did you mean api/],
  ])('%j is refused', async (given, said) => {
    const lab = await createApplicationLab();
    const error = await errorOf(lab.run('wait-healthy', given));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(said);
  });
});
