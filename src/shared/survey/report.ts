// A plan as GitHub Markdown, for a pull request's comment, a job's summary and an issue. What matters most comes first,
// and what a reader opens only when he needs it is folded. Pure.
import { messageOf } from '../report.ts';
import { details } from './details.ts';
import { code, plain, plural, prose, type Section, shorten, table } from './markdown.ts';
import { isTight, roomTable } from './room.ts';
import {
  type EnvironmentPlan,
  type FailedLook,
  type Headroom,
  levelOf,
  type Orphan,
  planDiffers,
  type TenantPlan,
  tenantDiffers,
} from './types.ts';
import { countsOf, fateOf, headline } from './verdict.ts';

export type Survey = {
  readonly plans: readonly EnvironmentPlan[];
  readonly failures: readonly FailedLook[];
};

export type Paper = {
  /** Bytes that it may have. */
  readonly most: number;
  /** Where the rest is, said where something had to be left out. */
  readonly rest: string;
};

/** Everything to be known of the plans, within `most` bytes. */
export const reportPlans = ({ plans, failures }: Survey, { most, rest }: Paper): string => {
  const heads = [...plans.map(headOf), ...failures.map(failureOf)];
  // What matters of every environment stands before the details of any.
  const sections = [...plans.flatMap(bodyOf), ...plans.flatMap(({ tenants }) => details(tenants))];
  const single = plans.length === 1 && failures.length === 0;
  const all = single ? [...heads, ...sections] : [...heads, ...namedSections(plans)];
  const cut = `_Shortened: ${rest}_`;
  const { markdown, isWhole } = shorten(all, most - Buffer.byteLength(cut) - 4);
  return isWhole ? `${markdown}\n` : `${markdown}\n\n${cut}\n`;
};

const namedSections = (plans: readonly EnvironmentPlan[]): readonly Section[] =>
  plans
    .filter((plan) => planDiffers(plan) || plan.headroom.some(isTight))
    .flatMap((plan) => [
      prose(`### ${plan.environment} in detail`),
      ...bodyOf(plan),
      ...details(plan.tenants),
    ]);

const headOf = (plan: EnvironmentPlan): Section => {
  const { environment, account, region, approval, tenants, orphans, headroom } = plan;
  const mark = planDiffers(plan) ? '' : '✅ ';
  const over = headroom.filter((one) => levelOf(one) === 'over').map(overOf);
  const lost = new Set(orphans.map(({ tenant }) => tenant));
  const lines = [
    `## Plan for ${environment}`,
    '',
    `${mark}**${plain(headline(tenants))}**`,
    '',
    ...over.map((quota) => `- ❌ It does not fit: ${quota}.`),
    ...(lost.size
      ? [
          `- ⚠️ In AWS, but in no manifest: ${plural(orphans.length, 'resource')} of ${plural(lost.size, 'tenant')}.`,
        ]
      : []),
    ...(over.length || lost.size ? [''] : []),
    `Account ${account}, ${region}.${orderOf(tenants, approval)}`,
  ];
  return prose(lines.join('\n'));
};

const overOf = ({ after, limit, unit, quota, of }: Headroom): string =>
  `${after.toLocaleString('en')} of ${limit.toLocaleString('en')} ${unit ? `${unit} of ` : ''}${quota} of ${of}`;

const orderOf = (tenants: readonly TenantPlan[], approval: string): string => {
  const waves = [...new Set(tenants.filter(tenantDiffers).flatMap(({ wave }) => wave ?? []))];
  if (!waves.length) return '';
  const shown = waves.slice(0, 6).join(' → ');
  const more = waves.length > 6 ? ` → … (${waves.length} waves)` : '';
  return ` Order: ${shown}${more}, each wave after an approval in the GitHub environment ${code(approval)}.`;
};

const failureOf = ({ environment, error }: FailedLook): Section =>
  prose(
    `## Plan for ${environment}\n\n❌ **It could not be looked at.**\n\n> ${plain(messageOf(error).slice(0, 1_500))}`,
  );

const bodyOf = (plan: EnvironmentPlan): readonly Section[] => [
  ...refusals(plan.tenants),
  ...tenantTable(plan.tenants),
  ...roomTable(plan),
  ...orphanTable(plan.orphans),
];

/** Nothing of a tenant is written as long as one of its resources is refused. */
const refusals = (tenants: readonly TenantPlan[]): readonly Section[] => {
  const rows = tenants.flatMap(({ name, outcomes }) =>
    outcomes.flatMap(({ kind, refused }) =>
      refused === undefined ? [] : [`- **${name}**, ${kind}: ${plain(refused)}`],
    ),
  );
  if (!rows.length) return [];
  const head = '### ❌ To be settled first\n\nNothing of these tenants is changed before.\n';
  return [{ head, rows, tail: '' }];
};

/** With more rows than that, those of one wave with one fate share a row. */
const mostRows = 60;

const tenantTable = (tenants: readonly TenantPlan[]): readonly Section[] => {
  const changing = tenants.filter(tenantDiffers);
  if (!changing.length) return [];
  if (changing.length > mostRows) return [groupedTable(changing)];
  const rows = changing.map((plan) => [waveOf(plan), `**${plan.name}**`, fateLine(plan), code(plan.host)]);
  return [table(['wave', 'tenant', 'plan', 'host'], rows)];
};

const waveOf = ({ wave, state }: TenantPlan): string => wave ?? (state === 'retired' ? '(retired)' : '');

const remarks: Readonly<Partial<Record<ReturnType<typeof fateOf>, string>>> = {
  completed: 'half made: ',
};

const fateLine = (plan: TenantPlan): string => `${remarks[fateOf(plan)] ?? ''}${countsOf(plan.outcomes)}`;

const namesShown = 8;

const groupedTable = (tenants: readonly TenantPlan[]): Section => {
  const groups = new Map<string, TenantPlan[]>();
  for (const plan of tenants) {
    const key = JSON.stringify([waveOf(plan), fateLine(plan)]);
    groups.set(key, [...(groups.get(key) ?? []), plan]);
  }
  const rows = [...groups].map(([key, group]) => {
    const [wave = '', fate = ''] = JSON.parse(key) as readonly string[];
    const names = group.slice(0, namesShown).map(({ name }) => name);
    const more = group.length > names.length ? ', …' : '';
    return [wave, String(group.length), `${fate}${group.length > 1 ? ' each' : ''}`, names.join(', ') + more];
  });
  return table(['wave', 'tenants', 'plan', 'names'], rows);
};

const orphanTable = (orphans: readonly Orphan[]): readonly Section[] => {
  if (!orphans.length) return [];
  const by = new Map<string, Orphan[]>();
  for (const orphan of orphans) by.set(orphan.tenant, [...(by.get(orphan.tenant) ?? []), orphan]);
  const rows = [...by].map(([tenant, some]) => [
    `**${plain(tenant)}**`,
    some.map(({ kind, name }) => `${kind} ${code(name)}`).join('<br>'),
  ]);
  const head =
    '### ⚠️ In AWS, but in no manifest\n\n' +
    'Nothing here deletes them. To remove a tenant, bring its manifest back with `state: retired` and run ' +
    'rollback-tenant with `mode: teardown`; to keep it, bring the manifest back as it was.\n';
  const body = table(['tenant', 'what is left of it'], rows);
  return [{ ...body, head: `${head}\n${body.head}` }];
};
