// A release as Markdown: what came of it, when each stage ran, every action with its link. Foreign text stays text. Pure.
import type { Application } from '../fleet/application.ts';
import { type Bar, gantt } from '../gantt.ts';
import { maskCredentials } from '../redact-patterns.ts';
import { cell } from '../report.ts';
import { duration, linked, plain, table } from '../rollout/words.ts';
import { executionUrl } from './links.ts';
import { stagesOf } from './stages.ts';
import type { ActionRun, Progress } from './types.ts';

export type Told = {
  readonly application: Application;
  /** CodePipeline's name. */
  readonly pipeline: string;
  readonly executionId: string;
  /** CodePipeline's word, or `TimedOut`. */
  readonly status: string;
  readonly progress: Progress | undefined;
  /** Further facts, a line each. */
  readonly notes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** Nobody reads more; then a stage is one bar. */
const mostBars = 60;
const mostRows = 200;

export const summaryOf = (told: Told): string => {
  const { application, pipeline, executionId, status, progress, notes, now } = told;
  const actions = progress?.actions ?? [];
  const link = linked(executionId, executionUrl(application, { pipeline, executionId }));
  const stages = stagesOf(actions);
  const took = stages.length
    ? ` · ${duration(Math.max(...stages.map(({ endedAt }) => endedAt)) - (stages[0]?.startedAt ?? 0))}`
    : '';
  return [
    `## ${statusIcons[status] ?? '⏳'} ${cell(pipeline)} (${application.name} in ${application.environment.name})`,
    `${status} · execution ${link}${took}`,
    ...(notes.length ? [notes.map((note) => `- ${plain(note)}`).join('\n')] : []),
    ...(actions.length ? [timeline(actions, now) ?? '', actionTable(actions, now)] : []),
  ]
    .join('\n\n')
    .concat('\n');
};

const statusIcons: Readonly<Record<string, string>> = {
  Succeeded: '✅',
  Failed: '❌',
  Stopped: '🛑',
  Cancelled: '🚫',
  Superseded: '⏭️',
};

const icons: Readonly<Record<ActionRun['status'], string>> = {
  Succeeded: '✅',
  Failed: '❌',
  Abandoned: '🚫',
  InProgress: '🔄',
};

const tags: Readonly<Record<ActionRun['status'], Bar['tag']>> = {
  Succeeded: 'done',
  Failed: 'crit',
  Abandoned: 'crit, done',
  InProgress: 'active',
};

/** A section for each stage with a bar for each run of an action; a bar for each stage where there are too many. */
const timeline = (actions: readonly ActionRun[], now: number): string | undefined =>
  gantt(
    actions.length > mostBars
      ? stagesOf(actions).map(({ stage, status, startedAt, endedAt }) => ({
          name: stage,
          bars: [barOf(stage, status, [startedAt, status === 'InProgress' ? now : endedAt])],
        }))
      : [...Map.groupBy(actions, ({ stage }) => stage)].map(([name, runs]) => ({
          name,
          bars: runs.map((run) => barOf(run.action, run.status, [run.startedAt, endOf(run, now)])),
        })),
  );

const barOf = (
  name: string,
  status: ActionRun['status'],
  [from, to]: readonly [from: number, to: number],
): Bar => ({ icon: icons[status], name, tag: tags[status], from, to });

const endOf = ({ status, updatedAt }: ActionRun, now: number): number =>
  status === 'InProgress' ? now : updatedAt;

const actionTable = (actions: readonly ActionRun[], now: number): string => {
  const shown = actions.slice(-mostRows);
  const left = actions.length - shown.length;
  const rows = shown.map((run) => [
    cell(run.stage),
    linked(run.action, run.externalUrl),
    `${icons[run.status]}&nbsp;${run.status}`,
    duration(endOf(run, now) - run.startedAt).replace(' ', '&nbsp;'),
    plain(maskCredentials(detailOf(run))),
  ]);
  const whole = table(['stage', 'action', 'status', 'took', ''], rows);
  return left > 0 ? `${whole}\n\n_… and ${left} earlier runs._` : whole;
};

const detailOf = ({ error, category, updatedBy, externalSummary }: ActionRun): string => {
  if (error) return `${error.code}: ${error.message}`;
  if (category === 'Approval')
    return [updatedBy ? `by ${personOf(updatedBy)}` : '', externalSummary ?? ''].filter(Boolean).join(': ');
  return category === 'Source' ? commitMessage(externalSummary ?? '') : (externalSummary ?? '');
};

/** Of an assumed role's ARN the role and its session; the account is the application's. */
const personOf = (arn: string): string => arn.replace(/^arn:[^/]*:assumed-role\//, '');

/** A source connection's summary is JSON with the commit's message in it. */
const commitMessage = (summary: string): string => {
  try {
    const { CommitMessage: message } = JSON.parse(summary) as { CommitMessage?: unknown };
    return typeof message === 'string' ? (message.split('\n')[0] ?? '') : summary;
  } catch {
    return summary;
  }
};
