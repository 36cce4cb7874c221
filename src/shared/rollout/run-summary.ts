// A whole rollout on one page: what became of it, what failed and why, how to go on, who is where, and when. Pure.
import type { RolloutRecord, TenantState } from '../fleet/rollout.ts';
import { inState, stateWords } from '../fleet/rollout-verdict.ts';
import { cell } from '../report.ts';
import { failureList } from './failure-list.ts';
import { grid } from './grid.ts';
import { timeline } from './timeline.ts';
import { count, icons, linked, tookTogether } from './words.ts';

export type RunPage = {
  readonly record: RolloutRecord;
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
    headline(record),
    facts(page),
    ...(wrong.length ? ['### What failed', failureList(wrong)] : []),
    ...goOn(page),
    '### Tenants',
    grid(tenants),
    ...(chart ? ['### Timeline', chart] : []),
    '',
  ].join('\n\n');
};

const headline = ({ environment, tenants }: RolloutRecord): string => {
  const healthy = inState(tenants, 'healthy').length;
  const where = `Rollout to ${cell(environment)}`;
  if (healthy === tenants.length) return `## ✅ ${where}: ${count(healthy, 'tenant')} healthy`;
  const icon = inState(tenants, 'failed').length ? '❌' : '⚠️';
  const wave = haltedIn(tenants);
  const how = wave === undefined ? '' : ` halted in ${cell(wave)}`;
  return `## ${icon} ${where}${how}: ${healthy} of ${count(tenants.length, 'tenant')} healthy`;
};

/** The last wave that began; undefined where everybody had a turn, or nobody. */
const haltedIn = (tenants: RolloutRecord['tenants']): string | undefined =>
  inState(tenants, 'not-started').length
    ? tenants.findLast(({ startedAt, run }) => startedAt !== undefined && run === undefined)?.wave
    : undefined;

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

/** Nothing where everybody is healthy. */
const goOn = ({ record, workflow }: RunPage): readonly string[] => {
  const { tenants, repository, runId, environment } = record;
  const left = tenants.length - inState(tenants, 'healthy').length;
  if (!left) return [];
  const at = repository ? ` --repo ${repository}` : '';
  const name = workflow === undefined ? 'deploy-fleet.yml' : quoted(workflow);
  const resume = `gh workflow run ${name}${at} -f environment=${environment} -f resume-from=${runId}`;
  return [
    '### How to go on',
    `Correct what failed. With the manifests of this commit, choose **Re-run failed jobs** on this page; it runs what failed and everything after it:`,
    `\`\`\`sh\ngh run rerun ${runId} --failed${at}\n\`\`\``,
    `With corrected manifests, start a new run for exactly the ${count(left, 'tenant')} left; without the last option it takes this commit's manifests again:`,
    `\`\`\`sh\n${resume} -f resume-commit=newer\n\`\`\``,
  ];
};

const quoted = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
