// GitHub in a box for one private repository: its REST API as octokit calls it and its OIDC provider, over real HTTP on
// 127.0.0.1. Harsher than GitHub: a field or route it does not know is refused by name.
import { randomBytes } from 'node:crypto';
import { type Api, prepare } from './api.ts';
import { createArtifactStore } from './artifacts.ts';
import { createFaults, type Strikes } from './faults.ts';
import { createIdTokens } from './id-tokens.ts';
import { addIssue } from './issues.ts';
import { createLimits } from './limits.ts';
import { type Exchange, listen } from './server.ts';
import { createState, type State, stamp } from './state.ts';
import type { Hub, HubOptions, HubRequest, HubSnapshot } from './types.ts';

/** Listens on a free port; `close` ends it. */
export const openHub = async (options: HubOptions): Promise<Hub> => {
  const door = await listen();
  const { repository, now, compare, settings = {} } = options;
  const state = createState({ url: door.url, repository, now, compare, settings });
  const idTokens = createIdTokens(state, options.mintToken);
  const faults = createFaults();
  const requests: HubRequest[] = [];
  door.serve(exchangeThrough({ state, idTokens, limits: createLimits(state) }, faults, requests));
  return {
    url: door.url,
    repository,
    saveRun: (run) => void state.runs.set(run.id, stamp(run, state.runs.get(run.id), now())),
    saveJob: (job) => void state.jobs.set(job.id, stamp(job, state.jobs.get(job.id), now())),
    jobsOf: (runId) => [...state.jobs.values()].filter((job) => job.runId === runId),
    issueToken: (permissions) => {
      const token = `ghs_${randomBytes(27).toString('base64url')}`;
      state.tokens.set(token, permissions);
      return { token, revoke: () => void state.tokens.delete(token) };
    },
    issueIdToken: idTokens.issue,
    artifacts: createArtifactStore(state),
    openPull: (pull) => addIssue(state, { title: pull.title, body: null, labels: [], pull }).number,
    faults,
    requests,
    snapshot: () => snapshotOf(state),
    close: door.close,
  };
};

const exchangeThrough =
  (api: Api, faults: Strikes, requests: HubRequest[]): Exchange =>
  async (call) => {
    const { route, run } = prepare(api, call);
    const struck = faults.strike(route);
    const reply = struck?.kind === 'reset' ? undefined : run(struck);
    const answered = struck?.kind === 'lose' ? undefined : reply;
    requests.push({ route, url: call.url.href, status: answered?.status ?? 0 });
    if (struck?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, struck.ms).unref());
    return answered;
  };

const snapshotOf = (state: State): HubSnapshot => ({
  comments: [...state.comments.values()].map(({ issue, id, body }) => ({ issue, id, body })),
  issues: [...state.issues.values()]
    .filter(({ pull }) => !pull)
    .map(({ number, title, body, state, labels }) => ({ number, title, body: body ?? '', state, labels })),
  deployments: [...state.deployments.values()].map(({ id, environment, payload, statuses }) => ({
    id,
    environment,
    payload,
    statuses: statuses.map(({ state, environmentUrl, logUrl, description }) => ({
      state,
      environmentUrl,
      logUrl,
      description,
    })),
  })),
});
