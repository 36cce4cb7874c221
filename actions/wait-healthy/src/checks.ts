// Checks as people read them: a line, a table, and one error that names every failed one with what to do.
import { Failed } from '../../../src/shared/errors.ts';
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
};

/** Health and security in one error, each with its fix. Undefined where nothing failed. */
export const failureAmong = (
  checks: readonly Check[],
  { application, ending }: Ended,
): Failed | undefined => {
  const failed = checks.filter(({ state }) => state === 'failed');
  if (!failed.length) return ending?.error;
  const subject = `${application.name} in ${application.environment.name}`;
  const isHealth = failed.some(({ kind }) => kind !== 'security');
  const pending = checks.filter(({ state }) => state === 'pending').map(checkLine);
  const what = [
    `${failed.length} of ${checks.length} checks of ${subject} failed.`,
    ...failed.map(checkLine),
    ...(ending && !isHealth ? [ending.error.what] : []),
    ...(pending.length ? [`Not healthy yet when that ended the wait: ${pending.join('; ')}`] : []),
  ].join('\n');
  const fixes = failed.filter(({ fix }) => fix !== '').map(({ name, fix }) => `${name}: ${fix}`);
  const patience =
    ending?.when === 'late' ? ['If it only needs longer, raise timeout-minutes and run again.'] : [];
  return new Failed(what, [...new Set([...fixes, ...patience])].join('\n'));
};
