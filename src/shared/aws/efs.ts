// The calls of EFS that the actions make; whatever is not named here is not in the bundles.
import {
  CreateAccessPointCommand,
  DeleteAccessPointCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  type EFS,
  EFSClient,
  type EFSClientConfig,
  paginateDescribeAccessPoints,
  paginateDescribeFileSystems,
  TagResourceCommand,
} from '@aws-sdk/client-efs';
import { createAggregatedClient } from '@smithy/core/client';
import type { Method } from './method.ts';

const commands = {
  CreateAccessPointCommand,
  DeleteAccessPointCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  TagResourceCommand,
};
const paginators = { paginateDescribeAccessPoints, paginateDescribeFileSystems };

export type Efs = Pick<EFS, Method<keyof typeof commands> | keyof typeof paginators>;

class Client extends EFSClient {}
createAggregatedClient(commands, Client, { paginators });

export const openEfs = (config: EFSClientConfig): Client & Efs => new Client(config) as Client & Efs;
