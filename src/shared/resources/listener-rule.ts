// The rule that sends the tenant's host to its target group. Priorities are unique per listener, and runs race for them.
import { Failed, Refused } from '../errors.ts';
import { priorityCandidates } from '../fleet/desired.ts';
import { isOurs, namesOf, tagsOf } from '../fleet/names.ts';
import { type Difference, type Resource, unknownYet } from '../resource.ts';
import { besides, type ListedRule, listRules } from './rule-listing.ts';
import { isNamed, orAbsent, type Surroundings, tagList, tagRecord } from './surroundings.ts';

type Spec = { readonly host: string; readonly priority: number | undefined; readonly targetGroupArn: string };
type Have = Omit<Spec, 'priority'> & {
  readonly arn: string;
  readonly priority: number;
  /** Conditions and targets beside the host and the one target group, as text; empty where there are none. */
  readonly besides: string;
};

export const listenerRule = (around: Surroundings): Resource<Spec, Have> => {
  const { tenant, aws } = around;
  return {
    step: 'routing',
    kind: 'listener rule',
    name: tenant.host,
    needs: ['targetGroupArn'],
    observe: () => observe(around),
    tags: (have) => ({ elbArn: have.arn }),
    want: (refs) => ({
      host: tenant.host,
      priority: tenant.priority,
      targetGroupArn: refs.targetGroupArn ?? unknownYet,
    }),
    differs,
    create: (want) => create(around, want),
    update: (want, have, differences) => update(around, { want, have, differences }),
    tag: async (have, tags) => {
      await aws.elb.addTags({ ResourceArns: [have.arn], Tags: tagList(tags) });
    },
    destroy: async (have) => {
      await orAbsent(aws.elb.deleteRule({ RuleArn: have.arn }), 'RuleNotFoundException');
    },
    refs: (have) => ({ ruleArn: have.arn }),
    // Whose priority it is shows only in the listing; `create` looks.
    isTaken: () => false,
  };
};

/** The rule for the tenant's host, or ours from an earlier host that still sends to the tenant's target group. */
const observe = async (around: Surroundings): Promise<Have | undefined> => {
  const { host } = around.tenant;
  const rules = (await listRules(around)).filter(({ isDefault }) => !isDefault);
  const group = `:targetgroup/${namesOf(around.tenant).targetGroup}/`;
  const toUs = rules.filter(({ targets }) => targets.some((arn) => arn.includes(group)));
  // A rule with more than the host is somebody's finer rule beside ours, not ours.
  const isExact = ({ hosts, others }: ListedRule): boolean => hosts.join() === host && others.length === 0;
  const found =
    toUs.find(isExact) ??
    (await ownAmong(around, toUs)) ??
    toUs.find(({ hosts }) => hosts.includes(host)) ??
    rules.find(isExact);
  return found && describe(found);
};

const ownAmong = async (
  { aws, tenant }: Surroundings,
  rules: readonly ListedRule[],
): Promise<ListedRule | undefined> => {
  const [first] = rules;
  if (!first) return undefined;
  const owner = { environment: tenant.environment.name, tenant: tenant.name };
  const { TagDescriptions = [] } = await aws.elb.describeTags({
    ResourceArns: rules.map(({ arn }) => arn).slice(0, 20),
  });
  const own = TagDescriptions.find(({ Tags }) => isOurs(tagRecord(Tags), owner));
  return rules.find(({ arn }) => arn === own?.ResourceArn);
};

const describe = (rule: ListedRule): Have => ({
  arn: rule.arn,
  host: rule.hosts.join(','),
  priority: rule.priority,
  targetGroupArn: rule.targets[0] ?? '',
  besides: besides(rule),
});

const differs = (want: Spec, have: Have): readonly Difference[] => [
  ...(want.host === have.host
    ? []
    : [{ field: 'host', from: have.host, to: want.host, how: 'update' as const }]),
  ...(want.targetGroupArn === have.targetGroupArn
    ? []
    : [{ field: 'targetGroup', from: have.targetGroupArn, to: want.targetGroupArn, how: 'update' as const }]),
  ...(have.besides === ''
    ? []
    : [{ field: 'besides', from: have.besides, to: '(nothing)', how: 'update' as const }]),
  ...(want.priority === undefined || want.priority === have.priority
    ? []
    : [
        { field: 'priority', from: String(have.priority), to: String(want.priority), how: 'update' as const },
      ]),
];

