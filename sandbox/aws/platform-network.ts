// The network and databases that tenants' environments stand on: what their manifests name, and the groups behind it.
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Environment } from '../../src/shared/fleet/types.ts';
import type { Cloud } from './cloud.ts';
import { idOf, type Network, type SecurityGroup } from './services/ec2-network.ts';
import type { DatabaseInstance } from './services/rds.ts';

export type Platform = {
  readonly network: Network;
  readonly databases: readonly DatabaseInstance[];
};

const vpcCidr = '10.2.0.0/16';

const fromAnywhere = (port: number): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
});

const fromGroups = (ports: readonly [number, number], groups: readonly string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: ports[0],
  ToPort: ports[1],
  UserIdGroupPairs: groups.map((GroupId) => ({ GroupId })),
});

/** Id of a group that no manifest names. */
const groupOf = (vpcId: string, name: string): string => idOf('sg', `${vpcId} ${name}`);

/** The groups before an environment's database and file system: they let its tasks in. */
const innerGroups = (vpcId: string, { name, network, database }: Environment): readonly SecurityGroup[] => {
  const tasks = unique([...network.securityGroups, ...(database.securityGroups ?? [])]);
  const doors = [
    [`${name}-database`, database.port],
    [`${name}-efs`, 2049],
  ] as const;
  return doors.map(([group, port]) => ({
    id: groupOf(vpcId, group),
    vpcId,
    name: group,
    ingress: [fromGroups([port, port], tasks)],
  }));
};

const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)];

/** The network and databases of an account's environments; they share one VPC, as DEV, SIT and PROD do not share accounts. */
export const planPlatform = (cloud: Cloud, environments: readonly Environment[]): Platform => {
  const vpcId = `vpc-${cloud.newId(17)}`;
  const subnetIds = unique(environments.flatMap(({ network }) => network.subnets));
  const groupIds = unique(
    environments.flatMap(({ network, database }) => [
      ...network.securityGroups,
      ...(database.securityGroups ?? []),
    ]),
  );
  const zones = ['a', 'b', 'c'];
  return {
    network: {
      vpcs: [{ id: vpcId, cidr: vpcCidr }],
      subnets: subnetIds.map((id, index) => ({
        id,
        vpcId,
        cidr: `10.2.${10 + index}.0/24`,
        zone: `${cloud.region}${zones[index % zones.length]}`,
      })),
      securityGroups: [
        ...groupIds.map((id, index) => ({
          id,
          vpcId,
          name: `platform-${index + 1}`,
          ingress: [fromAnywhere(80), fromAnywhere(443), fromGroups([0, 65_535], groupIds)],
        })),
        ...environments.flatMap((environment) => innerGroups(vpcId, environment)),
      ],
    },
    databases: environments.map(({ name, database }) => ({
      id: database.host.split('.')[0] ?? database.host,
      host: database.host,
      port: database.port,
      vpcId,
      securityGroups: [groupOf(vpcId, `${name}-database`)],
    })),
  };
};
