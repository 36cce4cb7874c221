// One request through the hub: route, faults, token, limits, rights, fields, answer; in the order in which GitHub refuses.
import { artifactRoutes, readBlob } from './artifacts.ts';
import { commentRoutes } from './comments.ts';
import { comparisonRoutes } from './comparisons.ts';
import { deploymentStatusRoutes } from './deployment-statuses.ts';
import { deploymentRoutes } from './deployments.ts';
import { HubError, notFound, refuse, unknownHere } from './errors.ts';
import { type IdTokens, idTokenRoute } from './id-tokens.ts';
import { issueRoutes } from './issues.ts';
import { jobRoutes } from './jobs.ts';
import { type Limits, secondaryLimit } from './limits.ts';
import { repositoryRoutes } from './repository.ts';
import { findRoute, idsOf, type Match, type Need, type Reply, type Route } from './route.ts';
import { runRoutes } from './runs.ts';
import type { State } from './state.ts';
import type { HubFaultEffect, Permissions } from './types.ts';

const routes: readonly Route[] = [
  ...repositoryRoutes,
  ...comparisonRoutes,
  ...issueRoutes,
  ...commentRoutes,
  ...deploymentRoutes,
  ...deploymentStatusRoutes,
  ...runRoutes,
  ...jobRoutes,
  ...artifactRoutes,
];

export type HubCall = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

export type Api = { readonly state: State; readonly idTokens: IdTokens; readonly limits: Limits };

/** The route's name as faults and records have it, and what to do; nothing is done before `run`. */
export type Prepared = {
  readonly route: string;
  /** Never throws: a refusal is a reply. */
  readonly run: (struck: HubFaultEffect | undefined) => Reply;
};

export const prepare = (api: Api, call: HubCall): Prepared => {
  const { method, url } = call;
  const plain = `${method} ${url.pathname}`;
  if (plain === idTokenRoute) return prepared(plain, () => idToken(api, call));
  const blob = /^GET \/blobs\/([^/]+)$/.exec(plain)?.[1];
  if (blob !== undefined) return prepared('GET /blobs', () => blobReply(api, blob));
  const match = findRoute(routes, method, url.pathname);
  if (!match) return prepared(plain, () => unknown(plain));
  return prepared(match.route.key, () => answer(api, call, match));
};

const prepared = (route: string, run: () => Reply): Prepared => ({
  route,
  run: (struck) => {
    try {
      if (struck?.kind === 'status') throw faultOf(struck);
      return run();
    } catch (error) {
      if (error instanceof HubError) return replyOf(error);
      throw error;
    }
  },
});

const unknown = (plain: string): never => {
  throw unknownHere(plain);
};

const faultOf = ({ status, retryAfter }: HubFaultEffect & { readonly kind: 'status' }): HubError =>
  status === 403 || status === 429
    ? secondaryLimit(status, retryAfter ?? 60, {})
    : refuse(status, status === 502 ? 'Server Error' : 'Something went wrong.');

const replyOf = ({ refusal }: HubError): Reply => ({
  status: refusal.status,
  headers: refusal.headers ?? {},
  data: {
    message: refusal.message,
    ...(refusal.errors ? { errors: refusal.errors } : {}),
    documentation_url: 'https://docs.github.com/rest',
    status: String(refusal.status),
  },
});

const idToken = ({ idTokens }: Api, { url, headers }: HubCall): Reply => ({
  status: 200,
  data: idTokens.answer(url, /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]),
});

const blobReply = ({ state }: Api, key: string): Reply => {
  const data = readBlob(state, key);
  if (!data) throw notFound();
  return { status: 200, data, headers: { 'content-type': 'application/zip' } };
};

const answer = ({ state, limits }: Api, call: HubCall, { route, path }: Match): Reply => {
  if (!call.headers['user-agent']) throw refuse(403, 'Request forbidden by administrative rules.');
  const permissions = authenticate(state, call.headers.authorization);
  const headers = limits.take(call.method);
  const { owner, name } = state.repository;
  if (`${path.owner}/${path.repo}`.toLowerCase() !== `${owner}/${name}`.toLowerCase()) throw notFound();
  const ids = idsOf(path);
  requireRight(permissions, route.needs({ state, ids }), headers);
  const reply = route.answer({
    state,
    ids,
    basehead: path.basehead ?? '',
    url: call.url,
    body: parseBody(call.body),
  });
  return { ...reply, headers: { ...headers, ...reply.headers } };
};

/** A private repository: without a token nothing is seen. */
const authenticate = (state: State, authorization: string | undefined): Permissions => {
  if (!authorization) throw notFound();
  const token = /^(?:token|bearer) (.+)$/i.exec(authorization)?.[1];
  const permissions = state.tokens.get(token ?? '');
  if (!permissions) throw refuse(401, 'Bad credentials');
  return permissions;
};

const requireRight = (
  permissions: Permissions,
  needs: readonly Need[],
  headers: Readonly<Record<string, string>>,
): void => {
  if (needs.length === 0 || needs.some((need) => grants(permissions, need))) return;
  const accepted = needs.map((need) => need.replaceAll('-', '_').replace(': ', '=')).join('; ');
  throw new HubError({
    status: 403,
    message: 'Resource not accessible by integration',
    headers: { ...headers, 'x-accepted-github-permissions': accepted },
  });
};

const grants = (permissions: Permissions, need: Need): boolean => {
  const [scope = '', access] = need.split(': ');
  const has = permissions[scope] ?? 'none';
  return has === 'write' || (has === 'read' && access === 'read');
};

const parseBody = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  } catch {
    throw refuse(400, 'Problems parsing JSON');
  }
  throw refuse(400, 'Body should be a JSON object');
};
