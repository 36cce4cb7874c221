// The goldencrust pilot through the four committed bundles, over HTTP, with containers as processes and a real database
// where the machine has one: in, healthy, changed, back, and out again.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import type { StepEnd } from '../../sandbox/github/step.ts';
import { type OpenSandbox, openSandbox } from '../../sandbox/open.ts';
import { leaksIn, placesOfStep, readSecret } from '../laws/leaks.ts';
import {
  type ActionName,
  actions,
  errorsOf,
  makeWorkspace,
  runAction,
  type Texts,
  type Workspace,
} from './kit.ts';

jest.setTimeout(60_000);

let open: OpenSandbox;
let workspace: Workspace;
const ends = new Map<ActionName, StepEnd>();
const all: StepEnd[] = [];
let password = '';

beforeAll(async () => {
  open = await openSandbox({ fleet: 'examples/wpsit', environment: 'sit', port: 0, speed: 30 });
  for (const note of open.notes) console.log(note);
  workspace = await makeWorkspace();
});
afterAll(async () => {
  await open.close();
  await workspace.remove();
});

const writesSince = (from: number): readonly string[] =>
  open.sandbox.calls
    .slice(from)
    .filter(({ write }) => write)
    .map(({ operation }) => operation);

const run = async (action: ActionName, inputs: Texts = {}): Promise<StepEnd> => {
  // Nothing but the endpoint: a sandbox on this machine takes any key.
  const end = await runAction({ workspace, env: { AWS_ENDPOINT_URL: open.endpoint } }, action, { inputs });
  all.push(end);
  return end;
};

/** Runs to success and keeps the end for what holds of every action. */
const succeed = async (action: ActionName, inputs: Texts = {}): Promise<StepEnd> => {
  const end = await run(action, inputs);
  expect(errorsOf(end)).toEqual([]);
  expect(end.exitCode).toBe(0);
  if (!ends.has(action)) ends.set(action, end);
  return end;
};

const waitInputs = (): Texts => ({ probe: `${open.siteUrl}/`, 'stable-seconds': '1' });

/** The real server's own answer, as root. */
const sql = (text: string): string => {
  const { socket = '', password: root = '' } = open.database ?? {};
  const flags = ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names'];
  return execFileSync('mariadb', flags, {
    env: { ...process.env, MYSQL_PWD: root },
    input: text,
    encoding: 'utf8',
  });
};

test('the secret and the access policy come first', async () => {
  const end = await succeed('provision-tenant', { steps: 'secret,access' });
  expect(end.outputs.changed).toBe('true');
  expect(end.outputs['secret-arn']).toMatch(
    /^arn:aws:secretsmanager:.*:secret:sit-goldencrust-db-credentials-/,
  );
  expect(end.outputs['service-arn']).toBe('');
  password = readSecret(open.sandbox, 'sit-goldencrust-db-credentials', 'password');
  expect(password.length).toBeGreaterThanOrEqual(32);
});

test('run-db-init makes database, user and grant, and logs in as the tenant', async () => {
  const end = await succeed('run-db-init', { operation: 'init' });
  expect(end.outputs).toMatchObject({
    changed: 'true',
    database: 'goldencrust_db',
    user: 'goldencrust_user',
  });
  if (open.database) expect(sql("SHOW DATABASES LIKE 'goldencrust%'")).toBe('goldencrust_db\n');
  expect(end.summary).toMatch(/user goldencrust_user: can log in/);
});

test('the listing has it, and what the rest of the fleet lacks', async () => {
  const end = await succeed('run-db-init', { operation: 'list', tenant: '' });
  const entries = JSON.parse(end.outputs.databases ?? '') as readonly {
    readonly kind: string;
    readonly name: string;
    readonly state: string;
  }[];
  const named = (state: string) => entries.filter((entry) => entry.state === state).map(({ name }) => name);
  expect(named('present').toSorted()).toEqual(['goldencrust_db', 'goldencrust_user']);
  expect(named('missing')).toHaveLength(24);
  expect(named('nobodys')).toEqual([]);
  expect(JSON.parse(end.outputs.plan ?? '')).toEqual([
    expect.objectContaining({ action: 'list', databases: "1 present, 12 missing, 0 nobody's" }),
  ]);
  expect(end.summary).toContain('| ✅ | database | goldencrust_db | present | goldencrust in sit |');
});

test('the rest is provisioned', async () => {
  const end = await succeed('provision-tenant');
  const plan = JSON.parse(end.outputs.plan ?? '') as readonly {
    readonly action: string;
    readonly kind: string;
  }[];
  expect(plan.map(({ action, kind }) => `${action} ${kind}`)).toEqual([
    'keep secret',
    'keep access policy',
    'create access point',
    'create task definition',
    'create target group',
    'create listener rule',
    'create service',
  ]);
  ends.set('provision-tenant', end);
});

