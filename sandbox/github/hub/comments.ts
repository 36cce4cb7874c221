// Comments of issues and pull requests.
import type { Endpoints } from '@octokit/types';
import { z } from 'zod';
import { invalid, notFound } from './errors.ts';
import { issueOf, needsIssue } from './issues.ts';
import { pageOf, paging } from './pages.ts';
import { type Need, type RawCall, type Route, route } from './route.ts';
import { apiUrl, type CommentRecord, iso, pageUrl, type State } from './state.ts';
import { botUser, nodeId } from './users.ts';

type Comment = Endpoints['GET /repos/{owner}/{repo}/issues/comments/{comment_id}']['response']['data'];

const longest = 65_536;

const commentOf = (state: State, id: number): CommentRecord => {
  const comment = state.comments.get(id);
  if (!comment) throw notFound();
  return comment;
};

const needsComment =
  (access: 'read' | 'write') =>
  ({ state, ids }: Pick<RawCall, 'state' | 'ids'>): readonly Need[] =>
    needsIssue(access)({
      state,
      ids: { issue_number: state.comments.get(ids.comment_id ?? 0)?.issue ?? 0 },
    });

const show = (state: State, comment: CommentRecord): Comment => {
  const kind = state.issues.get(comment.issue)?.pull ? 'pull' : 'issues';
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: `${apiUrl(state)}/issues/comments/${comment.id}`,
    html_url: `${pageUrl(state)}/${kind}/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${apiUrl(state)}/issues/${comment.issue}`,
    body: comment.body,
    user: botUser(state),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    author_association: 'NONE',
  };
};

const checkBody = (body: string): void => {
  const wrong = (code: string, message: string): never => {
    throw invalid({ resource: 'IssueComment', code, field: 'data', message });
  };
  if (body.trim() === '') wrong('unprocessable', 'Body cannot be blank');
  if (body.length > longest) wrong('unprocessable', `Body is too long (maximum is ${longest} characters)`);
};

const list = route('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
  needs: needsIssue('read'),
  query: paging,
  answer: ({ state, url, ids, query }) => {
    const { number } = issueOf(state, ids.issue_number);
    const all = [...state.comments.values()].filter((comment) => comment.issue === number);
    const { rows, headers } = pageOf({ state, url, query }, all);
    return { status: 200, data: rows.map((comment) => show(state, comment)), headers };
  },
});

const create = route('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
  needs: needsIssue('write'),
  body: { body: z.string() },
  answer: ({ state, ids, body }) => {
    const issue = issueOf(state, ids.issue_number);
    checkBody(body.body);
    const now = state.now();
    const id = state.nextId();
    const comment = { id, issue: issue.number, body: body.body, createdAt: now, updatedAt: now };
    state.comments.set(id, comment);
    state.issues.set(issue.number, { ...issue, updatedAt: now });
    return { status: 201, data: show(state, comment) };
  },
});

const get = route('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', {
  needs: needsComment('read'),
  answer: ({ state, ids }) => ({ status: 200, data: show(state, commentOf(state, ids.comment_id)) }),
});

const update = route('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
  needs: needsComment('write'),
  body: { body: z.string() },
  answer: ({ state, ids, body }) => {
    const old = commentOf(state, ids.comment_id);
    checkBody(body.body);
    const comment = { ...old, body: body.body, updatedAt: state.now() };
    state.comments.set(comment.id, comment);
    return { status: 200, data: show(state, comment) };
  },
});

const remove = route('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', {
  needs: needsComment('write'),
  answer: ({ state, ids }) => {
    state.comments.delete(commentOf(state, ids.comment_id).id);
    return { status: 204 };
  },
});

export const commentRoutes: readonly Route[] = [list, create, get, update, remove];
