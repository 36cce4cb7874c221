// EC2 as far as a platform is looked at: VPCs, their subnets and ways out, and security groups with what they let in.
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Cloud } from '../cloud.ts';
import type { Ec2Port } from '../ports.ts';
import { type Ec2Knobs, knobsOf } from './ec2-knobs.ts';
import { missing, type Paging, page, select } from './ec2-lists.ts';
import {
  admits,
  freeAddressesOf,
  hasEndpoint,
  type Network,
  reachesInternet,
  type SecurityGroup,
  type Subnet,
  type Vpc,
} from './ec2-network.ts';
import { describeRouteTables, describeVpcEndpoints } from './ec2-routes.ts';
import { optional } from './pages.ts';

export type Ec2 = Ec2Port &
  Ec2Knobs & {
    readonly subnet: (id: string) => Subnet | undefined;
    readonly snapshot: () => object;
  };

const describeSubnets = (
  network: Network,
  input: Paging & { readonly SubnetIds?: readonly string[] },
  cloud: Cloud,
): object => {
  const filters = {
    'subnet-id': (subnet: Subnet) => [subnet.id],
    'vpc-id': (subnet: Subnet) => [subnet.vpcId],
    'availability-zone': (subnet: Subnet) => [subnet.zone],
    'tag:Name': ({ name }: Subnet) => (name === undefined ? [] : [name]),
  };
  const listing = {
    items: network.subnets,
    ids: input.SubnetIds,
    idOf: (subnet: Subnet) => subnet.id,
    filters,
    missing: missing('InvalidSubnetID.NotFound', 'subnet ID'),
  };
  const { items, next } = page(select(listing, input.Filters ?? []), input, cloud);
  const Subnets = items.map(({ id, vpcId, cidr, zone, name, freeAddresses }) => ({
    SubnetId: id,
    VpcId: vpcId,
    CidrBlock: cidr,
    AvailabilityZone: zone,
    State: 'available',
    AvailableIpAddressCount: freeAddressesOf({ ...(freeAddresses !== undefined && { freeAddresses }) }),
    MapPublicIpOnLaunch: false,
    DefaultForAz: false,
    OwnerId: cloud.accountId,
    SubnetArn: `arn:aws:ec2:${cloud.region}:${cloud.accountId}:subnet/${id}`,
    Tags: name === undefined ? [] : [{ Key: 'Name', Value: name }],
  }));
  return { Subnets, ...optional('NextToken', next) };
};

/** All four kinds of source are always there; a rule for every protocol has no ports. */
const describeRule = ({ FromPort, ToPort, ...rule }: IpPermission): IpPermission => ({
  IpRanges: [],
  Ipv6Ranges: [],
  PrefixListIds: [],
  UserIdGroupPairs: [],
  ...rule,
  ...(rule.IpProtocol === '-1' ? {} : { FromPort, ToPort }),
});

const describeSecurityGroups = (
  groups: readonly SecurityGroup[],
  input: Paging & { readonly GroupIds?: readonly string[]; readonly GroupNames?: readonly string[] },
  cloud: Cloud,
): object => {
  const filters = {
    'group-id': (group: SecurityGroup) => [group.id],
    'group-name': (group: SecurityGroup) => [group.name],
    'vpc-id': (group: SecurityGroup) => [group.vpcId],
  };
  const listing = {
    items: groups,
    ids: input.GroupIds,
    idOf: (group: SecurityGroup) => group.id,
    filters,
    missing: missing('InvalidGroup.NotFound', 'security group'),
  };
  const named = select(listing, input.Filters ?? []).filter(
    ({ name }) => !input.GroupNames?.length || input.GroupNames.includes(name),
  );
  const { items, next } = page(named, input, cloud);
  const SecurityGroups = items.map(({ id, vpcId, name, ingress = [] }) => ({
    GroupId: id,
    GroupName: name,
    VpcId: vpcId,
    Description: name,
    OwnerId: cloud.accountId,
    IpPermissions: ingress.map(describeRule),
    IpPermissionsEgress: [],
  }));
  return { SecurityGroups, ...optional('NextToken', next) };
};

const describeVpcs = (
  network: Network,
  input: Paging & { readonly VpcIds?: readonly string[] },
  cloud: Cloud,
): object => {
  const filters = {
    'vpc-id': (vpc: Vpc) => [vpc.id],
    cidr: (vpc: Vpc) => [vpc.cidr],
    'cidr-block': (vpc: Vpc) => [vpc.cidr],
  };
  const listing = {
    items: network.vpcs,
    ids: input.VpcIds,
    idOf: (vpc: Vpc) => vpc.id,
    filters,
    missing: missing('InvalidVpcID.NotFound', 'vpc ID'),
  };
  const { items, next } = page(select(listing, input.Filters ?? []), input, cloud);
  const Vpcs = items.map(({ id, cidr }) => ({
    VpcId: id,
    CidrBlock: cidr,
    State: 'available',
    IsDefault: false,
    InstanceTenancy: 'default',
    OwnerId: cloud.accountId,
  }));
  return { Vpcs, ...optional('NextToken', next) };
};

const byId = <T extends { readonly id: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.id, item]));

export const createEc2 = (cloud: Cloud, planned: Network): Ec2 => {
  const vpcs = byId(planned.vpcs);
  const subnets = byId(planned.subnets);
  const groups = byId(planned.securityGroups);
  const look = (): Network => ({
    vpcs: [...vpcs.values()],
    subnets: [...subnets.values()],
    securityGroups: [...groups.values()],
  });
  return {
    operations: {
      DescribeRouteTables: (input: Paging) => describeRouteTables(look(), input, cloud),
      DescribeSecurityGroups: (input: Paging) => describeSecurityGroups(look().securityGroups, input, cloud),
      DescribeSubnets: (input: Paging) => describeSubnets(look(), input, cloud),
      DescribeVpcEndpoints: (input: Paging) => describeVpcEndpoints(look(), input, cloud),
      DescribeVpcs: (input: Paging) => describeVpcs(look(), input, cloud),
    },
    hasSubnet: (id) => subnets.has(id),
    hasSecurityGroup: (id) => groups.has(id),
    hasAddresses: (id) => freeAddressesOf(subnets.get(id) ?? {}) > 0,
    reachesInternet: (place) => reachesInternet(look(), place),
    hasEndpoint: (subnet, service) => hasEndpoint(look(), subnet, service),
    admits: (to, knock) => admits(look(), to, knock),
    ...knobsOf({ vpcs, subnets, groups }),
    subnet: (id) => subnets.get(id),
    snapshot: () => look(),
  };
};
