// A whole rollout on one page: what became of it, what failed and why, how to go on, who is where, and when. Pure.
import type { RolloutRecord, TenantState } from '../fleet/rollout.ts';
import { isOverdue, type Stop } from '../fleet/rollout-stop.ts';
import { inState, stateWords } from '../fleet/rollout-verdict.ts';
import { cell } from '../report.ts';
import { failureList } from './failure-list.ts';
import { goOn } from './go-on.ts';
import { grid } from './grid.ts';
import { timeline } from './timeline.ts';
import { count, icons, linked, tookTogether } from './words.ts';

export type RunPage = {
  readonly record: RolloutRecord;
  readonly stop: Stop;
  /** The run's page; empty where there is none. */
  readonly link: string;
  /** File or name of the workflow that was started; undefined where nobody knows. */
  readonly workflow: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export const runSummary = (page: RunPage): string => {
  const { record, now } = page;
  const { tenants } = record;
  const wrong = [
    ...inState(tenants, 'failed'),
    ...inState(tenants, 'cancelled'),
    ...inState(tenants, 'not-started').filter(({ finding }) => finding && !/failure budget/.test(finding)),
  ];
  const chart = timeline(
    tenants.filter(({ run }) => run === undefined),
    now,
  );
  return [
    headline(page),
    facts(page),
    ...(wrong.length ? [titleOf(wrong), failureList(wrong)] : []),
    ...goOn(page),
    '### Tenants',
    grid(tenants),
    ...(chart ? ['### Timeline', chart] : []),
    '',
  ].join('\n\n');
};

const titleOf = (wrong: RolloutRecord['tenants']): string =>
  wrong.every(({ state, finding }) => state === 'cancelled' && !isOverdue(finding))
    ? '### What was cancelled'
    : '### What failed';

const headline = ({ record: { environment, tenants }, stop }: RunPage): string => {
  const healthy = inState(tenants, 'healthy').length;
  const where = `Rollout to ${cell(environment)}`;
  if (healthy === tenants.length) return `## ✅ ${where}: ${count(healthy, 'tenant')} healthy`;
  const { icon, how } = ended(stop);
  const shown = inState(tenants, 'failed').length && stop.kind !== 'gate' ? '❌' : icon;
  return `## ${shown} ${where}${how} ${healthy} of ${count(tenants.length, 'tenant')} healthy`;
};

const ended = (stop: Stop): { readonly icon: string; readonly how: string } => {
  if (stop.kind === 'none') return { icon: '⚠️', how: ':' };
  const wave = cell(stop.wave);
  if (stop.kind === 'gate')
    return { icon: icons['not-started'], how: ` stopped before ${wave}: ${gateWords[stop.how]}.` };
  return {
    icon: stop.kind === 'halted' ? '⚠️' : icons.cancelled,
    how: ` ${stop.kind} ${stop.place} ${wave}:`,
  };
};

const gateWords = {
  rejected: 'its approval was rejected',
  cancelled: 'the run was cancelled while it waited for approval',
  failed: 'its approval failed',
} as const;

const facts = ({ record, link }: RunPage): string => {
  const { tenants, commit, runId, attempt } = record;
  const here = tenants.filter(({ run }) => run === undefined);
  const earlier = [...new Set(tenants.flatMap(({ run }) => run ?? []))];
  const states: readonly TenantState[] = ['failed', 'cancelled', 'not-started', 'running'];
  const counts = states.flatMap((state) => {
    const many = inState(tenants, state).length;
    return many ? [`${icons[state]} ${many} ${stateWords[state]}`] : [];
  });
  return [
    ...counts,
    ...(earlier.length
      ? [`goes on from ${earlier.map((run) => linked(`run ${run}`, pageOf(run, link))).join(', ')}`]
      : []),
    `commit \`${commit.slice(0, 7)}\``,
    `${linked(`run ${runId}`, link)}${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    tookTogether(here),
  ]
    .filter(Boolean)
    .join(' · ');
};

/** The page of another run of this repository. */
const pageOf = (run: string, link: string): string => link.replace(/\/runs\/\d+$/, `/runs/${run}`);
