// Who does things through a job's token.
import type { Endpoints } from '@octokit/types';
import type { State } from './state.ts';

type User = NonNullable<
  Endpoints['GET /repos/{owner}/{repo}/issues/{issue_number}']['response']['data']['user']
>;

export const bot = 'github-actions[bot]';

/** The author of everything that a job's own token writes. */
export const botUser = ({ url }: State): User => {
  const api = `${url}/users/${encodeURIComponent(bot)}`;
  return {
    login: bot,
    id: 41898282,
    node_id: 'MDM6Qm90NDE4OTgyODI=',
    avatar_url: '',
    gravatar_id: '',
    url: api,
    html_url: `${url}/apps/github-actions`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: 'Bot',
    site_admin: false,
  };
};

/** GitHub's second, opaque id of an object. */
export const nodeId = (kind: string, id: number): string =>
  Buffer.from(`${kind}:${id}`).toString('base64url');
