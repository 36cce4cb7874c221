// The calls of CodePipeline that the actions make; whatever is not named here is not in the bundles.
import {
  CodePipelineClient,
  type CodePipelineClientConfig,
  type CodePipeline as CodePipelineClients,
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  paginateListActionExecutions,
  paginateListPipelineExecutions,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { createAggregatedClient } from '@smithy/core/client';
import type { Method } from './method.ts';

const commands = {
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
};
const paginators = { paginateListActionExecutions, paginateListPipelineExecutions };

export type CodePipeline = Pick<CodePipelineClients, Method<keyof typeof commands> | keyof typeof paginators>;

class Client extends CodePipelineClient {}
createAggregatedClient(commands, Client, { paginators });

export const openCodePipeline = (config: CodePipelineClientConfig): Client & CodePipeline =>
  new Client(config) as Client & CodePipeline;
