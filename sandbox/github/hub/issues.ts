// Issues. Pull requests are among them, in lists too, as GitHub has it.
import type { Endpoints } from '@octokit/types';
import { z } from 'zod';
import { invalid, notFound } from './errors.ts';
import { pageOf, paging } from './pages.ts';
import { type Need, type RawCall, type Route, route } from './route.ts';
import { apiUrl, type IssueRecord, iso, pageUrl, type State } from './state.ts';
import { bot, botUser, nodeId } from './users.ts';

type Issue = Endpoints['GET /repos/{owner}/{repo}/issues/{issue_number}']['response']['data'];

const longest = 65_536;

const text = z.string();
const labels = z.array(z.union([z.string(), z.strictObject({ name: z.string() })]));
const reason = z.enum(['completed', 'reopened', 'not_planned']).nullable();

export const issueOf = (state: State, number: number): IssueRecord => {
  const issue = state.issues.get(number);
  if (!issue) throw notFound();
  return issue;
};

/** A pull request may be written to with either right, an issue with `issues` only. */
export const needsIssue =
  (access: 'read' | 'write') =>
  ({ state, ids }: Pick<RawCall, 'state' | 'ids'>): readonly Need[] =>
    state.issues.get(ids.issue_number ?? 0)?.pull
      ? [`issues: ${access}`, `pull-requests: ${access}`]
      : [`issues: ${access}`];

const showIssue = (state: State, issue: IssueRecord): Issue => {
  const api = `${apiUrl(state)}/issues/${issue.number}`;
  const page = `${pageUrl(state)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    url: api,
    repository_url: apiUrl(state),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    html_url: page,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: botUser(state),
    labels: issue.labels.map((name) => ({
      name,
      color: 'ededed',
      default: false,
      description: null,
      url: `${apiUrl(state)}/labels/${encodeURIComponent(name)}`,
    })),
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: [...state.comments.values()].filter((comment) => comment.issue === issue.number).length,
    closed_at: issue.closedAt === undefined ? null : iso(issue.closedAt),
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    author_association: 'NONE',
    ...(issue.pull ? { pull_request: pullLinks(state, issue.number, page) } : {}),
  };
};

const pullLinks = (state: State, number: number, page: string): NonNullable<Issue['pull_request']> => ({
  url: `${apiUrl(state)}/pulls/${number}`,
  html_url: page,
  diff_url: `${page}.diff`,
  patch_url: `${page}.patch`,
  merged_at: null,
});

type Fields = { readonly title?: string | undefined; readonly body?: string | null | undefined };

const checkTexts = ({ title, body }: Fields): void => {
  if (title !== undefined && title.trim() === '')
    throw invalid({ resource: 'Issue', code: 'missing_field', field: 'title' });
  const long = (field: string, most: number): never => {
    const message = `${field} is too long (maximum is ${most} characters)`;
    throw invalid({ resource: 'Issue', code: 'custom', field, message });
  };
  if ((title ?? '').length > 256) long('title', 256);
  if ((body ?? '').length > longest) long('body', longest);
};

const namesOf = (given: z.infer<typeof labels>): readonly string[] => [
  ...new Set(given.map((label) => (typeof label === 'string' ? label : label.name))),
];

const list = route('GET /repos/{owner}/{repo}/issues', {
  needs: ['issues: read'],
  query: {
    ...paging,
    labels: text.optional(),
    state: z.enum(['open', 'closed', 'all']).optional(),
    creator: text.optional(),
    sort: z.enum(['created', 'updated']).optional(),
    direction: z.enum(['asc', 'desc']).optional(),
  },
  answer: ({ state, url, query }) => {
    const wanted = query.labels?.split(',').map((label) => label.trim()) ?? [];
    const key = query.sort === 'updated' ? 'updatedAt' : 'createdAt';
    const found = [...state.issues.values()]
      .filter((issue) => query.state === 'all' || issue.state === (query.state ?? 'open'))
      .filter((issue) => wanted.every((label) => issue.labels.includes(label)))
      .filter(() => query.creator === undefined || query.creator === bot)
      .sort((a, b) => b[key] - a[key] || b.number - a.number);
    const sorted = query.direction === 'asc' ? found.reverse() : found;
    const { rows, headers } = pageOf({ state, url, query }, sorted);
    return { status: 200, data: rows.map((issue) => showIssue(state, issue)), headers };
  },
});

const create = route('POST /repos/{owner}/{repo}/issues', {
  needs: ['issues: write'],
  body: { title: text, body: text.nullable().optional(), labels: labels.optional() },
  answer: ({ state, body }) => {
    checkTexts(body);
    const issue = addIssue(state, {
      title: body.title,
      body: body.body ?? null,
      labels: namesOf(body.labels ?? []),
      pull: undefined,
    });
    return { status: 201, data: showIssue(state, issue) };
  },
});

export const addIssue = (
  state: State,
  given: Pick<IssueRecord, 'title' | 'body' | 'labels' | 'pull'>,
): IssueRecord => {
  const now = state.now();
  const issue: IssueRecord = {
    ...given,
    id: state.nextId(),
    number: state.issues.size + 1,
    state: 'open',
    stateReason: null,
    closedAt: undefined,
    createdAt: now,
    updatedAt: now,
  };
  state.issues.set(issue.number, issue);
  return issue;
};

const get = route('GET /repos/{owner}/{repo}/issues/{issue_number}', {
  needs: needsIssue('read'),
  answer: ({ state, ids }) => ({ status: 200, data: showIssue(state, issueOf(state, ids.issue_number)) }),
});

const update = route('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
  needs: needsIssue('write'),
  body: {
    title: text.optional(),
    body: text.nullable().optional(),
    state: z.enum(['open', 'closed']).optional(),
    state_reason: reason.optional(),
    labels: labels.optional(),
  },
  answer: ({ state, ids, body }) => {
    const old = issueOf(state, ids.issue_number);
    checkTexts(body);
    const next = body.state ?? old.state;
    const moved = next !== old.state;
    const why = next === 'closed' ? 'completed' : 'reopened';
    const issue: IssueRecord = {
      ...old,
      title: body.title ?? old.title,
      body: body.body === undefined ? old.body : body.body,
      labels: body.labels ? namesOf(body.labels) : old.labels,
      state: next,
      stateReason: body.state_reason ?? (moved ? why : old.stateReason),
      closedAt: next === 'open' ? undefined : moved ? state.now() : old.closedAt,
      updatedAt: state.now(),
    };
    state.issues.set(issue.number, issue);
    return { status: 200, data: showIssue(state, issue) };
  },
});

export const issueRoutes: readonly Route[] = [list, create, get, update];
