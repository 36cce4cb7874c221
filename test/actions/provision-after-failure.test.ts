// A deployment that ECS gave up comes back by the fix that is offered first: mend the cause, provision, wait.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { deploymentField } from '../../src/shared/resources/service-spec.ts';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';
import { bringUp } from '../scenario.ts';

const manifest = 'examples/wpsit/tenants/goldencrust.yml';
const user = 'goldencrust_user';
const secret = 'sit-goldencrust-db-credentials';
const place = { cluster: 'sit-cluster', services: ['sit-goldencrust-service'] };

const secretsOf = ({ sandbox }: Lab) => createClients(sandbox).secrets;

const primaryIn = async (lab: Lab) => {
  const { services = [] } = await createClients(lab.sandbox).ecs.describeServices(place);
  return services[0]?.deployments?.find(({ status }) => status === 'PRIMARY');
};

const untilGivenUp = async (lab: Lab): Promise<void> => {
  for (let minutes = 0; minutes < 180; minutes++) {
    if ((await primaryIn(lab))?.rolloutState === 'FAILED') return;
    await lab.clock.sleep(60_000);
  }
  throw new Error('the deployment was not given up');
};

const prepared = async (): Promise<Lab> => {
  const lab = await createLab();
  lab.edit(manifest, `${await readFile(manifest, 'utf8')}\ncircuitBreaker: {threshold: 3}\n`);
  await lab.run('provision-tenant', { steps: 'secret,access' });
  await lab.run('run-db-init');
  return lab;
};

/** A tenant whose first deployment ECS gave up over a wrong password, which is mended by now. */
const givenUp = async (): Promise<Lab> => {
  const lab = await prepared();
  lab.database.setPassword(user, 'made-up-and-other');
  await lab.run('provision-tenant');
  await untilGivenUp(lab);
  await lab.run('run-db-init');
  return lab;
};

type Line = {
  readonly kind: string;
  readonly action: string;
  readonly differences: readonly { readonly field: string; readonly from: string; readonly to: string }[];
};

const serviceIn = ({ plan = '[]' }: Readonly<Record<string, string>>): Line | undefined =>
  (JSON.parse(plan) as readonly Line[]).find(({ kind }) => kind === 'service');

const asFailed = {
  action: 'update',
  differences: [{ field: deploymentField, from: 'failed', to: 'new' }],
};

