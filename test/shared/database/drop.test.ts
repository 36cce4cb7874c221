// The drop on a real MariaDB: never without a whole dump, and the dump brings everything back.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  asUser,
  describeWithMariaDb,
  master,
  masterSql,
  ownerOf,
  patience,
  programs,
  realProgram,
  runScript,
  siteOf,
  tempFolder,
} from './fixture.ts';
import { type Server, startServer } from './server.ts';

const content = `CREATE TABLE posts (id INT PRIMARY KEY, title TEXT, blob_ BLOB);
INSERT INTO posts VALUES (1, 'Gołąb 🥐 ''\\\\', 0x00ff27), (2, 'b', NULL);
CREATE VIEW titles AS SELECT title FROM posts;
CREATE PROCEDURE count_posts() SELECT COUNT(*) FROM posts;
CREATE TRIGGER shout BEFORE INSERT ON posts FOR EACH ROW SET NEW.title = UPPER(NEW.title);`;
const question =
  "SELECT id, HEX(title), HEX(blob_) FROM posts; CALL count_posts(); INSERT INTO posts VALUES (3, 'c', NULL); SELECT title FROM posts WHERE id = 3; DELETE FROM posts WHERE id = 3; SELECT COUNT(*) FROM titles;";

describeWithMariaDb('drop', () => {
  let server: Server;
  const site = siteOf();
  const login = { username: site.user, password: site.password };
  const query = (sql: string) => asUser(login, server.port, `USE goldencrust_db; ${sql}`);
  const init = () => runScript({ operation: 'init', tenant: ownerOf(site, server), master, login });
  const drop = (dumpFolder: string | undefined, path?: string) =>
    runScript(
      { operation: 'drop', tenant: ownerOf(site, server), master, dumpFolder },
      { ...(path ? { path } : {}) },
    );

  beforeAll(async () => {
    server = await startServer({ tls: true });
    server.sql(masterSql);
  }, patience);
  afterAll(() => server.stop());
  beforeEach(() => {
    init();
    expect(query(content)).toBe('');
  });
  afterEach(() => {
    server.sql('DROP DATABASE IF EXISTS goldencrust_db; DROP USER IF EXISTS goldencrust_user');
  });

  test(
    'leaves a dump from which rows, view, procedure and trigger come back, and takes database and user away',
    () => {
      const before = query(question);
      expect(before).toContain('F09FA590');
      const folder = tempFolder();
      const { exitCode, output } = drop(folder);
      expect(exitCode).toBe(0);
      expect(server.sql("SHOW DATABASES LIKE 'golden%'")).toEqual([]);
      expect(server.sql("SELECT User FROM mysql.user WHERE User LIKE 'golden%'")).toEqual([]);

      const [dump = '', ...others] = readdirSync(folder);
      expect(others).toEqual([]);
      expect(dump).toMatch(/^goldencrust_db-\d{8}T\d{6}Z-[0-9a-f]{16}\.sql\.gz$/);
      expect(output).toContain(join(folder, dump));
      expect(statSync(join(folder, dump)).mode & 0o077).toBe(0);
      const text = execFileSync('gzip', ['-dc', join(folder, dump)], { encoding: 'utf8' });
      // As the tenant: the master user of RDS may not make triggers and procedures in another's name.
      expect(init().exitCode).toBe(0);
      expect(asUser(login, server.port, text)).toBe('');
      expect(query(question)).toBe(before);
    },
    patience,
  );

  test(
    'the second drop finds nothing, needs no folder and is content',
    () => {
      expect(drop(tempFolder()).exitCode).toBe(0);
      const again = drop(undefined);
      expect(again.exitCode).toBe(0);
      expect(again.output).toBe('database goldencrust_db: absent\nuser goldencrust_user: absent\n');
    },
    patience,
  );

  test.each([
    ['is not given', undefined],
    ['does not exist', '/nonexistent/dump'],
    ['is a file', '/etc/hostname'],
    ['takes no files', '/proc'],
  ])(
    'drops nothing when the folder %s',
    (_, folder) => {
      const before = query(question);
      expect(drop(folder)).toMatchObject({
        exitCode: 48,
        output: expect.stringContaining('nothing dropped'),
      });
      expect(query(question)).toBe(before);
    },
    patience,
  );

  test.each([
    ['warns after its answer', 'echo "Warning: something" >&2', 0, ['.gz']],
    ['answers something else', ':', 47, []],
  ] as const)(
    'a client that %s does not get a database dropped without its dump',
    (_, after, exitCode, dumps) => {
      const before = query(question);
      const folder = tempFolder();
      const real = realProgram('mariadb');
      const filter = exitCode === 0 ? '' : '| sed s/PRESENT/UNCLEAR/';
      const path = programs({ mariadb: `${real} "$@" ${filter}\n[ "$1" = --version ] || ${after}` });
      expect(drop(folder, `${path}:${process.env.PATH}`).exitCode).toBe(exitCode);
      expect(readdirSync(folder).map((name) => name.slice(-3))).toEqual(dumps);
      if (exitCode !== 0) expect(query(question)).toBe(before);
    },
    patience,
  );

  const dumper = (): string => realProgram('mariadb-dump');
  test.each([
    ['fails at once', () => 'echo no space left >&2; exit 3'],
    ['fails after writing everything', () => `${dumper()} "$@"; exit 3`],
    ['is cut off without an error', () => `${dumper()} "$@" | head -c 700`],
    ['writes nothing', () => 'exit 0'],
    ['is killed', () => `${dumper()} "$@" | head -c 700; kill -9 $$`],
  ])(
    'drops nothing and leaves no half dump when the dump %s',
    (_, text) => {
      const before = query(question);
      const folder = tempFolder();
      const path = `${programs({ 'mariadb-dump': text() })}:${process.env.PATH}`;
      expect(drop(folder, path)).toMatchObject({
        exitCode: 49,
        output: expect.stringContaining('nothing dropped'),
      });
      expect(readdirSync(folder)).toEqual([]);
      expect(query(question)).toBe(before);
    },
    patience,
  );

  test(
    'without gzip the dump stays plain; a dump that cannot be synced stops the drop',
    () => {
      const folder = tempFolder();
      const noGzip = programs({ gzip: 'exit 127' });
      const before = query(question);
      const noSync = programs({ gzip: 'exit 127', sync: 'exit 1' });
      expect(drop(tempFolder(), `${noSync}:${process.env.PATH}`).exitCode).toBe(49);
      expect(query(question)).toBe(before);
      expect(drop(folder, `${noGzip}:${process.env.PATH}`).exitCode).toBe(0);
      expect(readdirSync(folder)).toEqual([expect.stringMatching(/\.sql$/)]);
    },
    patience,
  );
});
