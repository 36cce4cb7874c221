// A release as Markdown: what came of it, when each stage ran, every action with its link. Foreign text stays text. Pure.
import type { Application } from '../fleet/application.ts';
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

/** GitHub draws no chart of more than 50,000 characters, and nobody reads more. */
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
    ...(actions.length ? [timeline(actions, now), actionTable(actions, now)] : []),
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

const marks: Readonly<Record<ActionRun['status'], string>> = {
  Succeeded: 'done',
  Failed: 'crit',
  Abandoned: 'crit, done',
  InProgress: 'active',
};

type Bar = {
  readonly name: string;
  readonly status: ActionRun['status'];
  readonly from: number;
  readonly to: number;
};

/** A section for each stage with a bar for each run of an action; a bar for each stage where there are too many. */
const timeline = (actions: readonly ActionRun[], now: number): string => {
  const sections =
    actions.length > mostBars
      ? stagesOf(actions).map(({ stage, status, startedAt, endedAt }) => ({
          stage,
          bars: [{ name: stage, status, from: startedAt, to: status === 'InProgress' ? now : endedAt }],
        }))
      : [...Map.groupBy(actions, ({ stage }) => stage)].map(([stage, runs]) => ({
          stage,
          bars: runs.map((run) => ({
            name: run.action,
            status: run.status,
            from: run.startedAt,
            to: endOf(run, now),
          })),
        }));
  return ['```mermaid', 'gantt', '  dateFormat X', '  axisFormat %H:%M', '  todayMarker off']
    .concat(
      sections
        .slice(0, mostBars)
        .flatMap(({ stage, bars }) => [`  section ${label(stage)}`, ...bars.map(barLine)]),
      '```',
    )
    .join('\n');
};

const endOf = ({ status, updatedAt }: ActionRun, now: number): number =>
  status === 'InProgress' ? now : updatedAt;

// The icon in front keeps an action named like a word of Mermaid's from being read as one.
const barLine = ({ name, status, from, to }: Bar): string => {
  const start = Math.floor(from / 1_000);
  return `  ${icons[status]} ${label(name)} :${marks[status]}, ${start}, ${Math.max(start + 1, Math.floor(to / 1_000))}`;
};

/** What Mermaid gives a meaning to is left out. */
const label = (text: string): string =>
  text
    .replaceAll(/[^\w.@ -]/g, ' ')
    .slice(0, 60)
    .trim() || '-';

const actionTable = (actions: readonly ActionRun[], now: number): string => {
  const shown = actions.slice(-mostRows);
  const left = actions.length - shown.length;
  const rows = shown.map((run) => [
    cell(run.stage),
    linked(run.action, run.externalUrl),
    `${icons[run.status]} ${run.status}`,
    duration(endOf(run, now) - run.startedAt),
    plain(detailOf(run)),
  ]);
  const whole = table(['stage', 'action', 'status', 'took', ''], rows);
  return left > 0 ? `${whole}\n\n_… and ${left} earlier runs._` : whole;
};

const detailOf = ({ error, category, updatedBy, externalSummary }: ActionRun): string => {
  if (error) return `${error.code}: ${error.message}`;
  if (category === 'Approval')
    return [updatedBy ? `by ${updatedBy}` : '', externalSummary ?? ''].filter(Boolean).join(': ');
  return category === 'Source' ? commitMessage(externalSummary ?? '') : (externalSummary ?? '');
};

/** A source connection's summary is JSON with the commit's message in it. */
const commitMessage = (summary: string): string => {
  try {
    const { CommitMessage: message } = JSON.parse(summary) as { CommitMessage?: unknown };
    return typeof message === 'string' ? (message.split('\n')[0] ?? '') : summary;
  } catch {
    return summary;
  }
};
