// The operations that the actions and the runbook use: the sandbox must know them all, and their constraints.
import type { ServiceName } from '../../sandbox/aws/cloud.ts';

const words = (text: string): readonly string[] => text.split(/\s+/);

export const knownOperations: Readonly<Record<ServiceName, readonly string[]>> = {
  codebuild: words('BatchGetBuilds'),
  codepipeline: words(`GetPipeline GetPipelineState GetPipelineExecution ListPipelines ListPipelineExecutions
    ListActionExecutions StartPipelineExecution StopPipelineExecution RetryStageExecution RollbackStage
    PutApprovalResult DisableStageTransition EnableStageTransition`),
  ec2: words('DescribeRouteTables DescribeSubnets DescribeSecurityGroups DescribeVpcEndpoints DescribeVpcs'),
  ecr: words('BatchGetImage DescribeImages DescribeRepositories GetAuthorizationToken'),
  ecs: words(`RegisterTaskDefinition DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies DeregisterTaskDefinition
    DeleteTaskDefinitions CreateService UpdateService DeleteService DescribeServices ListServices
    ListServiceDeployments DescribeServiceDeployments DescribeServiceRevisions StopServiceDeployment
    RunTask StopTask ListTasks DescribeTasks DescribeClusters TagResource`),
  efs: words(`DescribeFileSystems CreateAccessPoint DescribeAccessPoints DeleteAccessPoint TagResource UntagResource
    ListTagsForResource DescribeMountTargets DescribeMountTargetSecurityGroups`),
  elb: words(`DescribeLoadBalancers DescribeListeners CreateTargetGroup ModifyTargetGroup DescribeTargetGroups
    DescribeTargetGroupAttributes ModifyTargetGroupAttributes DeleteTargetGroup CreateRule ModifyRule DeleteRule
    DescribeRules SetRulePriorities AddTags RemoveTags DescribeTags DescribeTargetHealth DescribeAccountLimits`),
  iam: words(`GetRole GetRolePolicy PutRolePolicy DeleteRolePolicy ListRolePolicies CreateRole DeleteRole TagRole UntagRole
    ListRoleTags ListRoles AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies PutRolePermissionsBoundary
    UpdateAssumeRolePolicy`),
  logs: words('DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents'),
  rds: words('DescribeDBInstances'),
  secrets:
    words(`CreateSecret DescribeSecret GetSecretValue PutSecretValue UpdateSecret DeleteSecret RestoreSecret
    TagResource UntagResource ListSecrets`),
  sts: words('GetCallerIdentity AssumeRoleWithWebIdentity AssumeRole'),
};
