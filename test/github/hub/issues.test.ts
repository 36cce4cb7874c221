import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { aPull, type Given, openGiven, repo } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await openGiven();
});
afterEach(() => given.hub.close());

describe('issues', () => {
  test('an issue is created, found by its labels, changed and closed', async () => {
    const { github, hub } = given;
    const labels = ['tenant-actions', 'drift'];
    const { data } = await github.rest.issues.create({ ...repo, title: 'Drift in sit', body: 'a', labels });
    const found = async (wanted: string, state?: 'closed') => {
      const query = { ...repo, labels: wanted, ...(state ? { state } : {}) };
      return (await github.rest.issues.listForRepo(query)).data.map(({ number }) => number);
    };
    expect(await found('drift,tenant-actions')).toEqual([data.number]);
    expect(await found('drift,other')).toEqual([]);
    const issue = { ...repo, issue_number: data.number };
    await github.rest.issues.update({ ...issue, body: 'b', state: 'closed' });
    expect(await found('drift')).toEqual([]);
    expect(await found('drift', 'closed')).toEqual([data.number]);
    const { data: closed } = await github.rest.issues.get(issue);
    expect(closed).toMatchObject({ body: 'b', state: 'closed', state_reason: 'completed' });
    expect(closed.closed_at).toBe('2026-11-22T04:00:00Z');
    expect(hub.snapshot().issues).toEqual([
      { number: data.number, title: 'Drift in sit', body: 'b', state: 'closed', labels },
    ]);
  });

  test('pull requests share the numbers and the lists of issues', async () => {
    const { github, hub } = given;
    const pull = hub.openPull(aPull);
    const { data: issue } = await github.rest.issues.create({ ...repo, title: 'Drift' });
    expect(issue.number).toBe(pull + 1);
    const { data: listed } = await github.rest.issues.listForRepo(repo);
    expect(listed.map(({ number, pull_request }) => [number, pull_request !== undefined])).toEqual([
      [issue.number, false],
      [pull, true],
    ]);
    expect(hub.snapshot().issues.map(({ number }) => number)).toEqual([issue.number]);
  });

  test('a pull request names its head, and a fork as the repository of it', async () => {
    const { github, hub } = given;
    const own = hub.openPull(aPull);
    const forked = hub.openPull({ ...aPull, head: { ...aPull.head, repository: 'someone/wp-sit' } });
    const headOf = async (pull_number: number) =>
      (await github.rest.pulls.get({ ...repo, pull_number })).data.head;
    expect(await headOf(own)).toMatchObject({ ref: 'goldencrust', repo: { full_name: 'your-org/wp-sit' } });
    expect((await headOf(forked)).repo).toMatchObject({ full_name: 'someone/wp-sit', fork: true });
  });
});

describe('comments', () => {
  test('comments are listed oldest first, changed in place and removed', async () => {
    const { github, hub, pass } = given;
    const on = { ...repo, issue_number: hub.openPull(aPull) };
    const { data: first } = await github.rest.issues.createComment({ ...on, body: 'first' });
    const { data: second } = await github.rest.issues.createComment({ ...on, body: 'second' });
    pass(60_000);
    await github.rest.issues.updateComment({ ...repo, comment_id: first.id, body: 'changed' });
    const { data: listed } = await github.rest.issues.listComments(on);
    expect(listed.map(({ body, user }) => [body, user?.login])).toEqual([
      ['changed', 'github-actions[bot]'],
      ['second', 'github-actions[bot]'],
    ]);
    expect(listed[0]?.updated_at).toBe('2026-11-22T04:01:00Z');
    expect(listed[0]?.created_at).toBe('2026-11-22T04:00:00Z');
    await github.rest.issues.deleteComment({ ...repo, comment_id: second.id });
    expect(hub.snapshot().comments).toEqual([{ issue: on.issue_number, id: first.id, body: 'changed' }]);
  });

  test('a body has at most 65,536 characters, at creation and later', async () => {
    const { github, hub } = given;
    const on = { ...repo, issue_number: hub.openPull(aPull) };
    const longest = 'x'.repeat(65_536);
    const { data } = await github.rest.issues.createComment({ ...on, body: longest });
    const tooLong = { status: 422, message: expect.stringContaining('maximum is 65536 characters') };
    const create = github.rest.issues.createComment({ ...on, body: `${longest}x` });
    await expect(create).rejects.toMatchObject(tooLong);
    const update = github.rest.issues.updateComment({ ...repo, comment_id: data.id, body: `${longest}x` });
    await expect(update).rejects.toMatchObject(tooLong);
    const issue = github.rest.issues.create({ ...repo, title: 'Drift', body: `${longest}x` });
    await expect(issue).rejects.toMatchObject(tooLong);
    expect(hub.snapshot().comments.map(({ body }) => body.length)).toEqual([65_536]);
  });

  test('the right for pull requests serves on a pull request, and not on an issue', async () => {
    const { github, hub, as } = given;
    const narrow = as({ 'pull-requests': 'write' });
    const { data: issue } = await github.rest.issues.create({ ...repo, title: 'Drift' });
    const on = (issue_number: number) => ({ ...repo, issue_number, body: 'plan' });
    await narrow.rest.issues.createComment(on(hub.openPull(aPull)));
    await expect(narrow.rest.issues.createComment(on(issue.number))).rejects.toMatchObject({ status: 403 });
    expect(hub.snapshot().comments).toHaveLength(1);
  });
});
