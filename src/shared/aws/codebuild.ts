// The calls of CodeBuild that the actions make; whatever is not named here is not in the bundles.
import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  type CodeBuildClientConfig,
  type CodeBuild as CodeBuildClients,
} from '@aws-sdk/client-codebuild';
import { createAggregatedClient } from '@smithy/core/client';
import type { Method } from './method.ts';

const commands = { BatchGetBuildsCommand };

export type CodeBuild = Pick<CodeBuildClients, Method<keyof typeof commands>>;

class Client extends CodeBuildClient {}
createAggregatedClient(commands, Client);

export const openCodeBuild = (config: CodeBuildClientConfig): Client & CodeBuild =>
  new Client(config) as Client & CodeBuild;
