// One of Envelope's containers as a process. `serve NAME` is a web server, a worker, a scheduler or Reverb; it listens on
// a free port, tells it its starter, and ends when the starter does. `artisan WORDS...` is one command: Laravel it is not,
// but where the account has a real database server its migrations make their tables there. `other WORDS...` is a program that
// nobody here has.
import { execFileSync } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  accessDenied,
  endless,
  info,
  listFailed,
  migrateLines,
  migrations,
  notice,
  type Outcome,
  otherProgram,
  retryAll,
  undefinedCommand,
} from './artisan.ts';
import { answerOf } from './envelope.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const answer = (program: string, request: IncomingMessage, response: ServerResponse): void => {
  const found = answerOf(program, { path: request.url ?? '/' });
  if (found.kind === 'no-answer') return void response.destroy();
  response.writeHead(found.status, found.headers);
  response.end(found.body);
  say(`${request.method} ${request.url} ${found.status}`);
};

const firstWords: Readonly<Record<string, string>> = {
  worker: 'queue:work',
  scheduler: 'schedule:work',
  reverb: 'reverb:start',
};

const serve = (program: string): void => {
  const server = createServer((request, response) => answer(program, request, response));
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    for (const line of endless[firstWords[program] ?? ''] ?? info(`Server running: ${program}.`)) say(line);
    process.send?.({ port });
  });
  process.on('SIGTERM', () => {
    say('Shutting down.');
    process.exit(0);
  });
  process.on('disconnect', () => process.exit(0));
};

const {
  DB_HOST = '',
  DB_PORT = '3306',
  DB_USERNAME = '',
  DB_PASSWORD = '',
  DB_DATABASE = 'envelope',
} = process.env;

/** Only a MariaDB client of today checks certificates unasked; the private server signed its own. */
const trustFlags = (): readonly string[] =>
  execFileSync('mariadb', ['--version'], { encoding: 'utf8' }).includes('MariaDB')
    ? ['--skip-ssl-verify-server-cert']
    : [];

const query = (sql: string): string =>
  execFileSync(
    'mariadb',
    [
      '--no-defaults',
      `--host=${DB_HOST}`,
      `--port=${DB_PORT}`,
      `--user=${DB_USERNAME}`,
      ...trustFlags(),
      '-sN',
      '-e',
      sql,
    ],
    { encoding: 'utf8', env: { ...process.env, MYSQL_PWD: DB_PASSWORD }, stdio: 'pipe' },
  );

const statements: Readonly<Record<(typeof migrations)[number], string>> = {
  '2026_01_12_090000_create_tenants_table':
    'CREATE TABLE IF NOT EXISTS tenants (id CHAR(36) PRIMARY KEY, name VARCHAR(255) NOT NULL)',
  '2026_01_12_090100_create_failed_jobs_table':
    'CREATE TABLE IF NOT EXISTS failed_jobs (id BIGINT PRIMARY KEY, payload LONGTEXT NOT NULL)',
  '2026_10_02_091500_add_plan_to_tenants_table':
    "ALTER TABLE tenants ADD COLUMN IF NOT EXISTS plan VARCHAR(32) NOT NULL DEFAULT 'basic'",
  '2026_10_19_143000_create_invoices_table':
    'CREATE TABLE IF NOT EXISTS invoices (id BIGINT PRIMARY KEY, tenant CHAR(36) NOT NULL)',
};

const migrateForReal = (): Outcome => {
  query(
    `CREATE DATABASE IF NOT EXISTS \`${DB_DATABASE}\`; CREATE TABLE IF NOT EXISTS \`${DB_DATABASE}\`.migrations (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, migration VARCHAR(255) NOT NULL, batch INT NOT NULL)`,
  );
  const inside = (sql: string): string => query(`USE \`${DB_DATABASE}\`; ${sql}`);
  const done = new Set(inside('SELECT migration FROM migrations').split('\n'));
  const pending = migrations.filter((name) => !done.has(name));
  for (const name of pending)
    inside(`${statements[name]}; INSERT INTO migrations (migration, batch) VALUES ('${name}', 1)`);
  return { code: 0, lines: migrateLines(pending) };
};

/** What the server refused, as it said it. */
const orError = (work: () => Outcome): Outcome => {
  try {
    return work();
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    return {
      code: 1,
      lines: ['   Illuminate\\Database\\QueryException ', '', `  ${stderr ?? String(error)}`],
    };
  }
};

const migrate = (): Outcome => {
  const hasServer = (process.env.SANDBOX_DATABASES ?? '').includes(`${DB_HOST}:${DB_PORT}=`);
  if (hasServer) return orError(migrateForReal);
  say('No database server was asked: every migration looks new.');
  return { code: 0, lines: migrateLines(migrations) };
};

const outcomeOf = ([word = '']: readonly string[]): Outcome => {
  if (!DB_PASSWORD) return accessDenied({ DB_USERNAME });
  if (word === 'migrate') return migrate();
  if (word === 'queue:failed') return listFailed([]);
  return word === 'queue:retry' ? retryAll([]) : undefinedCommand(word);
};

const artisan = (words: readonly string[]): void => {
  say(notice);
  const { lines, code } = outcomeOf(words);
  for (const line of lines) say(line);
  process.exitCode = code;
};

const [what, ...words] = process.argv.slice(2);
if (what === 'artisan') artisan(words);
else if (what === 'other') for (const line of otherProgram(words).lines) say(line);
else serve(words[0] ?? '');
