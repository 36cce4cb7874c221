// When each stage of each pipeline ran, and the jobs after them, as a Mermaid chart. Pure.
import type { Job } from '../fleet/rollout-jobs.ts';
import { jobState, type PipelineFact, type ReleaseFacts } from './report-facts.ts';

/** GitHub draws no chart of more than 50,000 characters, and nobody reads more bars. */
const mostBars = 80;
const longestName = 40;

type Tag = 'done' | 'crit' | 'crit, done' | 'active';
type Bar = { readonly name: string; readonly tag: Tag; readonly from: number; readonly to: number };
type Section = { readonly name: string; readonly bars: readonly Bar[] };

/** Undefined where nothing began. `now`, in milliseconds since the epoch, ends the bars of what still runs. */
export const releaseTimeline = (facts: ReleaseFacts, now: number): string | undefined => {
  const after = [...barOf('redeploy', facts.redeploy, now), ...barOf('validate', facts.validate, now)];
  const sections: readonly Section[] = [
    ...facts.pipelines.map((pipeline) => ({ name: pipeline.name, bars: barsOf(pipeline, now) })),
    { name: 'services', bars: after },
  ];
  const lines = sections.filter(({ bars }) => bars.length > 0).flatMap(linesOf);
  if (!lines.length) return undefined;
  return ['```mermaid', 'gantt', '  dateFormat X', '  axisFormat %H:%M', '  todayMarker off']
    .concat(lines.slice(0, mostBars), '```')
    .join('\n');
};

const stageTags = {
  Succeeded: 'done',
  Failed: 'crit',
  Abandoned: 'crit, done',
  InProgress: 'active',
} as const satisfies Readonly<Record<string, Tag>>;

const barsOf = ({ record, release, migrate }: PipelineFact, now: number): readonly Bar[] => {
  const stages = (record?.stages ?? []).map(
    ({ stage, status, startedAt, endedAt }): Bar => ({
      name: stage,
      tag: stageTags[status],
      from: startedAt,
      to: endedAt,
    }),
  );
  return [...(stages.length ? stages : barOf('release', release, now)), ...barOf('migrate', migrate, now)];
};

const jobTags = { done: 'done', failed: 'crit', cancelled: 'crit, done', running: 'active' } as const;

const barOf = (name: string, job: Job | undefined, now: number): readonly Bar[] => {
  const state = jobState(job);
  if (state === 'not-started' || job?.startedAt === undefined) return [];
  return [{ name, tag: jobTags[state], from: job.startedAt, to: job.endedAt ?? now }];
};

const icons = { done: '✅', crit: '❌', 'crit, done': '🚫', active: '🔄' } as const;

/** Only what Mermaid reads as text, whatever a record says. */
const safe = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N} .@_-]/gu, ' ')
    .trim()
    .slice(0, longestName) || '?';

// The icon in front keeps a stage named like a word of Mermaid's from being read as one.
const linesOf = ({ name, bars }: Section): readonly string[] => [
  `  section ${safe(name)}`,
  ...bars.map(({ name: bar, tag, from, to }) => {
    const start = Math.floor(from / 1_000);
    return `  ${icons[tag]} ${safe(bar)} :${tag}, ${start}, ${Math.max(start + 1, Math.floor(to / 1_000))}`;
  }),
];
