// The documented trust policies let in exactly the jobs of our workflows, and nobody else of GitHub's.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Sandbox } from '../../sandbox/aws/sandbox.ts';
import { type Phase, phases } from '../../src/shared/fleet/types.ts';
import { createFixture } from '../sandbox/fixture.ts';
import { ask, type Claims, deploy, jobIn, jobWithout, templateFile } from './deployed.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  ({ sandbox } = createFixture());
  await deploy(sandbox);
});

type Step = { readonly uses?: string; readonly with?: Readonly<Record<string, unknown>> };
type Job = {
  readonly steps?: readonly Step[];
  readonly environment?: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
};
type Workflow = { readonly jobs: Readonly<Record<string, Job>> };

const phaseOf = ({ uses = '', with: given }: Step): Phase | undefined => {
  // An application has roles of its own: application-trust.test.ts.
  if (given && 'application' in given) return undefined;
  const name = uses.replace('$/actions/', '');
  if (name === 'plan-fleet') return given?.mode === 'plan' ? 'plan' : undefined;
  if (name === 'provision-tenant' || name === 'wait-healthy') return 'deploy';
  if (name === 'run-db-init') return 'database';
  return name === 'rollback-tenant' ? 'rollback' : undefined;
};

type Use = { readonly file: string; readonly phase: Phase; readonly claims: Claims };

/** Every role that a job of our own workflows takes, read from the workflows. */
const uses: readonly Use[] = globSync('.github/workflows/*.yml').flatMap((path) => {
  const file = basename(path);
  const { jobs } = parse(readFileSync(path, 'utf8')) as Workflow;
  return Object.values(jobs)
    .filter(({ permissions }) => permissions?.['id-token'] === 'write')
    .flatMap(({ steps = [], environment }) => {
      const taken = new Set(steps.flatMap((step) => phaseOf(step) ?? []));
      const claims = environment ? jobIn(file) : jobWithout(file);
      return [...taken].map((phase) => ({ file, phase, claims }));
    });
});

describe('jobs of our workflows', () => {
  test('take all four roles', () => {
    expect([...new Set(uses.map(({ phase }) => phase))].sort()).toEqual([...phases].sort());
  });

  test.each(uses)('$file may take $phase', async ({ phase, claims }) => {
    expect(await ask(sandbox, phase, claims)).toBe('ok');
  });

  test.each(uses)(
    '$file may take $phase from a repository with ids in its sub',
    async ({ phase, claims }) => {
      const sub = claims.sub?.replace('your-org/wpsit', 'your-org@12345/wpsit@67890') ?? '';
      expect(await ask(sandbox, phase, { ...claims, sub })).toBe('ok');
    },
  );

  test('and no other workflow is trusted', async () => {
    const named = readFileSync(templateFile, 'utf8').matchAll(/workflows\/([\w-]+\.yml)@\*/g);
    expect(new Set([...named].map(([, file]) => file))).toEqual(new Set(uses.map(({ file }) => file)));
  });

  test('a pull request may take the plan, of this repository only', async () => {
    const sub = 'repo:your-org/wpsit:pull_request';
    expect(await ask(sandbox, 'plan', jobWithout('check-fleet.yml', { sub }))).toBe('ok');
    expect(
      await ask(sandbox, 'plan', jobWithout('check-fleet.yml', { sub: 'repo:fork/wpsit:pull_request' })),
    ).toContain('AccessDenied');
  });
});

const writing = ['deploy', 'database', 'rollback'] as const;
const other = 'your-org/wpsit/.github/workflows/tenant.yml@refs/heads/main';

const strangers: readonly (readonly [what: string, changed: Claims])[] = [
  ['another environment', { environment: 'sit', sub: 'repo:your-org/wpsit:environment:sit' }],
  ['an environment that only sub tells', { environment: 'prod-tenants' }],
  ['an environment that sub does not tell', { sub: 'repo:your-org/wpsit:ref:refs/heads/main' }],
  ['another of our workflows', { job_workflow_ref: jobIn('check-fleet.yml').job_workflow_ref ?? '' }],
  ['a workflow of the same name elsewhere', { job_workflow_ref: other }],
  [
    'a workflow whose name only begins alike',
    { job_workflow_ref: jobIn('tenant.yml.yml').job_workflow_ref ?? '' },
  ],
  ['another repository', { sub: 'repo:your-org/other:environment:sit-tenants', repository_id: '67891' }],
  ['a repository of the same name, made anew', { repository_id: '67891' }],
  ["another owner's repository", { sub: 'repo:someone/wpsit:environment:sit-tenants' }],
  ['a pull request', { sub: 'repo:your-org/wpsit:pull_request', environment: '' }],
  ['another audience', { aud: 'https://github.com/your-org' }],
];

describe.each(writing)('%s refuses', (phase) => {
  test.each(strangers)('%s', async (_, changed) => {
    const answer = await ask(sandbox, phase, jobIn('tenant.yml', changed));
    expect(answer).toMatch(/AccessDenied|InvalidIdentityToken/);
  });

  test.each(['sub', 'repository_id', 'environment', 'job_workflow_ref'])(
    'a token without %s',
    async (missing) => {
      const claims = Object.fromEntries(
        Object.entries(jobIn('tenant.yml')).filter(([name]) => name !== missing),
      );
      expect(await ask(sandbox, phase, claims)).toContain('AccessDenied');
    },
  );
});

describe('plan refuses', () => {
  test.each([
    ['a workflow that writes', jobWithout('tenant.yml')],
    ["a workflow of the fleet's own repository", jobWithout('drift.yml', { job_workflow_ref: other })],
    ['another repository', jobWithout('drift.yml', { repository_id: '1' })],
    ['a job in an environment', jobIn('drift.yml')],
  ])('%s', async (_, claims) => {
    expect(await ask(sandbox, 'plan', claims)).toContain('AccessDenied');
  });
});

test('a way back by itself takes no role but its own', async () => {
  const claims = jobIn('rollback-tenant.yml');
  expect(await ask(sandbox, 'rollback', claims)).toBe('ok');
  expect(await ask(sandbox, 'deploy', claims)).toContain('AccessDenied');
  expect(await ask(sandbox, 'database', claims)).toContain('AccessDenied');
});

test('another GitHub environment can be named', async () => {
  const { sandbox: renamed } = createFixture();
  await deploy(renamed, { DeploymentEnvironment: 'sit apps' });
  const sub = 'repo:your-org/wpsit:environment:sit apps';
  expect(await ask(renamed, 'deploy', jobIn('tenant.yml', { sub, environment: 'sit apps' }))).toBe('ok');
  expect(await ask(renamed, 'deploy', jobIn('tenant.yml'))).toContain('AccessDenied');
});
