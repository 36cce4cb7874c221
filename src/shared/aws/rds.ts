// The calls of RDS that the actions make; whatever is not named here is not in the bundles.
import { DescribeDBInstancesCommand, type RDS, RDSClient, type RDSClientConfig } from '@aws-sdk/client-rds';
import { createAggregatedClient } from '@smithy/core/client';
import type { Method } from './method.ts';

const commands = { DescribeDBInstancesCommand };

export type Rds = Pick<RDS, Method<keyof typeof commands>>;

class Client extends RDSClient {}
createAggregatedClient(commands, Client);

export const openRds = (config: RDSClientConfig): Client & Rds => new Client(config) as Client & Rds;
