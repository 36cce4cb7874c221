// A diagnosed failure as a person reads it first: one annotation for each case, then the job summary and the log. Pure.
import type { Finding, Lasting, Level, Proof, Sureness } from './diagnose/rule.ts';
import type { Case, Diagnosed } from './errors.ts';
import { fenced, folded, prose } from './markdown.ts';
import { plain, plainForeign } from './redact.ts';

/** What befell all the cases: what happened, what to do where nothing known matches, where docs/troubleshooting.md is. */
export type Happening = { readonly what: string; readonly fix: string; readonly page: string };

const likeliness: Readonly<Record<Sureness, string>> = {
  certain: '',
  likely: ', likely',
  possible: ', possibly',
};
const outlooks: Readonly<Record<Lasting, string>> = {
  permanent: 'Running again without a change fails again.',
  settling: 'IAM takes a minute or so to act on a change; if it fails again after that, it needs the fix.',
  passing: 'Running again may be enough.',
  unknown: '',
};
const names: Readonly<Record<Level, string>> = {
  cause: 'cause',
  symptom: 'symptom, with several possible causes',
  outcome: 'how it ended',
};

/**
 * Plain text. The first line, which is all that GitHub shows folded, names the subject and the cause; then what happened,
 * the proof that says most, the fix in steps, how to verify, and the rule's place in docs/troubleshooting.md.
 */
export const annotationOf = (one: Case, { what, fix, page }: Happening): string => {
  const [first] = one.findings;
  if (!first)
    return [
      `${line(one.subject)}: ${line(what)}`,
      'Nothing known matches what was seen.',
      ...told(fix),
      'The job summary shows all that was seen, in order.',
      `How to teach it to the next run: ${page}#adding-a-rule`,
    ].join('\n');
  return [
    `${headline(one.subject, first)}`,
    line(what),
    ...first.proof.slice(0, first.level === 'symptom' ? 2 : 1).map((proof) => `Seen: ${shown(proof)}`),
    ...(first.fix.length ? ['Fix:', ...first.fix.map((step, index) => `${index + 1}. ${line(step)}`)] : []),
    ...(first.verify ? [`Verify: ${line(first.verify)}`] : []),
    ...told(outlooks[first.lasts]),
    `${page}#${first.id}`,
    ...told(unmatched(first, page)),
  ].join('\n');
};

const unmatched = ({ level }: Finding, page: string): string =>
  level === 'symptom'
    ? `No known cause matches what was seen. How to teach it to the next run: ${page}#adding-a-rule`
    : '';

/** Markdown: each case with its first finding open, its other findings and everything that was seen folded. */
export const casesSummary = (cases: readonly Case[], happening: Happening): string =>
  cases.map((one) => caseSummary(one, happening)).join('\n\n');

const caseSummary = (one: Case, happening: Happening): string => {
  const [first, ...others] = one.findings;
  const seen = one.evidence.length
    ? folded(
        `Everything that was seen (${counted(one.evidence.length, 'line')})`,
        fenced(one.evidence),
        !first,
      )
    : '';
  const body = first
    ? [
        findingSummary(first, headline(one.subject, first), happening.page),
        unmatched(first, happening.page),
        othersSummary(others, happening),
      ]
    : [unknownSummary(one, happening)];
  return [...body, seen].filter(Boolean).join('\n\n');
};

const findingSummary = (finding: Finding, title: string, page: string): string =>
  [
    `### ${prose(title)}`,
    finding.proof.length ? fenced(finding.proof.map(shown)) : '',
    finding.fix.length ? `**Fix**\n\n${numbered(finding.fix)}` : '',
    finding.verify ? `**Verify:** ${prose(finding.verify)}` : '',
    [`[${finding.id}](${page}#${finding.id})`, outlooks[finding.lasts]].filter(Boolean).join(' · '),
  ]
    .filter(Boolean)
    .join('\n\n');

const othersSummary = (others: readonly Finding[], { page }: Happening): string => {
  if (!others.length) return '';
  const bodies = others.map((finding) => {
    const kind = finding.level === 'cause' ? finding.sure : names[finding.level];
    return findingSummary(finding, `${capital(kind)}: ${finding.cause}`, page).replace(
      /^### (.*)/,
      '#### $1',
    );
  });
  return folded(`${counted(others.length, 'other finding')}`, bodies.join('\n\n'));
};

const unknownSummary = ({ subject }: Case, { fix, page }: Happening): string =>
  [
    `### ${prose(subject)}: nothing known matches what was seen`,
    prose(fix),
    `What was seen stands below in the order in which it happened. Once the cause is found, [a rule](${page}#adding-a-rule) tells it to the next person: the lines below are its fixture.`,
  ]
    .filter(Boolean)
    .join('\n\n');

/** Lines for the log, where the summary is not at hand: every case with all its findings and everything that was seen. */
export const caseLines = ({ cases }: Pick<Diagnosed, 'cases'>): readonly string[] =>
  cases.flatMap((one) => [
    `=== ${line(one.subject)}: what was seen`,
    ...one.evidence,
    `=== ${line(one.subject)}: ${one.findings.length ? 'what it means' : 'nothing known matches it'}`,
    ...one.findings.flatMap((finding) => [
      `${capital(finding.level === 'cause' ? finding.sure : names[finding.level])}: ${line(finding.cause)} (${finding.id})`,
      ...finding.proof.map((proof) => `   seen: ${shown(proof)}`),
      ...finding.fix.map((step, index) => `   ${index + 1}. ${line(step)}`),
      ...told(finding.verify && `   verify: ${line(finding.verify)}`),
    ]),
  ]);

const headline = (subject: string, { cause, sure }: Finding): string =>
  `${line(subject)}${likeliness[sure]}: ${line(cause)}`;

const shown = ({ from, text }: Proof): string => `${from} | ${plainForeign(text)}`;

/** Our own words, but what was filled into them is foreign. */
const line = (text: string): string => plain(text).replace(/\s+/g, ' ').trim();

const numbered = (steps: readonly string[]): string =>
  steps.map((step, index) => `${index + 1}. ${prose(line(step))}`).join('\n');

const told = (text: string): readonly string[] => (text ? [text] : []);

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
