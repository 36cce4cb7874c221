// A private MariaDB server for tests and the demo: a free port of 127.0.0.1, a folder of its own, and an `admin` with
// what a master user has at RDS. A small shell stands guard over it: however we end, the server and its folder go too.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from './programs.ts';

export type MariaDb = {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly socket: string;
  /** The master user, `'admin'@'%'`; root at this machine has the same password. */
  readonly username: 'admin';
  readonly password: string;
  /** Ends the server and removes its files; settles when both are gone. */
  readonly stop: () => Promise<void>;
};

export type MariaDbOptions = {
  /** Where to make the server's own folder; the system's temporary folder unless given. */
  readonly folder?: string;
  /** Whether the server offers TLS, with a certificate it signed itself. */
  readonly tls: boolean;
};

const run = promisify(execFile);
const startMs = 60_000;

const programs = () => ({
  server: findProgram('mariadbd', 'mysqld'),
  install: findProgram('mariadb-install-db'),
});

/** Whether `startMariaDb` can work on this machine. */
export const hasMariaDb = (): boolean => {
  const { server, install } = programs();
  return server !== undefined && install !== undefined && findProgram('sh') !== undefined;
};

// The master user of RDS for MySQL has these and not ALL: no FILE, no SUPER. DELETE HISTORY is MariaDB's own and part of
// what ALL PRIVILEGES on a database means there, so without it no such grant could be given on.
const masterPrivileges = [
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES',
  'CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW',
  'CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, DELETE HISTORY',
].join(', ');

const accounts = (password: string): string =>
  [
    `CREATE USER 'admin'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ${masterPrivileges} ON *.* TO 'admin'@'%' WITH GRANT OPTION;`,
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    '',
  ].join('\n');

// Ends the server at the end of its own input, which is when we close it or die, and removes the folder it was given.
const guard = `folder=$1; shift
"$@" >"$folder/server.log" 2>&1 &
server=$!
while read -r line; do :; done
kill -9 "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$folder"`;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const makeCertificate = async (folder: string): Promise<readonly string[]> => {
  const openssl = findProgram('openssl');
  if (!openssl)
    throw new Error('A MariaDB with TLS needs the openssl program; install it, or start one without TLS.');
  const [key, certificate] = [join(folder, 'server.key'), join(folder, 'server.crt')];
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
  await run(openssl, [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', names, '-keyout', key, '-out', certificate],
  ]);
  return [`--ssl-cert=${certificate}`, `--ssl-key=${key}`];
};

// MariaDB refuses to run as root unless it is told to.
const userFlags = (): readonly string[] => (process.getuid?.() === 0 ? ['--user=root'] : []);

const install = async (program: string, data: string): Promise<void> => {
  await run(program, [
    '--no-defaults',
    // Else the anonymous account at localhost comes before 'tenant'@'%' and refuses every tenant.
    '--skip-test-db',
    '--auth-root-authentication-method=normal',
    `--datadir=${data}`,
    ...userFlags(),
  ]);
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

const untilReady = async (log: string): Promise<void> => {
  const deadline = Date.now() + startMs;
  for (;;) {
    const text = await readFile(log, 'utf8').catch(() => '');
    if (text.includes('ready for connections')) return;
    if (text.includes('[ERROR] Aborting') || Date.now() > deadline)
      throw new Error(`MariaDB did not start. Its log ends:\n${text.split('\n').slice(-15).join('\n')}`);
    await pause(25);
  }
};

const startIn = async (folder: string, { tls }: MariaDbOptions): Promise<MariaDb> => {
  const { server, install: installer } = programs();
  if (!server || !installer)
    throw new Error('MariaDB is not installed: mariadbd and mariadb-install-db are needed (mariadb-server).');
  const [data, socket, init] = [join(folder, 'data'), join(folder, 'server.sock'), join(folder, 'init.sql')];
  const password = randomBytes(18).toString('base64url');
  await mkdir(data);
  await install(installer, data);
  await writeFile(init, accounts(password), { mode: 0o600 });
  const port = await freePort();
  const flags = [
    '--no-defaults',
    ...[`--datadir=${data}`, `--socket=${socket}`, `--pid-file=${join(folder, 'server.pid')}`],
    ...[`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve', `--init-file=${init}`],
    ...['--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=0', '--skip-log-bin'],
    ...userFlags(),
    ...(tls ? await makeCertificate(folder) : []),
  ];
  // In a group of its own: a Ctrl-C meant for us must not end the guard before its work is done.
  const child = spawn('sh', ['-c', guard, 'guard', folder, server, ...flags], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const stop = async (): Promise<void> => {
    child.stdin?.end();
    await ended(child);
  };
  try {
    await untilReady(join(folder, 'server.log'));
  } catch (error) {
    await stop();
    throw error;
  }
  await rm(init);
  return { host: '127.0.0.1', port, socket, username: 'admin', password, stop };
};

/** Up in about two seconds. Throws where MariaDB, or openssl for TLS, is missing, or the server does not come up. */
export const startMariaDb = async (options: MariaDbOptions): Promise<MariaDb> => {
  const folder = await mkdtemp(join(options.folder ?? tmpdir(), 'mariadb-'));
  try {
    return await startIn(folder, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};
