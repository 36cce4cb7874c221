// Whole lives of tenants under roles that may do anything: the session policy alone says what each phase touches.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { inProcessHandler } from '../../../sandbox/aws/doors/in-process.ts';
import { clients } from '../../../src/shared/aws/reach-everything.ts';
import { connectThrough } from '../../../src/shared/credentials.ts';
import { selectTenant } from '../../../src/shared/fleet/fleet.ts';
import { loadFleet } from '../../../src/shared/fleet/load.ts';
import { phases, type Tenant } from '../../../src/shared/fleet/types.ts';
import { sessionPolicy } from '../../../src/shared/session-policy.ts';
import type { Aws, Connection } from '../../../src/shared/world.ts';
import { createLab, fleetFolder, type Lab } from '../../lab.ts';
import { createClients } from '../../sandbox/fixture.ts';
import { bringUp, tearDown } from '../../scenario.ts';
import { claimsWith, documented, statementWith, trustWith } from './claims.ts';

const manifest = 'examples/wpsit/environments/sit.yml';
const roles = Object.fromEntries(phases.map((phase) => [phase, `sit-tenants-${phase}`]));
const anything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

type Narrowed = Lab & { readonly connect: (connection: Connection) => ReturnType<Lab['world']['connect']> };

/** A lab whose jobs assume the environment's roles through GitHub, each of which may do anything. */
const narrowedLab = async (change = ''): Promise<Narrowed> => {
  const text = (await readFile(manifest, 'utf8')).replace(/^roles:(\n .*)*\n/m, '');
  const files = { [manifest]: `${text}\nroles: ${JSON.stringify(roles)}\n${change}` };
  const lab = await createLab({ files });
  const { iam } = lab.sandbox.neighbours;
  for (const name of Object.values(roles)) {
    iam.seedRole({ name, trustPolicy: trustWith(statementWith(documented)) });
    iam.seedPolicy({ role: name, name: 'anything', document: JSON.stringify(anything) });
  }
  const connect = connectThrough({
    env: {},
    clients,
    idToken: async (aud) => {
      const { sub, ...claims } = claimsWith();
      return lab.sandbox.mintToken({ ...claims, sub: String(sub), aud });
    },
    clock: lab.clock,
    random: () => 0.5,
    door: { endpoint: 'http://sandbox.invalid', requestHandler: inProcessHandler(lab.sandbox) },
  });
  const world = { ...lab.world, connect };
  return { ...lab, connect, world, run: (action, given = {}) => lab.runIn(world, action, given) };
};

const refusedIn = ({ sandbox }: Lab): readonly string[] =>
  sandbox.calls.flatMap(({ operation, errorCode = '' }) =>
    errorCode.startsWith('AccessDenied') ? [operation] : [],
  );

describe.each([
  ['inline-policy', ''],
  ['role-per-tenant', 'access: {strategy: role-per-tenant}\n'],
  ['path-wildcard', 'access: {strategy: path-wildcard}\n'],
])('with access by %s', (_, access) => {
  test('a tenant comes, changes, goes back and goes, and nothing is denied on the way', async () => {
    const lab = await narrowedLab(access);
    const tenant = 'examples/wpsit/tenants/goldencrust.yml';
    const text = await readFile(tenant, 'utf8');
    await bringUp(lab);
    await lab.run('run-db-init', { operation: 'list', tenant: '' });
    lab.edit(tenant, `${text}\nimage: wordpress:6.9-php8.3-apache\nhost: crust.wpsit.kimmyai.io\n`);
    await lab.run('provision-tenant');
    await lab.run('wait-healthy');
    await lab.run('rollback-tenant', { mode: 'previous-revision' });
    lab.edit(tenant, text);
    await lab.run('provision-tenant');
    await tearDown(lab);
    expect(refusedIn(lab)).toEqual([]);
    expect(lab.sandbox.calls.map(({ operation }) => operation)).not.toContain('GetCallerIdentity');
  });

  test('what was made by hand is adopted', async () => {
    const lab = await narrowedLab(access);
    await bringUp(lab);
    await untag(lab);
    await lab.run('provision-tenant', { adopt: 'true' });
    expect(refusedIn(lab)).toEqual([]);
  });
});