describe('a first deployment that ECS gave up', () => {
  test('once the database is mended, provisioning starts a new one, whose id becomes healthy', async () => {
    const lab = await givenUp();
    const dead = (await primaryIn(lab))?.id;
    const from = lab.sandbox.calls.length;
    const made = await lab.run('provision-tenant');
    expect(writesOf(lab, from)).toEqual(['UpdateService']);
    expect(made.changed).toBe('true');
    expect(serviceIn(made)).toMatchObject(asFailed);
    expect(made.deploymentId).not.toBe(dead);
    expect(lab.lines.join('\n')).toContain(`gave deployment ${dead} up`);
    await lab.run('wait-healthy', { 'deployment-id': made.deploymentId ?? '' });
  });

  test('comes back by the steps of the workflow, run again from the first', async () => {
    const lab = await givenUp();
    await bringUp(lab);
    const from = lab.sandbox.calls.length;
    expect((await lab.run('provision-tenant')).changed).toBe('false');
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('is a difference in the plan, which writes nothing', async () => {
    const lab = await givenUp();
    const from = lab.sandbox.calls.length;
    expect(serviceIn(await lab.run('provision-tenant', { 'dry-run': 'true' }))).toMatchObject(asFailed);
    expect(writesOf(lab, from)).toEqual([]);
  });

  test('is drift', async () => {
    const lab = await givenUp();
    const seen = await lab.run('plan-fleet', { mode: 'plan', tenant: '' });
    expect(seen.differs).toBe('true');
    expect(seen.summary).toMatch(/deployment: `failed` → `new`/);
  });

  test('is one new deployment only, though the answer to it is lost', async () => {
    const lab = await givenUp();
    const { calls } = lab.sandbox;
    const from = calls.length;
    await lab.run('provision-tenant', { 'dry-run': 'true' });
    // Nothing but the service differs: its update is the call after those that look.
    lab.sandbox.faults.arm({ from: calls.length - from + 1, count: 1, effect: { kind: 'lose' } });
    const again = calls.length;
    const made = await lab.run('provision-tenant');
    expect(calls[again + again - from]?.operation).toBe('UpdateService');
    expect(writesOf(lab, again)).toEqual(['UpdateService']);
    expect(made.deploymentId).toBe((await primaryIn(lab))?.id);
    await lab.run('wait-healthy', { 'deployment-id': made.deploymentId ?? '' });
  });

  test('stays one update where the manifest mends it', async () => {
    const lab = await givenUp();
    lab.edit(manifest, `${await readFile(manifest, 'utf8')}\ncpu: 1024\nmemory: 2048\n`);
    const from = lab.sandbox.calls.length;
    const made = await lab.run('provision-tenant');
    expect(writesOf(lab, from).filter((operation) => operation === 'UpdateService')).toHaveLength(1);
    await lab.run('wait-healthy', { 'deployment-id': made.deploymentId ?? '' });
  });
});

describe('one that failed by its secret', () => {
  test.each([
    [
      'to be deleted',
      (lab: Lab) => secretsOf(lab).deleteSecret({ SecretId: secret, RecoveryWindowInDays: 7 }),
    ],
    [
      'without a password',
      (lab: Lab) => secretsOf(lab).putSecretValue({ SecretId: secret, SecretString: '{"username": "x"}' }),
    ],
  ])('%s becomes healthy by the run that repairs the secret', async (_, spoil) => {
    const lab = await prepared();
    await lab.run('provision-tenant', { steps: 'storage,task-definition,routing' });
    await spoil(lab);
    await lab.run('provision-tenant', { steps: 'service' });
    await untilGivenUp(lab);
    await bringUp(lab);
  });
});

describe('a deployment that was rolled back to the same task definition', () => {
  /** A healthy tenant, deployed anew by somebody while its secret was gone. */
  const rolledBack = async (): Promise<Lab> => {
    const lab = await prepared();
    await bringUp(lab);
    await secretsOf(lab).deleteSecret({ SecretId: secret, RecoveryWindowInDays: 7 });
    const { ecs } = createClients(lab.sandbox);
    const [service] = place.services;
    await ecs.updateService({ cluster: place.cluster, service, forceNewDeployment: true });
    await lab.clock.sleep(3_600_000);
    await secretsOf(lab).restoreSecret({ SecretId: secret });
    return lab;
  };

  test('leaves the one from before healthy and as the manifest says: nothing is written, and the wait warns', async () => {
    const lab = await rolledBack();
    const from = lab.sandbox.calls.length;
    const made = await lab.run('provision-tenant');
    expect(writesOf(lab, from)).toEqual([]);
    const seen = lab.lines.length;
    const healthy = await lab.run('wait-healthy', { 'deployment-id': made.deploymentId ?? '' });
    expect(lab.lines.slice(seen).join('\n')).toMatch(/failed and ECS rolled it back: what runs is ecs-svc/);
    expect(healthy.summary).toContain('rolled it back');
  });

  test('is not warned of any more once a newer one is through', async () => {
    const lab = await rolledBack();
    lab.edit(manifest, `${await readFile(manifest, 'utf8')}\ncpu: 1024\nmemory: 2048\n`);
    await bringUp(lab);
    const seen = lab.lines.length;
    await lab.run('wait-healthy');
    expect(lab.lines.slice(seen).join('\n')).not.toContain('rolled it back');
  });
});

describe('a rollback that failed too', () => {
  /** The new revision and the one before meet the same wrong password, which is mended by now. */
  const rollbackFailed = async (): Promise<Lab> => {
    const lab = await prepared();
    await bringUp(lab);
    lab.database.setPassword(user, 'made-up-and-other');
    lab.edit(manifest, `${await readFile(manifest, 'utf8')}\ncpu: 1024\nmemory: 2048\n`);
    await lab.run('provision-tenant');
    await untilGivenUp(lab);
    await lab.run('run-db-init');
    return lab;
  };

  test.each([undefined, 'lose'] as const)(
    'rollback-tenant starts the last healthy revision anew, once (call: %s)',
    async (effect) => {
      const lab = await rollbackFailed();
      const from = lab.sandbox.calls.length;
      const way = { mode: 'previous-revision' };
      const plan = await lab.run('rollback-tenant', { ...way, 'dry-run': 'true' });
      expect(plan.plan).toContain('"failed"');
      const again = lab.sandbox.calls.length;
      if (effect) lab.sandbox.faults.arm({ from: again - from + 1, count: 1, effect: { kind: effect } });
      const back = await lab.run('rollback-tenant', way);
      expect(lab.sandbox.calls[again + again - from]?.operation).toBe('UpdateService');
      expect(writesOf(lab, again)).toEqual(['UpdateService']);
      expect(back.taskDefinitionArn).toMatch(/:1$/);
      const { ecs } = createClients(lab.sandbox);
      await lab.clock.sleep(600_000);
      const { services = [] } = await ecs.describeServices(place);
      expect(services[0]?.deployments?.map(({ id, rolloutState }) => [id, rolloutState])).toEqual([
        [back.deploymentId, 'COMPLETED'],
      ]);
    },
  );
});

describe('a deployment that ECS did not give up', () => {
  test('is left alone while it is under way, whatever its tasks do', async () => {
    const lab = await prepared();
    lab.database.setPassword(user, 'made-up-and-other');
    const first = await lab.run('provision-tenant');
    await lab.clock.sleep(60_000);
    const from = lab.sandbox.calls.length;
    const again = await lab.run('provision-tenant');
    expect(writesOf(lab, from)).toEqual([]);
    expect(again.deploymentId).toBe(first.deploymentId);
  });
});