test('it becomes healthy, visited through the load balancer with its host name and Basic Auth', async () => {
  const { outputs } = ends.get('provision-tenant') ?? {};
  const end = await succeed('wait-healthy', {
    ...waitInputs(),
    'deployment-id': outputs?.['deployment-id'] ?? '',
  });
  expect(end.outputs).toMatchObject({
    changed: 'false',
    'deployment-id': outputs?.['deployment-id'],
    'task-definition-arn': outputs?.['task-definition-arn'],
    url: 'https://goldencrust.wpsit.kimmyai.io/',
  });
  expect(Number(end.outputs['waited-seconds'])).toBeGreaterThanOrEqual(1);
});

test('provisioning again changes nothing, and the tenant can still log in', async () => {
  const from = open.sandbox.calls.length;
  const again = await succeed('provision-tenant');
  expect(again.outputs.changed).toBe('false');
  expect(writesSince(from)).toEqual([]);
  const verified = await succeed('run-db-init', { operation: 'verify' });
  expect(verified.outputs.changed).toBe('false');
  expect(readSecret(open.sandbox, 'sit-goldencrust-db-credentials', 'password')).toBe(password);
});

test('with one revision there is nothing to go back to, and it says what to do instead', async () => {
  const from = open.sandbox.calls.length;
  const end = await run('rollback-tenant', { mode: 'previous-revision' });
  expect(end.exitCode).toBe(1);
  expect(errorsOf(end).map(({ text }) => text)).toEqual([
    expect.stringMatching(/no earlier deployment that succeeded.*provision-tenant.*mode teardown/s),
  ]);
  expect(writesSince(from)).toEqual([]);
});

test('from a second revision it goes back to the first', async () => {
  const first = ends.get('provision-tenant')?.outputs['task-definition-arn'] ?? '';
  const manifest = 'fleet/tenants/goldencrust.yml';
  await workspace.edit(manifest, `${await workspace.read(manifest)}cpu: 1024\nmemory: 2048\n`);
  const second = await succeed('provision-tenant');
  expect(second.outputs['task-definition-arn']).not.toBe(first);
  await succeed('wait-healthy', { ...waitInputs(), 'deployment-id': second.outputs['deployment-id'] ?? '' });
  const back = await succeed('rollback-tenant', { mode: 'previous-revision' });
  expect(back.outputs).toMatchObject({ changed: 'true', 'task-definition-arn': first });
  const healthy = await succeed('wait-healthy', {
    ...waitInputs(),
    'deployment-id': back.outputs['deployment-id'] ?? '',
  });
  expect(healthy.outputs['task-definition-arn']).toBe(first);
});

test('a teardown leaves nothing of it', async () => {
  const end = await succeed('rollback-tenant', {
    mode: 'teardown',
    confirm: 'goldencrust',
    'drop-database': 'true',
    'purge-secret': 'true',
  });
  expect(end.outputs.changed).toBe('true');
  const { efs, ...rest } = open.sandbox.snapshot();
  const doors = (efs as { readonly accessPoints?: unknown }).accessPoints;
  expect(JSON.stringify([rest, doors])).not.toContain('goldencrust');
  if (open.database)
    expect(sql("SHOW DATABASES LIKE 'goldencrust%'; SELECT user FROM mysql.user")).not.toContain(
      'goldencrust',
    );
});

type Yml = { readonly outputs: Readonly<Record<string, unknown>> };

test.each(actions)('%s put out what action.yml declares, and a summary', async (action) => {
  const { outputs: declared } = parse(await readFile(`actions/${action}/action.yml`, 'utf8')) as Yml;
  const { outputs = {}, summary = '' } = ends.get(action) ?? {};
  expect(Object.keys(outputs).sort()).toEqual(Object.keys(declared).sort());
  expect(() => JSON.parse(outputs.plan ?? '')).not.toThrow();
  expect(summary).toMatch(/^## /);
  expect(outputs.summary?.trim()).toBe(summary.trim());
});

test('none of it shows a secret', () => {
  const secrets = {
    'tenant password': password,
    'master password': readSecret(open.sandbox, 'sit-rds-master-credentials', 'password'),
    'basic auth password': readSecret(open.sandbox, 'sit-basic-auth', 'password'),
  };
  expect(all.length).toBeGreaterThan(10);
  expect(leaksIn(all.flatMap(placesOfStep), secrets)).toEqual([]);
});
