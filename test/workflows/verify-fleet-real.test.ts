// Everything real but GitHub and AWS, which are in boxes: a rollout in which one tenant fails, and the fleet verified by
// example workflows and committed bundles. What a person reads names the cause, each once.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRealClock } from '../../sandbox/aws/clock.ts';
import type { FrontDoor } from '../../sandbox/aws/elb/front-door.ts';
import { type Distribution, serveCloudFront } from '../../sandbox/cloudfront.ts';
import type { RunEnd } from '../../sandbox/github/workflow/run.ts';
import { openRehearsal, type Rehearsal } from '../../sandbox/rehearsal.ts';
import { dispatch, siteVariables, summaryOf } from '../../scripts/rehearse/play.ts';
import { narrow } from './kit.ts';

const [healthy, broken] = ['goldencrust', 'tenant1'];
const speed = 30;

let fleet: string;
let rehearsal: Rehearsal;
let edge: FrontDoor;
/** What the function at the edge asks for. */
let login: Distribution['login'];

beforeAll(async () => {
  fleet = await mkdtemp(join(tmpdir(), 'fleet-'));
  await cp('examples/wpsit', fleet, { recursive: true });
  await narrow(fleet, { pilot: [healthy, broken] }, { maxConcurrency: 2, failureBudget: 1 });
  const manifest = join(fleet, `tenants/${broken}.yml`);
  await writeFile(manifest, `${await readFile(manifest, 'utf8')}image: wordpres:6.8-php8.3-apache\n`);
  rehearsal = await openRehearsal({
    ...{ project: resolve('.'), fleet, workflows: 'examples/workflows', environment: 'sit', speed },
  });
  const { elb } = rehearsal.cloud.sandbox.neighbours;
  edge = await serveCloudFront({
    domain: 'd111111abcdef8.cloudfront.net',
    aliases: ['*.wpsit.kimmyai.io'],
    clock: createRealClock(1),
    get login() {
      return login;
    },
    origin: (request) => elb.visit({ ...request, listenerPort: 80 }),
  });
}, 60_000);
afterAll(async () => {
  await edge?.close();
  await rehearsal?.close();
  await rm(fleet, { recursive: true, force: true });
});

const start = (workflow: string, inputs: Readonly<Record<string, string>> = {}): Promise<RunEnd> =>
  dispatch(rehearsal, {
    workflow: `.github/workflows/${workflow}`,
    inputs: { environment: 'sit', ...inputs },
    variables: { ...siteVariables(rehearsal), TENANT_CLOUDFRONT: `${edge.url}/` },
    approve: async () => 'approved',
  });

const annotationsOf = ({ jobs }: RunEnd, job: string) =>
  jobs.filter(({ name }) => name.includes(job)).flatMap(({ annotations }) => annotations);

const rowOf = (end: RunEnd, tenant: string): string =>
  summaryOf(end, /report$/)
    .split('\n')
    .find((line) => line.startsWith(`| ${tenant} |`)) ?? '';

/** As the database's administrator. */
const sql = (statement: string): void => {
  const { database } = rehearsal.cloud;
  if (!database) throw new Error('there is no MariaDB');
  const { socket, username, password } = database;
  const args = ['--no-defaults', `--socket=${socket}`, `--user=${username}`, `--execute=${statement}`];
  const { status, stderr } = spawnSync('mariadb', args, { env: { ...process.env, MYSQL_PWD: password } });
  if (status !== 0) throw new Error(String(stderr));
};

describe('A rollout in which one tenant fails', () => {
  let end: RunEnd;
  const cause = 'docker.io/library/wordpres:6.8-php8.3-apache does not exist in its registry';
  beforeAll(async () => {
    end = await start('deploy-fleet.yml');
  }, 120_000);

  test('shows its cause and every step of the fix, in the wave as in the report', () => {
    for (const page of [summaryOf(end, /judge/), summaryOf(end, /report$/)])
      expect(page).toMatch(new RegExp(`> ${broken}: ${cause}.*\\n(?:.*\\n)*? {2}> Fix: {2}\\n {2}> 1. \\S+`));
  });

  test('has one annotation of it, and asks the database nothing', () => {
    expect(annotationsOf(end, broken)).toEqual([
      expect.objectContaining({ message: expect.stringContaining(cause) }),
    ]);
    expect(summaryOf(end, new RegExp(broken))).not.toContain('Database verify');
  });

  test('tells it with the deployment', () => {
    const statuses = rehearsal.hub.snapshot().deployments.flatMap(({ statuses }) => statuses);
    const failed = statuses.filter(({ state }) => state === 'failure');
    expect(failed.map(({ description }) => description)).toEqual([
      expect.stringContaining(`Failed: ${cause}`),
    ]);
  });
});

describe('The fleet verified', () => {
  test('a tenant as it should be has its login and the status of each way', async () => {
    const end = await start('verify-fleet.yml', { tenants: healthy });
    expect([end.conclusion, end.jobs.flatMap(({ annotations }) => annotations)]).toEqual(['success', []]);
    const page = summaryOf(end, /report$/);
    expect(page).toContain('✅ 1 of 1 tenants of sit');
    expect(page).toContain("Databases on the server: 2 present, 0 missing, 0 nobody's.");
    expect(rowOf(end, healthy)).toMatch(/^\| \S+ \| ✅ logs in \| ✅ [23]\d\d \| ✅ [23]\d\d \|$/);
    expect(summaryOf(end, /plan$/).trim()).toBe('1 tenant of sit.');
  }, 60_000);

  test('a wrong password at either door is told of that door', async () => {
    if (!rehearsal.cloud.database) return console.log('Not run: there is no MariaDB.');
    sql(`ALTER USER '${broken}_user'@'%' IDENTIFIED BY 'Not-The-Secrets-1'`);
    login = { username: 'visitor', password: 'obviously-fake' };
    const end = await start('verify-fleet.yml');
    expect(end.conclusion).toBe('failure');
    expect(rowOf(end, healthy)).toMatch(
      /\| ✅ logs in \| ✅ [23]\d\d \| ❌ 401: .* refuses the user and password of secret sit-basic-auth/,
    );
    expect(rowOf(end, broken)).toMatch(
      /\| ❌ The tenant's account was refused .*\| ❌ \S*wordpres:6\.8-php8\.3-apache does not exist/,
    );
    expect(summaryOf(end, /report$/)).toContain('❌ 0 of 2 tenants of sit');
    expect(annotationsOf(end, healthy)).toHaveLength(1);
  }, 120_000);
});
