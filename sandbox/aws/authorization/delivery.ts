// Permissions of CodePipeline, CodeBuild and ECR: a pipeline's ARN has its stages and their actions behind slashes.
import type * as CodeBuild from '@aws-sdk/client-codebuild';
import type * as CodePipeline from '@aws-sdk/client-codepipeline';
import { type AccountView, type AuthorizationTable, anywhere, type Need } from './needs.ts';

type Part = string | undefined;

const onPath =
  (operation: string) =>
  (path: readonly Part[], { region, accountId }: AccountView): readonly Need[] => [
    {
      action: `codepipeline:${operation}`,
      resource: `arn:aws:codepipeline:${region}:${accountId}:${path.join('/')}`,
    },
  ];

const onNamed =
  (operation: string) =>
  ({ name }: { readonly name: Part }, account: AccountView): readonly Need[] =>
    onPath(operation)([name], account);

const onPipeline =
  (operation: string) =>
  ({ pipelineName }: { readonly pipelineName: Part }, account: AccountView): readonly Need[] =>
    onPath(operation)([pipelineName], account);

type OfStage = { readonly pipelineName: Part; readonly stageName: Part };

const onStage =
  (operation: string) =>
  ({ pipelineName, stageName }: OfStage, account: AccountView): readonly Need[] =>
    onPath(operation)([pipelineName, stageName], account);

export const codepipelinePermissions: AuthorizationTable = {
  DisableStageTransition: onStage('DisableStageTransition'),
  EnableStageTransition: onStage('EnableStageTransition'),
  GetPipeline: onNamed('GetPipeline'),
  GetPipelineExecution: onPipeline('GetPipelineExecution'),
  GetPipelineState: onNamed('GetPipelineState'),
  ListActionExecutions: onPipeline('ListActionExecutions'),
  ListPipelineExecutions: onPipeline('ListPipelineExecutions'),
  ListPipelines: anywhere('codepipeline:ListPipelines'),
  PutApprovalResult: (input: CodePipeline.PutApprovalResultCommandInput, account) =>
    onPath('PutApprovalResult')([input.pipelineName, input.stageName, input.actionName], account),
  RetryStageExecution: onStage('RetryStageExecution'),
  RollbackStage: onStage('RollbackStage'),
  StartPipelineExecution: onNamed('StartPipelineExecution'),
  StopPipelineExecution: onPipeline('StopPipelineExecution'),
};

/** Builds have no ARNs of their own in policies: their project's counts. */
export const codebuildPermissions: AuthorizationTable = {
  BatchGetBuilds: ({ ids = [] }: CodeBuild.BatchGetBuildsCommandInput, { region, accountId }) =>
    [...new Set(ids.map((id) => id.split(':')[0]))].map((project) => ({
      action: 'codebuild:BatchGetBuilds',
      resource: `arn:aws:codebuild:${region}:${accountId}:project/${project}`,
    })),
};

const onRepository =
  (operation: string) =>
  (
    { repositoryName }: { readonly repositoryName: Part },
    { region, accountId }: AccountView,
  ): readonly Need[] => [
    {
      action: `ecr:${operation}`,
      resource: `arn:aws:ecr:${region}:${accountId}:repository/${repositoryName}`,
    },
  ];

/** Without names every repository of the registry is asked for. */
const onRepositories = (
  { repositoryNames = ['*'] }: { readonly repositoryNames?: readonly string[] | undefined },
  account: AccountView,
): readonly Need[] =>
  repositoryNames.flatMap((repositoryName) =>
    onRepository('DescribeRepositories')({ repositoryName }, account),
  );

export const ecrPermissions: AuthorizationTable = {
  BatchGetImage: onRepository('BatchGetImage'),
  DescribeImages: onRepository('DescribeImages'),
  DescribeRepositories: onRepositories,
  GetAuthorizationToken: anywhere('ecr:GetAuthorizationToken'),
};