const conditionsAndActions = ({ host, targetGroupArn }: Pick<Spec, 'host' | 'targetGroupArn'>) => ({
  Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }],
  Actions: [{ Type: 'forward' as const, TargetGroupArn: targetGroupArn }],
});

const create = async (around: Surroundings, want: Spec): Promise<Have> => {
  for (let attempt = 1; ; attempt++) {
    const rules = await listRules(around);
    const ours = rules.find(({ targets }) => targets[0] === want.targetGroupArn);
    if (ours && differs(want, describe(ours)).length === 0) return describe(ours);
    const priority = want.priority ?? freePriority(around, rules);
    try {
      const made = await around.aws.elb.createRule({
        ListenerArn: around.platform.listenerArn,
        Priority: priority,
        ...conditionsAndActions(want),
        Tags: tagList(tagsOf(around.tenant)),
      });
      return { ...want, priority, besides: '', arn: made.Rules?.[0]?.RuleArn ?? '' };
    } catch (error) {
      // Taken by a run that was faster, or by our own call whose answer was lost; the listing may lag behind.
      if (!isNamed(error, 'PriorityInUseException')) throw explainCreate(error, around);
      if (attempt >= 8) throw await explainPriority(around, priority);
      await around.clock.sleep(1_000 + 2_000 * around.random());
    }
  }
};

const freePriority = ({ tenant }: Surroundings, rules: readonly ListedRule[]): number => {
  const taken = new Set(rules.map(({ priority }) => priority));
  const free = priorityCandidates(tenant.host, taken)[0];
  if (free !== undefined) return free;
  throw new Refused(
    'No free rule priority was found on the listener.',
    'Give the tenant an explicit `priority`.',
  );
};

const explainPriority = async (around: Surroundings, priority: number): Promise<Error> => {
  const holder = (await listRules(around)).find((rule) => rule.priority === priority);
  return new Refused(
    `Priority ${priority} on the listener belongs to the rule for ${holder ? holder.hosts.join(', ') || 'other conditions' : 'somebody else'}; ${around.tenant.host} cannot have it.`,
    `Change \`priority\` of tenant ${around.tenant.name}, or remove it from the manifest and a free one is found.`,
  );
};

const explainCreate = (error: unknown, { tenant }: Surroundings): unknown => {
  if (isNamed(error, 'TooManyUniqueTargetGroupsPerLoadBalancerException'))
    return new Failed(
      `Load balancer ${tenant.environment.loadBalancer.name} already sends to 100 target groups, AWS's limit, not adjustable.`,
      'Put this tenant into an environment with another load balancer.',
    );
  if (isNamed(error, 'TooManyRulesException'))
    return new Failed(
      `Load balancer ${tenant.environment.loadBalancer.name} has no room for another rule.`,
      'Ask for more under Service Quotas, Elastic Load Balancing, "Rules per Application Load Balancer".',
    );
  return error;
};

type Change = { readonly want: Spec; readonly have: Have; readonly differences: readonly Difference[] };

const update = async (around: Surroundings, { want, have, differences }: Change): Promise<Have> => {
  const { aws } = around;
  if (differences.some(({ field }) => field !== 'priority'))
    await aws.elb.modifyRule({ RuleArn: have.arn, ...conditionsAndActions(want) });
  const priority = want.priority ?? have.priority;
  if (priority !== have.priority) {
    try {
      await aws.elb.setRulePriorities({ RulePriorities: [{ RuleArn: have.arn, Priority: priority }] });
    } catch (error) {
      throw isNamed(error, 'PriorityInUseException') ? await explainPriority(around, priority) : error;
    }
  }
  return { ...want, priority, besides: '', arn: have.arn };
};
