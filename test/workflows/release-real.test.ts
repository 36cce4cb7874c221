// Everything real but GitHub and AWS, which are in boxes: releases from the repository of Envelope's api, whose manifests
// are in another one, with the committed bundles under the roles of infra/application-roles.yml.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tagOf } from '../../sandbox/aws/application-releases.ts';
import type { Work } from '../../sandbox/aws/codepipeline/definitions.ts';
import { deployInfra } from '../../sandbox/aws/infra.ts';
import type { RunEnd } from '../../sandbox/github/workflow/run.ts';
import { type ApplicationRehearsal, openRehearsal, project, type Started } from '../../sandbox/rehearsal.ts';
import { applicationStage, stackOf } from '../../sandbox/rehearsal-stage.ts';
import { openDatabaseSecret, readImages } from '../../scripts/rehearse/look-at-release.ts';
import { releaseVariables, summaryOf } from '../../scripts/rehearse/play.ts';

const pipeline = 'envelope-prod-api-pipeline';
/** What stands for a token that reads epactltd/infra. */
const manifestsToken = `github_pat_${randomBytes(20).toString('hex')}`;

let rehearsal: ApplicationRehearsal;
/** Every run, to be searched for tokens at the end. */
const ends: RunEnd[] = [];

/** What api's build does next. */
let build: 'succeeds' | 'fails' | 'waits' = 'succeeds';

const buildApi: Work = async ({ log, sleep, revision, signal }) => {
  log('[Container] Running command docker build');
  while (build === 'waits' && !signal.aborted) await sleep(2_000);
  if (build === 'fails') {
    log('npm error code ERESOLVE');
    return { kind: 'failed', code: 'JobFailed', message: 'Build terminated with state: FAILED' };
  }
  const { ecr } = rehearsal.cloud.sandbox.neighbours;
  ecr.push({ repository: 'envelope-api', tags: [tagOf(revision), 'latest'], contents: revision });
  return { kind: 'succeeded' };
};

beforeAll(async () => {
  rehearsal = await openRehearsal({
    project: resolve('.'),
    fleet: 'examples/envelope',
    workflows: 'examples/workflows',
    application: { name: 'envelope', environment: 'prod' },
    repository: { owner: 'epactltd', name: 'api' },
    manifests: 'epactltd/infra',
    works: { 'api/Build': buildApi },
    speed: 60,
  });
}, 60_000);
afterAll(() => rehearsal?.close());

const published = (tag: string, more: Partial<Started> = {}): Started => ({
  workflow: '.github/workflows/release-api.yml',
  event: {
    name: 'release',
    payload: { action: 'published', release: { tag_name: tag, prerelease: false } },
    ref: `refs/tags/${tag}`,
  },
  variables: releaseVariables(rehearsal),
  secrets: { MANIFESTS_TOKEN: manifestsToken },
  approve: async () => 'approved',
  ...more,
});

const keep = async (run: Promise<RunEnd>): Promise<RunEnd> => {
  const end = await run;
  ends.push(end);
  return end;
};
const release = (tag: string, more: Partial<Started> = {}): Promise<RunEnd> =>
  keep(rehearsal.run(published(tag, more)));

const commitNext = async (text: string): Promise<string> => {
  await writeFile(join(rehearsal.folder, 'CHANGES'), text);
  return rehearsal.commit(text);
};

const executions = () => rehearsal.cloud.sandbox.neighbours.codepipeline.executions(pipeline);
const last = () => executions().at(-1);
const isReleased = async (sha: string): Promise<boolean> =>
  (await readImages(rehearsal))['envelope-prod-api'] === `envelope-api:${tagOf(sha)}`;

const endOf = ({ jobs }: RunEnd) => Object.fromEntries(jobs.map((job) => [job.name, job.conclusion]));
const wrongIn = ({ jobs }: RunEnd): string =>
  jobs
    .filter(({ conclusion }) => conclusion === 'failure')
    .flatMap(({ lines }) => lines)
    .join('\n');
const expectSuccess = (end: RunEnd): void => {
  expect([end.conclusion, wrongIn(end)]).toEqual(['success', '']);
};

const until = async (holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 30_000; !holds(); ) {
    if (Date.now() > end) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** By service, the deployment that it has. */
const deployments = (): Readonly<Record<string, string | undefined>> => {
  const { cluster, services } = rehearsal.application;
  const { ecs } = rehearsal.cloud.sandbox.neighbours;
  return Object.fromEntries(
    services.map(({ name, service }) => [
      name,
      ecs.operations.DescribeServices({ cluster, services: [service] }).services?.[0]?.deployments?.[0]?.id,
    ]),
  );
};

describe('A published release', () => {
  test('of the api goes through its pipeline with its commit; what runs its image follows; all is looked at', async () => {
    const before = deployments();
    const end = await release('v1.0.0');
    expectSuccess(end);
    expect(endOf(end)).toEqual({
      'release / plan': 'success',
      'release / approve release of envelope': 'success',
      'release / api / release': 'success',
      'release / api / migrate': 'skipped',
      'release / redeploy': 'success',
      'release / validate': 'success',
      'release / report': 'success',
    });
    expect(await isReleased(rehearsal.sha())).toBe(true);
    const after = deployments();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed).toEqual(['api', 'worker', 'scheduler', 'reverb']);
    const asked = end.jobs.find(({ name }) => name === 'release / validate')?.summary;
    expect(asked).toContain('public access to envelope-prod-db');
  }, 120_000);

  test('its report has the records of the pipeline, in the table and the timeline', () => {
    const [end] = ends;
    if (!end) throw new Error('nothing was released');
    const report = summaryOf(end, /report$/);
    expect(report).toMatch(new RegExp(`\\| \\[api\\]\\(\\S+\\) \\| ✅ released \\|.*\\[${last()?.id}\\]`));
    expect(report).toMatch(/section api\n {2}✅ Source .*\n {2}✅ Build .*\n(?:.*\n)*? {2}section services/);
  });
});

