// Target groups: made once per name, changed in their health check and attributes only, deleted when nothing uses them.
import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupInput,
  TargetGroup as TargetGroupAnswer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../cloud.ts';
import { changedAttributes, describeAttributes, standardAttributes } from './attributes.ts';
import { pageOf } from './pages.ts';
import { inUse, invalid, notFound } from './refusals.ts';
import { changedSettings, newSettings } from './settings.ts';
import {
  arnOf,
  type ElbState,
  isAttached,
  loadBalancersUsing,
  type Rule,
  type TargetGroup,
} from './state.ts';
import { withTags } from './tags.ts';

const mostTargetGroups = 3_000;

/** Throws TargetGroupNotFound, or ValidationError for what is no ARN of a target group. */
export const demandTargetGroup = (
  state: ElbState,
  arn: string | undefined,
  look: 'get' | 'read',
): TargetGroup => {
  if (!arn || !/^arn:aws[^:]*:elasticloadbalancing:[^:]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/.test(arn))
    throw invalid(`'${arn ?? ''}' is not a valid target group ARN`);
  const group = state.targetGroups[look](arn);
  if (!group) throw notFound.targetGroup();
  return group;
};

const describe = (state: ElbState, group: TargetGroup, rules: readonly Rule[]): TargetGroupAnswer => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  ...group.settings,
  LoadBalancerArns: [...loadBalancersUsing(state, rules, group.arn)],
});

const create = (state: ElbState, input: CreateTargetGroupInput): CreateTargetGroupOutput => {
  const settings = newSettings(input);
  const tags = withTags({}, input.Tags ?? []);
  const groups = state.targetGroups.values();
  const same = groups.find(({ name }) => name === input.Name);
  if (same) {
    if (JSON.stringify(same.settings) !== JSON.stringify(settings))
      throw new AwsError(
        'DuplicateTargetGroupName',
        `A target group with the same name '${same.name}' exists, but with different settings`,
      );
    return { TargetGroups: [describe(state, same, state.rules.values())] };
  }
  if (![...state.loadBalancers.values()].some(({ vpcId }) => vpcId === settings.VpcId))
    throw invalid(`The VPC ID '${settings.VpcId}' is not found`);
  if (groups.length >= mostTargetGroups)
    throw new AwsError(
      'TooManyTargetGroups',
      `The maximum number of target groups (${mostTargetGroups}) in this region has been reached`,
    );
  const name = input.Name ?? '';
  const arn = arnOf(state.cloud, `targetgroup/${name}/${state.cloud.newId(16)}`);
  const group: TargetGroup = { arn, name, settings, attributes: standardAttributes };
  state.targetGroups.set(arn, group);
  state.tags.set(arn, tags);
  return { TargetGroups: [describe(state, group, [])] };
};

const modify = (state: ElbState, input: ModifyTargetGroupInput): CreateTargetGroupOutput => {
  const group = demandTargetGroup(state, input.TargetGroupArn, 'get');
  const after = { ...group, settings: changedSettings(group.settings, input) };
  state.targetGroups.set(group.arn, after);
  return { TargetGroups: [describe(state, after, state.rules.values())] };
};

const asked = (state: ElbState, input: DescribeTargetGroupsInput): readonly TargetGroup[] => {
  const { Names = [], TargetGroupArns = [], LoadBalancerArn } = input;
  if (
    [Names.length > 0, TargetGroupArns.length > 0, LoadBalancerArn !== undefined].filter(Boolean).length > 1
  )
    throw invalid('Only one of load balancer ARN, target group ARNs and target group names can be specified');
  const all = state.targetGroups.readValues();
  if (LoadBalancerArn !== undefined) {
    if (!state.loadBalancers.has(LoadBalancerArn)) throw notFound.loadBalancer([LoadBalancerArn]);
    const rules = state.rules.readValues();
    return all.filter(({ arn }) => loadBalancersUsing(state, rules, arn).includes(LoadBalancerArn));
  }
  if (TargetGroupArns.length > 0) return TargetGroupArns.map((arn) => demandTargetGroup(state, arn, 'read'));
  if (Names.length === 0) return all;
  return Names.map((name) => {
    const group = all.find((one) => one.name === name);
    if (!group) throw notFound.targetGroup();
    return group;
  });
};

const describeAll = (state: ElbState, input: DescribeTargetGroupsInput): DescribeTargetGroupsOutput => {
  const { items, next } = pageOf(
    state.cloud,
    { items: asked(state, input), keyOf: ({ name }) => name },
    input,
  );
  const rules = state.rules.readValues();
  return { TargetGroups: items.map((group) => describe(state, group, rules)), ...next };
};

/** AWS's model gives this call no error for a group that does not exist: it succeeds. */
const remove = (state: ElbState, { TargetGroupArn: arn = '' }: DeleteTargetGroupInput): object => {
  if (!state.targetGroups.get(arn)) return {};
  if (isAttached(state, arn) || state.cooling.has(arn)) throw inUse(arn);
  state.targetGroups.delete(arn);
  state.tags.delete(arn);
  return {};
};

export const targetGroupOperations = (state: ElbState) => ({
  CreateTargetGroup: (input: CreateTargetGroupInput) => create(state, input),
  ModifyTargetGroup: (input: ModifyTargetGroupInput) => modify(state, input),
  DescribeTargetGroups: (input: DescribeTargetGroupsInput) => describeAll(state, input),
  DeleteTargetGroup: (input: DeleteTargetGroupInput) => remove(state, input),
  DescribeTargetGroupAttributes: ({ TargetGroupArn }: DescribeTargetGroupAttributesInput) => ({
    Attributes: describeAttributes(demandTargetGroup(state, TargetGroupArn, 'read').attributes),
  }),
  ModifyTargetGroupAttributes: ({ TargetGroupArn, Attributes = [] }: ModifyTargetGroupAttributesInput) => {
    const group = demandTargetGroup(state, TargetGroupArn, 'get');
    const attributes = changedAttributes(group.attributes, Attributes);
    state.targetGroups.set(group.arn, { ...group, attributes });
    return { Attributes: describeAttributes(attributes) };
  },
});
