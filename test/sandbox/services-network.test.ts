import { describe, expect, test } from '@jest/globals';
import { createClients, createFixture, sit } from './fixture.ts';
import { codeOf } from './refusal.ts';
import { actAs, allow, policyOf } from './session.ts';

describe('EC2 and RDS', () => {
  test('the platform’s network hangs together', async () => {
    const { sandbox } = createFixture();
    const { ec2, rds } = createClients(sandbox);
    const [vpc] = (await ec2.describeVpcs({})).Vpcs ?? [];
    const { Subnets = [] } = await ec2.describeSubnets({
      Filters: [{ Name: 'vpc-id', Values: [vpc?.VpcId ?? ''] }],
    });
    expect(Subnets.map(({ SubnetId }) => SubnetId)).toEqual(sit.network.subnets);
    const groups = await ec2.describeSecurityGroups({ GroupIds: [...sit.network.securityGroups] });
    expect(groups.SecurityGroups?.[0]?.VpcId).toBe(vpc?.VpcId);
    const { DBInstances = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: 'sit-mysql' });
    expect(DBInstances[0]).toMatchObject({
      PubliclyAccessible: false,
      Endpoint: { Address: sit.database.host },
    });
    expect(await codeOf(rds.describeDBInstances({ DBInstanceIdentifier: 'no' }))).toContain(
      'DBInstanceNotFound',
    );
  });
});

const [first = '', second = ''] = sit.network.subnets;
const fixtureWithVpc = (pageSize?: number) => {
  const { sandbox } = createFixture(pageSize === undefined ? {} : { settings: { pageSize } });
  const vpcId = sandbox.neighbours.ec2.subnet(first)?.vpcId ?? '';
  return { sandbox, vpcId, ec2: createClients(sandbox).ec2, knobs: sandbox.neighbours.ec2 };
};

describe('ways out of a subnet', () => {
  test('the main route table serves whoever has none of its own', async () => {
    const { ec2, knobs, vpcId } = fixtureWithVpc();
    knobs.setDefaultRoute(second, 'none');
    const { RouteTables = [] } = await ec2.describeRouteTables({
      Filters: [{ Name: 'vpc-id', Values: [vpcId] }],
    });
    const [main, own] = RouteTables;
    expect(main?.Associations).toMatchObject([{ Main: true }]);
    expect(main?.Routes).toMatchObject([
      { GatewayId: 'local' },
      { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: expect.stringMatching(/^nat-/), State: 'active' },
    ]);
    expect(own?.Associations).toMatchObject([{ Main: false, SubnetId: second }]);
    expect(own?.Routes).toHaveLength(1);
    const ask = (subnet: string) =>
      ec2.describeRouteTables({ Filters: [{ Name: 'association.subnet-id', Values: [subnet] }] });
    expect((await ask(first)).RouteTables).toEqual([]);
    expect((await ask(second)).RouteTables).toEqual([own]);
  });

  test('endpoints are those of the VPC, by the service’s whole name', async () => {
    const { ec2, knobs, vpcId } = fixtureWithVpc();
    expect((await ec2.describeVpcEndpoints({})).VpcEndpoints).toEqual([]);
    knobs.setEndpoints(vpcId, ['secretsmanager', 's3']);
    const { VpcEndpoints } = await ec2.describeVpcEndpoints({
      Filters: [{ Name: 'vpc-id', Values: [vpcId] }],
    });
    expect(VpcEndpoints).toMatchObject([
      {
        ServiceName: 'com.amazonaws.eu-west-1.secretsmanager',
        VpcEndpointType: 'Interface',
        SubnetIds: [first, second],
      },
      { ServiceName: 'com.amazonaws.eu-west-1.s3', VpcEndpointType: 'Gateway', SubnetIds: [] },
    ]);
  });

  test('lists come in pages, and a token is good for its own question', async () => {
    const { ec2, knobs, vpcId } = fixtureWithVpc(1);
    knobs.setDefaultRoute(first, 'internet');
    knobs.setEndpoints(vpcId, ['logs', 'ecr.api']);
    const tables = await ec2.describeRouteTables({});
    expect(tables.RouteTables).toHaveLength(1);
    const { RouteTables, NextToken } = await ec2.describeRouteTables({ NextToken: tables.NextToken });
    expect([RouteTables?.length, NextToken]).toEqual([1, undefined]);
    const endpoints = await ec2.describeVpcEndpoints({});
    expect(endpoints.NextToken).toBeDefined();
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
    expect(await codeOf(ec2.describeVpcEndpoints({ Filters, NextToken: endpoints.NextToken }))).toContain(
      'InvalidNextToken',
    );
  });

  test('what AWS refuses is refused', async () => {
    const { sandbox, ec2 } = fixtureWithVpc();
    expect(await codeOf(ec2.describeRouteTables({ MaxResults: 101 }))).toContain('InvalidParameterValue');
    expect(await codeOf(ec2.describeRouteTables({ RouteTableIds: ['rtb-0'] }))).toContain(
      'InvalidRouteTableID.NotFound',
    );
    expect(await codeOf(ec2.describeVpcEndpoints({ VpcEndpointIds: ['vpce-0'] }))).toContain(
      'InvalidVpcEndpointId.NotFound',
    );
    expect(
      await codeOf(ec2.describeRouteTables({ Filters: [{ Name: 'colour', Values: ['red'] }] })),
    ).toContain('InvalidParameterValue');
    const session = await actAs(sandbox, { policy: policyOf(allow('ec2:DescribeRouteTables')) });
    expect(await codeOf(session.ec2.describeRouteTables({}))).toBe('ok');
    expect(await codeOf(session.ec2.describeVpcEndpoints({}))).toContain('UnauthorizedOperation');
  });

  test('free addresses are as many as somebody said', async () => {
    const { ec2, knobs } = fixtureWithVpc();
    knobs.setFreeAddresses(first, 3);
    const { Subnets = [] } = await ec2.describeSubnets({});
    expect(Subnets.map(({ AvailableIpAddressCount: count }) => count)).toEqual([3, 250]);
  });
});

