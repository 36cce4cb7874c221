// When each stage of each pipeline ran, and the jobs after them, as a Mermaid chart. Pure.
import type { Job } from '../fleet/rollout-jobs.ts';
import { type Bar, gantt } from '../gantt.ts';
import { jobState, type PipelineFact, type ReleaseFacts } from './report-facts.ts';

/** Undefined where nothing began. `now`, in milliseconds since the epoch, ends the bars of what still runs. */
export const releaseTimeline = (facts: ReleaseFacts, now: number): string | undefined => {
  const after = [...barOf('redeploy', facts.redeploy, now), ...barOf('validate', facts.validate, now)];
  return gantt([
    ...facts.pipelines.map((pipeline) => ({ name: pipeline.name, bars: barsOf(pipeline, now) })),
    { name: 'services', bars: after },
  ]);
};

type Tag = Bar['tag'];

const stageTags = {
  Succeeded: 'done',
  Failed: 'crit',
  Abandoned: 'crit, done',
  InProgress: 'active',
} as const satisfies Readonly<Record<string, Tag>>;

const barsOf = ({ record, release, migrate }: PipelineFact, now: number): readonly Bar[] => {
  const stages = (record?.stages ?? []).map(
    ({ stage, status, startedAt, endedAt }): Bar => ({
      icon: icons[stageTags[status]],
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
  const tag = jobTags[state];
  return [{ icon: icons[tag], name, tag, from: job.startedAt, to: job.endedAt ?? now }];
};

const icons = { done: '✅', crit: '❌', 'crit, done': '🚫', active: '🔄' } as const;
