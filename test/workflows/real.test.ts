// Everything real but GitHub and AWS, which are in boxes: one tenant from its pull request to its teardown by the example
// workflows, with the committed bundles, under the roles of infra/github-roles.yml.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deployInfra } from '../../sandbox/aws/infra.ts';
import type { RunEnd } from '../../sandbox/github/workflow/run.ts';
import { openRehearsal, project, type Rehearsal } from '../../sandbox/rehearsal.ts';
import {
  dispatch,
  healthyTenants,
  pullRequest,
  siteVariables,
  summaryOf,
} from '../../scripts/rehearse/play.ts';
import { parameters } from '../infra/deployed.ts';
import { narrow } from './kit.ts';

const tenant = 'goldencrust';
let fleet: string;
let rehearsal: Rehearsal;
/** Every run, to be searched for tokens at the end. */
const ends: RunEnd[] = [];

beforeAll(async () => {
  fleet = await mkdtemp(join(tmpdir(), 'fleet-'));
  await cp('examples/wpsit', fleet, { recursive: true });
  await narrow(fleet, { pilot: [tenant] }, {});
  rehearsal = await openRehearsal({
    project: resolve('.'),
    fleet,
    workflows: 'examples/workflows',
    environment: 'sit',
    speed: 60,
  });
}, 60_000);
afterAll(async () => {
  await rehearsal?.close();
  await rm(fleet, { recursive: true, force: true });
});

const keep = async (run: Promise<RunEnd>): Promise<RunEnd> => {
  const end = await run;
  ends.push(end);
  return end;
};

const start = (workflow: string, inputs: Readonly<Record<string, string>>): Promise<RunEnd> =>
  keep(
    dispatch(rehearsal, {
      workflow: `.github/workflows/${workflow}`,
      inputs: { environment: 'sit', tenant, ...inputs },
      variables: siteVariables(rehearsal),
      approve: async () => 'approved',
    }),
  );

const drift = (): Promise<RunEnd> =>
  keep(
    rehearsal.run({
      workflow: '.github/workflows/drift.yml',
      event: { name: 'schedule', payload: { schedule: '17 5 * * *' } },
      approve: async () => 'rejected',
    }),
  );

/** A pull request of the newest commit, from a fork where another repository is named. */
const pullFrom = (repository: string): Promise<RunEnd> => {
  const [base, head] = [rehearsal.sha('before'), rehearsal.sha()];
  const number = rehearsal.hub.openPull({
    title: 'Change the fleet',
    base: { ref: 'main', sha: base },
    head: { ref: 'change', sha: head, repository },
  });
  const own = { full_name: 'your-org/wpsit' };
  const pull_request = {
    number,
    base: { sha: base, ref: 'main', repo: own },
    head: { sha: head, ref: 'change', repo: { full_name: repository } },
  };
  return keep(
    rehearsal.run({
      workflow: '.github/workflows/check.yml',
      event: { name: 'pull_request', payload: { action: 'opened', number, pull_request } },
      approve: async () => 'rejected',
    }),
  );
};

const conclusions = ({ jobs }: RunEnd) => Object.fromEntries(jobs.map((job) => [job.name, job.conclusion]));
const wrongIn = ({ jobs }: RunEnd): string =>
  jobs
    .filter(({ conclusion }) => conclusion === 'failure')
    .flatMap(({ lines }) => lines)
    .join('\n');
const comments = () => rehearsal.hub.snapshot().comments;
const issues = () => rehearsal.hub.snapshot().issues.map(({ title, state }) => ({ title, state }));

