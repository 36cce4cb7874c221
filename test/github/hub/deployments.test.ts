import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { aRun, type Given, openGiven, repo, sha } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await openGiven({ refs: { main: sha } });
});
afterEach(() => given.hub.close());

const deploy = async (environment: string, more: object = {}): Promise<number> => {
  const wanted = { ...repo, ref: sha, environment, required_contexts: [], production_environment: false };
  const { status, data } = await given.github.rest.repos.createDeployment({ ...wanted, ...more });
  if (status !== 201) throw new Error(`not deployed: ${status}`);
  return Number(data.id);
};

const report = (deployment_id: number, state: 'in_progress' | 'success' | 'failure', more: object = {}) =>
  given.github.rest.repos.createDeploymentStatus({ ...repo, deployment_id, state, ...more });

const statesOf = (id: number): readonly string[] | undefined =>
  given.hub
    .snapshot()
    .deployments.find((deployment) => deployment.id === id)
    ?.statuses.map(({ state }) => state);

describe('deployments', () => {
  test('are listed newest first, by environment and task', async () => {
    const one = await deploy('sit/goldencrust', {
      task: 'deploy:tenant',
      payload: { tenant: 'goldencrust' },
    });
    const two = await deploy('sit/goldencrust');
    const other = await deploy('sit/oakbarrel');
    const found = async (filter: object) =>
      (await given.github.rest.repos.listDeployments({ ...repo, ...filter })).data.map(({ id }) => id);
    expect(await found({})).toEqual([other, two, one]);
    expect(await found({ environment: 'sit/goldencrust' })).toEqual([two, one]);
    expect(await found({ environment: 'sit/goldencrust', task: 'deploy:tenant' })).toEqual([one]);
    expect(await found({ sha: 'ab12'.repeat(10) })).toEqual([]);
    expect(given.hub.snapshot().deployments[0]?.payload).toEqual({ tenant: 'goldencrust' });
  });

  test('a success makes the earlier successes of its environment inactive, and no others', async () => {
    const failed = await deploy('sit/goldencrust');
    const earlier = await deploy('sit/goldencrust');
    const transient = await deploy('sit/goldencrust', { transient_environment: true });
    const elsewhere = await deploy('sit/oakbarrel');
    await report(failed, 'failure');
    // Together, so that none retires another yet.
    for (const id of [earlier, transient, elsewhere]) await report(id, 'success', { auto_inactive: false });
    const latest = await deploy('sit/goldencrust');
    await report(latest, 'in_progress');
    expect(statesOf(earlier)).toEqual(['success']);
    await report(latest, 'success');
    expect(statesOf(failed)).toEqual(['failure']);
    expect(statesOf(earlier)).toEqual(['success', 'inactive']);
    expect(statesOf(transient)).toEqual(['success']);
    expect(statesOf(elsewhere)).toEqual(['success']);
    expect(statesOf(latest)).toEqual(['in_progress', 'success']);
  });

  test('statuses are listed newest first with their links', async () => {
    const id = await deploy('sit/goldencrust');
    await report(id, 'in_progress', { log_url: 'https://github.test/run/1' });
    await report(id, 'success', { environment_url: 'https://goldencrust.test/', description: 'healthy' });
    const { data } = await given.github.rest.repos.listDeploymentStatuses({ ...repo, deployment_id: id });
    expect(data).toMatchObject([
      { state: 'success', environment_url: 'https://goldencrust.test/', description: 'healthy' },
      { state: 'in_progress', log_url: 'https://github.test/run/1', target_url: 'https://github.test/run/1' },
    ]);
  });

  test('a description has at most 140 characters', async () => {
    const id = await deploy('sit/goldencrust');
    await report(id, 'in_progress', { description: 'x'.repeat(140) });
    const long = report(id, 'failure', { description: 'x'.repeat(141) });
    await expect(long).rejects.toMatchObject({ status: 422, message: expect.stringContaining('140') });
    expect(statesOf(id)).toEqual(['in_progress']);
  });

  test('the checks of the running workflow stand in the way unless required_contexts is empty', async () => {
    given.hub.saveRun(aRun());
    const wanted = { ...repo, ref: sha, environment: 'sit' };
    const checked = given.github.rest.repos.createDeployment(wanted);
    await expect(checked).rejects.toMatchObject({ status: 409 });
    await deploy('sit');
    expect(given.hub.snapshot().deployments).toHaveLength(1);
  });

  test('a ref is a commit or a known name', async () => {
    const id = await deploy('sit', { ref: 'main', auto_merge: false });
    const { data } = await given.github.rest.repos.getDeployment({ ...repo, deployment_id: id });
    expect([data.ref, data.sha]).toEqual(['main', sha]);
    await expect(deploy('sit', { ref: 'gone', auto_merge: false })).rejects.toMatchObject({ status: 422 });
  });
});
