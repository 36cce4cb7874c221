// Tasks that never start, for reasons that lie around them: told as ECS tells them, in time, and gone with their cause.
import { describe, expect, test } from '@jest/globals';
import {
  type Arrange,
  deploy,
  eventsOf,
  fileSystem,
  image,
  prepare,
  secretName,
  service,
  stopsOf,
  subnets,
  tasksOf,
} from './harsh-kit.ts';

const noWayOut: Arrange = ({ ec2 }) => {
  for (const subnet of subnets) ec2.setDefaultRoute(subnet, 'none');
};

const onlyEndpoints =
  (...services: readonly string[]): Arrange =>
  (neighbours, lab) => {
    noWayOut(neighbours, lab);
    const vpcId = neighbours.ec2.subnet(subnets[0] ?? '')?.vpcId ?? '';
    neighbours.ec2.setEndpoints(vpcId, services);
  };

const retrieval =
  /^TaskFailedToStart: ResourceInitializationError: unable to pull secrets or registry auth: .*from asm: .*/;

const cases: readonly (readonly [string, Arrange, RegExp])[] = [
  [
    'an image that is not there',
    ({ ecr }) => ecr.setPull(image, 'missing'),
    /^TaskFailedToStart: CannotPullContainerError: .*docker\.io\/library\/wordpress:6\.8-php8\.3-apache: not found$/,
  ],
  [
    'an image that nobody may pull',
    ({ ecr }) => ecr.setPull(image, 'denied'),
    /pull access denied, repository does not exist or may require authorization/,
  ],
  [
    'an image for other processors',
    ({ ecr }) => ecr.setPull(image, 'arm64-only'),
    /image Manifest does not contain descriptor matching platform 'linux\/amd64'$/,
  ],
  [
    'a registry that has had enough',
    ({ ecr }) => ecr.setPull(image, 'rate-limited'),
    /429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit/,
  ],
  [
    'a secret without the key',
    ({ secrets }) => secrets.spoil(secretName, { kind: 'without-key', key: 'password' }),
    /retrieved secret from Secrets Manager did not contain json key password$/,
  ],
  [
    'a secret that is no JSON',
    ({ secrets }) => secrets.spoil(secretName, { kind: 'plain-text', text: 'made up' }),
    /invalid character 'm' looking for beginning of value$/,
  ],
  [
    'a secret whose rotation got stuck',
    ({ secrets }) => secrets.spoil(secretName, { kind: 'without-current' }),
    /ResourceNotFoundException: .*for staging label: AWSCURRENT$/,
  ],
  [
    'a secret that is to be deleted',
    ({ secrets }) => secrets.spoil(secretName, { kind: 'pending-deletion' }),
    /InvalidRequestException: .*marked for deletion\.$/,
  ],
  [
    'a secret that is gone',
    ({ secrets }) => secrets.spoil(secretName, { kind: 'deleted' }),
    /ResourceNotFoundException: Secrets Manager can't find the specified secret\.$/,
  ],
  [
    'a subnet without a way out',
    noWayOut,
    /context deadline exceeded\. Please check your task network configuration\.$/,
  ],
  [
    'an internet gateway without a public address',
    ({ ec2 }) => {
      for (const one of subnets) ec2.setDefaultRoute(one, 'internet');
    },
    /context deadline exceeded/,
  ],
  [
    'endpoints without one for the logs',
    onlyEndpoints('secretsmanager'),
    /failed to validate logger args: .*Post "https:\/\/logs\.eu-west-1\.amazonaws\.com\/": dial tcp .*: i\/o timeout/,
  ],
  [
    'endpoints, but an image of Docker Hub',
    onlyEndpoints('secretsmanager', 'logs', 'ecr.api', 'ecr.dkr', 's3'),
    /^TaskFailedToStart: CannotPullContainerError: .*Head "https:\/\/registry-1\.docker\.io\/.*: i\/o timeout$/,
  ],
  [
    'a subnet without addresses',
    ({ ec2 }) => {
      for (const one of subnets) ec2.setFreeAddresses(one, 0);
    },
    /Create Network Interface with public IP assignment disabled in subnet 'subnet-[0-9a-f]+': InsufficientFreeAddressesInSubnet$/,
  ],
  [
    'a file system without a mount target there',
    ({ efs }) => {
      for (const one of subnets) efs.removeMountTarget(fileSystem, one);
    },
    /stderr: Failed to resolve "fs-0be15624e203bf94a\.efs\.eu-west-1\.amazonaws\.com"/,
  ],
  [
    'a file system behind a closed group',
    ({ ec2 }) => ec2.setIngress(ec2.groupId('sit-efs'), []),
    /mount\.nfs4: Connection reset by peer' : unsuccessful EFS utils command execution; code: 32$/,
  ],
];

