// EC2 as far as a platform is looked at: VPCs, their subnets, and security groups with what they let in.
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Cloud } from '../cloud.ts';
import type { Ec2Port } from '../ports.ts';
import { missing, type Paging, page, select } from './ec2-lists.ts';
import { optional } from './pages.ts';

export type Subnet = {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  /** The tag `Name`. */
  readonly name?: string;
};
export type SecurityGroup = {
  readonly id: string;
  readonly vpcId: string;
  readonly name: string;
  /** What it lets in, as AWS answers it; nothing unless given. */
  readonly ingress?: readonly IpPermission[];
};
export type Vpc = { readonly id: string; readonly cidr: string };

export type Network = {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
};

export type Ec2 = Ec2Port & {
  readonly subnet: (id: string) => Subnet | undefined;
  /** Replaces all that a security group lets in. */
  readonly setIngress: (groupId: string, ingress: readonly IpPermission[]) => void;
  readonly snapshot: () => object;
};

const describeSubnets = (
  network: Network,
  input: Paging & { readonly SubnetIds?: readonly string[] },
  cloud: Cloud,
): object => {
  const filters = {
    'subnet-id': (subnet: Subnet) => subnet.id,
    'vpc-id': (subnet: Subnet) => subnet.vpcId,
    'availability-zone': (subnet: Subnet) => subnet.zone,
    'tag:Name': ({ name }: Subnet) => name ?? '',
  };
  const listing = {
    items: network.subnets,
    ids: input.SubnetIds,
    idOf: (subnet: Subnet) => subnet.id,
    filters,
    missing: missing('InvalidSubnetID.NotFound', 'subnet ID'),
  };
  const { items, next } = page(select(listing, input.Filters ?? []), input, cloud);
  const Subnets = items.map(({ id, vpcId, cidr, zone, name }) => ({
    SubnetId: id,
    VpcId: vpcId,
    CidrBlock: cidr,
    AvailabilityZone: zone,
    State: 'available',
    AvailableIpAddressCount: 250,
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
    'group-id': (group: SecurityGroup) => group.id,
    'group-name': (group: SecurityGroup) => group.name,
    'vpc-id': (group: SecurityGroup) => group.vpcId,
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
    'vpc-id': (vpc: Vpc) => vpc.id,
    cidr: (vpc: Vpc) => vpc.cidr,
    'cidr-block': (vpc: Vpc) => vpc.cidr,
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

export const createEc2 = (cloud: Cloud, network: Network): Ec2 => {
  const groups = new Map(network.securityGroups.map((group) => [group.id, group]));
  const look = (): readonly SecurityGroup[] => [...groups.values()];
  return {
    operations: {
      DescribeSubnets: (input: Paging) => describeSubnets(network, input, cloud),
      DescribeSecurityGroups: (input: Paging) => describeSecurityGroups(look(), input, cloud),
      DescribeVpcs: (input: Paging) => describeVpcs(network, input, cloud),
    },
    hasSubnet: (id) => network.subnets.some((subnet) => subnet.id === id),
    hasSecurityGroup: (id) => groups.has(id),
    subnet: (id) => network.subnets.find((subnet) => subnet.id === id),
    setIngress: (id, ingress) => {
      const group = groups.get(id);
      if (!group) throw new Error(`There is no security group ${id}.`);
      groups.set(id, { ...group, ingress });
    },
    snapshot: () => ({ ...network, securityGroups: look() }),
  };
};
