// The network of an account as plain values, and what follows from them: who gets out of a subnet, and who gets in where.
import { createHash } from 'node:crypto';
import type { IpPermission } from '@aws-sdk/client-ec2';

/** Where a route table sends what is not for its VPC: through NAT, an internet or a transit gateway, or nowhere. */
export type DefaultRoute = 'nat' | 'internet' | 'transit' | 'none';

export type Subnet = {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  /** The tag `Name`. */
  readonly name?: string;
  /** Of a route table of its own; the VPC's main one unless given. */
  readonly route?: DefaultRoute;
  /** 250 unless given. */
  readonly freeAddresses?: number;
};
export type SecurityGroup = {
  readonly id: string;
  readonly vpcId: string;
  readonly name: string;
  /** What it lets in, as AWS answers it; nothing unless given. */
  readonly ingress?: readonly IpPermission[];
};
export type Vpc = {
  readonly id: string;
  readonly cidr: string;
  /** Of its main route table; `nat` unless given. */
  readonly route?: DefaultRoute;
  /** AWS services that have an endpoint in it, as `secretsmanager` or `ecr.api`; none unless given. */
  readonly endpoints?: readonly string[];
};

export type Network = {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
};

export type RouteTable = {
  readonly id: string;
  readonly vpc: Vpc;
  readonly route: DefaultRoute;
  /** A VPC's main table serves all subnets that are associated with no other. */
  readonly main: boolean;
  readonly subnets: readonly string[];
};

/** The same id for the same text. */
export const idOf = (prefix: string, text: string): string =>
  `${prefix}-${createHash('sha256').update(text).digest('hex').slice(0, 17)}`;

export const mainRouteOf = ({ route = 'nat' }: Vpc): DefaultRoute => route;

export const freeAddressesOf = ({ freeAddresses = 250 }: Pick<Subnet, 'freeAddresses'>): number =>
  freeAddresses;

export const routeTablesOf = ({ vpcs, subnets }: Network): readonly RouteTable[] =>
  vpcs.flatMap((vpc) => {
    const own = subnets.filter(({ vpcId, route }) => vpcId === vpc.id && route !== undefined);
    const routes = [...new Set(own.flatMap(({ route }) => route ?? []))];
    const main = { id: idOf('rtb', `${vpc.id} main`), vpc, route: mainRouteOf(vpc), main: true, subnets: [] };
    const others = routes.map((route) => ({
      id: idOf('rtb', `${vpc.id} ${route}`),
      vpc,
      route,
      main: false,
      subnets: own.filter((subnet) => subnet.route === route).map(({ id }) => id),
    }));
    return [main, ...others];
  });

/** Whether a network interface can reach the internet: an internet gateway serves only public addresses. */
export const reachesInternet = (
  network: Network,
  { subnet, publicAddress }: { readonly subnet: string; readonly publicAddress: boolean },
): boolean => {
  const found = network.subnets.find(({ id }) => id === subnet);
  const vpc = network.vpcs.find(({ id }) => id === found?.vpcId);
  const route = found?.route ?? (vpc ? mainRouteOf(vpc) : 'nat');
  return route === 'internet' ? publicAddress : route !== 'none';
};

/** Whether an endpoint of its VPC leads a subnet to an AWS service: `ecr.api`, `s3` … */
export const hasEndpoint = ({ vpcs, subnets }: Network, subnet: string, service: string): boolean => {
  const vpcId = subnets.find(({ id }) => id === subnet)?.vpcId;
  return vpcs.find(({ id }) => id === vpcId)?.endpoints?.includes(service) ?? false;
};

const bits = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const isIn = (cidr: string, address: string): boolean => {
  const [base = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(bits(base) / size) === Math.floor(bits(address) / size);
};

/** Who knocks: its security groups, and the subnet it is in. */
export type Knock = {
  readonly groups: readonly string[];
  readonly subnet: string | undefined;
  readonly port: number;
};

const letsIn = (
  { IpProtocol, FromPort = 0, ToPort = 65_535, IpRanges = [], UserIdGroupPairs = [] }: IpPermission,
  { groups, port }: Knock,
  address: string | undefined,
): boolean => {
  const covers = IpProtocol === '-1' || (IpProtocol === 'tcp' && FromPort <= port && port <= ToPort);
  const byGroup = UserIdGroupPairs.some(({ GroupId = '' }) => groups.includes(GroupId));
  const byAddress = IpRanges.some(({ CidrIp = '' }) =>
    address === undefined ? CidrIp === '0.0.0.0/0' : isIn(CidrIp, address),
  );
  return covers && (byGroup || byAddress);
};

/** Whether one of `groups` lets it in. Nothing bars the way where there are none, or none that the account knows. */
export const admits = (
  { securityGroups, subnets }: Network,
  groups: readonly string[],
  knock: Knock,
): boolean => {
  const address = subnets.find(({ id }) => id === knock.subnet)?.cidr.split('/')[0];
  const found = securityGroups.filter(({ id }) => groups.includes(id));
  return (
    found.length === 0 ||
    found.some(({ ingress = [] }) => ingress.some((rule) => letsIn(rule, knock, address)))
  );
};
