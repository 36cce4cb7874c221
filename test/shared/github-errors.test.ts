import { getOctokit } from '@actions/github';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Failed, UnknownOutcome } from '../../src/shared/errors.ts';
import { explainGithub } from '../../src/shared/github-errors.ts';
import { aPull, everything, type Given, openGiven, repo } from '../github/hub/given.ts';

let given: Given;
beforeEach(async () => {
  given = await openGiven();
});
afterEach(() => given.hub.close());

describe('explaining', () => {
  const needs = { to: 'comment on the pull request', permissions: ['pull-requests: write'] };
  const refusalOf = async (code: 401 | 403 | 404): Promise<unknown> => {
    const rights = code === 403 ? { 'pull-requests': 'read' as const } : everything;
    const { token, revoke } = given.hub.issueToken(rights);
    const github = getOctokit(token, { baseUrl: given.hub.url });
    const issue_number = code === 404 ? 99 : given.hub.openPull(aPull);
    if (code === 401) revoke();
    return github.rest.issues.createComment({ ...repo, issue_number, body: 'a' }).catch((error) => error);
  };

  test.each([
    [401, 'github.token'],
    [403, '`pull-requests: write`'],
    [404, '`pull-requests: write`'],
  ] as const)('%i says what to do', async (code, fix) => {
    const told = explainGithub(await refusalOf(code), needs);
    expect(told).toBeInstanceOf(Failed);
    expect(told).toMatchObject({
      what: expect.stringContaining(`GitHub could not comment on the pull request: HTTP ${code}, `),
      fix: expect.stringContaining(fix),
    });
    expect(String(told)).not.toContain('ghs_');
  });

  test('what is no refusal stays what it is', () => {
    const lost = new UnknownOutcome('POST /a', 'ECONNRESET', 'GitHub');
    expect(explainGithub(lost, needs)).toBe(lost);
  });
});
