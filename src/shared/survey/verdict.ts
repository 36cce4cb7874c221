// What a plan comes to for one tenant and for all of them, in a few words. Pure.
import type { Outcome } from '../resource.ts';
import { plural } from './markdown.ts';
import { differs, isHalfMade, type PlannedOutcome, type TenantPlan, tenantDiffers } from './types.ts';

type Fate = 'refused' | 'created' | 'completed' | 'changed' | 'removed' | 'unchanged';

/** One of them: what a person should know first. */
export const fateOf = (plan: TenantPlan): Fate => {
  if (plan.outcomes.some(({ refused }) => refused !== undefined)) return 'refused';
  if (!tenantDiffers(plan)) return 'unchanged';
  if (plan.state === 'retired') return 'removed';
  if (isHalfMade(plan)) return 'completed';
  return plan.outcomes.some(({ action }) => action === 'create') ? 'created' : 'changed';
};

const signs: Readonly<Partial<Record<Outcome['action'], string>>> = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '-',
};

export const signOf = ({ action, refused }: PlannedOutcome): string =>
  refused === undefined ? (signs[action] ?? '=') : '❌';

/** E.g. `+7 create`, `~1 update, ±1 replace` or `❌ 1 refused`. */
export const countsOf = (outcomes: readonly PlannedOutcome[]): string => {
  const words = Map.groupBy(outcomes.filter(differs), ({ action, refused }) =>
    refused === undefined ? action : 'refused',
  );
  const said = [...words].map(([word, some]) => {
    const sign = some[0] ? signOf(some[0]) : '';
    return `${word === 'refused' ? `${sign} ` : sign}${some.length} ${word}`;
  });
  return said.join(', ');
};

const sentences: Readonly<Record<Fate, (tenants: string, isOne: boolean) => string>> = {
  refused: (tenants) => `${tenants} cannot be brought to the manifest`,
  created: (tenants) => `${tenants} will be created`,
  completed: (tenants, isOne) => `${tenants} ${isOne ? 'is' : 'are'} half made and will be completed`,
  changed: (tenants) => `${tenants} will change`,
  removed: (tenants, isOne) => `${tenants} ${isOne ? 'is' : 'are'} retired and still to be removed`,
  unchanged: (tenants, isOne) => `${tenants} ${isOne ? 'stays' : 'stay'} as ${isOne ? 'it is' : 'they are'}`,
};

/** What will happen, in one sentence. */
export const headline = (plans: readonly TenantPlan[]): string => {
  const by = new Map<Fate, TenantPlan[]>();
  for (const plan of plans) by.set(fateOf(plan), [...(by.get(fateOf(plan)) ?? []), plan]);
  if (plans.length === 0) return 'There are no tenants.';
  if (by.get('unchanged')?.length === plans.length)
    return `Nothing differs: ${plural(plans.length, 'tenant')} ${plans.length === 1 ? 'is' : 'are'} as the ${plans.length === 1 ? 'manifest says' : 'manifests say'}.`;
  const isFresh = by.get('created')?.length === plans.length;
  const said = (Object.keys(sentences) as Fate[]).flatMap((fate) => {
    const some = by.get(fate) ?? [];
    return some.length
      ? [`${sentences[fate](subjectOf(fate, some), some.length === 1)}${sizeOf(fate, some)}`]
      : [];
  });
  if (said.length > 3) return shortly(plans, by);
  return `${said.join('; ')}.${isFresh ? ' Nothing is changed or deleted.' : ''}`;
};

const words: Readonly<Partial<Record<Fate, string>>> = { removed: 'retired', completed: 'half made' };

/** Counted only: a sentence about five kinds of fate is one that nobody reads to its end. */
const shortly = (plans: readonly TenantPlan[], by: ReadonlyMap<Fate, readonly TenantPlan[]>): string => {
  const fates = (Object.keys(sentences) as Fate[]).filter((fate) => fate !== 'unchanged' && by.has(fate));
  const differing = plans.length - (by.get('unchanged')?.length ?? 0);
  const list = fates.map((fate) => `${by.get(fate)?.length} ${words[fate] ?? fate}`);
  return `${differing} of ${plural(plans.length, 'tenant')} differ: ${list.join(', ')}.`;
};

/** Different resources: what tenants share is made once, though each of them needs it. */
const sizeOf = (fate: Fate, plans: readonly TenantPlan[]): string => {
  if (fate === 'unchanged' || fate === 'refused') return '';
  const changed = plans.flatMap(({ outcomes }) => outcomes.filter(differs));
  return ` (${plural(new Set(changed.map(({ kind, name }) => `${kind} ${name}`)).size, 'resource')})`;
};

/** Named where it is one, counted where it is more. */
const subjectOf = (fate: Fate, plans: readonly TenantPlan[]): string => {
  const [only] = plans;
  if (only && plans.length === 1 && fate !== 'unchanged') return only.name;
  return plural(plans.length, fate === 'unchanged' ? 'other tenant' : 'tenant');
};
