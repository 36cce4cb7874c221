// The generated parts of docs/troubleshooting.md: rules as a person looks for them, by error text, by source, by area. Pure.
import { fill } from '../../src/shared/diagnose/find.ts';
import {
  type Area,
  areas,
  type Lasting,
  type Level,
  type Rule,
  type Step,
  type Sureness,
} from '../../src/shared/diagnose/rule.ts';
import { prose } from '../../src/shared/markdown.ts';
import { table } from '../fill.ts';
import type { Issue, SourcePage } from './sources.ts';
import type { Unseen } from './unseen.ts';

/** A rule as far as it can be printed. */
export type Told = Omit<Rule<never>, 'sees'>;

const labels: Readonly<Record<Level, string>> = {
  cause: 'Cause',
  symptom: 'Symptom',
  outcome: 'How it ended',
};
const sureness: Readonly<Record<Sureness, string>> = {
  certain: 'Certain: nothing else looks like this.',
  likely: 'Likely: read the line that is quoted with it.',
  possible: 'Possible: one of several explanations.',
};
const lasting: Readonly<Record<Lasting, string>> = {
  permanent: 'Permanent: fails again until something is changed.',
  settling: 'Settling: normal for a minute after IAM was changed, permanent after that.',
  passing: 'Passing: running again may be enough.',
  unknown: '',
};

/** One of each: a rule that several kinds of evidence show has one text, with all their symptoms. */
export const distinct = (rules: readonly Told[]): readonly Told[] =>
  [...Map.groupBy(rules, textOf).values()].flatMap(([first, ...others]) =>
    first
      ? [{ ...first, symptoms: [...new Set([first, ...others].flatMap(({ symptoms }) => symptoms))] }]
      : [],
  );

const textOf = ({ id, cause, fix, verify }: Told): string => JSON.stringify([id, cause, fix, verify]);

/** As far as an index goes. */
type Entry = Pick<Told, 'id' | 'symptoms'>;

/** Each text that a person may have before them, alphabetically, with what explains it. */
export const symptomIndex = (rules: readonly Entry[]): string => {
  const rulesBySymptom = new Map<string, Entry[]>();
  for (const rule of rules)
    for (const symptom of rule.symptoms)
      rulesBySymptom.set(symptom, [...(rulesBySymptom.get(symptom) ?? []), rule]);
  const rows = [...rulesBySymptom]
    .toSorted(([a], [b]) => sortKey(a).localeCompare(sortKey(b), 'en'))
    .map(([symptom, known]) => [code(symptom).replaceAll('|', '\\|'), known.map(linkTo).join(', ')]);
  return rows.length ? table(['Error text', 'Explained at'], rows) : 'None yet.';
};

const beside = 'Beside the actions';

export const areaList = (rules: readonly Told[], unseen: readonly Unseen[]): string =>
  [
    ...groups(rules).map(([area, some]) => [areas[area], some] as const),
    ...(unseen.length ? [[beside, unseen] as const] : []),
  ]
    .map(([title, some]) => `- [${title}](#${anchor(title)}) (${some.length})`)
    .join('\n');

export const ruleSections = (rules: readonly Told[], unseen: readonly Unseen[]): string =>
  [
    ...groups(rules).map(([area, some]) => [`## ${areas[area]}`, ...some.map(ruleSection)]),
    ...(unseen.length ? [[`## ${beside}`, ...unseen.map(unseenSection)]] : []),
  ]
    .map((parts) => parts.join('\n\n'))
    .join('\n\n');

export const sourceIndex = (pages: readonly SourcePage[], rules: readonly Entry[]): string => {
  const titles = new Map(rules.map((rule) => [rule.id, rule]));
  return pages
    .map(({ name, issues }) => {
      const rows = issues.map((issue) => [
        issue.heading,
        issue.text.map(cellCode).join('<br>'),
        where(issue, titles),
      ]);
      return `### ${name}\n\n${table(['Its issue', 'Error text', 'Explained at'], rows)}`;
    })
    .join('\n\n');
};

/** What would leave a reader before a link that leads nowhere. */
export const problemsOf = (pages: readonly SourcePage[], rules: readonly Entry[]): readonly string[] => {
  const ids = rules.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const named = pages.flatMap(({ issues }) => issues.flatMap((issue) => issue.rules));
  return [
    ...twice.map((id) => `rule ${id}: there are two of that name`),
    ...new Set(
      named
        .filter((id) => !ids.includes(id))
        .map((id) => `scripts/troubleshooting/sources.ts: there is no rule ${id}`),
    ),
  ];
};

const ruleSection = (rule: Told): string =>
  section(rule, labels[rule.level], [sureness[rule.sure], lasting[rule.lasts]]);

const unseenSection = (one: Unseen): string =>
  section(one, 'Cause', ['No action sees this: it happens before them or beside them.']);

const section = (one: Unseen, label: string, notes: readonly string[]): string =>
  [
    `### ${one.id}`,
    ['~~~text', ...one.symptoms, '~~~'].join('\n'),
    `**${label}:** ${ours(one.cause)}`,
    `**Fix**\n\n${one.fix.map((step, index) => `${index + 1}. ${stepText(step)}`).join('\n')}`,
    `**Verify:** ${ours(one.verify)}`,
    [...notes, one.link ? `More: <${one.link}>` : ''].filter(Boolean).join(' '),
  ].join('\n\n');

const stepText = (step: Step): string =>
  typeof step === 'string'
    ? ours(step)
    : [
        ...(step.tenant ? [`A tenant: ${ours(step.tenant)}`] : []),
        ...(step.application ? [`An application: ${ours(step.application)}`] : []),
      ].join('<br>');

const where = ({ rules, advice }: Issue, known: ReadonlyMap<string, Entry>): string =>
  [...rules.flatMap((id) => known.get(id) ?? []).map(linkTo), ...(advice ? [advice] : [])].join(', ');

const groups = (rules: readonly Told[]): readonly (readonly [Area, readonly Told[]])[] =>
  (Object.keys(areas) as Area[])
    .map((area) => [area, rules.filter((rule) => rule.area === area)] as const)
    .filter(([, some]) => some.length > 0);

const ours = (template: string): string => prose(fill(template, {}));

const linkTo = ({ id }: Pick<Told, 'id'>): string => `[${id}](#${id})`;

/** As GitHub makes them of headings. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-');

const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const cellCode = (text: string): string => code(text).replaceAll('|', '\\|');

/** Quotes and brackets at its beginning sort nothing. */
const sortKey = (text: string): string => text.replace(/^[^\p{L}\p{N}]+/u, '');