describe('A pull request', () => {
  test('of the repository is checked, planned under the role that looks, and told in one comment', async () => {
    const end = await keep(pullRequest(rehearsal, {}));
    expect([conclusions(end), wrongIn(end)]).toEqual([
      { 'fleet / manifests': 'success', 'fleet / plan': 'success' },
      '',
    ]);
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain(tenant);
  }, 60_000);

  test('of a fork is checked, and no more', async () => {
    const end = await pullFrom('somebody/wpsit');
    expect(conclusions(end)).toEqual({ 'fleet / manifests': 'success', 'fleet / plan': 'skipped' });
    expect(comments()).toHaveLength(1);
  }, 60_000);

  test('with broken manifests gets annotations at their places, and no plan', async () => {
    const file = join(rehearsal.folder, `fleet/tenants/${tenant}.yml`);
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}imgae: wordpress:6.8\ncpu: "many"\n`);
    rehearsal.commit('Break the manifest');
    const end = await pullFrom('your-org/wpsit');
    await writeFile(file, text);
    rehearsal.commit('Mend it');
    expect(conclusions(end)).toEqual({ 'fleet / manifests': 'failure', 'fleet / plan': 'skipped' });
    const line = text.split('\n').length;
    const places = end.jobs[0]?.annotations.map((each) => `${each.path}:${each.line}`);
    expect(places).toEqual([
      `fleet/tenants/${tenant}.yml:${line}`,
      `fleet/tenants/${tenant}.yml:${line + 1}`,
    ]);
    expect(summaryOf(end, /manifests/)).toMatch(
      new RegExp(`tenants/${tenant}\\.yml\\n\\n?- line ${line}, column 1: .imgae. is not a key`),
    );
    expect(comments()).toHaveLength(1);
  }, 60_000);
});

describe('From nothing to a tenant and back', () => {
  test('drift opens an issue where the tenant is missing', async () => {
    const end = await drift();
    expect([end.conclusion, wrongIn(end)]).toEqual(['success', '']);
    expect(issues()).toMatchObject([{ state: 'open' }]);
  }, 60_000);

  const lets = (changed: Readonly<Record<string, string>>) =>
    readFile('infra/github-roles.yml', 'utf8').then((template) =>
      deployInfra(rehearsal.cloud.sandbox, {
        template,
        parameters: {
          ...parameters,
          DeploymentEnvironment: 'sit-tenants',
          WorkflowsRepository: project,
          ...changed,
        },
      }),
    );

  test.each([
    ['lacks the environment', { DeploymentEnvironment: 'another' }, /^environment: sit-tenants <- differs/m],
    [
      'names another workflow',
      { WorkflowsRepository: 'your-org/another' },
      /^job_workflow_ref: your-org\/tenant-actions\/\.github\/workflows\/tenant\.yml@\S+ <- differs/m,
    ],
  ])(
    'a role whose trust policy %s is denied, and the error says which claim differs',
    async (_, changed, said) => {
      await lets(changed);
      const end = await start('deploy-tenant.yml', {});
      await lets({});
      expect(end.conclusion).toBe('failure');
      expect(wrongIn(end)).toMatch(
        /AWS did not let this job assume arn:aws:iam::\d+:role\/sit-tenants-deploy/,
      );
      expect(wrongIn(end)).toMatch(said);
      expect(await healthyTenants(rehearsal)).toEqual([]);
    },
    60_000,
  );

  test('under the documented roles it is deployed, and drift closes its issue', async () => {
    const end = await start('deploy-tenant.yml', {});
    expect([end.conclusion, wrongIn(end)]).toEqual(['success', '']);
    expect(await healthyTenants(rehearsal)).toEqual([expect.stringContaining(tenant)]);
    const looked = await drift();
    expect([looked.conclusion, wrongIn(looked)]).toEqual(['success', '']);
    expect(issues()).toMatchObject([{ state: 'closed' }]);
  }, 120_000);

  test('rollback.yml tears it down, with its name as confirmation only', async () => {
    const refused = await start('rollback.yml', { mode: 'teardown', confirm: 'tenant1' });
    expect(refused.conclusion).toBe('failure');
    expect(await healthyTenants(rehearsal)).toHaveLength(1);
    const end = await start('rollback.yml', { mode: 'teardown', confirm: tenant, 'drop-database': 'true' });
    expect([end.conclusion, wrongIn(end)]).toEqual(['success', '']);
    expect(await healthyTenants(rehearsal)).toEqual([]);
  }, 120_000);
});

/** How GitHub's tokens for AWS begin. */
const token = /eyJ[\w-]{10}/;

test('no token is in any line, summary, annotation, artifact, comment or issue', () => {
  expect(ends.length).toBeGreaterThan(8);
  const { hub, cloud } = rehearsal;
  expect(cloud.sandbox.mintToken({ sub: '' })).toMatch(token);
  const artifacts = ends.flatMap(({ id }) =>
    hub.artifacts.list(id).flatMap(({ files }) => [...files.values()].map(String)),
  );
  const all = JSON.stringify([ends, hub.snapshot(), artifacts, ends.map(({ id }) => hub.jobsOf(id))]);
  expect(all).toContain(tenant);
  expect(all).not.toMatch(token);
});
