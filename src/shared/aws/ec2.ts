// The calls of EC2 that the actions make; whatever is not named here is not in the bundles.
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  type EC2,
  EC2Client,
  type EC2ClientConfig,
} from '@aws-sdk/client-ec2';
import { createAggregatedClient } from '@smithy/core/client';
import type { Method } from './method.ts';

const commands = {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
};

export type Ec2 = Pick<EC2, Method<keyof typeof commands>>;

class Client extends EC2Client {}
createAggregatedClient(commands, Client);

export const openEc2 = (config: EC2ClientConfig): Client & Ec2 => new Client(config) as Client & Ec2;
