// Statuses of deployments; a success makes the earlier deployments of its environment inactive.
import type { Endpoints } from '@octokit/types';
import { z } from 'zod';
import { deploymentOf, describable } from './deployments.ts';
import { notFound } from './errors.ts';
import { pageOf, paging } from './pages.ts';
import { type Route, route } from './route.ts';
import {
  apiUrl,
  type DeploymentRecord,
  type DeploymentStatusRecord,
  deploymentStates,
  iso,
  type State,
} from './state.ts';
import { botUser, nodeId } from './users.ts';

type Status =
  Endpoints['GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}']['response']['data'];

const show = (state: State, deployment: DeploymentRecord, status: DeploymentStatusRecord): Status => {
  const parent = `${apiUrl(state)}/deployments/${deployment.id}`;
  return {
    url: `${parent}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: botUser(state),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    created_at: iso(status.createdAt),
    updated_at: iso(status.updatedAt),
    deployment_url: parent,
    repository_url: apiUrl(state),
  };
};

type Given = Pick<DeploymentStatusRecord, 'state' | 'description' | 'environmentUrl' | 'logUrl'>;

const addStatus = (state: State, to: DeploymentRecord, given: Given): DeploymentStatusRecord => {
  const now = state.now();
  const status: DeploymentStatusRecord = {
    ...given,
    id: state.nextId(),
    environment: to.environment,
    createdAt: now,
    updatedAt: now,
  };
  state.deployments.set(to.id, { ...to, statuses: [...to.statuses, status], updatedAt: now });
  return status;
};

/** GitHub spares transient and production environments. */
const retireOthers = (state: State, newest: DeploymentRecord): void => {
  for (const other of [...state.deployments.values()]) {
    if (other.id === newest.id || other.environment !== newest.environment) continue;
    if (other.transient || other.production) continue;
    const last = other.statuses.at(-1);
    if (last?.state !== 'success') continue;
    const { environmentUrl, logUrl } = last;
    addStatus(state, other, { state: 'inactive', description: '', environmentUrl, logUrl });
  }
};

/** Empty, or a web address: GitHub refuses other schemes. */
const link = z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).optional();

const create = route('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
  needs: ['deployments: write'],
  body: {
    state: z.enum(deploymentStates),
    log_url: link,
    environment_url: link,
    description: z.string().optional(),
    auto_inactive: z.boolean().optional(),
  },
  answer: ({ state, ids, body }) => {
    const deployment = deploymentOf(state, ids.deployment_id);
    describable('DeploymentStatus', body.description);
    const status = addStatus(state, deployment, {
      state: body.state,
      description: body.description ?? '',
      environmentUrl: body.environment_url ?? '',
      logUrl: body.log_url ?? '',
    });
    if (body.state === 'success' && body.auto_inactive !== false) retireOthers(state, deployment);
    return { status: 201, data: show(state, deployment, status) };
  },
});

const list = route('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
  needs: ['deployments: read'],
  query: paging,
  answer: ({ state, url, ids, query }) => {
    const deployment = deploymentOf(state, ids.deployment_id);
    const { rows, headers } = pageOf({ state, url, query }, deployment.statuses.toReversed());
    return { status: 200, data: rows.map((status) => show(state, deployment, status)), headers };
  },
});

const get = route('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}', {
  needs: ['deployments: read'],
  answer: ({ state, ids }) => {
    const deployment = deploymentOf(state, ids.deployment_id);
    const status = deployment.statuses.find(({ id }) => id === ids.status_id);
    if (!status) throw notFound();
    return { status: 200, data: show(state, deployment, status) };
  },
});

export const deploymentStatusRoutes: readonly Route[] = [create, list, get];
