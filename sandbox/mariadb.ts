// A private MariaDB server for tests and the demo: a free port of 127.0.0.1, a folder of its own, and an `admin` with
// what a master user has at RDS. A small shell stands guard over it: however we end, the server and its folder go too.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
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

const install = async (program: string, data: string, scratch: string): Promise<void> => {
  const args = [
    '--no-defaults',
    // Else the anonymous account at localhost comes before 'tenant'@'%' and refuses every tenant.
    '--skip-test-db',
    '--auth-root-authentication-method=normal',
    `--datadir=${data}`,
    ...userFlags(),
  ];
  await run(program, args, { env: { ...process.env, TMPDIR: scratch } });
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

type Places = { readonly [name in 'data' | 'scratch' | 'socket' | 'init' | 'log' | 'pid']: string };

const placesIn = (folder: string): Places => ({
  data: join(folder, 'data'),
  // Its own: a server that starts clears the temporary folder of every other server's tables.
  scratch: join(folder, 'tmp'),
  socket: join(folder, 'server.sock'),
  init: join(folder, 'init.sql'),
  log: join(folder, 'server.log'),
  pid: join(folder, 'server.pid'),
});

const serverFlags = ({ data, scratch, socket, init, pid }: Places, port: number): readonly string[] => [
  '--no-defaults',
  ...[`--datadir=${data}`, `--tmpdir=${scratch}`, `--socket=${socket}`, `--pid-file=${pid}`],
  ...[`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve', `--init-file=${init}`],
  ...['--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=0', '--skip-log-bin'],
  ...userFlags(),
];

/** Answers how to end what it started. */
const startGuarded = (folder: string, command: readonly string[]): MariaDb['stop'] => {
  // In a group of its own: a Ctrl-C meant for us must not end the guard before its work is done.
  const child = spawn('sh', ['-c', guard, 'guard', folder, ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  return async () => {
    child.stdin?.end();
    await ended(child);
  };
};

const startIn = async (folder: string, { tls }: MariaDbOptions): Promise<MariaDb> => {
  const { server, install: installer } = programs();
  if (!server || !installer)
    throw new Error('MariaDB is not installed: mariadbd and mariadb-install-db are needed (mariadb-server).');
  const places = placesIn(folder);
  const { data, scratch, socket, init, log } = places;
  const password = randomBytes(18).toString('base64url');
  await Promise.all([mkdir(data), mkdir(scratch)]);
  await install(installer, data, scratch);
  await writeFile(init, accounts(password), { mode: 0o600 });
  const certificate = tls ? await makeCertificate(folder) : [];
  const port = await freePort();
  const stop = startGuarded(folder, [server, ...serverFlags(places, port), ...certificate]);
  try {
    await untilReady(log);
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
