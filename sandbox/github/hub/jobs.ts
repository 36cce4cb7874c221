// Jobs of workflow runs, as the runner saved them, and the annotations of their check runs.
import type { Endpoints } from '@octokit/types';
import { z } from 'zod';
import { notFound } from './errors.ts';
import { pageOf, paging } from './pages.ts';
import { type Route, route } from './route.ts';
import { runOf } from './runs.ts';
import { apiUrl, iso, pageUrl, type Stamped, type State } from './state.ts';
import type { Annotation, JobRecord } from './types.ts';
import { nodeId } from './users.ts';

type Job = Endpoints['GET /repos/{owner}/{repo}/actions/jobs/{job_id}']['response']['data'];
type CheckAnnotation =
  Endpoints['GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations']['response']['data'][number];

const jobOf = (state: State, id: number): Stamped<JobRecord> => {
  const job = state.jobs.get(id);
  if (!job) throw notFound();
  return job;
};

const pageOfJob = (state: State, job: JobRecord): string =>
  `${pageUrl(state)}/actions/runs/${job.runId}/job/${job.id}`;

const showJob = (state: State, job: Stamped<JobRecord>): Job => {
  const run = state.runs.get(job.runId);
  return {
    id: job.id,
    run_id: job.runId,
    run_url: `${apiUrl(state)}/actions/runs/${job.runId}`,
    run_attempt: job.attempt,
    node_id: nodeId('CheckRun', job.id),
    head_sha: run?.headSha ?? '',
    url: `${apiUrl(state)}/actions/jobs/${job.id}`,
    html_url: pageOfJob(state, job),
    status: job.status,
    conclusion: job.conclusion,
    created_at: iso(job.createdAt),
    started_at: iso(job.startedAt ?? job.createdAt),
    completed_at: job.completedAt === undefined ? null : iso(job.completedAt),
    name: job.name,
    steps: job.steps.map(({ number, name, status, conclusion }) => ({ number, name, status, conclusion })),
    check_run_url: `${apiUrl(state)}/check-runs/${job.id}`,
    labels: ['ubuntu-latest'],
    runner_id: job.startedAt === undefined ? null : 1,
    runner_name: job.startedAt === undefined ? null : 'GitHub Actions 1',
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: run?.name ?? null,
    head_branch: null,
  };
};

type Listing = { readonly state: State; readonly url: URL; readonly query: z.infer<typeof pagingShape> };
const pagingShape = z.object(paging);

const listOf = (listing: Listing, jobs: readonly Stamped<JobRecord>[]) => {
  const { rows, headers } = pageOf(listing, jobs);
  const shown = rows.map((job) => showJob(listing.state, job));
  return { status: 200, data: { total_count: jobs.length, jobs: shown }, headers };
};

const list = route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', {
  needs: ['actions: read'],
  query: { ...paging, filter: z.enum(['latest', 'all']).optional() },
  answer: ({ state, url, ids, query }) => {
    const { attempt } = runOf(state, ids.run_id);
    const jobs = [...state.jobs.values()]
      .filter((job) => job.runId === ids.run_id)
      .filter((job) => query.filter === 'all' || job.attempt === attempt);
    return listOf({ state, url, query }, jobs);
  },
});

const listAttempt = route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', {
  needs: ['actions: read'],
  query: paging,
  answer: ({ state, url, ids, query }) => {
    const { attempt } = runOf(state, ids.run_id);
    if (ids.attempt_number < 1 || ids.attempt_number > attempt) throw notFound();
    const jobs = [...state.jobs.values()].filter(
      (job) => job.runId === ids.run_id && job.attempt === ids.attempt_number,
    );
    return listOf({ state, url, query }, jobs);
  },
});

const get = route('GET /repos/{owner}/{repo}/actions/jobs/{job_id}', {
  needs: ['actions: read'],
  answer: ({ state, ids }) => ({ status: 200, data: showJob(state, jobOf(state, ids.job_id)) }),
});

const getCheckRun = route('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', {
  needs: ['checks: read'],
  answer: ({ state, ids }) => {
    const job = jobOf(state, ids.check_run_id);
    const url = `${apiUrl(state)}/check-runs/${job.id}`;
    return {
      status: 200,
      data: {
        id: job.id,
        node_id: nodeId('CheckRun', job.id),
        head_sha: state.runs.get(job.runId)?.headSha ?? '',
        url,
        html_url: pageOfJob(state, job),
        details_url: pageOfJob(state, job),
        name: job.name,
        status: job.status,
        conclusion: job.conclusion,
        started_at: job.startedAt === undefined ? null : iso(job.startedAt),
        completed_at: job.completedAt === undefined ? null : iso(job.completedAt),
        output: {
          title: null,
          summary: null,
          text: null,
          annotations_count: job.annotations.length,
          annotations_url: `${url}/annotations`,
        },
      },
    };
  },
});

const showAnnotation = (state: State, job: JobRecord, annotation: Annotation): CheckAnnotation => ({
  path: annotation.path,
  start_line: annotation.line,
  end_line: annotation.line,
  start_column: null,
  end_column: null,
  annotation_level: annotation.level,
  title: annotation.title,
  message: annotation.message,
  raw_details: null,
  blob_href: `${pageUrl(state)}/blob/${state.runs.get(job.runId)?.headSha}/${annotation.path}`,
});

const listAnnotations = route('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', {
  needs: ['checks: read'],
  query: paging,
  answer: ({ state, url, ids, query }) => {
    const job = jobOf(state, ids.check_run_id);
    const { rows, headers } = pageOf({ state, url, query }, job.annotations);
    return { status: 200, data: rows.map((row) => showAnnotation(state, job, row)), headers };
  },
});

export const jobRoutes: readonly Route[] = [list, listAttempt, get, getCheckRun, listAnnotations];
