// What jobs keep of a run: named once per attempt, downloaded as a zip from an address of its own.
import { createHash } from 'node:crypto';
import type { Endpoints } from '@octokit/types';
import { z } from 'zod';
import { notFound } from './errors.ts';
import { pageOf, paging } from './pages.ts';
import { type Route, route } from './route.ts';
import { runOf } from './runs.ts';
import { type ArtifactRecord, apiUrl, iso, type State } from './state.ts';
import type { ArtifactStore } from './types.ts';
import { nodeId } from './users.ts';
import { zipOf } from './zip.ts';

type Artifact = Endpoints['GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}']['response']['data'];

const day = 86_400_000;

export const createArtifactStore = (state: State): ArtifactStore => ({
  upload: (artifact, overwrite) => {
    requireName('artifact name', artifact.name, /["/:<>|*?\\\r\n]/);
    for (const path of artifact.files.keys()) requireName('path for one of the files', path, /[":<>|*?\r\n]/);
    const { attempt } = state.runs.get(artifact.runId) ?? unsaved(artifact.runId);
    const same = [...state.artifacts.values()].find(
      (other) => other.runId === artifact.runId && other.attempt === attempt && other.name === artifact.name,
    );
    if (same && !overwrite)
      throw new Error(
        'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
      );
    if (same) state.artifacts.delete(same.id);
    const now = state.now();
    const record = { ...artifact, id: state.nextId(), attempt, createdAt: now, updatedAt: now };
    state.artifacts.set(record.id, record);
    return record;
  },
  list: (runId) => [...state.artifacts.values()].filter((artifact) => artifact.runId === runId),
});

const unsaved = (runId: number): never => {
  throw new Error(`The hub has no run ${runId}: saveRun comes first.`);
};

const requireName = (what: string, name: string, forbidden: RegExp): void => {
  const found = forbidden.exec(name);
  if (name === '' || found)
    throw new Error(
      `The ${what} is not valid: ${name}. Contains the character ${JSON.stringify(found?.[0])}`,
    );
};

const artifactOf = (state: State, id: number): ArtifactRecord => {
  const artifact = state.artifacts.get(id);
  if (!artifact) throw notFound();
  return artifact;
};

const show = (state: State, artifact: ArtifactRecord): Artifact => {
  const url = `${apiUrl(state)}/actions/artifacts/${artifact.id}`;
  const zip = zipOf(artifact.files);
  return {
    id: artifact.id,
    node_id: nodeId('Artifact', artifact.id),
    name: artifact.name,
    size_in_bytes: zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    created_at: iso(artifact.createdAt),
    updated_at: iso(artifact.updatedAt),
    expires_at: iso(artifact.createdAt + 90 * day),
    digest: `sha256:${createHash('sha256').update(zip).digest('hex')}`,
    workflow_run: {
      id: artifact.runId,
      repository_id: state.repository.id,
      head_repository_id: state.repository.id,
      head_sha: state.runs.get(artifact.runId)?.headSha ?? '',
    },
  };
};

const list = route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
  needs: ['actions: read'],
  query: { ...paging, name: z.string().optional() },
  answer: ({ state, url, ids, query }) => {
    const run = runOf(state, ids.run_id);
    const found = [...state.artifacts.values()]
      .filter(({ runId, name }) => runId === run.id && (query.name === undefined || name === query.name))
      .reverse();
    const { rows, headers } = pageOf({ state, url, query }, found);
    const artifacts = rows.map((artifact) => show(state, artifact));
    return { status: 200, data: { total_count: found.length, artifacts }, headers };
  },
});

const get = route('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}', {
  needs: ['actions: read'],
  answer: ({ state, ids }) => ({ status: 200, data: show(state, artifactOf(state, ids.artifact_id)) }),
});

const download = route('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', {
  needs: ['actions: read'],
  answer: ({ state, ids }) => {
    const { id, name } = artifactOf(state, ids.artifact_id);
    return { status: 302, headers: { location: `${state.url}/blobs/${blobKey(id, name)}` } };
  },
});

/** Stands for the signature of a storage address. */
const blobKey = (id: number, name: string): string =>
  `${id}-${createHash('sha256').update(`${id} ${name}`).digest('hex').slice(0, 32)}`;

/** The zip behind an address that `download` gave; undefined for any other. */
export const readBlob = (state: State, key: string): Buffer | undefined => {
  const artifact = state.artifacts.get(Number.parseInt(key, 10));
  return artifact && blobKey(artifact.id, artifact.name) === key ? zipOf(artifact.files) : undefined;
};

export const artifactRoutes: readonly Route[] = [list, get, download];
