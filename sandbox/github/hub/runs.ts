// Workflow runs, as the runner saved them.
import { notFound } from './errors.ts';
import { type Route, route } from './route.ts';
import { apiUrl, iso, pageUrl, type Stamped, type State } from './state.ts';
import type { RunRecord } from './types.ts';
import { nodeId } from './users.ts';

export const runOf = (state: State, id: number): Stamped<RunRecord> => {
  const run = state.runs.get(id);
  if (!run) throw notFound();
  return run;
};

const show = (state: State, run: Stamped<RunRecord>) => {
  const url = `${apiUrl(state)}/actions/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('WorkflowRun', run.id),
    name: run.name,
    display_title: run.name,
    event: run.event,
    head_sha: run.headSha,
    run_attempt: run.attempt,
    status: run.status,
    conclusion: run.conclusion,
    url,
    html_url: `${pageUrl(state)}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    artifacts_url: `${url}/artifacts`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    created_at: iso(run.createdAt),
    updated_at: iso(run.updatedAt),
  };
};

const get = route('GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
  needs: ['actions: read'],
  answer: ({ state, ids }) => ({ status: 200, data: show(state, runOf(state, ids.run_id)) }),
});

export const runRoutes: readonly Route[] = [get];
