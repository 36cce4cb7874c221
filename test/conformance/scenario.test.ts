import { STS } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { trustOfRepository } from '../../sandbox/aws/platform.ts';
import { serviceWires } from '../../sandbox/aws/protocol/services.ts';
import type { Snapshot } from '../../sandbox/aws/snapshot.ts';
import { clientOptions, sit } from '../sandbox/fixture.ts';
import { checkCalls } from './calls.ts';
import { deliver } from './delivery.ts';
import { lookAround } from './looks.ts';
import { checkAgainstModel, loadModels } from './model.ts';
import { knownOperations } from './operations.ts';
import { keepRole } from './roles.ts';
import { bringUp, createLife, type Life, takeDown } from './scenario.ts';

const models = loadModels();
const testWithModels = models ? test : test.skip;

const assumeRole = async ({ sandbox }: Life): Promise<void> => {
  const trustPolicy = trustOfRepository(sit.accountId, 'kimmyai/hosting');
  const RoleArn = sandbox.neighbours.iam.seedRole({ name: 'deploy', trustPolicy });
  const WebIdentityToken = sandbox.mintToken({ sub: 'repo:kimmyai/hosting:environment:sit' });
  const sts = new STS(clientOptions(sandbox));
  await sts.assumeRoleWithWebIdentity({ RoleArn, RoleSessionName: 'run', WebIdentityToken });
  const Statement = [{ Effect: 'Allow', Principal: { AWS: sit.accountId }, Action: 'sts:AssumeRole' }];
  const chained = sandbox.neighbours.iam.seedRole({
    name: 'chained',
    trustPolicy: { Version: '2012-10-17', Statement },
  });
  await sts.assumeRole({ RoleArn: chained, RoleSessionName: 'run' });
};

/** Directories outlive their access points, as data does. */
const withoutDirectories = (snapshot: Snapshot): object => ({
  ...snapshot,
  efs: { ...(snapshot.efs as object), directories: [] },
});

describe('the life of one tenant', () => {
  const life = createLife();
  const seen: { before?: Snapshot; healthy?: Snapshot; after?: Snapshot } = {};
  let made = { taskDefinition: '', targetGroup: '' };

  beforeAll(async () => {
    seen.before = life.sandbox.snapshot();
    made = await bringUp(life);
    seen.healthy = life.sandbox.snapshot();
    await lookAround(life, made);
    await keepRole(life);
    await takeDown(life, made);
    seen.after = life.sandbox.snapshot();
    await assumeRole(life);
    await deliver(life);
  }, 60_000);

  test('leaves nothing but its directory', () => {
    expect(withoutDirectories(seen.after as Snapshot)).toEqual(withoutDirectories(seen.before as Snapshot));
    expect(seen.after?.efs).toMatchObject({ directories: [`${sit.fileSystem}:/goldencrust`] });
  });

  test('is the same in another cloud, and shows no secret value', async () => {
    const other = createLife();
    await bringUp(other);
    expect(other.sandbox.snapshot()).toEqual(seen.healthy);
    expect(JSON.stringify(seen.healthy)).not.toContain('not-real');
    expect(JSON.stringify(seen.healthy)).toContain('PRIMARY COMPLETED');
  });

  test('uses every operation that the project uses, and none is refused', () => {
    const called = new Set(life.sandbox.calls.map(({ service, operation }) => `${service} ${operation}`));
    const wanted = serviceWires.flatMap(({ name }) =>
      knownOperations[name].map((operation) => `${name} ${operation}`),
    );
    expect(wanted.filter((operation) => !called.has(operation))).toEqual([]);
    expect(life.sandbox.calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  });

  testWithModels('asks and answers nothing that AWS’s models forbid', () => {
    if (!models) throw new Error('no models');
    expect(checkCalls(models, life.sandbox.calls)).toEqual([]);
  });
});

testWithModels('the check itself finds what is wrong', () => {
  if (!models) throw new Error('no models');
  const call = { service: 'secrets', operation: 'CreateSecret', part: 'input' } as const;
  const problems = checkAgainstModel(models, call, { Nme: 'x', Description: 5, SecretString: '' });
  expect(problems).toEqual([
    'secrets CreateSecret input.Name: missing',
    'secrets CreateSecret input.Nme: the model has no such member',
    'secrets CreateSecret input.Description: number instead of string',
    'secrets CreateSecret input.SecretString: less than 1',
  ]);
});
