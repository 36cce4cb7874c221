// A release on one page: what became of it, pipeline by pipeline, when, and what to do next. Pure.
import type { Job } from '../fleet/rollout-jobs.ts';
import type { ReleaseRecord } from '../pipeline/record.ts';
import { cell } from '../report.ts';
import { count, duration, linked, plain, table } from '../rollout/words.ts';
import { adviceOf } from './report-advice.ts';
import {
  type JobState,
  jobState,
  type PipelineFact,
  type PipelineState,
  type ReleaseFacts,
} from './report-facts.ts';
import type { Unread } from './report-records.ts';
import { releaseTimeline } from './report-timeline.ts';

export type ReleasePage = {
  readonly application: string;
  readonly environment: string;
  readonly facts: ReleaseFacts;
  readonly unread: readonly Unread[];
  /** The run's page; empty where there is none. */
  readonly link: string;
  readonly runId: string;
  readonly repository: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

const mostRows = 50;

export const releaseSummary = (page: ReleasePage): string => {
  const { facts, unread, now } = page;
  const chart = releaseTimeline(facts, now);
  const advice = adviceOf(page);
  return [
    headline(page),
    jobLine(facts),
    ...(advice.length ? ['### What to do next', ...advice] : []),
    ...(facts.pipelines.length ? ['### Pipelines', pipelineTable(facts.pipelines)] : []),
    ...(chart ? ['### Timeline', chart] : []),
    ...(unread.length ? ['### Records that could not be read', unreadList(unread)] : []),
    '',
  ]
    .filter((part, index, parts) => part !== '' || index === parts.length - 1)
    .join('\n\n');
};

const headline = ({ application, environment, facts }: ReleasePage): string => {
  const what = `${cell(application)} in ${cell(environment)}`;
  const { gate, pipelines } = facts;
  const wrong = problemsOf(facts);
  if (gate.state !== 'done' && !wrong.length && !pipelines.some(({ state }) => state === 'released'))
    return `## ⏸️ ${what}: not started, ${gateWords[gate.state]}`;
  const [first] = wrong;
  if (first) {
    const more = wrong.length > 1 ? `, and ${count(wrong.length - 1, 'more problem')}` : '';
    return `## ${first.icon} ${what}: ${first.said}${more}`;
  }
  const released = pipelines.filter(({ state }) => state === 'released');
  if (released.length < pipelines.length)
    return `## ⚠️ ${what}: ${released.length} of ${count(pipelines.length, 'pipeline')} released`;
  if (released.length) return `## ✅ ${what}: released ${released.map(({ name }) => cell(name)).join(', ')}`;
  return `## ✅ ${what}: no pipeline was asked for`;
};

const gateWords: Readonly<Record<JobState, string>> = {
  done: 'no pipeline began',
  failed: 'the release was not approved',
  cancelled: 'the run was cancelled while it waited for approval',
  running: 'the approval is not through yet',
  'not-started': 'nobody was asked to approve it',
};

type Wrong = { readonly icon: string; readonly said: string };

/** The worst first: what failed, then what people or CodePipeline ended. */
const problemsOf = ({ pipelines, redeploy, validate }: ReleaseFacts): readonly Wrong[] => {
  const found = [
    ...pipelines.flatMap((pipeline) => [
      ...pipelineProblem(pipeline),
      ...jobProblem(`${cell(pipeline.name)}'s migration`, pipeline.migrate),
    ]),
    ...jobProblem('the redeployment', redeploy),
    ...jobProblem('the validation', validate),
  ];
  return [...found.filter(({ icon }) => icon === '❌'), ...found.filter(({ icon }) => icon !== '❌')];
};

const endings: Partial<Readonly<Record<PipelineState, string>>> = {
  failed: 'failed',
  rejected: 'was not approved',
  stopped: 'was stopped',
  superseded: 'was superseded by a newer execution',
  cancelled: 'was cancelled',
  'timed-out': 'was not through in time',
  running: 'still runs',
};

const pipelineProblem = ({ name, state, failedStage }: PipelineFact): readonly Wrong[] => {
  const ended = endings[state];
  if (ended === undefined) return [];
  const where = failedStage && state !== 'running' ? ` at ${plain(failedStage)}` : '';
  return [{ icon: icons[state], said: `${cell(name)} ${ended}${where}` }];
};

const jobProblem = (what: string, job: Job | undefined): readonly Wrong[] => {
  const state = jobState(job);
  if (state === 'failed') return [{ icon: '❌', said: `${what} failed` }];
  return state === 'cancelled' ? [{ icon: '🚫', said: `${what} was cancelled` }] : [];
};

const icons: Readonly<Record<PipelineState | 'done', string>> = {
  released: '✅',
  done: '✅',
  failed: '❌',
  rejected: '🚫',
  stopped: '🚫',
  superseded: '⏭️',
  cancelled: '🚫',
  'timed-out': '⏱️',
  running: '🔄',
  'not-started': '⏸️',
};

const stateWords: Readonly<Record<PipelineState, string>> = {
  released: 'released',
  failed: 'failed',
  rejected: 'not approved',
  stopped: 'stopped',
  superseded: 'superseded',
  cancelled: 'cancelled',
  'timed-out': 'timed out',
  running: 'running',
  'not-started': 'not started',
};

/** The jobs beside the pipelines, those that began. */
const jobLine = ({ pipelines, redeploy, validate }: ReleaseFacts): string =>
  [
    ...pipelines.slice(0, mostRows).map(({ name, migrate }) => [`migration after ${name}`, migrate] as const),
    ['redeployment', redeploy] as const,
    ['validation', validate] as const,
  ]
    .flatMap(([name, job]) => {
      const state = jobState(job);
      if (!job || state === 'not-started') return [];
      const time = lasted(job);
      return [`${icons[state]} ${linked(name, job.link)}${time && ` ${time}`}`];
    })
    .join(' · ');

const pipelineTable = (pipelines: readonly PipelineFact[]): string => {
  const more = pipelines.length - mostRows;
  const rows = pipelines
    .slice(0, mostRows)
    .map((fact) => [
      linked(fact.name, fact.release?.link),
      `${icons[fact.state]} ${stateWords[fact.state]}${fact.note && ` (${plain(fact.note)})`}`,
      fact.failedStage ? plain(fact.failedStage) : '',
      tookOf(fact),
      fact.record ? linked(idOf(fact.record), fact.record.executionUrl) : '',
    ]);
  return [
    table(['pipeline', 'status', 'failed stage', 'took', 'execution'], rows),
    ...(more > 0 ? [`… and ${more} more.`] : []),
  ].join('\n\n');
};

/** An execution's id is a UUID; whatever else stands there is shown as little of it. */
const idOf = ({ executionId }: ReleaseRecord): string =>
  executionId.replaceAll(/[^\w-]/g, '').slice(0, 64) || '?';

const lasted = ({ startedAt, endedAt }: Job): string =>
  startedAt === undefined || endedAt === undefined ? '' : duration(endedAt - startedAt);

const tookOf = ({ record, release }: PipelineFact): string => {
  const stages = record?.stages ?? [];
  if (!stages.length) return release && jobState(release) !== 'not-started' ? lasted(release) : '';
  const from = stages.reduce((least, { startedAt }) => Math.min(least, startedAt), Number.POSITIVE_INFINITY);
  const to = stages.reduce((most, { endedAt }) => Math.max(most, endedAt), 0);
  return duration(to - from);
};

const mostUnread = 10;

const unreadList = (unread: readonly Unread[]): string =>
  [
    ...unread.slice(0, mostUnread).map(({ path, why }) => `- \`${cell(path)}\`: ${plain(why)}`),
    ...(unread.length > mostUnread ? [`- … and ${unread.length - mostUnread} more`] : []),
  ].join('\n');
