// Two clouds compare by what was asked of them: no ids, no times, every ARN as the name it stands for.
import { type ElbState, type Rule, rulesInOrder, type Tags } from './state.ts';

const sorted = (tags: Tags): Tags => Object.fromEntries(Object.entries(tags).toSorted());

/** Plain JSON: listeners with their rules in order, target groups by name, with settings, attributes and tags. */
export const snapshotOf = (state: ElbState): object => {
  const nameOf = (arn: string): string => state.targetGroups.get(arn)?.name ?? 'a deleted target group';
  const tagsOf = (arn: string): Tags => sorted(state.tags.get(arn) ?? {});
  const ruleOf = ({ arn, priority, conditions, action }: Rule): object => ({
    priority,
    conditions,
    action:
      action.kind === 'forward'
        ? { kind: action.kind, groups: action.groups.map((group) => ({ ...group, arn: nameOf(group.arn) })) }
        : action,
    tags: tagsOf(arn),
  });
  const listeners = [...state.listeners.values()].map((listener) => ({
    loadBalancer: state.loadBalancers.get(listener.loadBalancerArn)?.name,
    port: listener.port,
    rules: rulesInOrder(state.rules.values(), listener).map(ruleOf),
  }));
  const targetGroups = state.targetGroups
    .values()
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ arn, name, settings, attributes }) => ({ name, settings, attributes, tags: tagsOf(arn) }));
  return { listeners, targetGroups };
};
