// EC2 as far as a platform is looked at: one VPC, its subnets and security groups.
import { AwsError, type Cloud } from '../cloud.ts';
import type { Ec2Port } from '../ports.ts';
import { optional, pageOf } from './pages.ts';

type Filter = { readonly Name?: string; readonly Values?: readonly string[] };
type Paging = {
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly Filters?: readonly Filter[];
};

export type Subnet = {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
};
export type SecurityGroup = { readonly id: string; readonly vpcId: string; readonly name: string };
export type Vpc = { readonly id: string; readonly cidr: string };

export type Network = {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
};

export type Ec2 = Ec2Port & {
  readonly subnet: (id: string) => Subnet | undefined;
  readonly snapshot: () => object;
};

type Listing<T> = {
  readonly items: readonly T[];
  readonly ids: readonly string[] | undefined;
  readonly idOf: (item: T) => string;
  /** What a filter compares, by its name. */
  readonly filters: Readonly<Record<string, (item: T) => string>>;
  readonly missing: (id: string) => AwsError;
};

const select = <T>(listing: Listing<T>, wanted: readonly Filter[]): readonly T[] => {
  const { items, ids, idOf, filters } = listing;
  const gone = ids?.find((id) => !items.some((item) => idOf(item) === id));
  if (gone !== undefined) throw listing.missing(gone);
  const unknown = wanted.find(({ Name = '' }) => !filters[Name]);
  if (unknown)
    throw new AwsError(
      'InvalidParameterValue',
      `The filter '${unknown.Name}' is invalid, or the sandbox does not know it`,
    );
  return items
    .filter((item) => !ids?.length || ids.includes(idOf(item)))
    .filter((item) =>
      wanted.every(({ Name = '', Values = [] }) => Values.includes(filters[Name]?.(item) ?? '')),
    );
};

const missing =
  (code: string, what: string) =>
  (id: string): AwsError =>
    new AwsError(code, `The ${what} '${id}' does not exist`);

const page = <T>(items: readonly T[], input: Paging, cloud: Cloud) =>
  pageOf(
    items,
    {
      scope: input.Filters,
      token: input.NextToken,
      limit: input.MaxResults,
      most: 1000,
      invalid: new AwsError('InvalidNextToken', 'The specified NextToken is invalid'),
    },
    cloud.settings,
  );

const describeSubnets = (
  network: Network,
  input: Paging & { readonly SubnetIds?: readonly string[] },
  cloud: Cloud,
): object => {
  const filters = {
    'subnet-id': (subnet: Subnet) => subnet.id,
    'vpc-id': (subnet: Subnet) => subnet.vpcId,
    'availability-zone': (subnet: Subnet) => subnet.zone,
  };
  const listing = {
    items: network.subnets,
    ids: input.SubnetIds,
    idOf: (subnet: Subnet) => subnet.id,
    filters,
    missing: missing('InvalidSubnetID.NotFound', 'subnet ID'),
  };
  const { items, next } = page(select(listing, input.Filters ?? []), input, cloud);
  const Subnets = items.map(({ id, vpcId, cidr, zone }) => ({
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
  }));
  return { Subnets, ...optional('NextToken', next) };
};

const describeSecurityGroups = (
  network: Network,
  input: Paging & { readonly GroupIds?: readonly string[]; readonly GroupNames?: readonly string[] },
  cloud: Cloud,
): object => {
  const filters = {
    'group-id': (group: SecurityGroup) => group.id,
    'group-name': (group: SecurityGroup) => group.name,
    'vpc-id': (group: SecurityGroup) => group.vpcId,
  };
  const listing = {
    items: network.securityGroups,
    ids: input.GroupIds,
    idOf: (group: SecurityGroup) => group.id,
    filters,
    missing: missing('InvalidGroup.NotFound', 'security group'),
  };
  const named = select(listing, input.Filters ?? []).filter(
    ({ name }) => !input.GroupNames?.length || input.GroupNames.includes(name),
  );
  const { items, next } = page(named, input, cloud);
  const SecurityGroups = items.map(({ id, vpcId, name }) => ({
    GroupId: id,
    GroupName: name,
    VpcId: vpcId,
    Description: name,
    OwnerId: cloud.accountId,
    IpPermissions: [],
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

export const createEc2 = (cloud: Cloud, network: Network): Ec2 => ({
  operations: {
    DescribeSubnets: (input: Paging) => describeSubnets(network, input, cloud),
    DescribeSecurityGroups: (input: Paging) => describeSecurityGroups(network, input, cloud),
    DescribeVpcs: (input: Paging) => describeVpcs(network, input, cloud),
  },
  hasSubnet: (id) => network.subnets.some((subnet) => subnet.id === id),
  hasSecurityGroup: (id) => network.securityGroups.some((group) => group.id === id),
  subnet: (id) => network.subnets.find((subnet) => subnet.id === id),
  snapshot: () => network,
});
