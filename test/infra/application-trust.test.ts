// The documented trust policies let in exactly the jobs that release the application, from its repositories only.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { createFixture } from '../sandbox/fixture.ts';
import {
  ask,
  callers,
  deploy,
  jobOf,
  type Phase,
  phases,
  templateFile,
  workflows,
} from './application-deployed.ts';
import type { Claims } from './deployed.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  ({ sandbox } = createFixture());
  await deploy(sandbox);
});

type Step = { readonly uses?: string; readonly with?: Readonly<Record<string, unknown>> };
type Job = { readonly steps?: readonly Step[]; readonly permissions?: Readonly<Record<string, string>> };
type Workflow = { readonly jobs: Readonly<Record<string, Job>> };

const phaseOfAction: Readonly<Record<string, Phase>> = {
  '$/actions/trigger-pipeline': 'release',
  '$/actions/run-db-init': 'command',
  '$/actions/redeploy-services': 'redeploy',
  '$/actions/wait-healthy': 'validate',
};

const phaseOf = ({ uses = '', with: given = {} }: Step): Phase | undefined => {
  if (uses.startsWith('aws-actions/configure-aws-credentials@')) return 'images';
  return 'application' in given ? phaseOfAction[uses] : undefined;
};

type Use = { readonly file: string; readonly phase: Phase };

/** Every role that a job of our own workflows takes for an application, read from the workflows. */
const uses: readonly Use[] = globSync('.github/workflows/*.yml').flatMap((path) => {
  const { jobs } = parse(readFileSync(path, 'utf8')) as Workflow;
  return Object.values(jobs)
    .filter(({ permissions }) => permissions?.['id-token'] === 'write')
    .flatMap(({ steps = [] }) => [...new Set(steps.flatMap((step) => phaseOf(step) ?? []))])
    .map((phase) => ({ file: basename(path), phase }));
});

const repositories = Object.keys(callers) as readonly (keyof typeof callers)[];

describe('jobs of our workflows', () => {
  test('take all five roles', () => {
    expect([...new Set(uses.map(({ phase }) => phase))].sort()).toEqual([...phases].sort());
  });

  describe.each(repositories)('called from %s', (repository) => {
    test.each(uses)('$file may take $phase, with either form of sub', async ({ file, phase }) => {
      const claims = jobOf(file, {}, repository);
      const withIds = repository.replace('/', '@12345/');
      const sub = `repo:${withIds}@${callers[repository]}:environment:prod-envelope`;
      expect(await ask(sandbox, phase, claims)).toBe('ok');
      expect(await ask(sandbox, phase, { ...claims, sub })).toBe('ok');
    });
  });

  test('take no role of another phase than their own', async () => {
    const taken = new Set(uses.map(({ file, phase }) => `${file} ${phase}`));
    const others = [...new Set(uses.map(({ file }) => file))].flatMap((file) =>
      phases.filter((phase) => !taken.has(`${file} ${phase}`)).map((phase) => ({ file, phase })),
    );
    expect(others.length).toBeGreaterThan(10);
    for (const { file, phase } of others)
      expect([file, phase, await ask(sandbox, phase, jobOf(file))]).toEqual([
        file,
        phase,
        expect.stringContaining('AccessDenied'),
      ]);
  });

  test('and no other workflow is trusted', () => {
    const named = readFileSync(templateFile, 'utf8').matchAll(/workflows\/([\w-]+\.yml)@\*/g);
    expect(new Set([...named].map(([, file]) => file))).toEqual(new Set(uses.map(({ file }) => file)));
  });
});

const stranger = { repository: 'epactltd/blog', sub: 'repo:epactltd/blog:environment:prod-envelope' };
const elsewhere = 'epactltd/api/.github/workflows';

const strangers: readonly (readonly [what: string, changed: Claims])[] = [
  ['the environment that people approve', { environment: 'prod', sub: 'repo:epactltd/api:environment:prod' }],
  ['an environment that only sub tells', { environment: 'dev-envelope' }],
  ['an environment that sub does not tell', { sub: 'repo:epactltd/api:ref:refs/heads/main' }],
  ["another of the owner's repositories", { ...stranger, repository_id: '70000' }],
  ['one that took the name', { repository_id: '70000' }],
  ['one that was renamed', stranger],
  ["another owner's", { sub: 'repo:someone/api:environment:prod-envelope', repository: 'someone/api' }],
  ['an owner of the same name, made anew', { sub: 'repo:epactltd@9/api@67890:environment:prod-envelope' }],
  ['a workflow of its own', { job_workflow_ref: `${elsewhere}/release-pipeline.yml@refs/heads/main` }],
  ['another of our workflows', { job_workflow_ref: jobOf('tenant.yml').job_workflow_ref ?? '' }],
  ['a pull request', { sub: 'repo:epactltd/api:pull_request', environment: '' }],
  ['another audience', { aud: 'https://github.com/epactltd' }],
];

describe.each(phases)('%s refuses', (phase) => {
  const claims = jobOf(workflows[phase]);

  test.each(strangers)('%s', async (_, changed) => {
    expect(await ask(sandbox, phase, claims)).toBe('ok');
    expect(await ask(sandbox, phase, { ...claims, ...changed })).toMatch(/AccessDenied|InvalidIdentityToken/);
  });

  test.each(['sub', 'repository', 'repository_id', 'environment', 'job_workflow_ref'])(
    'a token without %s',
    async (missing) => {
      const rest = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== missing));
      expect(await ask(sandbox, phase, rest)).toContain('AccessDenied');
    },
  );
});

test('another GitHub environment can be named', async () => {
  const { sandbox: renamed } = createFixture();
  await deploy(renamed, { DeploymentEnvironment: 'live apps' });
  const named = { sub: 'repo:epactltd/api:environment:live apps', environment: 'live apps' };
  expect(await ask(renamed, 'release', jobOf('release-pipeline.yml', named))).toBe('ok');
  expect(await ask(renamed, 'release', jobOf('release-pipeline.yml'))).toContain('AccessDenied');
});

test('one repository is a list too', async () => {
  const { sandbox: single } = createFixture();
  await deploy(single, { GitHubRepositories: 'epactltd/hq', GitHubRepositoryIds: '67892' });
  const from = (repository: keyof typeof callers) =>
    ask(single, 'validate', jobOf('release-application.yml', {}, repository));
  expect(await from('epactltd/hq')).toBe('ok');
  expect(await from('epactltd/api')).toContain('AccessDenied');
});
