// The repository itself and its pull requests.
import { notFound } from './errors.ts';
import { issueOf } from './issues.ts';
import { type Route, route } from './route.ts';
import { apiUrl, iso, pageUrl, type State } from './state.ts';
import { botUser, nodeId } from './users.ts';

const repository = (state: State) => {
  const { owner, name, id } = state.repository;
  return {
    id,
    node_id: nodeId('Repository', id),
    name,
    full_name: `${owner}/${name}`,
    private: true,
    fork: false,
    url: apiUrl(state),
    html_url: pageUrl(state),
    default_branch: 'main',
  };
};

const get = route('GET /repos/{owner}/{repo}', {
  needs: [],
  answer: ({ state }) => ({
    status: 200,
    data: {
      ...repository(state),
      owner: { login: state.repository.owner, id: state.repository.ownerId, type: 'Organization' },
      visibility: 'private',
      archived: false,
      disabled: false,
    },
  }),
});

const getPull = route('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
  needs: ['pull-requests: read'],
  answer: ({ state, ids }) => {
    const issue = issueOf(state, ids.pull_number);
    if (!issue.pull) throw notFound();
    const { base, head } = issue.pull;
    const here = repository(state);
    const isFork = head.repository !== here.full_name;
    const [owner, name] = head.repository.split('/');
    const there = { full_name: head.repository, name: name ?? '', fork: true, owner: { login: owner ?? '' } };
    return {
      status: 200,
      data: {
        id: issue.id,
        node_id: nodeId('PullRequest', issue.id),
        number: issue.number,
        url: `${apiUrl(state)}/pulls/${issue.number}`,
        html_url: `${pageUrl(state)}/pull/${issue.number}`,
        issue_url: `${apiUrl(state)}/issues/${issue.number}`,
        state: issue.state,
        title: issue.title,
        body: issue.body,
        user: botUser(state),
        created_at: iso(issue.createdAt),
        updated_at: iso(issue.updatedAt),
        draft: false,
        merged: false,
        base: { ref: base.ref, sha: base.sha, label: `${state.repository.owner}:${base.ref}`, repo: here },
        head: {
          ref: head.ref,
          sha: head.sha,
          label: `${owner}:${head.ref}`,
          repo: isFork ? there : here,
        },
      },
    };
  },
});

export const repositoryRoutes: readonly Route[] = [get, getPull];
