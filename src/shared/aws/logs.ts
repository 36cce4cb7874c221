// The calls of CloudWatchLogs that the actions make; whatever is not named here is not in the bundles.
import {
  type CloudWatchLogs,
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { createAggregatedClient } from '@smithy/core/client';
import type { Method } from './method.ts';

const commands = {
  GetLogEventsCommand,
};

export type Logs = Pick<CloudWatchLogs, Method<keyof typeof commands>>;

class Client extends CloudWatchLogsClient {}
createAggregatedClient(commands, Client);

export const openLogs = (config: CloudWatchLogsClientConfig): Client & Logs =>
  new Client(config) as Client & Logs;
