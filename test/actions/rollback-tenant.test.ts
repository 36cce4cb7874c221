// Both ways back: to the last revision that was healthy, and out, with what destroys named by the person who asks.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { bringUp } from '../scenario.ts';

const tenantFile = 'examples/wpsit/tenants/goldencrust.yml';
const environmentFile = 'examples/wpsit/environments/sit.yml';

const deploy = async (lab: Lab, tag: string): Promise<void> => {
  lab.edit(tenantFile, `${await readFile(tenantFile, 'utf8')}\nimage: wordpress:${tag}\n`);
  await lab.run('provision-tenant');
};

const aws = (lab: Lab) =>
  lab.world.connect({ region: 'eu-west-1', roleArn: undefined, sessionName: 'by-hand' });

const ruleFor = async (lab: Lab, host: string): Promise<void> => {
  const { elb } = aws(lab);
  const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
  const { LoadBalancers } = await elb.describeLoadBalancers({ Names: ['sit-alb'] });
  const { Listeners } = await elb.describeListeners({ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn });
  await elb.createRule({
    ListenerArn: Listeners?.[0]?.ListenerArn,
    Priority: 12,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }],
  });
};

const revisionOf = ({ taskDefinitionArn = '' }: Readonly<Record<string, string>>): string =>
  taskDefinitionArn.split(':').at(-1) ?? '';

describe('mode previous-revision', () => {
  const back = { mode: 'previous-revision' };

  test('returns to the last deployment that succeeded', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, '6.9-php8.3-apache');
    await lab.run('wait-healthy');
    expect(revisionOf(await lab.run('rollback-tenant', back))).toBe('1');
    expect(revisionOf(await lab.run('wait-healthy'))).toBe('1');
  });

  test('twice is once: a re-run never brings the revision back that one fled from', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, '6.9-php8.3-apache');
    await lab.run('wait-healthy');
    await lab.run('rollback-tenant', back);
    const atOnce = await lab.run('rollback-tenant', back);
    await lab.run('wait-healthy');
    const later = await lab.run('rollback-tenant', back);
    expect([revisionOf(atOnce), revisionOf(later)]).toEqual(['1', '1']);
    expect([atOnce.changed, later.changed]).toEqual(['false', 'false']);
  });

  test('goes to a revision that is named, and says where it cannot', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, '6.9-php8.3-apache');
    await lab.run('wait-healthy');
    expect(revisionOf(await lab.run('rollback-tenant', { ...back, revision: '1' }))).toBe('1');
    await expect(lab.run('rollback-tenant', { ...back, revision: '7' })).rejects.toThrow(
      /sit-goldencrust:7 does not exist/,
    );
    await aws(lab).ecs.deregisterTaskDefinition({ taskDefinition: 'sit-goldencrust:2' });
    await expect(lab.run('rollback-tenant', { ...back, revision: '2' })).rejects.toThrow(
      /sit-goldencrust:2 was deregistered/,
    );
  });

  test('passes over a revision that never was healthy', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, 'boom-500');
    expect(revisionOf(await lab.run('rollback-tenant', back))).toBe('1');
    expect(revisionOf(await lab.run('wait-healthy'))).toBe('1');
  });

  test('does nothing where the circuit breaker was faster', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, 'exits-1');
    await expect(lab.run('wait-healthy')).rejects.toThrow('rolled it back');
    await lab.clock.sleep(600_000);
    const from = lab.sandbox.calls.length;
    expect((await lab.run('rollback-tenant', back)).changed).toBe('false');
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('says so where there is nothing to go back to', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await expect(lab.run('rollback-tenant', back)).rejects.toThrow('nothing to go back to');
  });

  test('a dry run names the revision and writes nothing', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await deploy(lab, '6.9-php8.3-apache');
    await lab.run('wait-healthy');
    const from = lab.sandbox.calls.length;
    const outputs = await lab.run('rollback-tenant', { ...back, 'dry-run': 'true' });
    expect(revisionOf(outputs)).toBe('1');
    expect(writesOf(lab, from)).toEqual([]);
  });
});

describe('a mistake in the manifests', () => {
  const back = { mode: 'teardown', confirm: 'goldencrust' };

  test('of another tenant stops provisioning, and no rollback', async () => {
    const lab = await createLab();
    await bringUp(lab);
    lab.edit('examples/wpsit/tenants/ironpeak.yml', 'name: ironpeak\nenvironments:\n  sit:\n    cpu: lots\n');
    await expect(lab.run('provision-tenant')).rejects.toThrow('ironpeak.yml:4');
    await lab.run('rollback-tenant', back);
  });

  test('of its own does', async () => {
    const lab = await createLab();
    await bringUp(lab);
    lab.edit(tenantFile, `${await readFile(tenantFile, 'utf8')}\ncpu: lots\n`);
    await expect(lab.run('rollback-tenant', back)).rejects.toThrow('goldencrust.yml');
  });
});

