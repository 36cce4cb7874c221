// What is to be done, resource by resource. Tenants with the same plan share one table, with {tenant} in its names.
import type { Difference } from '../resource.ts';
import { code, folded, plain, plural, type Section, table } from './markdown.ts';
import { differs, type PlannedOutcome, type TenantPlan, tenantDiffers } from './types.ts';
import { countsOf, signOf } from './verdict.ts';

/** One folded table for each different plan, in the order of the tenants. */
export const details = (plans: readonly TenantPlan[]): readonly Section[] =>
  [...groupsOf(plans.filter(tenantDiffers)).values()].map(tableOf);

/** Names listed in a group's head; the rest is counted. */
const namesShown = 40;

const tableOf = (group: readonly TenantPlan[]): Section => {
  const [first] = group;
  if (!first) return { head: '', rows: [], tail: '' };
  const speak = group.length > 1 ? (text: string) => generic(text, first) : (text: string) => text;
  const changed = first.outcomes.filter(differs);
  const same = first.outcomes.length - changed.length;
  const remarks = changed.map((outcome) => said(outcome, speak));
  const hasRemarks = remarks.some(Boolean);
  const rows = changed.map((outcome, index) => [
    signOf(outcome),
    outcome.kind,
    code(speak(outcome.name)),
    ...(hasRemarks ? [remarks[index] ?? ''] : []),
  ]);
  const body = table(['', 'resource', 'name', ...(hasRemarks ? ['what differs'] : [])], rows);
  const who = group.length > 1 ? `${namesOf(group)}\n\n` : '';
  const kept = same ? `\n\n${plural(same, 'other resource')} ${same === 1 ? 'stays' : 'stay'} as is.` : '';
  return folded(headOf(group, countsOf(first.outcomes)), {
    head: `${who}${body.head}`,
    rows: body.rows,
    tail: kept,
  });
};

const headOf = (group: readonly TenantPlan[], counts: string): string =>
  group.length > 1
    ? `<b>${plural(group.length, 'tenant')}, each the same:</b> ${counts}`
    : `<b>${group[0]?.name}:</b> ${counts}`;

const namesOf = (group: readonly TenantPlan[]): string => {
  const names = group.slice(0, namesShown).map(({ name }) => name);
  const more = group.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
};

type Speak = (text: string) => string;

const said = ({ action, differences, refused, note }: PlannedOutcome, speak: Speak): string => {
  const remark = note ? [plain(speak(note))] : [];
  if (refused !== undefined) return [plain(speak(refused)), ...remark].join('<br>');
  if (action === 'create') return remark.join('');
  return [...differences.map((difference) => lineOf(difference, speak)), ...remark].join('<br>');
};

const lineOf = ({ field, from, to }: Difference, speak: Speak): string =>
  `${plain(field)}: ${code(speak(from))} → ${code(speak(to))}`;

/** What two tenants' plans have in common once their own names are taken out. */
const groupsOf = (plans: readonly TenantPlan[]): ReadonlyMap<string, readonly TenantPlan[]> => {
  const groups = new Map<string, TenantPlan[]>();
  for (const plan of plans) {
    const key = generic(JSON.stringify(plan.outcomes), plan);
    const group = groups.get(key);
    if (group) group.push(plan);
    else groups.set(key, [plan]);
  }
  return groups;
};

/** The host first: it mostly begins with the tenant's name. Where a name is part of another word, tenants just do not share. */
const generic = (text: string, { name, host }: TenantPlan): string =>
  text.replaceAll(host, '{host}').replace(new RegExp(`(?<![a-z0-9])${name}(?![a-z0-9])`, 'g'), '{tenant}');
