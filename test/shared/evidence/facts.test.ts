// How it was set up: as it is now, else as it was; and what was not read whole is not known at all.
import { describe, expect, test } from '@jest/globals';
import { createVirtualClock } from '../../../sandbox/aws/clock.ts';
import { withFacts } from '../../../src/shared/evidence/facts.ts';
import { type Memory, nothingSeen } from '../../../src/shared/evidence/memory.ts';
import { readNetwork } from '../../../src/shared/evidence/network.ts';
import { openReading } from '../../../src/shared/evidence/reading.ts';
import { readListener } from '../../../src/shared/evidence/routing.ts';
import type { Around, Scene } from '../../../src/shared/evidence/scene.ts';

const clock = createVirtualClock();
const reading = () => openReading(clock, 40);
const aroundOf = (aws: object): Around => ({ clock, aws }) as unknown as Around;
const throttled = async (): Promise<never> => {
  throw Object.assign(new Error('Rate exceeded'), { name: 'RequestLimitExceeded' });
};

describe('the network', () => {
  const ec2 = {
    describeSubnets: async () => ({ Subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1' }] }),
    describeSecurityGroups: async () => ({ SecurityGroups: [] }),
    describeRouteTables: async () => ({ RouteTables: [{ Associations: [{ Main: true }], Routes: [] }] }),
    describeVpcEndpoints: async () => ({ VpcEndpoints: [] }),
  };
  const service = {
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
  };
  const subnetOf = async (more: object) =>
    (await readNetwork(aroundOf({ ec2: { ...ec2, ...more } }), reading(), { service, loadBalancers: [] }))
      ?.subnets[0];

  test('has no endpoints where there are none', async () => {
    expect(await subnetOf({})).toMatchObject({ defaultRoute: 'none', endpoints: [] });
  });

  test.each(['describeVpcEndpoints', 'describeRouteTables'])(
    'has nobody knows which endpoints where %s was throttled',
    async (call) => {
      expect((await subnetOf({ [call]: throttled }))?.endpoints).toBeUndefined();
    },
  );
});

describe('the listener', () => {
  const rulesOf = (...pages: readonly object[]) =>
    readListener(
      aroundOf({
        elb: {
          describeRules: async ({ Marker = '0' }) => ({
            Rules: [pages[Number(Marker)]],
            NextMarker: Number(Marker) + 1 < pages.length ? String(Number(Marker) + 1) : undefined,
          }),
        },
      }),
      reading(),
      { arn: 'listener', port: 80 },
    );
  const rule = (Priority: string, config: object) => ({
    Priority,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: config }],
  });

  test('has no rule for every request only because it goes by a regular expression', async () => {
    const seen = await rulesOf(rule('1', { RegexValues: ['^a'] }), rule('2', { Values: ['a.example'] }));
    expect(seen?.rules.map(({ priority }) => priority)).toEqual([2]);
  });

  test('is not known where not all of its rules were read', async () => {
    const pages = Array.from({ length: 4 }, (_, index) => rule(String(index + 1), { Values: ['a.example'] }));
    expect((await rulesOf(...pages.slice(0, 3)))?.rules).toHaveLength(3);
    expect(await rulesOf(...pages)).toBeUndefined();
  });
});

describe('at the end', () => {
  const scene: Scene = {
    kind: 'tenant',
    cluster: 'sit-cluster',
    service: 'sit-goldencrust-service',
    ours: 'ecs-svc/1',
    facts: {},
    container: 'wordpress',
    secret: 'sit-goldencrust-db-credentials',
    lookups: ['secret'],
  };
  const before: Memory = { ...nothingSeen, secretChanged: '2026-11-22T10:00:00.000Z' };
  const changedAs = async (describeSecret: () => Promise<object>) =>
    (
      await withFacts(
        { around: aroundOf({ secrets: { describeSecret } }), scene, reading: reading() },
        before,
        undefined,
      )
    ).secretChanged;

  test('what was mended since is told as it is now', async () => {
    const now = '2026-11-22T11:00:00.000Z';
    expect(await changedAs(async () => ({ LastChangedDate: new Date(now) }))).toBe(now);
  });

  test('what cannot be read any more, as it was', async () => {
    expect(await changedAs(throttled)).toBe(before.secretChanged);
  });
});
