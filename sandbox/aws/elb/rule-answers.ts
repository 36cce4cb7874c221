// Rules as AWS answers them: every condition and action both in its old and in its new form.
import type { Action, Rule as RuleAnswer, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Condition, Rule, RuleAction } from './state.ts';

export const describeAction = (action: RuleAction): Action => {
  if (action.kind === 'fixed-response')
    return {
      Type: 'fixed-response',
      Order: 1,
      FixedResponseConfig: {
        StatusCode: action.status,
        ContentType: action.contentType,
        MessageBody: action.body,
      },
    };
  const [first, ...others] = action.groups;
  return {
    Type: 'forward',
    Order: 1,
    ...(first && others.length === 0 && { TargetGroupArn: first.arn }),
    ForwardConfig: {
      TargetGroups: action.groups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig: { Enabled: false },
    },
  };
};

const describeCondition = ({ field, values }: Condition): RuleCondition => ({
  Field: field,
  Values: [...values],
  [field === 'host-header' ? 'HostHeaderConfig' : 'PathPatternConfig']: { Values: [...values] },
});

export const describeRule = (rule: Rule): RuleAnswer => ({
  RuleArn: rule.arn,
  Priority: String(rule.priority),
  Conditions: rule.conditions.map(describeCondition),
  Actions: [describeAction(rule.action)],
  IsDefault: rule.priority === 'default',
});
