// Checks as people read them: a line, a table, and one error that names every failed one with what to do.
import { type Case, Diagnosed, Failed, FailedAmong } from '../../../src/shared/errors.ts';
import type { Application } from '../../../src/shared/fleet/application.ts';
import type { Check, CheckState } from '../../../src/shared/judge/check.ts';
import { cell } from '../../../src/shared/report.ts';
import { plain } from '../../../src/shared/rollout/words.ts';

/** Time ran out: what is not healthy yet has failed. */
export const settled = (checks: readonly Check[]): readonly Check[] =>
  checks.map((check) => (check.state === 'pending' ? { ...check, state: 'failed' } : check));

export const checkLine = ({ kind, name, detail }: Check): string => `${titles[kind]} ${name}: ${detail}`;

const titles: Readonly<Record<Check['kind'], string>> = {
  service: 'service',
  targets: 'target group',
  http: 'health check',
  security: 'security:',
  settings: 'settings:',
};

const marks: Readonly<Record<CheckState, string>> = {
  passed: '✅',
  pending: '⏳',
  failed: '❌',
  warning: '⚠️',
  unknown: '❔',
};

export const checkTable = (checks: readonly Check[]): string =>
  [
    '| | check | result |',
    '|---|---|---|',
    ...checks.map(
      ({ kind, name, state, detail }) =>
        `| ${marks[state]} | ${titles[kind]} ${cell(name)} | ${plain(`${state}: ${detail}`)} |`,
    ),
  ].join('\n');

export type Ending = {
  readonly error: Failed;
  /** At the deadline, or before it, by what cannot become healthy. */
  readonly when: 'late' | 'early';
};

type Ended = {
  readonly application: Application;
  /** Why the wait for health ended; undefined where everything was healthy. */
  readonly ending: Ending | undefined;
  /** What is known of the services that failed. */
  readonly cases: readonly Case[];
};

/**
 * Short names of the services whose tasks failed, or whose targets were not healthy in time. A target group that fails at
 * once is set up wrong, and its check says how.
 */
export const failedServices = (checks: readonly Check[], ending: Ending | undefined): readonly string[] => {
  const failed = checks.filter(
    ({ state, kind }) => state === 'failed' && (kind === 'service' || ending?.when === 'late'),
  );
  return [...new Set(failed.flatMap(({ service }) => service ?? []))];
};

/** Health and security in one error, each with its fix. Undefined where nothing failed. */
export const failureAmong = (
  checks: readonly Check[],
  { application, ending, cases }: Ended,
): Failed | undefined => {
  const table = checkTable(checks);
  const failed = checks.filter(({ state }) => state === 'failed');
  if (!failed.length) return ending && new FailedAmong(ending.error, table);
  const subject = `${application.name} in ${application.environment.name}`;
  const isHealth = failed.some(({ kind }) => kind !== 'security');
  const pending = checks.filter(({ state }) => state === 'pending').map(checkLine);
  // What is known of a service has its own fix.
  const diagnosed = failedServices(checks, ending);
  const others = cases.length ? failed.filter(({ service }) => !service || !diagnosed.includes(service)) : [];
  const what = [
    `${failed.length} of ${checks.length} checks of ${subject} failed.`,
    ...failed.map((check) =>
      others.includes(check) ? `${checkLine(check)} ${check.fix}` : checkLine(check),
    ),
    ...(ending && !isHealth ? [ending.error.what] : []),
    ...(pending.length ? [`Not healthy yet when that ended the wait: ${pending.join('; ')}`] : []),
  ].join('\n');
  const fixes = failed.filter(({ fix }) => fix !== '').map(({ name, fix }) => `${name}: ${fix}`);
  const patience =
    ending?.when === 'late' ? ['If it only needs longer, raise timeout-minutes and run again.'] : [];
  const error = new Failed(what, [...new Set([...fixes, ...patience])].join('\n'));
  return cases.length ? new Diagnosed(error, cases, table) : new FailedAmong(error, table);
};
