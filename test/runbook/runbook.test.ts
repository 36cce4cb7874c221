// The runbook's own way with the real aws-cli: its commands get the answers that it expects, and what its rollback
// leaves behind is exactly what it forgets.
import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hasDatabaseClient } from '../../sandbox/aws/containers/processes.ts';
import { hasMariaDb } from '../../sandbox/mariadb.ts';
import { type OpenSandbox, openSandbox } from '../../sandbox/open.ts';
import { findProgram } from '../../sandbox/programs.ts';
import { findAwsCli, missingForScript, runScript, type ScriptRun } from './aws-cli.ts';

const tenant = 'goldencrust';
const cli = findAwsCli();
// The stand-in for the SQL step knows our own step only, not the runbook's.
const missing = [
  ...missingForScript(cli),
  ...(hasMariaDb() && hasDatabaseClient() ? [] : ['mariadb-server-core mariadb-client']),
];
if (missing.length > 0) {
  const what = `Left out: the runbook's aws commands. To include them: apt-get install ${missing.join(' ')}`;
  if (process.env.REQUIRE_ALL === '1') throw new Error(`${what}\nREQUIRE_ALL=1 wants every test.`);
  console.log(what);
}
const testWithPrograms = missing.length > 0 ? test.skip : test;

let open: OpenSandbox;
beforeAll(async () => {
  if (missing.length > 0) return;
  // Much faster, and a health check's 5 s would be too short for a real process on a busy machine.
  open = await openSandbox({ fleet: 'examples/wpsit', environment: 'sit', port: 0, speed: 20 });
}, 60_000);
afterAll(() => open?.close());

/** Lines of a part, which must have gone through. */
const play = async (part: ScriptRun['part']): Promise<readonly string[]> => {
  if (!cli) throw new Error('The test runs without an aws-cli.');
  const { exitCode, lines, errors } = await runScript({ cli, endpoint: open.endpoint, tenant, part });
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  return lines;
};

const sql = async (user: string, password: string, statement: string): Promise<readonly string[]> => {
  const { host = '', port = 0 } = open.database ?? {};
  const { stdout } = await promisify(execFile)(
    findProgram('mariadb', 'mysql') ?? '',
    ['--no-defaults', `--host=${host}`, `--port=${port}`, `--user=${user}`, '-sNe', statement],
    { env: { MYSQL_PWD: password } },
  );
  return stdout.split('\n').filter(Boolean);
};

const databases = (user: string, password: string): Promise<readonly string[]> =>
  sql(user, password, "SHOW DATABASES LIKE 'goldencrust%'");

const visit = (): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { host: `${tenant}.wpsit.kimmyai.io` };
    const visiting = request(`${open.siteUrl}/`, { method: 'HEAD', auth: 'bbws-sit:not-checked', headers });
    visiting.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    visiting.end();
  });

/** The password that step 3 gave to RunTask: the runbook's way shows it to everybody who may describe a task. */
const tenantPassword = (): string => {
  const shown = JSON.stringify(open.sandbox.calls.filter(({ operation }) => operation === 'RunTask'));
  return /IDENTIFIED BY '([^']+)'/.exec(shown)?.[1] ?? '';
};

type Ecs = { readonly services: readonly object[]; readonly runningTasks: readonly object[] };

/** Everything that exists once the service has drained. */
const settled = async () => {
  for (;;) {
    const snapshot = open.sandbox.snapshot();
    const { services, runningTasks } = snapshot.ecs as Ecs;
    if (services.length + runningTasks.length === 0) return snapshot;
    await pause(200);
  }
};

testWithPrograms(
  'steps 1 to 4, validation and rollback answer as the runbook expects and leave only what it forgets',
  async () => {
    const { username, password } = open.database ?? { username: '', password: '' };
    const before = open.sandbox.snapshot();

    expect(await play('up')).toEqual([
      'ok identity: 815856636111',
      'ok step 1, secret: sit-goldencrust-db-credentials',
      'ok step 2, policy: sit-ecs-secrets-access-goldencrust',
      'ok step 3a, task definition: sit-generic-db-init',
      'ok step 3b, database, exit code: 0',
      'ok step 4, rule with priority: 140',
      'ok step 4, service: ACTIVE',
    ]);
    expect(await play('validate')).toEqual([
      'ok validation, service: {"DesiredCount":1,"RunningCount":1,"Status":"ACTIVE"}',
      'ok validation, targets: healthy',
      'ok troubleshooting, stopped tasks: None',
      'ok troubleshooting, log: apache2 runs',
    ]);
    expect([200, 302]).toContain(await visit());
    expect(await databases(username, password)).toEqual(['goldencrust_db']);
    expect(await databases('goldencrust_user', tenantPassword())).toEqual(['goldencrust_db']);

    expect(await play('down')).toEqual([
      'ok rollback, desired count: 0',
      'ok rollback, service: DRAINING',
      'ok rollback, rule and target group: deleted',
      'ok rollback, database, exit code: 0',
      'ok rollback, secret: sit-goldencrust-db-credentials',
      'ok rollback, policy: deleted',
    ]);
    expect(await databases(username, password)).toEqual([]);
    // The runbook deletes neither access point nor task definitions, and the generic one is meant to stay.
    const { ecs, efs, ...others } = await settled();
    const { ecs: ecsBefore, efs: efsBefore, ...othersBefore } = before;
    expect(others).toEqual(othersBefore);
    expect(ecs).toEqual({
      ...(ecsBefore as object),
      taskDefinitions: { 'sit-generic-db-init': [expect.anything()], 'sit-goldencrust': [expect.anything()] },
    });
    expect(efs).toEqual({
      ...(efsBefore as object),
      accessPoints: [expect.objectContaining({ root: expect.objectContaining({ Path: '/goldencrust' }) })],
      directories: ['fs-0be15624e203bf94a:/goldencrust'],
    });
    expect(open.sandbox.calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  },
  180_000,
);
