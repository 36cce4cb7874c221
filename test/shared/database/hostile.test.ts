// Names and passwords that try to break out of SQL, of the shell and of the client, on a real MariaDB.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { grantPattern } from '../../../src/shared/database/sql.ts';
import {
  asUser,
  describeWithMariaDb,
  master,
  masterSql,
  ownerOf,
  patience,
  runScript,
  type Site,
  shells,
  siteOf,
  tempFolder,
} from './fixture.ts';
import { type Server, startServer } from './server.ts';

// Each that is run by anybody leaves a file `pwned` in the working folder, or takes the canary away.
const attacks: readonly (readonly [string, string])[] = [
  ['a quote', `x'; DROP DATABASE canary; -- `],
  ['an escaped quote', `x\\'; DROP DATABASE canary; -- \\`],
  ['a backtick', 'x`; DROP DATABASE canary; -- `.'],
  ['a command substitution', '$(touch pwned)`touch pwned`$PATH'],
  ['a second command', `"; touch pwned; '; touch pwned; # & | > pwned`],
  ['client commands', "'\n\\! touch pwned\nsystem touch pwned\ndelimiter //\nDROP DATABASE canary//"],
  ['the end of a comment', '*/ DROP DATABASE canary; /*! x */ -- #'],
  ['wildcards and formats', '%_%s%n%d\\_\\%*?[a-z]~{a,b}!!'],
  ['double quotes', `" OR ""="`],
  ['line ends and tabs', 'a\r\nb\n\tc\n\n'],
  ['backslashes only', '\\\\\\'],
  ['unicode', 'ünïcødé Ω 密碼'],
  ['the marker of a failed demand', 'DATABASE_MISSING TLS_IS_OFF ERROR 1045 (28000)'],
  [
    'every printable character',
    Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join(''),
  ],
];

const fitted = (text: string, length: number): string =>
  // The server keeps a grant's pattern, escapes included, in 64 characters.
  grantPattern(text).length <= length ? text.trimEnd() : fitted([...text].slice(0, -1).join(''), length);

describeWithMariaDb('names and passwords are only ever themselves', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ tls: true });
    server.sql(`${masterSql} CREATE DATABASE canary; CREATE TABLE canary.bird (id INT);`);
  }, patience);
  afterAll(() => server.stop());

  const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase();
  const state = () => {
    const rows = server.sql(`SELECT 'database', HEX(SCHEMA_NAME) FROM information_schema.SCHEMATA
      UNION SELECT 'user', HEX(User) FROM mysql.global_priv
      UNION SELECT 'table', TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'canary'`);
    const of = (kind: string) =>
      rows.flatMap((row) => (row.startsWith(`${kind}\t`) ? [row.slice(kind.length + 1)] : [])).toSorted();
    return { databases: of('database'), users: of('user'), tables: of('table') };
  };
  const run = (operation: 'init' | 'drop', site: Site, shell: string) => {
    const cwd = tempFolder();
    const login = { username: site.user, password: site.password };
    const outcome = runScript(
      { operation, tenant: ownerOf(site, server), master, login, dumpFolder: tempFolder() },
      { shell, cwd },
    );
    return { ...outcome, left: readdirSync(cwd) };
  };

  test('a database name too long for its escaped form in a grant is refused, and opens nothing', () => {
    const site = siteOf({ name: `${'_'.repeat(10)}${'x'.repeat(54)}` });
    expect(run('init', site, 'sh')).toMatchObject({
      exitCode: 47,
      output: expect.stringContaining('Incorrect database name'),
    });
    const seen = asUser({ username: site.user, password: site.password }, server.port, 'SHOW DATABASES');
    expect(seen).toBe('information_schema\n');
    expect(run('drop', site, 'sh').exitCode).toBe(0);
  });

  describe.each(shells)('under %s', (shell) => {
    test.each(attacks)(
      '%s in the names and the password at once',
      (_, attack) => {
        const before = state();
        const site = { name: fitted(attack, 64), user: fitted(attack, 80), password: attack };
        expect(run('init', site, shell)).toMatchObject({ exitCode: 0, left: [] });
        const after = state();
        expect(after.databases).toEqual([...before.databases, hex(site.name)].toSorted());
        expect(after.users).toEqual([...before.users, hex(site.user)].toSorted());
        expect(after.tables).toEqual(['bird']);
        const login = (password: string) => ({ username: site.user, password });
        const seen = asUser(
          login(attack),
          server.port,
          'SELECT HEX(SCHEMA_NAME) FROM information_schema.SCHEMATA',
        );
        expect(seen.trim().split('\n').toSorted()).toEqual(
          [hex(site.name), hex('information_schema')].toSorted(),
        );
        for (const near of [attack.trimEnd().slice(0, -1), `${attack}x`, attack.replaceAll('\\', '')])
          if (near !== attack) expect(asUser(login(near), server.port, 'DO 0')).toMatch(/^REFUSED/);
        expect(run('drop', site, shell)).toMatchObject({ exitCode: 0, left: [] });
        expect(state()).toEqual(before);
      },
      patience,
    );

    test(
      'passwords of 100 random characters of all kinds',
      () => {
        const alphabet = [...`'"\\\`$();&|<>%_#-/*!\n\r\t ~ab0éΩ密`];
        for (let round = 0; round < 4; round++) {
          const password = Array.from(
            { length: 100 },
            () => alphabet[Math.floor(Math.random() * alphabet.length)],
          ).join('');
          const site = siteOf({ password });
          expect({ password, ...run('init', site, shell) }).toMatchObject({ exitCode: 0, left: [] });
          expect(asUser({ username: site.user, password }, server.port, 'SELECT 1')).toBe('1\n');
        }
        expect(run('drop', siteOf(), shell).exitCode).toBe(0);
      },
      patience,
    );
  });
});
