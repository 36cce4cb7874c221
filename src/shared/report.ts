// Outcomes and errors as text: the log's lines, the job summary's Markdown, annotations within GitHub's limits. Pure.
import { Cancelled, Diagnosed, Failed, FailedAmong, Refused, UserError } from './errors.ts';
import { hintFor, type Manifest } from './hints.ts';
import { cell, fenced, folded, quotation, wholeWords } from './markdown.ts';
import { plainLines } from './plain.ts';
import { problemList } from './problem-list.ts';
import type { Outcome } from './resource.ts';
import { annotationOf, caseLines, casesSummary, type Happening } from './tell.ts';

export { cell } from './markdown.ts';

/** GitHub shows 10 error annotations per step and drops the rest. */
const annotationsPerStep = 10;
/** GitHub refuses a whole step summary above 1 MiB; the rest is room for the closing line. */
const summaryBytes = 1024 * 1024 - 4_096;
const annotationLength = 4_000;

export type Annotation = {
  readonly message: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
};

/** What the reader has: the kind of manifest that the action read, and where docs/troubleshooting.md is. */
export type Reader = { readonly manifest?: Manifest; readonly page?: string };

const pageHere = 'docs/troubleshooting.md';

/** Each problem with its place, each failed case with its cause; otherwise one message. */
export const annotationsOf = (error: unknown, reader: Reader = {}): readonly Annotation[] => {
  if (error instanceof UserError)
    return atMost(
      error.problems.map(({ what, fix, place }) => ({
        message: cut(`${what} ${fix}`.trim()),
        ...(place ? { place } : {}),
      })),
      'problems',
    );
  if (error instanceof Diagnosed && error.cases.length)
    return atMost(
      error.cases.map((one) => ({ message: cut(annotationOf(one, happening(error, reader))) })),
      'failures',
    );
  return [{ message: cut(messageOf(error, reader.manifest)) }];
};

/** One line for tables and statuses; empty where nobody knows it or it may be one of several. */
export const causeOf = (error: unknown, { manifest }: Reader = {}): string => {
  if (!(error instanceof Diagnosed)) return firstLine(messageOf(error, manifest));
  const first = error.cases[0]?.findings[0];
  if (first?.level !== 'cause' || first.sure === 'possible') return '';
  return `${first.sure === 'likely' ? 'Likely: ' : ''}${firstLine(first.cause)}`;
};

const firstLine = (text: string): string => plainLines(text).split('\n', 1)[0]?.trim() ?? '';

const happening = ({ what, fix }: Diagnosed, { page = pageHere }: Reader): Happening => ({ what, fix, page });

const atMost = (all: readonly Annotation[], kind: string): readonly Annotation[] => {
  if (all.length <= annotationsPerStep) return all;
  const rest = all.length - annotationsPerStep + 1;
  return [
    ...all.slice(0, annotationsPerStep - 1),
    { message: `${rest} more ${kind} are in the job summary and the log.` },
  ];
};

const cut = (message: string): string =>
  message.length <= annotationLength
    ? message
    : `${wholeWords(message.slice(0, annotationLength))} … (cut; the rest is in the log)`;

/** What a person reads of an error: never a stack trace, and for AWS's refusals the code with what it needs. */
export const messageOf = (error: unknown, manifest: Manifest = 'environment'): string => {
  if (!(error instanceof Error)) return String(error);
  const hint = hintFor(error, manifest);
  return hint ? `${error.name}: ${error.message}\n${hint}` : error.message || error.name;
};

/** The same error, with what had been done before it. A cancelled job says so itself. */
export const withProgress = (
  error: unknown,
  done: readonly string[],
  manifest: Manifest = 'environment',
): unknown => {
  if (error instanceof Cancelled || done.length === 0) return error;
  if (error instanceof Failed) return error.withDetails(done);
  if (error instanceof Refused || !(error instanceof Error))
    return new Failed(messageOf(error, manifest), '', done);
  return new Failed(
    `${error.name}: ${error.message}`,
    hintFor(error, manifest) ?? 'Running again goes on from here.',
    done,
  );
};

/** What was done before an error, a line each; kept things are left out. */
export const doneLines = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes
    .filter(({ action }) => action !== 'keep' && action !== 'absent')
    .map(({ kind, name, action }) => `done before this: ${action} ${kind} ${name}`);

export const detailsOf = (error: unknown): readonly string[] =>
  error instanceof Failed ? error.details : [];

/** What the log says of an error before its message. */
export const logLines = (error: unknown): readonly string[] => [
  ...detailsOf(error),
  ...(error instanceof Diagnosed ? caseLines(error) : []),
];

const marks: Readonly<Record<Outcome['action'], string>> = {
  create: '+ create',
  update: '~ update',
  replace: '± replace',
  keep: '= keep',
  delete: '- delete',
  absent: '  absent',
};

/** One line per resource and per differing field. */
export const planLines = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.flatMap(({ kind, name, action, differences, note }) => [
    `${marks[action].padEnd(10)} ${kind} ${name}`,
    ...differences.map(({ field, from, to }) => `             ${field}: ${from} -> ${to}`),
    ...(note ? [`             ${note}`] : []),
  ]);

export const planTable = (outcomes: readonly Outcome[]): string =>
  [
    '| | resource | name | differs |',
    '|---|---|---|---|',
    ...outcomes.map(
      ({ kind, name, action, differences, note }) =>
        `| ${marks[action].trim()} | ${kind} | \`${cell(name)}\` | ${[
          ...differences.map(({ field, from, to }) => `${cell(field)}: \`${cell(from)}\` → \`${cell(to)}\``),
          ...(note ? [cell(note)] : []),
        ].join('<br>')} |`,
    ),
  ].join('\n');

export const factTable = (facts: Readonly<Record<string, string>>): string =>
  [
    '| | |',
    '|---|---|',
    ...Object.entries(facts).map(([name, value]) => `| ${cell(name)} | \`${cell(value)}\` |`),
  ].join('\n');

export const errorSummary = (title: string, error: unknown, reader: Reader = {}): string => {
  if (error instanceof UserError && error.problems.some(({ place }) => place))
    return `## ❌ ${title}\n\n${problemList(error.problems, summaryBytes - 1_000)}\n`;
  const isDiagnosed = error instanceof Diagnosed && error.cases.length > 0;
  const hasTable = error instanceof FailedAmong || error instanceof Diagnosed;
  const details = detailsOf(error);
  const parts = [
    `## ❌ ${title}`,
    quotation(isDiagnosed ? error.what : messageOf(error, reader.manifest)),
    hasTable ? error.table : '',
    isDiagnosed ? casesSummary(error.cases, happening(error, reader)) : '',
    details.length ? folded(isDiagnosed ? 'Before that' : 'What was seen', fenced(details), true) : '',
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
};

/** Cuts Markdown at a line's end so that its UTF-8 stays below GitHub's limit, and says so. */
export const cutSummary = (markdown: string, limit = summaryBytes): string => {
  const bytes = Buffer.from(markdown, 'utf8');
  if (bytes.length <= limit) return markdown;
  const text = new TextDecoder().decode(bytes.subarray(0, limit)).replace(/�+$/, '');
  const end = text.lastIndexOf('\n');
  return `${text.slice(0, end > 0 ? end : text.length)}\n\n_Cut here: GitHub shows at most 1 MiB. The log has the rest._\n`;
};
