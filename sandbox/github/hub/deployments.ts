// Deployments of commits to environments.
import type { Endpoints } from '@octokit/types';
import { z } from 'zod';
import { invalid, notFound, refuse, unknownHere } from './errors.ts';
import { pageOf, paging } from './pages.ts';
import { type Route, route } from './route.ts';
import { apiUrl, type DeploymentRecord, iso, type State } from './state.ts';
import { botUser, nodeId } from './users.ts';

type Deployment = Endpoints['GET /repos/{owner}/{repo}/deployments/{deployment_id}']['response']['data'];

export const deploymentOf = (state: State, id: number): DeploymentRecord => {
  const deployment = state.deployments.get(id);
  if (!deployment) throw notFound();
  return deployment;
};

const show = (state: State, deployment: DeploymentRecord): Deployment => {
  const url = `${apiUrl(state)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: botUser(state),
    created_at: iso(deployment.createdAt),
    updated_at: iso(deployment.updatedAt),
    statuses_url: `${url}/statuses`,
    repository_url: apiUrl(state),
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  };
};

/** GitHub's limit for descriptions. */
export const describable = (resource: string, description: string | null | undefined): void => {
  if ((description ?? '').length <= 140) return;
  const message = 'description is too long (maximum is 140 characters)';
  throw invalid({ resource, code: 'custom', field: 'description', message });
};

const isSha = (ref: string): boolean => /^[0-9a-f]{40}$/.test(ref);

const shaOf = (state: State, ref: string): string => {
  const sha = isSha(ref) ? ref : state.settings.refs[ref];
  if (sha === undefined) throw refuse(422, `No ref found for: ${ref}`);
  return sha;
};

/** Without `required_contexts: []` GitHub wants every check of the commit, this run's own jobs included. */
const requireChecks = (state: State, sha: string, contexts: readonly string[] | undefined): void => {
  if (contexts?.length === 0) return;
  if (contexts) throw unknownHere('required_contexts with names');
  const runs = [...state.runs.values()].filter(({ headSha }) => headSha === sha);
  if (runs.some(({ conclusion }) => conclusion !== 'success'))
    throw refuse(409, `Conflict: Commit status checks failed for ${sha}.`);
};

const create = route('POST /repos/{owner}/{repo}/deployments', {
  needs: ['deployments: write'],
  body: {
    ref: z.string().min(1),
    task: z.string().optional(),
    auto_merge: z.boolean().optional(),
    required_contexts: z.array(z.string()).optional(),
    payload: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    environment: z.string().min(1).max(255).optional(),
    description: z.string().nullable().optional(),
    transient_environment: z.boolean().optional(),
    production_environment: z.boolean().optional(),
  },
  answer: ({ state, body }) => {
    describable('Deployment', body.description);
    const sha = shaOf(state, body.ref);
    if (body.auto_merge !== false && !isSha(body.ref))
      throw unknownHere('merging the default branch into a deployed one (auto_merge)');
    requireChecks(state, sha, body.required_contexts);
    const environment = body.environment ?? 'production';
    const now = state.now();
    const deployment: DeploymentRecord = {
      id: state.nextId(),
      sha,
      ref: body.ref,
      task: body.task ?? 'deploy',
      environment,
      description: body.description ?? null,
      payload: body.payload ?? {},
      transient: body.transient_environment ?? false,
      production: body.production_environment ?? environment === 'production',
      statuses: [],
      createdAt: now,
      updatedAt: now,
    };
    state.deployments.set(deployment.id, deployment);
    return { status: 201, data: show(state, deployment) };
  },
});

const filter = z.string().optional();

const list = route('GET /repos/{owner}/{repo}/deployments', {
  needs: ['deployments: read'],
  query: { ...paging, sha: filter, ref: filter, task: filter, environment: filter },
  answer: ({ state, url, query }) => {
    const found = [...state.deployments.values()]
      .filter(({ sha, ref, task, environment }) =>
        Object.entries({ sha, ref, task, environment }).every(([name, value]) =>
          [undefined, value].includes(query[name as 'sha']),
        ),
      )
      .reverse();
    const { rows, headers } = pageOf({ state, url, query }, found);
    return { status: 200, data: rows.map((deployment) => show(state, deployment)), headers };
  },
});

const get = route('GET /repos/{owner}/{repo}/deployments/{deployment_id}', {
  needs: ['deployments: read'],
  answer: ({ state, ids }) => ({ status: 200, data: show(state, deploymentOf(state, ids.deployment_id)) }),
});

export const deploymentRoutes: readonly Route[] = [create, list, get];
