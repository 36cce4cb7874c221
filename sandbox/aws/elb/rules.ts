// Listener rules: unique priorities per listener, quotas per load balancer, default rules that stay as they are.
import type {
  CreateRuleInput,
  CreateRuleOutput,
  DeleteRuleInput,
  DescribeRulesInput,
  DescribeRulesOutput,
  ModifyRuleInput,
  SetRulePrioritiesInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../cloud.ts';
import { pageOf } from './pages.ts';
import { beyondSandbox, invalid, notFound } from './refusals.ts';
import { describeRule } from './rule-answers.ts';
import { demandRoom, demandUsable, letGo } from './rule-limits.ts';
import { readAction, readConditions } from './rule-requests.ts';
import { arnOf, type ElbState, type Listener, type Rule, rulesInOrder } from './state.ts';
import { withTags } from './tags.ts';

const demandListener = (state: ElbState, arn: string | undefined): Listener => {
  const listener = state.listeners.get(arn ?? '');
  if (!listener) throw notFound.listener();
  return listener;
};

const demandPriority = (priority: number | undefined): number => {
  if (priority === undefined || !Number.isInteger(priority) || priority < 1 || priority > 50_000)
    throw invalid(`Priority '${priority}' must be between 1 and 50000 inclusive`);
  return priority;
};

/** Default rules cannot be changed by rule operations. */
const demandOwnRule = (state: ElbState, arn: string | undefined, verb: string): Rule => {
  const isDefault = [...state.listeners.values()].some(({ defaultRule }) => defaultRule.arn === arn);
  if (isDefault) throw new AwsError('OperationNotPermitted', `Default rule '${arn}' cannot be ${verb}`);
  const rule = state.rules.get(arn ?? '');
  if (!rule) throw notFound.rule();
  return rule;
};

const priorityInUse = (priority: number): AwsError =>
  new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);

const create = (state: ElbState, input: CreateRuleInput): CreateRuleOutput => {
  const priority = demandPriority(input.Priority);
  if (input.Transforms) throw beyondSandbox('transforms');
  const listener = demandListener(state, input.ListenerArn);
  const conditions = readConditions(input.Conditions);
  const action = readAction(input.Actions);
  const tags = withTags({}, input.Tags ?? []);
  demandUsable(state, listener, action);
  if (state.rules.values().some((rule) => rule.listenerArn === listener.arn && rule.priority === priority))
    throw priorityInUse(priority);
  const [, path] = listener.arn.split(':listener/');
  const arn = arnOf(state.cloud, `listener-rule/${path}/${state.cloud.newId(16)}`);
  const rule: Rule = { arn, listenerArn: listener.arn, priority, conditions, action };
  demandRoom(state, listener, [...state.rules.values(), rule]);
  state.rules.set(arn, rule);
  state.tags.set(arn, tags);
  return { Rules: [describeRule(rule)] };
};

const modify = (state: ElbState, input: ModifyRuleInput): CreateRuleOutput => {
  const rule = demandOwnRule(state, input.RuleArn, 'modified');
  if (input.Transforms ?? input.ResetTransforms) throw beyondSandbox('transforms');
  if (!input.Conditions && !input.Actions) throw invalid('Either conditions or actions must be specified');
  const listener = demandListener(state, rule.listenerArn);
  const after: Rule = {
    ...rule,
    ...(input.Conditions && { conditions: readConditions(input.Conditions) }),
    ...(input.Actions && { action: readAction(input.Actions) }),
  };
  demandUsable(state, listener, after.action);
  demandRoom(state, listener, [...state.rules.values().filter(({ arn }) => arn !== rule.arn), after]);
  state.rules.set(rule.arn, after);
  letGo(state, rule);
  return { Rules: [describeRule(after)] };
};

const remove = (state: ElbState, { RuleArn }: DeleteRuleInput): object => {
  const rule = demandOwnRule(state, RuleArn, 'deleted');
  state.rules.delete(rule.arn);
  state.tags.delete(rule.arn);
  letGo(state, rule);
  return {};
};

const setPriorities = (
  state: ElbState,
  { RulePriorities = [] }: SetRulePrioritiesInput,
): CreateRuleOutput => {
  const changed = RulePriorities.map(({ RuleArn, Priority }) => ({
    ...demandOwnRule(state, RuleArn, 'given a priority'),
    priority: demandPriority(Priority),
  }));
  const [first] = changed;
  if (!first) throw invalid('At least one rule priority must be specified');
  if (changed.some(({ listenerArn }) => listenerArn !== first.listenerArn))
    throw invalid('All rules must belong to the same listener');
  const arns = new Set(changed.map(({ arn }) => arn));
  if (arns.size < changed.length) throw invalid('A rule is named twice');
  const taken = new Set(
    state.rules
      .values()
      .filter(({ arn, listenerArn }) => listenerArn === first.listenerArn && !arns.has(arn))
      .map(({ priority }) => priority),
  );
  for (const { priority } of changed) {
    if (taken.has(priority)) throw priorityInUse(priority);
    taken.add(priority);
  }
  for (const rule of changed) state.rules.set(rule.arn, rule);
  return { Rules: changed.map(describeRule) };
};

const asked = (state: ElbState, { ListenerArn, RuleArns = [] }: DescribeRulesInput): readonly Rule[] => {
  if ((ListenerArn === undefined) === (RuleArns.length === 0))
    throw invalid('You must specify either a listener ARN or rule ARNs');
  const rules = state.rules.readValues();
  if (ListenerArn !== undefined) return rulesInOrder(rules, demandListener(state, ListenerArn));
  const all = [...rules, ...[...state.listeners.values()].map(({ defaultRule }) => defaultRule)];
  return RuleArns.map((arn) => {
    const rule = all.find((one) => one.arn === arn);
    if (!rule) throw notFound.rule();
    return rule;
  });
};

const describeAll = (state: ElbState, input: DescribeRulesInput): DescribeRulesOutput => {
  const keyOf = ({ priority, arn }: Rule): string => `${String(priority).padStart(7, '0')} ${arn}`;
  const { items, next } = pageOf(state.cloud, { items: asked(state, input), keyOf }, input);
  return { Rules: items.map(describeRule), ...next };
};

export const ruleOperations = (state: ElbState) => ({
  CreateRule: (input: CreateRuleInput) => create(state, input),
  ModifyRule: (input: ModifyRuleInput) => modify(state, input),
  DeleteRule: (input: DeleteRuleInput) => remove(state, input),
  SetRulePriorities: (input: SetRulePrioritiesInput) => setPriorities(state, input),
  DescribeRules: (input: DescribeRulesInput) => describeAll(state, input),
});
