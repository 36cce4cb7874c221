// GitHub's OIDC provider as a job sees it: an address and a bearer token that give a fresh ID token for an audience.
import { randomUUID } from 'node:crypto';
import { refuse } from './errors.ts';
import type { State } from './state.ts';
import type { Hub, HubOptions, JobClaims } from './types.ts';

export type IdTokens = {
  readonly issue: Hub['issueIdToken'];
  /** Throws HubError. */
  readonly answer: (url: URL, bearer: string | undefined) => { readonly value: string };
};

export const idTokenRoute = 'GET /id-token';
const issuer = 'https://token.actions.githubusercontent.com';

export const createIdTokens = (state: State, mint: HubOptions['mintToken']): IdTokens => {
  const jobs = new Map<string, JobClaims & { readonly sub: string }>();
  return {
    issue: (claims) => {
      const { sub } = claims;
      if (!sub) throw new Error('The claims of an ID token need a `sub`.');
      const token = randomUUID();
      jobs.set(token, { ...claims, sub });
      // A query is there already: callers append `&audience=`.
      const url = `${state.url}/id-token?api-version=2.0`;
      return { url, token, revoke: () => void jobs.delete(token) };
    },
    answer: (url, bearer) => {
      const claims = jobs.get(bearer ?? '');
      if (!claims) throw refuse(401, 'Unauthorized');
      const now = Math.floor(state.now() / 1_000);
      const aud = url.searchParams.get('audience') ?? `https://github.com/${state.repository.owner}`;
      const times = { iat: now, nbf: now, exp: now + 300 };
      return { value: mint({ ...claims, iss: issuer, aud, jti: randomUUID(), ...times }) };
    },
  };
};
