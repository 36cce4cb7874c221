// The calls of SecretsManager that the actions make; whatever is not named here is not in the bundles.
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  paginateListSecrets,
  RestoreSecretCommand,
  type SecretsManager,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { createAggregatedClient } from '@smithy/core/client';
import type { Method } from './method.ts';

const commands = {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
};
const paginators = { paginateListSecrets };

export type Secrets = Pick<SecretsManager, Method<keyof typeof commands> | keyof typeof paginators>;

class Client extends SecretsManagerClient {}
createAggregatedClient(commands, Client, { paginators });

export const openSecrets = (config: SecretsManagerClientConfig): Client & Secrets =>
  new Client(config) as Client & Secrets;
