// The calls of STS that the actions make; whatever is not named here is not in the bundles.
import {
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  type STS,
  STSClient,
  type STSClientConfig,
} from '@aws-sdk/client-sts';
import { createAggregatedClient } from '@smithy/core/client';
import type { Method } from './method.ts';

const commands = {
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
};

export type Sts = Pick<STS, Method<keyof typeof commands>>;

class Client extends STSClient {}
createAggregatedClient(commands, Client);

export const openSts = (config: STSClientConfig): Client & Sts => new Client(config) as Client & Sts;
