// How each service ended: one table, and one error that names all that failed with what is known of each.
import { caseOf } from '../../../src/shared/case.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { type Case, Diagnosed, Failed, FailedAmong } from '../../../src/shared/errors.ts';
import type { ApplicationSurroundings } from '../../../src/shared/prepare-application.ts';
import { cell } from '../../../src/shared/report.ts';
import { duration, plain } from '../../../src/shared/rollout/words.ts';
import { type Followed, textOf } from '../../../src/shared/services/follow.ts';
import type { Attempt, Candidate } from '../../../src/shared/services/force.ts';

export type Result =
  | ({ readonly kind: 'planned' } & Candidate)
  | Extract<Attempt, { readonly kind: 'refused' }>
  | ({ readonly kind: 'followed' } & Followed);

export const resultTable = (results: readonly Result[]): string =>
  [
    '| | service | result | tasks | deployment | took |',
    '|---|---|---|---|---|---|',
    ...results.map(row),
  ].join('\n');

const row = (result: Result): string => {
  const name = result.named.name;
  switch (result.kind) {
    case 'planned': {
      const { desiredCount = 0, runningCount = 0 } = result.found;
      return cells(['📋', name, 'would get a new deployment', `${runningCount} of ${desiredCount}`, '', '']);
    }
    case 'refused':
      return cells(['❌', name, `not started: ${result.why}`, '', '', '']);
    case 'followed': {
      const { verdict, service, ours, tookMs } = result;
      const tasks = service ? `${service.runningCount ?? 0} of ${service.desiredCount ?? 0}` : '';
      const said = verdict.kind === 'pending' ? `not through in time: ${textOf(result)}` : textOf(result);
      const mark = verdict.kind === 'ready' ? '✅' : verdict.kind === 'failed' ? '❌' : '⏳';
      return cells([mark, name, said, tasks, `\`${ours.id}\``, duration(tookMs)]);
    }
  }
};

const cells = ([mark = '', name = '', said = '', ...rest]: readonly string[]): string =>
  `| ${[mark, cell(name), plain(said), ...rest].join(' | ')} |`;

/** Undefined where every service is through. */
export const failureOf = (
  around: ApplicationSurroundings,
  results: readonly Result[],
): Diagnosed | FailedAmong | undefined => {
  const bad = results.filter((result) => !isThrough(result));
  if (!bad.length) return undefined;
  const { application } = around;
  const cases = bad.flatMap(casesOf);
  const refusals = refusalFixes(around, bad);
  const others = results.length - bad.length;
  const what = [
    `${bad.length} of ${results.length} services of ${application.name} in ${application.environment.name} did not come through${others ? '; the others did' : ''}.`,
    ...bad.map((result) => `${result.named.name}: ${endOf(result)}`),
    // What is known of a failed one has its own fix.
    ...(cases.length ? refusals : []),
  ].join('\n');
  const fixes = [...(cases.length ? [] : refusals), ...bad.map(fixOf)].filter((fix) => fix !== '');
  const failed = new Failed(what, [...new Set(fixes)].join('\n'));
  const table = resultTable(results);
  return cases.length ? new Diagnosed(failed, cases, table) : new FailedAmong(failed, table);
};

const casesOf = (result: Result): readonly Case[] =>
  result.kind === 'followed' && result.evidence ? [caseOf(serviceRules, result.evidence)] : [];

const isThrough = (result: Result): boolean =>
  result.kind === 'planned' || (result.kind === 'followed' && result.verdict.kind === 'ready');

const endOf = (result: Result): string => {
  if (result.kind === 'refused') return `no deployment was started: ${result.why}`;
  if (result.kind === 'planned') return '';
  const { verdict, tookMs } = result;
  return verdict.kind === 'pending'
    ? `not through after ${duration(tookMs)}, and the deployment goes on. Last seen: ${verdict.why}`
    : textOf(result);
};

const fixOf = (result: Result): string => {
  if (result.kind !== 'followed') return '';
  const { verdict } = result;
  if (verdict.kind === 'failed') return verdict.fix;
  return 'What was seen is below. If it only needs longer, raise timeout-minutes; wait-healthy waits without deploying again.';
};

/** One for each cause, with all that it kept from being deployed: running again helps only where AWS was busy. */
const refusalFixes = (
  { application: { cluster } }: ApplicationSurroundings,
  bad: readonly Result[],
): readonly string[] => {
  const refused = bad.filter((result) => result.kind === 'refused');
  const fixes = {
    denied: (services: string, again: string) =>
      `Allow ecs:UpdateService on ${services} in cluster ${cluster} to the role (its policy is in the action's README), then r${again}`,
    passing: (_: string, again: string) => `R${again}`,
    other: (services: string, again: string) => `Settle what AWS says of ${services}, then r${again}`,
  };
  return (['denied', 'passing', 'other'] as const).flatMap((cause) => {
    const of = refused.filter((one) => one.cause === cause).map(({ named }) => named);
    const again = `un this again with services: ${of.map(({ name }) => name).join(', ')}.`;
    return of.length ? [fixes[cause](of.map(({ service }) => service).join(', '), again)] : [];
  });
};
