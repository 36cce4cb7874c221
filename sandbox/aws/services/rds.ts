// RDS as far as a platform is looked at; where its hosts really listen is the sandbox's own knowledge.
import { AwsError, type Cloud } from '../cloud.ts';
import type { RdsPort } from '../ports.ts';
import { optional, pageOf } from './pages.ts';

export type DatabaseInstance = {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly vpcId: string;
  /** `mysql` unless given. */
  readonly engine?: 'mysql' | 'mariadb';
  /** False unless given. */
  readonly publiclyAccessible?: boolean;
  /** Ids; none unless given. */
  readonly securityGroups?: readonly string[];
};
export type Address = { readonly host: string; readonly port: number };

type DescribeInput = {
  readonly DBInstanceIdentifier?: string;
  readonly Marker?: string;
  readonly MaxRecords?: number;
};

export type Rds = RdsPort & {
  /** Changes an instance at once, as somebody at the console might. */
  readonly change: (
    id: string,
    change: Partial<Pick<DatabaseInstance, 'publiclyAccessible' | 'securityGroups'>>,
  ) => void;
  readonly snapshot: () => object;
};

const engines = {
  mysql: { Engine: 'mysql', EngineVersion: '8.0.40' },
  mariadb: { Engine: 'mariadb', EngineVersion: '10.11.10' },
};

const describe = (cloud: Cloud, instance: DatabaseInstance): object => ({
  ...describeSecurity(instance),
  ...engines[instance.engine ?? 'mysql'],
  DBInstanceIdentifier: instance.id,
  DBInstanceArn: `arn:aws:rds:${cloud.region}:${cloud.accountId}:db:${instance.id}`,
  DBInstanceClass: 'db.t4g.medium',
  DBInstanceStatus: 'available',
  MasterUsername: 'admin',
  Endpoint: { Address: instance.host, Port: instance.port },
  AllocatedStorage: 100,
  StorageEncrypted: true,
  MultiAZ: false,
  DBSubnetGroup: { VpcId: instance.vpcId, DBSubnetGroupName: `${instance.id}-subnets` },
});

const describeSecurity = ({ publiclyAccessible = false, securityGroups = [] }: DatabaseInstance) => ({
  PubliclyAccessible: publiclyAccessible,
  VpcSecurityGroups: securityGroups.map((id) => ({ VpcSecurityGroupId: id, Status: 'active' })),
});

/** `addresses` holds a real server for some of the instances, by host name. */
export const createRds = (
  cloud: Cloud,
  planned: readonly DatabaseInstance[],
  addresses: Readonly<Record<string, Address>>,
): Rds => {
  const instances = new Map(planned.map((instance) => [instance.id, instance]));
  return {
    operations: {
      DescribeDBInstances: (input: DescribeInput) => describeInstances(cloud, [...instances.values()], input),
    },
    databases: planned.flatMap(({ host, port }) => {
      const address = addresses[host];
      return address ? [{ host, port, address }] : [];
    }),
    instance: (host) => {
      const found = [...instances.values()].find((instance) => instance.host === host);
      return found && { port: found.port, securityGroups: found.securityGroups ?? [] };
    },
    change: (id, change) => {
      const instance = instances.get(id);
      if (!instance) throw new Error(`There is no database instance ${id}.`);
      instances.set(id, { ...instance, ...change });
    },
    snapshot: () => [...instances.values()],
  };
};

const describeInstances = (
  cloud: Cloud,
  instances: readonly DatabaseInstance[],
  { DBInstanceIdentifier: id, Marker, MaxRecords }: DescribeInput,
): object => {
  if (MaxRecords !== undefined && (MaxRecords < 20 || MaxRecords > 100))
    throw new AwsError('InvalidParameterValue', 'Invalid value for max records. Must be between 20 and 100');
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
};
