// A rule's conditions and actions as a request states them, read and checked as AWS checks them. Pure.
import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beyondSandbox, invalid, refuseAll } from './refusals.ts';
import type { Condition, RuleAction } from './state.ts';

const mostValues = 5;

const shapes = {
  'host-header': {
    pattern: /^[A-Za-z0-9.*?-]{1,128}$/,
    config: (condition: RuleCondition) => condition.HostHeaderConfig,
  },
  'path-pattern': {
    pattern: /^[A-Za-z0-9_\-.$/~"'@:+&*?]{1,128}$/,
    config: (condition: RuleCondition) => condition.PathPatternConfig,
  },
} as const;

const readCondition = (condition: RuleCondition): Condition => {
  const { Field: field } = condition;
  if (field !== 'host-header' && field !== 'path-pattern')
    throw beyondSandbox(`conditions on '${field}', only on host-header and path-pattern`);
  const { pattern, config } = shapes[field];
  const modern = config(condition);
  if (condition.RegexValues ?? modern?.RegexValues) throw beyondSandbox('regular expressions in conditions');
  if (condition.Values && modern?.Values)
    throw invalid(`You cannot specify both 'Values' and a config for condition field '${field}'`);
  const values = modern?.Values ?? condition.Values ?? [];
  if (values.length === 0) throw invalid(`A condition on '${field}' must have at least one value`);
  refuseAll(
    values.map((value) =>
      pattern.test(value) ? undefined : `The value '${value}' is not valid for condition field '${field}'`,
    ),
  );
  return { field, values };
};

/** Throws ValidationError; InvalidConfigurationRequest for what the sandbox does not know. */
export const readConditions = (conditions: readonly RuleCondition[] | undefined): readonly Condition[] => {
  const read = (conditions ?? []).map(readCondition);
  const values = read.flatMap((condition) => condition.values);
  const fields = read.map(({ field }) => field);
  refuseAll([
    read.length === 0 ? 'At least one condition must be specified' : undefined,
    new Set(fields).size < fields.length
      ? `A rule can only have one condition on each of: ${[...new Set(fields)].join(', ')}`
      : undefined,
    values.length > mostValues ? `A rule can only have '${mostValues}' condition values` : undefined,
    values.join('').replaceAll(/[^*?]/g, '').length > 5
      ? "A rule can only have '5' condition wildcards"
      : undefined,
  ]);
  return read;
};

const readGroups = ({ TargetGroupArn, ForwardConfig }: Action) => {
  const tuples = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }];
  const groups = tuples.map(({ TargetGroupArn: arn = '', Weight = 1 }) => ({ arn, weight: Weight }));
  refuseAll([
    groups.length < 1 || groups.length > 5 || groups.some(({ arn }) => arn === '')
      ? 'A forward action must have from one to five target groups'
      : undefined,
    TargetGroupArn && (groups.length > 1 || groups[0]?.arn !== TargetGroupArn)
      ? 'TargetGroupArn and ForwardConfig must name the same single target group'
      : undefined,
    groups.some(({ weight }) => weight < 0 || weight > 999) ? 'Weights must be from 0 to 999' : undefined,
    new Set(groups.map(({ arn }) => arn)).size < groups.length ? 'A target group is named twice' : undefined,
  ]);
  return groups;
};

/** Throws ValidationError; InvalidConfigurationRequest for what the sandbox does not know. */
export const readAction = (actions: readonly Action[] | undefined): RuleAction => {
  const [action, ...others] = actions ?? [];
  if (!action) throw invalid('At least one action must be specified');
  if (others.length > 0) throw beyondSandbox('rules with several actions');
  if (action.Type === 'forward') return { kind: 'forward', groups: readGroups(action) };
  if (action.Type !== 'fixed-response') throw beyondSandbox(`actions of type '${action.Type}'`);
  const { StatusCode, ContentType = 'text/plain', MessageBody = '' } = action.FixedResponseConfig ?? {};
  if (!StatusCode) throw invalid('A fixed-response action must have a status code');
  return { kind: 'fixed-response', status: StatusCode, contentType: ContentType, body: MessageBody };
};
