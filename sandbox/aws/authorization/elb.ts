// Permissions of Elastic Load Balancing's operations. What describes knows no resources.
import type * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import { arnOf } from '../elb/state.ts';
import {
  type AccountView,
  type AuthorizationTable,
  anywhere,
  type Need,
  requestTags,
  tagKeys,
  tagsOnCreate,
} from './needs.ts';

const describing = [
  'DescribeAccountLimits',
  'DescribeListeners',
  'DescribeLoadBalancers',
  'DescribeRules',
  'DescribeTags',
  'DescribeTargetGroupAttributes',
  'DescribeTargetGroups',
  'DescribeTargetHealth',
];

const createTargetGroup = (
  { Name = '', Tags }: ELB.CreateTargetGroupCommandInput,
  account: AccountView,
): readonly Need[] => {
  const resource = arnOf(account, `targetgroup/${Name}/*`);
  const keys = { 'elasticloadbalancing:CreateAction': 'CreateTargetGroup' };
  return [
    { action: 'elasticloadbalancing:CreateTargetGroup', resource, keys: requestTags(Tags) },
    ...tagsOnCreate({ action: 'elasticloadbalancing:AddTags', resource, keys }, Tags),
  ];
};

const createRule = ({ ListenerArn = '', Tags }: ELB.CreateRuleCommandInput): readonly Need[] => {
  const rule = `${ListenerArn.replace(':listener/', ':listener-rule/')}/*`;
  const keys = { 'elasticloadbalancing:CreateAction': 'CreateRule' };
  return [
    { action: 'elasticloadbalancing:CreateRule', resource: ListenerArn, keys: requestTags(Tags) },
    ...tagsOnCreate({ action: 'elasticloadbalancing:AddTags', resource: rule, keys }, Tags),
  ];
};

const onTargetGroup =
  (action: string) =>
  ({ TargetGroupArn: resource = '' }: { readonly TargetGroupArn: string | undefined }): readonly Need[] => [
    { action, resource },
  ];

const onRule =
  (action: string) =>
  ({ RuleArn: resource = '' }: { readonly RuleArn: string | undefined }): readonly Need[] => [
    { action, resource },
  ];

export const elbPermissions: AuthorizationTable = {
  ...Object.fromEntries(describing.map((name) => [name, anywhere(`elasticloadbalancing:${name}`)])),
  AddTags: ({ ResourceArns = [], Tags }: ELB.AddTagsCommandInput) =>
    ResourceArns.map((resource) => ({
      action: 'elasticloadbalancing:AddTags',
      resource,
      keys: requestTags(Tags),
    })),
  CreateRule: createRule,
  CreateTargetGroup: createTargetGroup,
  DeleteRule: onRule('elasticloadbalancing:DeleteRule'),
  DeleteTargetGroup: onTargetGroup('elasticloadbalancing:DeleteTargetGroup'),
  ModifyRule: onRule('elasticloadbalancing:ModifyRule'),
  ModifyTargetGroup: onTargetGroup('elasticloadbalancing:ModifyTargetGroup'),
  ModifyTargetGroupAttributes: onTargetGroup('elasticloadbalancing:ModifyTargetGroupAttributes'),
  RemoveTags: ({ ResourceArns = [], TagKeys }: ELB.RemoveTagsCommandInput) =>
    ResourceArns.map((resource) => ({
      action: 'elasticloadbalancing:RemoveTags',
      resource,
      keys: tagKeys(TagKeys),
    })),
  SetRulePriorities: ({ RulePriorities = [] }: ELB.SetRulePrioritiesCommandInput) =>
    RulePriorities.map(({ RuleArn: resource = '' }) => ({
      action: 'elasticloadbalancing:SetRulePriorities',
      resource,
    })),
};
