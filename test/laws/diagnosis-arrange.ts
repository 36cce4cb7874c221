// What somebody does to the account or the network that a tenant runs in.
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { image, secretName, subnets } from '../sandbox/harsh-kit.ts';
import type { Situation } from './diagnosis-kit.ts';

export type Arrange = NonNullable<Situation['arrange']>;
type Neighbours = Sandbox['neighbours'];

export const around =
  (arrange: (neighbours: Neighbours) => void): Arrange =>
  ({ neighbours }) =>
    arrange(neighbours);

export const spoilt = (kind: Parameters<Neighbours['secrets']['spoil']>[1]): Arrange =>
  around(({ secrets }) => secrets.spoil(secretName, kind));

export const pulled = (how: Parameters<Neighbours['ecr']['setPull']>[1]): Arrange =>
  around(({ ecr }) => ecr.setPull(image, how));

export const routed = (to: Parameters<Neighbours['ec2']['setDefaultRoute']>[1]): Arrange =>
  around(({ ec2 }) => {
    for (const subnet of subnets) ec2.setDefaultRoute(subnet, to);
  });

export const onlyEndpoints = (...names: readonly string[]): Arrange =>
  around(({ ec2 }) => {
    for (const subnet of subnets) ec2.setDefaultRoute(subnet, 'none');
    ec2.setEndpoints(ec2.subnet(subnets[0] ?? '')?.vpcId ?? '', names);
  });

export const closed = (name: string): Arrange =>
  around(({ ec2 }) => ec2.setIngress(name.startsWith('sg-') ? name : ec2.groupId(name), []));
