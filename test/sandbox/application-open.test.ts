// Envelope's account as a process of its own sees it: its containers are real processes, its database a real server
// where there is one, its roles those of infra/application-roles.yml.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type OpenApplication, openSandbox } from '../../sandbox/open.ts';
import { type ApplicationRehearsal, openRehearsal } from '../../sandbox/rehearsal.ts';
import { createClients } from './fixture.ts';

const fleet = 'examples/envelope';
const application = { name: 'envelope', environment: 'prod' };

type Answer = { readonly status: number | undefined; readonly body: string };

/** A visitor who found the load balancer under the host's name. */
const visit = (siteUrl: string, host: string, path: string): Promise<Answer> =>
  new Promise((ok, fail) => {
    const asked = request(new URL(path, siteUrl), { headers: { Host: host } }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => ok({ status: response.statusCode, body }));
    });
    asked.on('error', fail);
    asked.end();
  });

describe('an open sandbox of an application', () => {
  let open: OpenApplication;
  beforeAll(async () => {
    open = await openSandbox({ fleet, application, port: 0, speed: 60 });
  }, 90_000);
  afterAll(() => open?.close());

  const runOnce = async (command: readonly string[]) => {
    const { ecs, logs } = createClients(open.sandbox);
    const cluster = open.application.cluster;
    const { services } = await ecs.describeServices({ cluster, services: ['envelope-prod-api'] });
    const { tasks = [] } = await ecs.runTask({
      cluster,
      taskDefinition: services?.[0]?.taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration: services?.[0]?.networkConfiguration,
      overrides: { containerOverrides: [{ name: 'api', command: [...command] }] },
    });
    const arn = tasks[0]?.taskArn ?? '';
    for (;;) {
      const [task] = (await ecs.describeTasks({ cluster, tasks: [arn] })).tasks ?? [];
      if (task?.lastStatus === 'STOPPED') {
        const { events = [] } = await logs.getLogEvents({
          logGroupName: '/ecs/envelope-prod-api',
          logStreamName: `ecs/api/${arn.split('/').at(-1)}`,
        });
        return {
          exitCode: task.containers?.[0]?.exitCode,
          log: events.map(({ message }) => message).join('\n'),
        };
      }
      await pause(50);
    }
  };

  test('its sites answer at the load balancer’s own address', async () => {
    expect(await visit(open.siteUrl, 'api.envelope.host', '/up')).toEqual({
      status: 200,
      body: expect.stringContaining('Application up'),
    });
    expect((await visit(open.siteUrl, 'admin.envelope.host', '/')).status).toBe(302);
    expect((await visit(open.siteUrl, 'demo.envelope.host', '/')).status).toBe(200);
  });

  test('artisan migrates, where there is a server for real', async () => {
    const first = await runOnce(['php', 'artisan', 'migrate', '--force']);
    expect(first).toEqual({ exitCode: 0, log: expect.stringContaining('create_invoices_table') });
    expect(first.log).toContain('no PHP ran');
    if (!open.database) {
      expect(first.log).toContain('No database server was asked');
      return;
    }
    const again = await runOnce(['php', 'artisan', 'migrate', '--force']);
    expect(again).toEqual({ exitCode: 0, log: expect.stringContaining('Nothing to migrate') });
    const { host, port, username, password } = open.database;
    const client = ['--no-defaults', `--host=${host}`, `--port=${port}`, `--user=${username}`, '-sN'];
    const tables = execFileSync('mariadb', [...client, '-e', 'SHOW TABLES IN envelope'], {
      encoding: 'utf8',
      env: { ...process.env, MYSQL_PWD: password },
    });
    expect(tables.trim().split('\n')).toEqual(['failed_jobs', 'invoices', 'migrations', 'tenants']);
  }, 60_000);

  test('an unknown command fails, and the queue’s commands are told', async () => {
    expect(await runOnce(['php', 'artisan', 'no:such'])).toEqual({
      exitCode: 1,
      log: expect.stringContaining('Command "no:such" is not defined.'),
    });
    expect((await runOnce(['php', 'artisan', 'queue:failed'])).exitCode).toBe(0);
  }, 60_000);
});

const shop = `name: shop
cluster: shop
services: { web: {}, jobs: { container: runner } }
pipelines: [{ name: main, migration: after }]
migration: { service: web, command: [bin/rails, "db:migrate"] }
healthChecks: { web: { url: "https://shop.example/healthz" } }
environments: { staging: { accountId: "111122223333", region: eu-central-1 } }
`;

test('an application of other services, pipelines and programs opens too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shop-'));
  await mkdir(join(folder, 'applications'));
  await writeFile(join(folder, 'applications/shop.yml'), shop);
  const given = { fleet: folder, application: { name: 'shop', environment: 'staging' }, port: 0, speed: 60 };
  const open = await openSandbox(given);
  try {
    expect((await visit(open.siteUrl, 'shop.example', '/healthz')).status).toBe(200);
    const { codepipeline } = createClients(open.sandbox);
    const pipelineName = 'shop-staging-main-pipeline';
    await codepipeline.startPipelineExecution({ name: pipelineName });
    const statuses = () =>
      open.sandbox.neighbours.codepipeline.executions(pipelineName).map(({ status }) => status);
    expect(statuses()).toEqual(['InProgress']);
  } finally {
    await open.close();
    await rm(folder, { recursive: true });
  }
}, 90_000);

describe('a rehearsal of an application', () => {
  let rehearsal: ApplicationRehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal({
      ...{ project: resolve('.'), workflows: 'examples/workflows', fleet, application, speed: 60 },
      repository: { owner: 'epactltd', name: 'api' },
    });
  }, 90_000);
  afterAll(() => rehearsal?.close());

  test("has the template's roles, and manifests that name them", async () => {
    const manifest = parse(
      await readFile(join(rehearsal.folder, 'fleet/applications/envelope.yml'), 'utf8'),
    ) as { readonly environments: { readonly prod: { readonly roles: Readonly<Record<string, string>> } } };
    const { roles } = manifest.environments.prod;
    expect(Object.keys(roles)).toEqual(['release', 'command', 'redeploy', 'validate']);
    const { iam } = rehearsal.cloud.sandbox.neighbours;
    for (const name of Object.values(roles)) expect(iam.role(name)?.arn).toContain(`:role/${name}`);
    expect(rehearsal.notes.filter((note) => note.includes('role'))).toEqual([]);
  });

  test("its release role trusts the repository's jobs behind the gate, and no other's", async () => {
    const { sandbox } = rehearsal.cloud;
    const { sts } = createClients(sandbox);
    const { deployment } = rehearsal.application.environment.github;
    const assume = (repository: string) =>
      sts
        .assumeRoleWithWebIdentity({
          RoleArn: `arn:aws:iam::${sandbox.cloud.accountId}:role/envelope-prod-release`,
          RoleSessionName: 'test',
          WebIdentityToken: sandbox.mintToken({
            sub: `repo:${repository}:environment:${deployment}`,
            repository,
            repository_id: '67890',
            environment: deployment,
            job_workflow_ref: 'your-org/tenant-actions/.github/workflows/release-pipeline.yml@refs/tags/v1',
          }),
        })
        .then(
          () => 'ok',
          ({ name }: Error) => name,
        );
    expect(await assume('epactltd/api')).toBe('ok');
    expect(await assume('epactltd/other')).toBe('AccessDenied');
  });
});