describe('a task does not start, and says why', () => {
  test.each(cases)('%s', async (_, arrange, said) => {
    const lab = await prepare();
    await deploy(lab, arrange);
    expect(stopsOf(lab)).not.toEqual([]);
    for (const stop of stopsOf(lab)) expect(stop).toMatch(said);
    const reason = stopsOf(lab)[0]?.replace('TaskFailedToStart: ', '') ?? '';
    expect(eventsOf(lab)).toContain(`was unable to place a task. Reason: ${reason}.`);
  });

  test('only after all attempts have timed out where nothing answers', async () => {
    const lab = await prepare();
    await deploy(lab, noWayOut, 90_000);
    expect(tasksOf(lab)).toMatchObject([{ lastStatus: 'PENDING', desiredStatus: 'RUNNING' }]);
    await lab.clock.sleep(60_000);
    expect(stopsOf(lab)).toEqual([expect.stringMatching(retrieval)]);
  });
});

describe('what was arranged can be undone', () => {
  test('a route that comes back lets the next task start', async () => {
    const lab = await prepare();
    await deploy(lab, noWayOut, 100_000);
    for (const subnet of subnets) lab.sandbox.neighbours.ec2.setDefaultRoute(subnet, 'transit');
    await lab.clock.sleep(240_000);
    expect(eventsOf(lab)[0]).toBe('has reached a steady state.');
  });

  test('an image that is for this processor too is pulled', async () => {
    const lab = await prepare();
    await deploy(lab, ({ ecr }) => ecr.setPull(image, 'amd64-only'));
    expect(stopsOf(lab)).toEqual([]);
    expect(eventsOf(lab)[0]).toBe('has reached a steady state.');
  });
});

describe('the platform', () => {
  test.each([
    ['spot', 'SpotInterruption', /^Your Spot Task was interrupted\.$/],
    ['infrastructure', 'InfrastructureHealth', /infrastructure/],
    [
      'maintenance',
      'ServiceSchedulerInitiated',
      /^ECS is performing maintenance on the underlying infrastructure/,
    ],
  ] as const)(
    '%s: stops a task, which no breaker counts, and another takes its place',
    async (kind, code, reason) => {
      const lab = await prepare();
      await deploy(lab);
      lab.sandbox.neighbours.ecs.interrupt(service, kind);
      await lab.clock.sleep(360_000);
      const [first, second] = tasksOf(lab);
      expect(first?.stop).toMatchObject({ code, reason: expect.stringMatching(reason) });
      expect(second).toMatchObject({ lastStatus: 'RUNNING' });
      expect(stopsOf(lab)).toEqual([]);
    },
  );

  test('that has no room says so, and places the task when it has', async () => {
    const lab = await prepare();
    const full =
      'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    await deploy(lab, ({ ecs }) => ecs.refusePlacement(full), 60_000);
    expect(tasksOf(lab)).toEqual([]);
    expect(eventsOf(lab)).toContain(`was unable to place a task. Reason: ${full}.`);
    lab.sandbox.neighbours.ecs.refusePlacement(undefined);
    await lab.clock.sleep(240_000);
    expect(eventsOf(lab)[0]).toBe('has reached a steady state.');
  });

  test('has no task of a service to stop that has none', async () => {
    const lab = await prepare();
    expect(() => lab.sandbox.neighbours.ecs.interrupt('nobody', 'spot')).toThrow('nobody has no task');
  });
});
