// A secret that is there and has no value now: Secrets Manager calls it not found, which nobody who sees it would understand.
import { describe, expect, test } from '@jest/globals';
import { loadFleet } from '../../src/shared/fleet/load.ts';
import { namesOf } from '../../src/shared/fleet/names.ts';
import { readCurrent } from '../../src/shared/resources/secret-value.ts';
import { createLab, type Lab, writesOf } from '../lab.ts';
import { createClients } from '../sandbox/fixture.ts';

const name = 'sit-goldencrust-db-credentials';
const master = 'sit-rds-master-credentials';

const thrownBy = async (run: Promise<unknown>): Promise<Error> => {
  const thrown: unknown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Error)) throw new Error('Nothing was thrown.');
  return thrown;
};

const spoilt = async (): Promise<Lab> => {
  const lab = await createLab();
  await lab.run('provision-tenant', { steps: 'secret' });
  lab.sandbox.neighbours.secrets.spoil(name, { kind: 'without-current' });
  return lab;
};

describe('provision-tenant with a secret that lost its current version', () => {
  test('is refused before anything is written, with the way back to the password', async () => {
    const lab = await spoilt();
    const before = writesOf(lab).length;
    const error = await thrownBy(lab.run('provision-tenant', { steps: 'secret' }));
    expect(error.name).toBe('Refused');
    expect(error.message).toContain(name);
    expect(error.message).toContain('no version AWSCURRENT');
    expect(error.message).toMatch(/update-secret-version-stage .*AWSCURRENT/);
    expect(writesOf(lab)).toHaveLength(before);
  });
});

describe('provision-tenant with a secret that never had a value', () => {
  test('gives it one', async () => {
    const lab = await createLab();
    await lab.run('provision-tenant', { steps: 'secret' });
    const { secrets } = createClients(lab.sandbox);
    const found = await secrets.describeSecret({ SecretId: name });
    await secrets.deleteSecret({ SecretId: name, ForceDeleteWithoutRecovery: true });
    await lab.clock.sleep(600_000);
    await secrets.createSecret({ Name: name, Tags: found.Tags });
    await lab.run('provision-tenant', { steps: 'secret' });
    const { SecretString = '' } = await secrets.getSecretValue({ SecretId: name });
    expect(Object.keys(JSON.parse(SecretString)).toSorted()).toEqual([
      'database',
      'host',
      'password',
      'port',
      'username',
    ]);
  });
});

describe('reading a value that is not there', () => {
  const reading = async (secret: string): Promise<string> => {
    const lab = await spoilt();
    const { secrets } = createClients(lab.sandbox);
    lab.sandbox.neighbours.secrets.spoil(master, { kind: 'without-current' });
    const fleet = await loadFleet(lab.world.files, 'examples/wpsit');
    const tenant = fleet.tenants.get('sit')?.get('goldencrust');
    if (!tenant) throw new Error('There is no goldencrust.');
    expect(namesOf(tenant).secret).toBe(name);
    return (await thrownBy(readCurrent({ aws: { secrets }, tenant }, secret))).message;
  };

  test("says which secret, and the tenant's action only for the tenant's own", async () => {
    expect(await reading(name)).toMatch(
      /^Secret sit-goldencrust-db-credentials has no version AWSCURRENT.*provision-tenant/s,
    );
    const ofMaster = await reading(master);
    expect(ofMaster).toMatch(/^Secret sit-rds-master-credentials has no version AWSCURRENT/);
    expect(ofMaster).not.toMatch(/provision-tenant|<\w+Arn>|<region>/);
  });

  test('leaves another refusal as it is', async () => {
    expect(await reading('sit-nobody')).toBe("Secrets Manager can't find the specified secret.");
  });
});