/** As if somebody had made them: without the tag that makes a thing ours. */
const untag = async ({ sandbox }: Lab): Promise<void> => {
  const { ecs, efs, elb, secrets } = createClients(sandbox);
  const TagKeys = ['ManagedBy', 'Tenant', 'Environment'];
  const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-goldencrust-tg'] });
  const { services } = await ecs.describeServices({
    cluster: 'sit-cluster',
    services: ['sit-goldencrust-service'],
  });
  const { AccessPoints } = await efs.describeAccessPoints({ FileSystemId: 'fs-0be15624e203bf94a' });
  const { Rules } = await elb.describeRules({ ListenerArn: await listenerOf(elb) });
  const rule = Rules?.find(({ IsDefault }) => !IsDefault);
  await elb.removeTags({
    ResourceArns: [TargetGroups?.[0]?.TargetGroupArn ?? '', rule?.RuleArn ?? ''],
    TagKeys,
  });
  await ecs.untagResource({ resourceArn: services?.[0]?.serviceArn ?? '', tagKeys: TagKeys });
  await efs.untagResource({ ResourceId: AccessPoints?.[0]?.AccessPointId ?? '', TagKeys });
  await secrets.untagResource({ SecretId: 'sit-goldencrust-db-credentials', TagKeys });
};

describe('a session of one tenant', () => {
  const tenantOf = async ({ world }: Lab, tenant: string): Promise<Tenant> =>
    selectTenant(await loadFleet(world.files, fleetFolder), { environment: 'sit', tenant });

  test('is denied what is the same tenant’s in another environment of the account', async () => {
    const lab = await narrowedLab();
    await bringUp(lab);
    const { elb } = createClients(lab.sandbox);
    const { Rules = [] } = await elb.describeRules({ ListenerArn: (await listenerOf(elb)) ?? '' });
    const RuleArn = Rules.find(({ IsDefault }) => !IsDefault)?.RuleArn ?? '';
    await elb.addTags({ ResourceArns: [RuleArn], Tags: [{ Key: 'Environment', Value: 'dev' }] });
    const session = lab.connect({
      region: 'eu-west-1',
      roleArn: 'arn:aws:iam::815856636111:role/sit-tenants-rollback',
      sessionName: 'a-bug',
      sessionPolicy: sessionPolicy(await tenantOf(lab, 'goldencrust'), 'rollback'),
    });
    await expect(session.elb.deleteRule({ RuleArn })).rejects.toThrow('no session policy allows');
  });

  test.each(['deploy', 'rollback'] as const)(
    'in %s is denied its neighbour’s things by AWS',
    async (phase) => {
      const lab = await narrowedLab();
      await bringUp(lab, { tenant: 'ironpeak' });
      await bringUp(lab);
      const before = await lab.snapshot();
      const { ecs, elb, secrets } = lab.connect({
        region: 'eu-west-1',
        roleArn: `arn:aws:iam::815856636111:role/sit-tenants-${phase}`,
        sessionName: 'a-bug',
        sessionPolicy: sessionPolicy(await tenantOf(lab, 'goldencrust'), phase),
      });
      const { TargetGroups } = await elb.describeTargetGroups({ Names: ['sit-ironpeak-tg'] });
      const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
      const ListenerArn = (await listenerOf(elb)) ?? '';
      const { Rules = [] } = await elb.describeRules({ ListenerArn });
      const RuleArn =
        Rules.find(({ Actions }) => Actions?.[0]?.TargetGroupArn === TargetGroupArn)?.RuleArn ?? '';
      const secret = 'sit-ironpeak-db-credentials';
      const service = { cluster: 'sit-cluster', service: 'sit-ironpeak-service' };
      const Tags = [{ Key: 'Tenant', Value: 'goldencrust' }];
      const tries = await Promise.allSettled([
        ecs.updateService({ ...service, desiredCount: 0 }),
        ecs.deleteService({ ...service, force: true }),
        elb.deleteRule({ RuleArn }),
        elb.addTags({ ResourceArns: [RuleArn], Tags }),
        elb.setRulePriorities({ RulePriorities: [{ RuleArn, Priority: 9 }] }),
        elb.deleteTargetGroup({ TargetGroupArn }),
        secrets.getSecretValue({ SecretId: secret }),
        secrets.deleteSecret({ SecretId: secret }),
        secrets.putSecretValue({ SecretId: secret, SecretString: '{}' }),
      ]);
      for (const tried of tries)
        expect(tried).toMatchObject({
          status: 'rejected',
          reason: { message: expect.stringContaining('no session policy allows') },
        });
      expect(await lab.snapshot()).toEqual(before);
    },
  );
});

const listenerOf = async (elb: Aws['elb']): Promise<string | undefined> => {
  const { LoadBalancers } = await elb.describeLoadBalancers({ Names: ['sit-alb'] });
  const { Listeners } = await elb.describeListeners({
    LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
  });
  return Listeners?.[0]?.ListenerArn;
};