describe('security groups', () => {
  const admits = (ingress: object, knock: { groups?: readonly string[]; port?: number }): boolean => {
    const { knobs } = fixtureWithVpc();
    const group = knobs.groupId('sit-database');
    knobs.setIngress(group, [ingress]);
    return knobs.admits([group], { groups: ['sg-1'], subnet: first, port: 3306, ...knock });
  };
  const tcp = { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306 };

  test.each([
    ['its group', { ...tcp, UserIdGroupPairs: [{ GroupId: 'sg-1' }] }, {}, true],
    ['another group', { ...tcp, UserIdGroupPairs: [{ GroupId: 'sg-2' }] }, {}, false],
    ['its subnet', { ...tcp, IpRanges: [{ CidrIp: '10.2.10.0/24' }] }, {}, true],
    ['another subnet', { ...tcp, IpRanges: [{ CidrIp: '10.2.11.0/24' }] }, {}, false],
    ['another port', { ...tcp, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }, { port: 3307 }, false],
    ['every protocol', { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }, { port: 1 }, true],
    ['udp', { ...tcp, IpProtocol: 'udp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }, {}, false],
  ])('a rule for %s: %#', (_, ingress, knock, expected) => {
    expect(admits(ingress, knock)).toBe(expected);
  });
});

describe('mount targets', () => {
  test('stand behind their groups, and are gone when they are removed', async () => {
    const { sandbox } = createFixture();
    const { efs } = createClients(sandbox);
    const { MountTargets = [] } = await efs.describeMountTargets({ FileSystemId: sit.fileSystem });
    const { SecurityGroups } = await efs.describeMountTargetSecurityGroups({
      MountTargetId: MountTargets[0]?.MountTargetId,
    });
    expect(SecurityGroups).toEqual([sandbox.neighbours.ec2.groupId('sit-efs')]);
    sandbox.neighbours.efs.removeMountTarget(sit.fileSystem, first);
    const left = await efs.describeMountTargets({ FileSystemId: sit.fileSystem });
    expect(left.MountTargets?.map(({ SubnetId }) => SubnetId)).toEqual([second]);
    expect(() => sandbox.neighbours.efs.removeMountTarget(sit.fileSystem, first)).toThrow('no mount target');
    expect(await codeOf(efs.describeMountTargetSecurityGroups({ MountTargetId: 'fsmt-00000000' }))).toContain(
      'MountTargetNotFound',
    );
  });
});
