import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessRuntime, hasDatabaseClient } from '../../sandbox/aws/containers/processes.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../../sandbox/mariadb.ts';
import { environmentOf, type TenantOperation } from '../../src/shared/database/environment.ts';
import { SCRIPT } from '../../src/shared/database/script.ts';
import { realHost, specOf, start } from './containers-lab.ts';

const rdsHost = 'sit-mysql.cn6qqe8eu6b9.eu-west-1.rds.amazonaws.com';
const possible = hasMariaDb() && hasDatabaseClient();
if (!possible)
  process.stderr.write(
    'Left out: database clients against a real MariaDB. Install mariadb-server to include them.\n',
  );
const withMariaDb = possible ? describe : describe.skip;

withMariaDb('a client container and a real server', () => {
  let server: MariaDb;
  const { runtime, close } = createProcessRuntime({ web: 'stand-in' });
  beforeAll(async () => {
    server = await startMariaDb({ tls: true });
  }, 60_000);
  afterAll(async () => {
    await close();
    await server?.stop();
  });

  const run = async (changes: Parameters<typeof specOf>[0]) => {
    const { host, lines } = realHost([{ host: rdsHost, port: 3306, address: server }]);
    const container = start(runtime, specOf({ image: 'mysql:8.0', ...changes }), host);
    return { ...(await container.exited), log: lines.join('\n') };
  };
  const shell = (script: string) => run({ command: ['sh', '-c', script] });

  test("the runbook's own command makes a database whose user can log in", async () => {
    const sql = [
      'CREATE DATABASE IF NOT EXISTS goldencrust_db CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;',
      "CREATE USER IF NOT EXISTS 'goldencrust_user'@'%' IDENTIFIED BY 'made-up-1';",
      "GRANT ALL PRIVILEGES ON goldencrust_db.* TO 'goldencrust_user'@'%'; FLUSH PRIVILEGES;",
      "SHOW DATABASES LIKE 'goldencrust_db';",
    ].join(' ');
    const made = await shell(`mysql -h ${rdsHost} -u admin -p'${server.password}' -e "${sql}"`);
    expect(made).toEqual({ code: 0, log: expect.stringContaining('goldencrust_db') });
    const tenant = `mariadb --no-defaults --host=${rdsHost} --port 3306 -u goldencrust_user -pmade-up-1 goldencrust_db`;
    expect(await shell(`${tenant} -sNe 'SELECT DATABASE()'`)).toEqual({ code: 0, log: 'goldencrust_db' });
    const dump = await shell(
      `mysqldump --no-defaults --host ${rdsHost} -uadmin -p'${server.password}' --databases -- goldencrust_db`,
    );
    expect(dump).toEqual({ code: 0, log: expect.stringContaining('-- Dump completed') });
  });

  test('a wrong password is refused by the server itself', async () => {
    const { code, log } = await shell(`mysql -h${rdsHost} -u admin -pguess -e 'DO 0'`);
    expect({ code, log }).toEqual({
      code: 1,
      log: expect.stringContaining('ERROR 1045 (28000): Access denied'),
    });
  });

  test('the connection can be encrypted', async () => {
    const command = `mariadb -h ${rdsHost} -u admin -p'${server.password}' --ssl -sN`;
    const { code, log } = await shell(`${command} -e "SHOW STATUS LIKE 'Ssl_cipher'"`);
    expect({ code, log }).toEqual({ code: 0, log: expect.stringMatching(/^Ssl_cipher\t.+/) });
  });

  test('the master is no superuser, as at RDS', async () => {
    const { code, log } = await shell(
      `mysql -h ${rdsHost} -u admin -p'${server.password}' -e 'SET GLOBAL max_connections = 10'`,
    );
    expect({ code, log }).toEqual({ code: 1, log: expect.stringContaining('ERROR 1227') });
  });

  test('the database step makes, verifies, dumps and drops', async () => {
    const mounts = [{ containerPath: '/dump', volume: 'fs-0be15624e203bf94a' }];
    const operate = (operation: TenantOperation) =>
      run({
        entryPoint: ['sh', '-c'],
        command: [SCRIPT],
        mounts,
        environment: {
          ...environmentOf(owner, operation),
          DUMP_FOLDER: '/dump',
          MASTER_USERNAME: server.username,
          MASTER_PASSWORD: server.password,
          TENANT_USERNAME: 'ironpeak_user',
          TENANT_PASSWORD: 'made-up-2',
        },
      });
    expect(await operate('init')).toMatchObject({ code: 0 });
    expect(await operate('verify')).toMatchObject({ code: 0 });
    expect(await operate('drop')).toEqual({ code: 0, log: expect.stringContaining('dumped to') });
    expect(await operate('verify')).toMatchObject({ code: 45 });
  });
});

const owner = {
  database: { name: 'ironpeak_db', user: 'ironpeak_user' },
  environment: { database: { host: rdsHost, port: 3306, tls: 'required' } },
} as unknown as Parameters<typeof environmentOf>[0];

withMariaDb('a private server', () => {
  const answers = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });

  test('is gone with its files when it is stopped, and two can run at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'containers-mariadb-'));
    const starting = [startMariaDb({ folder, tls: false }), startMariaDb({ folder, tls: false })];
    const servers = (await Promise.allSettled(starting)).flatMap((start) =>
      start.status === 'fulfilled' ? [start.value] : [],
    );
    const listening = () => Promise.all(servers.map(({ port }) => answers(port)));
    const before = await listening();
    await Promise.all(servers.map(({ stop }) => stop()));
    expect([before, await listening()]).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  }, 60_000);

  test('does not outlive a starter that is killed', async () => {
    const module = new URL('../../sandbox/mariadb.ts', import.meta.url).href;
    const program = `const { startMariaDb } = await import('${module}');
      console.log(JSON.stringify(await startMariaDb({ tls: false })));
      setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', program]);
    const text = await new Promise<string>((resolve) =>
      starter.stdout.once('data', (data) => resolve(String(data))),
    );
    const { port, socket } = JSON.parse(text) as MariaDb;
    expect(await answers(port)).toBe(true);
    starter.kill('SIGKILL');
    const deadline = Date.now() + 10_000;
    while (existsSync(dirname(socket)) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect([await answers(port), existsSync(dirname(socket))]).toEqual([false, false]);
  }, 60_000);
});

test('the wrappers are POSIX sh', () => {
  const folder = new URL('../../sandbox/aws/containers/', import.meta.url).pathname;
  for (const file of ['client.sh', 'bin/mysql', 'bin/mariadb', 'bin/mysqldump', 'bin/mariadb-dump'])
    expect(execFileSync('sh', ['-n', join(folder, file)], { encoding: 'utf8' })).toBe('');
});
