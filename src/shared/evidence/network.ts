// The network that a service's tasks start in: free addresses, the way out, and who may come in.
import type { IpPermission, RouteTable, SecurityGroup, Subnet, VpcEndpoint } from '@aws-sdk/client-ec2';
import type { Service } from '@aws-sdk/client-ecs';
import type { NetworkSeen, SecurityGroupSeen, SubnetSeen } from '../diagnose/evidence.ts';
import type { Reading } from './reading.ts';
import type { Around } from './scene.ts';

/** Takes up to five calls. Undefined where even the subnets or the security groups may not be looked at. */
export const readNetwork = async (
  { aws }: Around,
  reading: Reading,
  { service, loadBalancers }: { readonly service: Service; readonly loadBalancers: readonly string[] },
): Promise<NetworkSeen | undefined> => {
  const wanted = service.networkConfiguration?.awsvpcConfiguration;
  const SubnetIds = [...(wanted?.subnets ?? [])];
  const GroupIds = [...(wanted?.securityGroups ?? [])];
  if (!SubnetIds.length || !GroupIds.length) return undefined;
  const [subnets, groups] = await Promise.all([
    reading.read('the subnets', () => aws.ec2.describeSubnets({ SubnetIds })),
    reading.read('the security groups', () => aws.ec2.describeSecurityGroups({ GroupIds })),
  ]);
  const vpc = subnets?.Subnets?.[0]?.VpcId;
  if (!vpc || !groups) return undefined;
  const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
  const LoadBalancerArns = loadBalancers.slice(0, 1);
  const [routes, endpoints, balancers] = await Promise.all([
    reading.read('the route tables', () => aws.ec2.describeRouteTables({ Filters })),
    reading.read('the VPC endpoints', () => aws.ec2.describeVpcEndpoints({ Filters })),
    LoadBalancerArns.length
      ? reading.read("the load balancer's security groups", () =>
          aws.elb.describeLoadBalancers({ LoadBalancerArns }),
        )
      : undefined,
  ]);
  const outward = { tables: routes?.RouteTables, endpoints: endpoints?.VpcEndpoints };
  return {
    vpc,
    subnets: (subnets?.Subnets ?? []).map((subnet) => subnetSeen(subnet, outward)),
    taskGroups: (groups.SecurityGroups ?? []).map(groupSeen),
    loadBalancerGroups: balancers?.LoadBalancers?.[0]?.SecurityGroups ?? [],
    assignPublicIp: wanted?.assignPublicIp === 'ENABLED',
  };
};

type Outward = {
  readonly tables: readonly RouteTable[] | undefined;
  readonly endpoints: readonly VpcEndpoint[] | undefined;
};

const subnetSeen = (
  { SubnetId = '', AvailableIpAddressCount = 0 }: Subnet,
  { tables, endpoints }: Outward,
): SubnetSeen => {
  const table = tables && tableOf(tables, SubnetId);
  return {
    id: SubnetId,
    freeAddresses: AvailableIpAddressCount,
    defaultRoute: tables ? defaultRouteOf(table) : 'unknown',
    endpoints: tables && endpoints?.flatMap((endpoint) => usableFrom(endpoint, table)),
  };
};

/** A subnet that is associated with no table uses the VPC's main one. */
const tableOf = (tables: readonly RouteTable[], subnet: string): RouteTable | undefined =>
  tables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === subnet)) ??
  tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));

const defaultRouteOf = (table: RouteTable | undefined): SubnetSeen['defaultRoute'] => {
  const route = table?.Routes?.find(
    ({ DestinationCidrBlock, State }) => DestinationCidrBlock === '0.0.0.0/0' && State !== 'blackhole',
  );
  if (!route) return 'none';
  if (route.NatGatewayId) return 'nat';
  return route.GatewayId?.startsWith('igw-') ? 'internet' : 'other';
};

/** An interface endpoint serves its whole VPC; a gateway endpoint only the route tables that it is in. */
const usableFrom = (
  { ServiceName = '', State, VpcEndpointType, RouteTableIds = [] }: VpcEndpoint,
  table: RouteTable | undefined,
): readonly string[] => {
  if (State !== undefined && State.toLowerCase() !== 'available') return [];
  if (VpcEndpointType === 'Gateway' && !RouteTableIds.includes(table?.RouteTableId ?? '')) return [];
  return [/^com\.amazonaws\.[a-z0-9-]+\.(.+)$/.exec(ServiceName)?.[1] ?? ServiceName];
};

const groupSeen = ({ GroupId = '', IpPermissions = [] }: SecurityGroup): SecurityGroupSeen => ({
  id: GroupId,
  ingress: IpPermissions.filter(({ IpProtocol }) => IpProtocol === '-1' || IpProtocol === 'tcp').map(
    (permission) => ({
      fromPort: permission.IpProtocol === '-1' ? -1 : (permission.FromPort ?? -1),
      toPort: permission.IpProtocol === '-1' ? -1 : (permission.ToPort ?? -1),
      sources: sourcesOf(permission),
    }),
  ),
});

const sourcesOf = ({
  IpRanges = [],
  Ipv6Ranges = [],
  PrefixListIds = [],
  UserIdGroupPairs = [],
}: IpPermission): readonly string[] =>
  [
    ...UserIdGroupPairs.map(({ GroupId }) => GroupId),
    ...IpRanges.map(({ CidrIp }) => CidrIp),
    ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
    ...PrefixListIds.map(({ PrefixListId }) => PrefixListId),
  ].filter((source) => source !== undefined);
