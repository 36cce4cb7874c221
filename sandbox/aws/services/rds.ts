// RDS as far as a platform is looked at; where its hosts really listen is the sandbox's own knowledge.
import { AwsError, type Cloud } from '../cloud.ts';
import type { RdsPort } from '../ports.ts';
import { optional, pageOf } from './pages.ts';

export type DatabaseInstance = {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly vpcId: string;
};
export type Address = { readonly host: string; readonly port: number };

type DescribeInput = {
  readonly DBInstanceIdentifier?: string;
  readonly Marker?: string;
  readonly MaxRecords?: number;
};

export type Rds = RdsPort & { readonly snapshot: () => object };

const describe = (cloud: Cloud, { id, host, port, vpcId }: DatabaseInstance): object => ({
  DBInstanceIdentifier: id,
  DBInstanceArn: `arn:aws:rds:${cloud.region}:${cloud.accountId}:db:${id}`,
  DBInstanceClass: 'db.t4g.medium',
  DBInstanceStatus: 'available',
  Engine: 'mysql',
  EngineVersion: '8.0.40',
  MasterUsername: 'admin',
  Endpoint: { Address: host, Port: port },
  AllocatedStorage: 100,
  PubliclyAccessible: false,
  StorageEncrypted: true,
  MultiAZ: false,
  DBSubnetGroup: { VpcId: vpcId, DBSubnetGroupName: `${id}-subnets` },
});

/** `addresses` holds a real server for some of the instances, by host name. */
export const createRds = (
  cloud: Cloud,
  instances: readonly DatabaseInstance[],
  addresses: Readonly<Record<string, Address>>,
): Rds => ({
  operations: {
    DescribeDBInstances: ({ DBInstanceIdentifier: id, Marker, MaxRecords }: DescribeInput) => {
      if (MaxRecords !== undefined && (MaxRecords < 20 || MaxRecords > 100))
        throw new AwsError(
          'InvalidParameterValue',
          'Invalid value for max records. Must be between 20 and 100',
        );
      const found = instances.filter((instance) => !id || instance.id === id);
      if (id && found.length === 0) throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`);
      const { items, next } = pageOf(
        found,
        {
          scope: ['DescribeDBInstances', id],
          token: Marker,
          limit: MaxRecords,
          most: 100,
          invalid: new AwsError('InvalidParameterValue', 'Marker is invalid.'),
        },
        cloud.settings,
      );
      return { DBInstances: items.map((instance) => describe(cloud, instance)), ...optional('Marker', next) };
    },
  },
  databases: instances.flatMap(({ host, port }) => {
    const address = addresses[host];
    return address ? [{ host, port, address }] : [];
  }),
  snapshot: () => instances,
});
