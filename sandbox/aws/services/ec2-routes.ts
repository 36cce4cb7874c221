// EC2's route tables and VPC endpoints, as they are described.
import type { Route, RouteTable as RouteTableAnswer, VpcEndpoint } from '@aws-sdk/client-ec2';
import type { Cloud } from '../cloud.ts';
import { missing, type Paging, page, select } from './ec2-lists.ts';
import {
  type DefaultRoute,
  idOf,
  type Network,
  type RouteTable,
  routeTablesOf,
  type Vpc,
} from './ec2-network.ts';
import { optional } from './pages.ts';

const everywhere = '0.0.0.0/0';

const defaultRoute = ({ id }: Vpc, route: DefaultRoute): readonly Route[] => {
  const active = { DestinationCidrBlock: everywhere, Origin: 'CreateRoute', State: 'active' } as const;
  switch (route) {
    case 'none':
      return [];
    case 'nat':
      return [{ ...active, NatGatewayId: idOf('nat', id) }];
    case 'internet':
      return [{ ...active, GatewayId: idOf('igw', id) }];
    case 'transit':
      return [{ ...active, TransitGatewayId: idOf('tgw', id) }];
  }
};

const associationOf = (table: string, subnet: string | undefined) => ({
  RouteTableAssociationId: idOf('rtbassoc', `${table} ${subnet ?? 'main'}`),
  RouteTableId: table,
  Main: subnet === undefined,
  AssociationState: { State: 'associated' as const },
  ...optional('SubnetId', subnet),
});

const describeTable = (cloud: Cloud, { id, vpc, route, main, subnets }: RouteTable): RouteTableAnswer => ({
  RouteTableId: id,
  VpcId: vpc.id,
  OwnerId: cloud.accountId,
  PropagatingVgws: [],
  Tags: [],
  Routes: [
    { DestinationCidrBlock: vpc.cidr, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
    ...defaultRoute(vpc, route),
  ],
  Associations: [
    ...(main ? [associationOf(id, undefined)] : []),
    ...subnets.map((subnet) => associationOf(id, subnet)),
  ],
});

export const describeRouteTables = (
  network: Network,
  input: Paging & { readonly RouteTableIds?: readonly string[] },
  cloud: Cloud,
): object => {
  const filters = {
    'route-table-id': ({ id }: RouteTable) => [id],
    'vpc-id': ({ vpc }: RouteTable) => [vpc.id],
    'association.main': ({ main }: RouteTable) => [String(main)],
    'association.subnet-id': ({ subnets }: RouteTable) => subnets,
  };
  const listing = {
    items: routeTablesOf(network),
    ids: input.RouteTableIds,
    idOf: ({ id }: RouteTable) => id,
    filters,
    missing: missing('InvalidRouteTableID.NotFound', 'routeTable ID'),
  };
  const { items, next } = page(select(listing, input.Filters ?? []), { most: 100, ...input }, cloud);
  return { RouteTables: items.map((table) => describeTable(cloud, table)), ...optional('NextToken', next) };
};

type Endpoint = { readonly vpc: Vpc; readonly service: string };

/** S3 and DynamoDB are reached through a gateway, all other services through interfaces in the subnets. */
const describeEndpoint = (network: Network, cloud: Cloud, { vpc, service }: Endpoint): VpcEndpoint => {
  const isGateway = service === 's3' || service === 'dynamodb';
  const inside = network.subnets.filter(({ vpcId }) => vpcId === vpc.id);
  const tables = routeTablesOf(network).filter((table) => table.vpc.id === vpc.id);
  return {
    VpcEndpointId: idOf('vpce', `${vpc.id} ${service}`),
    VpcEndpointType: isGateway ? 'Gateway' : 'Interface',
    VpcId: vpc.id,
    ServiceName: `com.amazonaws.${cloud.region}.${service}`,
    State: 'Available',
    OwnerId: cloud.accountId,
    PrivateDnsEnabled: !isGateway,
    RequesterManaged: false,
    RouteTableIds: isGateway ? tables.map(({ id }) => id) : [],
    SubnetIds: isGateway ? [] : inside.map(({ id }) => id),
    Groups: [],
    Tags: [],
  };
};

export const describeVpcEndpoints = (
  network: Network,
  input: Paging & { readonly VpcEndpointIds?: readonly string[] },
  cloud: Cloud,
): object => {
  const all = network.vpcs.flatMap(({ endpoints = [], ...vpc }) =>
    endpoints.map((service) => describeEndpoint(network, cloud, { vpc, service })),
  );
  const filters = {
    'vpc-id': ({ VpcId = '' }: VpcEndpoint) => [VpcId],
    'service-name': ({ ServiceName = '' }: VpcEndpoint) => [ServiceName],
    'vpc-endpoint-id': ({ VpcEndpointId = '' }: VpcEndpoint) => [VpcEndpointId],
    'vpc-endpoint-state': () => ['available'],
    'vpc-endpoint-type': ({ VpcEndpointType: type }: VpcEndpoint) => (type ? [type] : []),
  };
  const listing = {
    items: all,
    ids: input.VpcEndpointIds,
    idOf: ({ VpcEndpointId = '' }: VpcEndpoint) => VpcEndpointId,
    filters,
    missing: missing('InvalidVpcEndpointId.NotFound', 'Vpc Endpoint Id'),
  };
  const { items, next } = page(select(listing, input.Filters ?? []), input, cloud);
  return { VpcEndpoints: items, ...optional('NextToken', next) };
};
