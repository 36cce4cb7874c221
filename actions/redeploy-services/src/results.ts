// How each service ended: one table, and one error that names all that failed with what was seen of each.
import { Failed } from '../../../src/shared/errors.ts';
import type { ApplicationSurroundings } from '../../../src/shared/prepare-application.ts';
import { cell } from '../../../src/shared/report.ts';
import { duration, plain } from '../../../src/shared/rollout/words.ts';
import { gatherServiceEvidence } from '../../../src/shared/services/evidence.ts';
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

/** Undefined where every service is through. Takes calls for those that are not. */
export const failureOf = async (
  around: ApplicationSurroundings,
  results: readonly Result[],
): Promise<Failed | undefined> => {
  const bad = results.filter((result) => !isThrough(result));
  if (!bad.length) return undefined;
  const { application } = around;
  const ends = bad.map((result) => `${result.named.name}: ${endOf(result)}`);
  const others = results.length - bad.length;
  const what = [
    `${bad.length} of ${results.length} services of ${application.name} in ${application.environment.name} did not come through${others ? '; the others did' : ''}.`,
    ...ends,
  ].join('\n');
  const followed = bad.filter((result) => result.kind === 'followed');
  const evidence = await Promise.all(followed.map((result) => gatherServiceEvidence(around, result)));
  const fixes = [...refusalFixes(around, bad), ...bad.map(fixOf)].filter((fix) => fix !== '');
  return new Failed(what, [...new Set(fixes)].join('\n'), evidence.flat());
};

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
