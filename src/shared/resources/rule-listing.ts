// The listener's rules as plain values: what each asks for and where it sends.
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Surroundings } from './surroundings.ts';

export type ListedRule = {
  readonly arn: string;
  /** NaN for the default rule. */
  readonly priority: number;
  readonly isDefault: boolean;
  /** In lower case: host names know no other. */
  readonly hosts: readonly string[];
  /** Conditions beside the host, as text. */
  readonly others: readonly string[];
  /** ARNs of target groups, the heaviest first. */
  readonly targets: readonly string[];
};

export const listRules = async ({
  aws,
  platform,
}: Pick<Surroundings, 'aws' | 'platform'>): Promise<readonly ListedRule[]> => {
  const rules: Rule[] = [];
  for await (const page of aws.elb.paginateDescribeRules({ ListenerArn: platform.listenerArn }))
    rules.push(...(page.Rules ?? []));
  return rules.map((rule) => ({
    arn: rule.RuleArn ?? '',
    priority: Number(rule.Priority),
    isDefault: rule.IsDefault ?? false,
    hosts: hostsOf(rule),
    others: otherConditions(rule),
    targets: targetsOf(rule),
  }));
};

/** What the rule says beside its hosts and its first target; empty where that is all. */
export const besides = ({ others, targets }: ListedRule): string =>
  [...others, ...targets.slice(1).map((arn) => `also to ${arn}`)].join(', ');

const hostsOf = ({ Conditions = [] }: Rule): readonly string[] =>
  Conditions.filter(({ Field }) => Field === 'host-header')
    .flatMap(({ HostHeaderConfig, Values }) => HostHeaderConfig?.Values ?? Values ?? [])
    .map((host) => host.toLowerCase());

const otherConditions = ({ Conditions = [] }: Rule): readonly string[] =>
  Conditions.filter(({ Field }) => Field !== 'host-header').map(({ Field, PathPatternConfig, Values }) =>
    `${Field} ${(PathPatternConfig?.Values ?? Values ?? []).join(' ')}`.trim(),
  );

const targetsOf = ({ Actions = [] }: Rule): readonly string[] =>
  Actions.flatMap(({ TargetGroupArn, ForwardConfig }) => {
    const weighted = [...(ForwardConfig?.TargetGroups ?? [])].sort(
      (a, b) => (b.Weight ?? 1) - (a.Weight ?? 1),
    );
    if (weighted.length) return weighted.map(({ TargetGroupArn: arn }) => arn ?? '');
    return TargetGroupArn ? [TargetGroupArn] : [];
  });
