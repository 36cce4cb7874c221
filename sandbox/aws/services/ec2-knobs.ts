// What a test or a demonstration changes about the network, as somebody at the console might.
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { DefaultRoute, SecurityGroup, Subnet, Vpc } from './ec2-network.ts';

/** All of them throw for what is not there. */
export type Ec2Knobs = {
  /** Id of the security group of this name. */
  readonly groupId: (name: string) => string;
  /** Replaces all that a security group lets in. */
  readonly setIngress: (groupId: string, ingress: readonly IpPermission[]) => void;
  /** Associates the subnet with a route table of its own that leads there. */
  readonly setDefaultRoute: (subnetId: string, route: DefaultRoute) => void;
  readonly setFreeAddresses: (subnetId: string, count: number) => void;
  /** Replaces a VPC's endpoints: `secretsmanager`, `ecr.api`, `ecr.dkr`, `logs`, `s3` … */
  readonly setEndpoints: (vpcId: string, services: readonly string[]) => void;
};

const replaced = <T extends { readonly id: string }>(
  all: Map<string, T>,
  { id, what }: { readonly id: string; readonly what: string },
  change: Partial<T>,
): void => {
  const found = all.get(id);
  if (!found) throw new Error(`There is no ${what} ${id}.`);
  all.set(id, { ...found, ...change });
};

type Kept = {
  readonly vpcs: Map<string, Vpc>;
  readonly subnets: Map<string, Subnet>;
  readonly groups: Map<string, SecurityGroup>;
};

export const knobsOf = ({ vpcs, subnets, groups }: Kept): Ec2Knobs => ({
  groupId: (name) => {
    const found = [...groups.values()].find((group) => group.name === name);
    if (!found) throw new Error(`There is no security group named ${name}.`);
    return found.id;
  },
  setIngress: (id, ingress) => replaced(groups, { id, what: 'security group' }, { ingress }),
  setDefaultRoute: (id, route) => replaced(subnets, { id, what: 'subnet' }, { route }),
  setFreeAddresses: (id, freeAddresses) => replaced(subnets, { id, what: 'subnet' }, { freeAddresses }),
  setEndpoints: (id, endpoints) => replaced(vpcs, { id, what: 'VPC' }, { endpoints }),
});
