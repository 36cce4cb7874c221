import { getOctokit } from '@actions/github';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { aRun, type Given, openGiven, repo, sha } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await openGiven();
});
afterEach(() => given.hub.close());

describe('who may not', () => {
  test('a token that is none, or no longer one, is refused', async () => {
    const { hub } = given;
    const { token, revoke } = hub.issueToken({});
    const octokit = getOctokit(token, { baseUrl: hub.url });
    const { data } = await octokit.rest.repos.get(repo);
    expect(data).toMatchObject({ full_name: 'your-org/wp-sit', id: 2002, owner: { id: 1001 } });
    revoke();
    const refused = { status: 401, message: expect.stringContaining('Bad credentials') };
    await expect(octokit.rest.repos.get(repo)).rejects.toMatchObject(refused);
  });

  test('another repository is not there, nor is this one without a token', async () => {
    const elsewhere = given.github.rest.issues.listForRepo({ ...repo, repo: 'other' });
    const missing = { status: 404, response: { data: { documentation_url: expect.any(String) } } };
    await expect(elsewhere).rejects.toMatchObject(missing);
    expect((await fetch(`${given.hub.url}/repos/your-org/wp-sit/issues`)).status).toBe(404);
  });

  test('a right to read is none to write, and the answer names the one that is wanted', async () => {
    const narrow = given.as({ issues: 'read' });
    const refused = narrow.rest.issues.create({ ...repo, title: 'Drift' });
    await expect(refused).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
      response: { headers: { 'x-accepted-github-permissions': 'issues=write' } },
    });
    expect((await narrow.rest.issues.listForRepo(repo)).data).toEqual([]);
  });

  test('each part of the API needs its own right', async () => {
    const { hub, as } = given;
    hub.saveRun(aRun());
    const run = { ...repo, run_id: 71 };
    const status = (call: Promise<{ status: number }>): Promise<number> =>
      call.then(
        (answer) => answer.status,
        (error: { status: number }) => error.status,
      );
    const calls = {
      actions: (octokit: Given['github']) => octokit.rest.actions.listJobsForWorkflowRun(run),
      checks: (octokit: Given['github']) => octokit.rest.checks.listAnnotations({ ...repo, check_run_id: 1 }),
      deployments: (octokit: Given['github']) => octokit.rest.repos.listDeployments(repo),
      issues: (octokit: Given['github']) => octokit.rest.issues.listForRepo(repo),
      'pull-requests': (octokit: Given['github']) => octokit.rest.pulls.get({ ...repo, pull_number: 1 }),
    };
    for (const [scope, call] of Object.entries(calls)) {
      const others = Object.fromEntries(Object.keys(calls).map((name) => [name, 'write' as const]));
      expect([scope, await status(call(as({ ...others, [scope]: 'none' })))]).toEqual([scope, 403]);
      expect([scope, await status(call(as({ [scope]: 'read' })))]).not.toEqual([scope, 403]);
    }
  });
});

describe('what is not taken', () => {
  const post = async (body: unknown, path = 'issues') => {
    const { token } = given.hub.issueToken({ issues: 'write', deployments: 'write' });
    const headers = { authorization: `token ${token}`, 'user-agent': 'test' };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const url = `${given.hub.url}/repos/your-org/wp-sit/${path}`;
    const answer = await fetch(url, { method: 'POST', headers, body: text });
    const { message } = (await answer.json()) as { message: string };
    return { status: answer.status, message };
  };

  test('a field that the route does not have is named', async () => {
    const { status, message } = await post({ title: 'a', colour: 'red' });
    expect(status).toBe(422);
    expect(message).toContain('"colour" is not a permitted key.');
  });

  test('a missing field and one of the wrong type are named together', async () => {
    const { status, message } = await post({ body: 7 });
    expect(status).toBe(422);
    expect(message).toContain('"title" wasn\'t supplied.');
    expect(message).toContain("For 'properties/body', 7");
  });

  test('text that is no JSON object is refused', async () => {
    expect(await post('{')).toMatchObject({ status: 400, message: 'Problems parsing JSON' });
    expect((await post('[]')).status).toBe(400);
  });

  test('a query field that the route does not have is named', async () => {
    const wrong = given.github.request('GET /repos/{owner}/{repo}/issues', { ...repo, lables: 'a' });
    await expect(wrong).rejects.toMatchObject({ status: 422, message: expect.stringContaining('"lables"') });
  });

  test('a deployment status that GitHub has not, and an address that is none', async () => {
    const create = given.github.rest.repos.createDeployment({ ...repo, ref: sha, required_contexts: [] });
    const { id } = (await create).data as { id: number };
    const path = `deployments/${id}/statuses`;
    expect((await post({ state: 'done' }, path)).status).toBe(422);
    expect((await post({ state: 'success', environment_url: 'goldencrust' }, path)).status).toBe(422);
    expect(given.hub.snapshot().deployments[0]?.statuses).toEqual([]);
  });

  test('a route that the hub does not have is an error that names it', async () => {
    const unknown = given.github.rest.repos.listBranches(repo);
    const named = { status: 501, message: expect.stringContaining('GET /repos/your-org/wp-sit/branches') };
    await expect(unknown).rejects.toMatchObject(named);
  });
});
