// The script run as the actions run it, and the programs around it that the tests watch or replace.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, test } from '@jest/globals';
import { hasMariaDb } from '../../../sandbox/mariadb.ts';
import type { DatabaseOwner } from '../../../src/shared/database/environment.ts';
import { type LocalRun, type Login, localCall } from '../../../src/shared/database/local.ts';

export const shells = ['dash', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

const programsNeeded = ['mariadb', 'mariadb-dump', 'openssl'];

/** `describe` where MariaDB is installed; elsewhere one skipped test that says how to include the rest. */
export const describeWithMariaDb = (title: string, body: () => void): void => {
  if (hasMariaDb() && programsNeeded.every((name) => realProgram(name) !== '')) {
    describe(title, body);
    return;
  }
  const reason = `${title}: left out, MariaDB is not installed; include it with: apt-get install mariadb-server openssl`;
  console.warn(reason);
  test.skip(reason, () => undefined);
};

/** Two servers' worth of tests share one machine: a run of the script may wait for the processor. */
export const patience = 120_000;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Removed after the test file. */
export const tempFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tenant-db-test-'));
  folders.push(folder);
  return folder;
};

export const master: Login = { username: 'admin', password: `M'${randomBytes(12).toString('base64')}\\` };

/** Gives the server's master user, who has what RDS gives, a password that must be quoted right everywhere. */
export const masterSql = `ALTER USER 'admin'@'%' IDENTIFIED BY '${master.password.replaceAll('\\', '\\\\').replaceAll("'", "''")}';`;

export type Site = { readonly name: string; readonly user: string; readonly password: string };

export const siteOf = (overrides: Partial<Site> = {}): Site => ({
  name: 'goldencrust_db',
  user: 'goldencrust_user',
  password: randomBytes(18).toString('base64url'),
  ...overrides,
});

export const ownerOf = (
  site: Site,
  server: { readonly port: number; readonly host?: string; readonly tls?: 'required' | 'off' },
): DatabaseOwner => ({
  database: { name: site.name, user: site.user },
  environment: {
    database: {
      host: server.host ?? '127.0.0.1',
      port: server.port,
      masterSecret: 'sit-rds-master-credentials',
      clientImage: 'mysql:8.0',
      tls: server.tls ?? 'required',
      securityGroups: undefined,
    },
  },
});

export type Outcome = { readonly exitCode: number | null; readonly output: string };

/** Runs the script's call with `shell`; `path` replaces PATH, `cwd` is where a break-out would leave its file. */
export const runScript = (
  run: LocalRun,
  place: { readonly shell?: string; readonly path?: string; readonly cwd?: string } = {},
): Outcome => {
  const call = localCall(run);
  const which = spawnSync('sh', ['-c', `command -v ${place.shell ?? call.command}`], { encoding: 'utf8' });
  const result = spawnSync(which.stdout.trim(), call.args, {
    env: { PATH: place.path ?? process.env.PATH, ...call.env },
    encoding: 'utf8',
    ...(place.cwd ? { cwd: place.cwd } : {}),
  });
  return { exitCode: result.status, output: result.stdout + result.stderr };
};

/** A client's rows as `login` over TCP, or the server's refusal as text. */
export const asUser = (login: Login, port: number, sql: string): string => {
  const result = spawnSync(
    'mariadb',
    [
      ...[
        '--no-defaults',
        '--protocol=TCP',
        '--host=127.0.0.1',
        `--port=${port}`,
        `--user=${login.username}`,
      ],
      ...['--default-character-set=utf8mb4', '--batch', '--skip-column-names'],
    ],
    { env: { PATH: process.env.PATH, MYSQL_PWD: login.password }, input: sql, encoding: 'utf8' },
  );
  return result.status === 0 ? result.stdout : `REFUSED ${result.stderr}`;
};

/** A folder for PATH with these programs, each a text for sh. */
export const programs = (texts: Readonly<Record<string, string>>): string => {
  const folder = join(tempFolder(), 'bin');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(texts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
};

/** Absolute path of a program of this machine. */
export const realProgram = (name: string): string =>
  spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();

/** The forms in which `secret` occurs in `text`: raw, hex, base64, URL, JSON, SQL. */
export const leaks = (secret: string, text: string): readonly string[] => {
  const bytes = Buffer.from(secret);
  const forms = {
    raw: secret,
    hex: bytes.toString('hex'),
    base64: bytes.toString('base64').replace(/=+$/, ''),
    base64url: bytes.toString('base64url'),
    url: encodeURIComponent(secret),
    json: JSON.stringify(secret).slice(1, -1),
    sql: secret.replaceAll('\\', '\\\\').replaceAll("'", "''"),
  };
  return Object.entries(forms)
    .filter(([, form]) => text.toLowerCase().includes(form.toLowerCase()))
    .map(([form]) => form);
};