describe('mode teardown', () => {
  const out = { mode: 'teardown', confirm: 'goldencrust' };

  test('keeps the database unless asked, and the secret restorable unless asked', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await lab.run('rollback-tenant', out);
    const { databases, secrets } = await lab.snapshot();
    expect(databases).toEqual(['goldencrust_db']);
    expect(JSON.stringify(secrets)).toContain('sit-goldencrust-db-credentials');
  });

  test('on a protected environment the database is dropped only if a second input names it', async () => {
    const lab = await createLab();
    await bringUp(lab);
    lab.edit(
      environmentFile,
      `${(await readFile(environmentFile, 'utf8')).replace(/^protected:.*$/m, '')}\nprotected: true\n`,
    );
    const from = lab.sandbox.calls.length;
    const dropping = { ...out, 'drop-database': 'true' };
    await expect(lab.run('rollback-tenant', dropping)).rejects.toThrow('confirm-database: goldencrust_db');
    await expect(
      lab.run('rollback-tenant', { ...dropping, 'confirm-database': 'ironpeak_db' }),
    ).rejects.toThrow('protected');
    await expect(lab.run('run-db-init', { operation: 'drop', confirm: 'goldencrust' })).rejects.toThrow(
      'protected',
    );
    expect(writesOf(lab, from)).toEqual([]);
    await lab.run('rollback-tenant', { ...dropping, 'confirm-database': 'goldencrust_db' });
    expect((await lab.snapshot()).databases).toEqual([]);
  });

  test('says what became of a database that was not there, and drops nothing', async () => {
    const lab = await createLab();
    const planned = await lab.run('rollback-tenant', { ...out, 'drop-database': 'true', 'dry-run': 'true' });
    expect(planned.summary).toContain('dropped if it is there');
    const outputs = await lab.run('rollback-tenant', { ...out, 'drop-database': 'true' });
    expect(outputs.changed).toBe('false');
    expect(outputs.summary).toContain('database goldencrust_db: absent');
    expect(outputs.summary).not.toMatch(/dumped|: dropped|restored/);
  });

  test.each([
    [
      'a dump folder of somebody else',
      'not tagged as this tenant',
      (lab: Lab) =>
        aws(lab).efs.createAccessPoint({
          FileSystemId: 'fs-0be15624e203bf94a',
          PosixUser: { Uid: 0, Gid: 0 },
          RootDirectory: { Path: '/dumps/goldencrust' },
        }),
    ],
    [
      'a master secret that is being deleted',
      'restore-secret --secret-id sit-rds-master-credentials',
      (lab: Lab) => aws(lab).secrets.deleteSecret({ SecretId: 'sit-rds-master-credentials' }),
    ],
    [
      'a rule of somebody else to our target group',
      'www.goldencrust.example',
      (lab: Lab) => ruleFor(lab, 'www.goldencrust.example'),
    ],
  ] as const)('%s is found before the first deletion', async (_, said, prepare) => {
    const lab = await createLab();
    await bringUp(lab);
    await prepare(lab);
    const before = await lab.snapshot();
    for (const dryRun of ['true', 'false'])
      await expect(
        lab.run('rollback-tenant', { ...out, 'drop-database': 'true', 'dry-run': dryRun }),
      ).rejects.toThrow(said);
    expect(await lab.snapshot()).toEqual(before);
  });

  test('a failure half-way says what is gone already', async () => {
    const lab = await createLab();
    await bringUp(lab);
    lab.sandbox.faults.arm({ operation: 'DeleteRule', effect: { kind: 'access-denied' } });
    await expect(lab.run('rollback-tenant', out)).rejects.toMatchObject({
      details: [
        'done before this: delete service sit-goldencrust-service',
        expect.stringContaining('the site is down'),
      ],
    });
  });

  test('leaves what others made under the same names, and still ends well', async () => {
    const lab = await createLab();
    const { ecs } = aws(lab);
    await ecs.registerTaskDefinition({
      family: 'sit-goldencrust',
      containerDefinitions: [{ name: 'old', image: 'wordpress:5', memory: 128 }],
    });
    await bringUp(lab, { adopt: 'true' });
    const ended = await lab.run('rollback-tenant', { ...out, 'purge-secret': 'true' });
    expect(ended.changed).toBe('true');
    expect(
      (await ecs.listTaskDefinitions({ familyPrefix: 'sit-goldencrust' })).taskDefinitionArns,
    ).toHaveLength(1);
    expect(lab.lines.join('\n')).toContain('left alone');
  });

  test('a secret that holds no JSON does not stand in the way', async () => {
    const lab = await createLab();
    await bringUp(lab);
    const SecretId = 'sit-goldencrust-db-credentials';
    await aws(lab).secrets.putSecretValue({ SecretId, SecretString: 'hunter2' });
    await expect(lab.run('provision-tenant')).rejects.toThrow('no JSON object');
    await lab.run('rollback-tenant', out);
  });

  test('twice is once: the second finds everything absent', async () => {
    const lab = await createLab();
    await bringUp(lab);
    await lab.run('rollback-tenant', { ...out, 'purge-secret': 'true' });
    const before = await lab.snapshot();
    const again = await lab.run('rollback-tenant', { ...out, 'purge-secret': 'true' });
    expect(again.changed).toBe('false');
    expect(await lab.snapshot()).toEqual(before);
  });
});

test.each([
  [
    { mode: 'previous-revision', 'drop-database': 'true', confirm: 'goldencrust' },
    /drop-database means nothing/,
  ],
  [{ mode: 'teardown', confirm: 'goldencrust', revision: '1' }, /revision means nothing/],
])('inputs of the other mode are refused: %j', async (given, said) => {
  const lab = await createLab();
  await bringUp(lab);
  const from = lab.sandbox.calls.length;
  await expect(lab.run('rollback-tenant', given)).rejects.toThrow(said);
  expect(lab.sandbox.calls.length).toBe(from);
});
