// An application's network and database, as its Terraform made them: a VPC with public, private and data subnets, and
// security groups that let the internet reach the load balancer and only Laravel's processes reach the database.
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Application } from '../../src/shared/fleet/application.ts';
import { databaseHost, databaseOf, prefixOf } from './application-names.ts';
import type { Cloud } from './cloud.ts';
import type { Platform } from './platform-network.ts';
import type { Network, SecurityGroup, Subnet } from './services/ec2-network.ts';

const zones = ['a', 'b'];
const tiers = ['public', 'private', 'data'] as const;
const databasePort = 3306;
const routes = { public: 'internet', private: 'nat', data: 'none' } as const;

const planSubnets = (cloud: Cloud, prefix: string, vpcId: string): readonly Subnet[] =>
  tiers.flatMap((tier, block) =>
    zones.map((letter, index) => ({
      id: `subnet-${cloud.newId(17)}`,
      vpcId,
      cidr: `10.2.${block * 32 + index * 16}.0/20`,
      zone: `${cloud.region}${letter}`,
      name: `${prefix}-${tier}-${cloud.region}${letter}`,
      route: routes[tier],
    })),
  );

const fromAnywhere = (port: number): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  Ipv6Ranges: [{ CidrIpv6: '::/0' }],
});

const planGroups = (cloud: Cloud, prefix: string, vpcId: string): readonly SecurityGroup[] => {
  const newId = (): string => `sg-${cloud.newId(17)}`;
  const [balancer, laravel, web, database] = [newId(), newId(), newId(), newId()];
  const from = (groupId: string, ports: readonly [number, number]): IpPermission => ({
    IpProtocol: 'tcp',
    FromPort: ports[0],
    ToPort: ports[1],
    UserIdGroupPairs: [{ GroupId: groupId, UserId: cloud.accountId }],
  });
  return [
    { id: balancer, vpcId, name: `${prefix}-alb-sg`, ingress: [fromAnywhere(80), fromAnywhere(443)] },
    {
      id: laravel,
      vpcId,
      name: `${prefix}-laravel-sg`,
      // 3000 for a service that is not Laravel's and shares its database.
      ingress: [from(balancer, [8000, 8080]), from(balancer, [3000, 3000])],
    },
    { id: web, vpcId, name: `${prefix}-nuxt-sg`, ingress: [from(balancer, [3000, 3000])] },
    {
      id: database,
      vpcId,
      name: `${prefix}-db-sg`,
      ingress: [from(laravel, [databasePort, databasePort])],
    },
  ];
};

const idsOf = (items: readonly { readonly id: string; readonly name?: string }[], part: string) =>
  items.filter(({ name = '' }) => name.includes(part)).map(({ id }) => id);

export type ApplicationNetwork = {
  readonly vpcId: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  readonly groups: Readonly<Record<'balancer' | 'laravel' | 'web' | 'database', string>>;
};

/** What `planApplication` made, found by its names. */
export const networkOf = (network: Network, application: Application): ApplicationNetwork => {
  const prefix = prefixOf(application);
  const group = (name: string): string => idsOf(network.securityGroups, `${prefix}-${name}-sg`)[0] ?? '';
  return {
    vpcId: network.subnets.find(({ name = '' }) => name.startsWith(`${prefix}-private-`))?.vpcId ?? '',
    publicSubnets: idsOf(network.subnets, `${prefix}-public-`),
    privateSubnets: idsOf(network.subnets, `${prefix}-private-`),
    groups: {
      balancer: group('alb'),
      laravel: group('laravel'),
      web: group('nuxt'),
      database: group('db'),
    },
  };
};

/** One application's VPC and database instance. */
export const planApplication = (cloud: Cloud, application: Application): Platform => {
  const prefix = prefixOf(application);
  const vpcId = `vpc-${cloud.newId(17)}`;
  const network: Network = {
    vpcs: [{ id: vpcId, cidr: '10.2.0.0/16', route: 'none' }],
    subnets: planSubnets(cloud, prefix, vpcId),
    securityGroups: planGroups(cloud, prefix, vpcId),
  };
  const { groups } = networkOf(network, application);
  const database = {
    id: databaseOf(application).instance,
    host: databaseHost(application),
    port: databasePort,
    vpcId,
    engine: 'mariadb' as const,
    publiclyAccessible: false,
    securityGroups: [groups.database],
  };
  return { network, databases: [database] };
};
