// What became of each part of a release: the records say how the executions ended, the jobs whether there was one at all. Pure.
import type { Job } from '../fleet/rollout-jobs.ts';
import type { ReleaseEnd, ReleaseRecord } from '../pipeline/record.ts';
import type { PipelineJobs, ReleaseJobs } from './report-jobs.ts';

export type PipelineState =
  | 'released'
  | 'failed'
  /** Somebody refused its approval. */
  | 'rejected'
  | 'stopped'
  | 'superseded'
  /** Its definition was changed, or the job was cancelled. */
  | 'cancelled'
  | 'timed-out'
  | 'running'
  | 'not-started';

export type JobState = 'done' | 'failed' | 'cancelled' | 'running' | 'not-started';

export type PipelineFact = {
  readonly name: string;
  readonly state: PipelineState;
  readonly record: ReleaseRecord | undefined;
  /** What the state does not say; empty where it says all. */
  readonly note: string;
  readonly failedStage: string | undefined;
  readonly release: Job | undefined;
  readonly migrate: Job | undefined;
};

export type ReleaseFacts = {
  readonly gate: { readonly state: JobState; readonly link: string };
  /** Those that began first; the rest in GitHub's order. */
  readonly pipelines: readonly PipelineFact[];
  readonly redeploy: Job | undefined;
  readonly validate: Job | undefined;
};

export const jobState = (job: Job | undefined): JobState => {
  if (!job || job.conclusion === 'skipped') return 'not-started';
  if (job.status !== 'completed') return job.status === 'in_progress' ? 'running' : 'not-started';
  if (job.conclusion === 'success') return 'done';
  if (job.conclusion !== 'cancelled') return 'failed';
  return job.steps.length > 0 ? 'cancelled' : 'not-started';
};

export const releaseFacts = (jobs: ReleaseJobs, records: readonly ReleaseRecord[]): ReleaseFacts => {
  const recordOf = new Map(records.map((record) => [record.pipeline, record]));
  const names = [...new Set([...jobs.pipelines.keys(), ...recordOf.keys()])];
  const pipelines = names.map((name) => factOf(name, jobs.pipelines.get(name), recordOf.get(name)));
  return {
    // A gate that was refused has no steps either.
    gate: { state: gateState(jobs.gate), link: jobs.gate?.link ?? '' },
    pipelines: pipelines.toSorted((one, other) => beginOf(one) - beginOf(other)),
    redeploy: jobs.redeploy,
    validate: jobs.validate,
  };
};

const gateState = (gate: Job | undefined): JobState =>
  gate?.status === 'completed' && gate.conclusion === 'cancelled' ? 'cancelled' : jobState(gate);

const never = Number.MAX_SAFE_INTEGER;

const beginOf = ({ record, release }: PipelineFact): number => {
  const began = record?.stages.map(({ startedAt }) => startedAt) ?? [];
  return began.reduce(
    (least, at) => Math.min(least, at),
    jobState(release) === 'not-started' ? never : (release?.startedAt ?? never),
  );
};

const factOf = (
  name: string,
  jobs: PipelineJobs | undefined,
  record: ReleaseRecord | undefined,
): PipelineFact => {
  const { release, migrate } = jobs ?? { release: undefined, migrate: undefined };
  const known = { name, record, release, migrate };
  if (!record) return { ...known, failedStage: undefined, ...withoutRecord(release) };
  const state = stateOf(record, release);
  const failed = record.stages.findLast(({ status }) => status === 'Failed' || status === 'Abandoned');
  return {
    ...known,
    state,
    failedStage: state === 'released' || state === 'superseded' ? undefined : failed?.stage,
    note: noteOf(record, release),
  };
};

const states: Readonly<Record<ReleaseEnd, PipelineState>> = {
  succeeded: 'released',
  failed: 'failed',
  rejected: 'rejected',
  stopped: 'stopped',
  superseded: 'superseded',
  cancelled: 'cancelled',
  'timed-out': 'timed-out',
  'in-progress': 'running',
};

/** The newer execution's, where that one was followed. */
const endOf = ({ end, followed }: ReleaseRecord): ReleaseEnd => followed?.end ?? end;

const stateOf = (record: ReleaseRecord, release: Job | undefined): PipelineState => {
  const state = states[endOf(record)];
  return state === 'released' && jobState(release) === 'failed' ? 'failed' : state;
};

const noteOf = (record: ReleaseRecord, release: Job | undefined): string => {
  const ended = jobState(release);
  const end = endOf(record);
  if (end === 'succeeded' && ended === 'failed') return 'the execution succeeded, its job failed afterwards';
  if (record.followed) return `by the newer execution ${record.followed.executionId}, which took over`;
  if (end === 'cancelled') return "the pipeline's definition was changed";
  if (end === 'in-progress' && ended === 'cancelled') return 'the job was cancelled, the execution goes on';
  return end === 'in-progress' && ended !== 'running' ? 'nobody follows it any more' : '';
};

const withoutRecord = (release: Job | undefined): Pick<PipelineFact, 'state' | 'note'> => {
  switch (jobState(release)) {
    case 'done':
      return { state: 'released', note: 'its record is missing' };
    case 'failed':
      return { state: 'failed', note: 'nothing was started, or its record is missing' };
    case 'cancelled':
      return { state: 'cancelled', note: 'nothing was started, or its record is missing' };
    case 'running':
      return { state: 'running', note: 'its record is missing' };
    default:
      return { state: 'not-started', note: '' };
  }
};