describe('A build that fails', () => {
  test('ends the release with its own log; re-run, the same execution is retried and released', async () => {
    const sha = await commitNext('v1.1.0');
    build = 'fails';
    const before = deployments();
    const failed = await release('v1.1.0');
    expect(failed.conclusion).toBe('failure');
    expect(endOf(failed)).toMatchObject({
      'release / redeploy': 'skipped',
      'release / validate': 'skipped',
      'release / report': 'success',
    });
    expect(wrongIn(failed)).toContain('npm error code ERESOLVE');
    expect(summaryOf(failed, /report$/)).toMatch(/❌[^\n]*Build/);
    expect([deployments(), await isReleased(sha)]).toEqual([before, false]);
    const [count, id] = [executions().length, last()?.id];
    build = 'succeeds';
    const again = await keep(rehearsal.rerun(published('v1.1.0'), failed));
    expectSuccess(again);
    expect([executions().length, last()?.id, last()?.status]).toEqual([count, id, 'Succeeded']);
    const builds = last()?.runs.filter(({ stage }) => stage === 'Build');
    expect(builds?.map(({ status }) => status)).toEqual(['Failed', 'Succeeded']);
    expect(await isReleased(sha)).toBe(true);
    expect(summaryOf(again, /report$/)).toMatch(/✅ released/);
  }, 120_000);
});

describe('Two releases of one repository', () => {
  test('the second waits for the first instead of superseding it', async () => {
    const count = executions().length;
    build = 'waits';
    await commitNext('v1.2.0');
    const first = release('v1.2.0');
    await until(() => executions().length === count + 1);
    const sha = await commitNext('v1.3.0');
    const { promise: approved, resolve: approve } = Promise.withResolvers<void>();
    const second = release('v1.3.0', {
      onLine: (_, line) => line.endsWith(`may start, from ${sha}.`) && approve(),
    });
    await approved;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(executions()).toHaveLength(count + 1);
    build = 'succeeds';
    for (const end of await Promise.all([first, second])) expectSuccess(end);
    const statuses = executions()
      .slice(count)
      .map(({ status }) => status);
    expect(statuses).toEqual(['Succeeded', 'Succeeded']);
    expect(await isReleased(sha)).toBe(true);
  }, 120_000);
});

describe('A cancelled run', () => {
  test('stops its execution, and what was released stays', async () => {
    const [count, before] = [executions().length, rehearsal.sha()];
    build = 'waits';
    await commitNext('v1.4.0');
    const stop = new AbortController();
    const end = await release('v1.4.0', {
      signal: stop.signal,
      onLine: (_, line) => /Build started/.test(line) && stop.abort(),
    });
    expect(end.conclusion).toBe('cancelled');
    expect(executions()).toHaveLength(count + 1);
    expect(last()?.status).toMatch(/^Stopp(ing|ed)$/);
    build = 'succeeds';
    await until(() => last()?.status === 'Stopped');
    expect(await isReleased(before)).toBe(true);
  }, 60_000);
});

describe('A role that does not trust the caller', () => {
  /** The stack as deployed, with other parameters. */
  const deployRoles = async (changed: Readonly<Record<string, string>>): Promise<void> => {
    const stage = applicationStage(rehearsal.application);
    const stack = await stackOf(resolve('.'), stage, { repository: rehearsal.hub.repository, project });
    deployInfra(rehearsal.cloud.sandbox, { ...stack, parameters: { ...stack.parameters, ...changed } });
  };

  test.each([
    [
      'of another repository',
      { GitHubRepositories: 'epactltd/tenant', GitHubRepositoryIds: '67891' },
      /^repository: epactltd\/api <- differs/m,
    ],
    [
      'of another environment',
      { DeploymentEnvironment: 'another' },
      /^environment: prod-envelope <- differs/m,
    ],
  ])(
    '%s: refused with the claim that differs, and nothing is started',
    async (_, changed, said) => {
      const count = executions().length;
      await deployRoles(changed);
      const end = await release('v1.5.0');
      await deployRoles({});
      expect(end.conclusion).toBe('failure');
      expect(wrongIn(end)).toMatch(
        /AWS did not let this job assume arn:aws:iam::\d+:role\/envelope-prod-release/,
      );
      expect(wrongIn(end)).toMatch(said);
      expect(executions()).toHaveLength(count);
    },
    60_000,
  );
});

test('no token and no secret is in any line, summary, annotation or artifact', async () => {
  expect(ends.length).toBeGreaterThan(6);
  const { hub, cloud } = rehearsal;
  const artifacts = ends.flatMap(({ id }) =>
    hub.artifacts.list(id).flatMap(({ files }) => [...files.values()].map(String)),
  );
  const all = JSON.stringify([ends, hub.snapshot(), artifacts, ends.map(({ id }) => hub.jobsOf(id))]);
  const { password = '' } = await openDatabaseSecret(rehearsal).read();
  const token = /eyJ[\w-]{10}|ghs_[\w-]{8}/;
  expect(cloud.sandbox.mintToken({ sub: '' })).toMatch(token);
  expect(hub.issueToken({}).token).toMatch(token);
  expect(password.length).toBeGreaterThan(8);
  expect(all).toContain(last()?.id);
  expect(all).not.toMatch(token);
  for (const secret of [manifestsToken, password]) expect(all).not.toContain(secret);
});
