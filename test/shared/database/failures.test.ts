// What the script says and answers when something is wrong, and what it never shows, on a real MariaDB.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LocalRun } from '../../../src/shared/database/local.ts';
import {
  asUser,
  describeWithMariaDb,
  leaks,
  master,
  masterSql,
  ownerOf,
  patience,
  programs,
  runScript,
  siteOf,
} from './fixture.ts';
import { type Server, startServer } from './server.ts';

const site = siteOf({ password: `Tp'1\\ ${siteOf().password}` });
const login = { username: site.user, password: site.password };
const wrong = { username: master.username, password: siteOf().password };

test('the leak detector finds a planted secret in every form it promises', () => {
  const secret = `a b'c"\\é`;
  const json = JSON.stringify({ secret });
  const forms = [secret, Buffer.from(secret).toString('hex').toUpperCase(), encodeURIComponent(secret), json];
  for (const form of [...forms, Buffer.from(secret).toString('base64')])
    expect(leaks(secret, `before ${form} after`)).not.toEqual([]);
  expect(leaks(secret, 'nothing')).toEqual([]);
});

describeWithMariaDb('a run that fails', () => {
  let server: Server;
  let plain: Server;
  beforeAll(async () => {
    [server, plain] = await Promise.all([startServer({ tls: true }), startServer({ tls: false })]);
    server.sql(masterSql);
    plain.sql(masterSql);
  }, patience);
  afterAll(() => Promise.all([server.stop(), plain.stop()]));

  const init = (run: Partial<Extract<LocalRun, { operation: 'init' }>> = {}): LocalRun => ({
    operation: 'init',
    tenant: ownerOf(site, server),
    master,
    login,
    ...run,
  });
  const outcomeOf = (run: LocalRun, path?: string) => {
    const outcome = runScript(run, path ? { path } : {});
    for (const secret of [master.password, site.password, wrong.password])
      expect(leaks(secret, outcome.output)).toEqual([]);
    return outcome;
  };
  const databases = (of: Server) => of.sql("SHOW DATABASES LIKE 'golden%'");

  test(
    'wrong settings, hosts and accounts each have their own exit code and text, and write nothing',
    () => {
      const at = (where: object) => ownerOf(site, { port: server.port, ...where });
      const cases: readonly (readonly [number, RegExp, LocalRun])[] = [
        [44, /master account was refused: ERROR 1045/, init({ master: wrong })],
        [42, /cannot reach 127\.0\.0\.1 port 1: ERROR 200\d/, init({ tenant: at({ port: 1 }) })],
        [42, /cannot reach no-such-host\.invalid/, init({ tenant: at({ host: 'no-such-host.invalid' }) })],
        [43, /the server offers no TLS/, init({ tenant: at({ port: plain.port }) })],
        [
          43,
          /the server offers no TLS/,
          { operation: 'drop', tenant: at({ port: plain.port }), master, dumpFolder: '/' },
        ],
        [45, /goldencrust_user was refused/, { operation: 'verify', tenant: at({}), login }],
        [51, /names another user/, init({ login: { ...login, username: 'somebody_else' } })],
        [40, /TENANT_PASSWORD is missing/, init({ login: { ...login, password: '' } })],
      ];
      for (const [exitCode, text, run] of cases)
        expect(outcomeOf(run)).toEqual({ exitCode, output: expect.stringMatching(text) });
      expect(outcomeOf(init(), programs({}))).toMatchObject({ exitCode: 41 });
      expect([...databases(server), ...databases(plain)]).toEqual([]);
      expect(server.sql("SELECT User FROM mysql.user WHERE User LIKE 'golden%'")).toEqual([]);
    },
    patience,
  );

  test('with tls off it works without TLS', () => {
    expect(outcomeOf(init({ tenant: ownerOf(site, { port: plain.port, tls: 'off' }) })).exitCode).toBe(0);
  });

  test(
    'a statement with the password that the server refuses is named by number only',
    () => {
      server.sql(
        `CREATE USER 'weak'@'%' IDENTIFIED BY 'weak-1'; GRANT SELECT, CREATE, DROP ON *.* TO 'weak'@'%'`,
      );
      const weak = { username: 'weak', password: 'weak-1' };
      expect(outcomeOf(init({ master: weak }))).toMatchObject({
        exitCode: 44,
        output: expect.stringMatching(/the master account was refused: ERROR 1227\n$/),
      });
      server.sql("INSTALL SONAME 'simple_password_check'");
      const short = init({ login: { ...login, password: 'short' } });
      expect(outcomeOf(short)).toMatchObject({
        exitCode: 50,
        output: expect.stringMatching(/ERROR 1819\n$/),
      });
      server.sql("UNINSTALL SONAME 'simple_password_check'; DROP USER weak; DROP DATABASE goldencrust_db");
    },
    patience,
  );

  test(
    'init again keeps data; a password changed behind its back is set to the secret again; verify only looks',
    () => {
      const verify: LocalRun = { operation: 'verify', tenant: ownerOf(site, server), login };
      const first = outcomeOf(init());
      expect(first).toEqual({
        exitCode: 0,
        output: [
          'database goldencrust_db: created',
          'user goldencrust_user: can log in',
          'database goldencrust_db: present, utf8mb4 utf8mb4_unicode_ci, tables: 0',
          '',
        ].join('\n'),
      });
      asUser(
        login,
        server.port,
        'CREATE TABLE goldencrust_db.t (id INT); INSERT INTO goldencrust_db.t VALUES (5)',
      );
      const hash = () => server.sql("SELECT Priv FROM mysql.global_priv WHERE User = 'goldencrust_user'");
      const before = hash();
      expect(outcomeOf(init()).output).toContain('was there already');
      expect(hash()).toEqual(before);
      server.sql("ALTER USER 'goldencrust_user'@'%' IDENTIFIED BY 'changed'");
      expect(outcomeOf(verify).exitCode).toBe(45);
      expect(outcomeOf(init()).output).toContain("user goldencrust_user: password set to the secret's");
      expect(outcomeOf(verify)).toMatchObject({ exitCode: 0, output: expect.stringContaining('tables: 1') });
      expect(asUser(login, server.port, 'SELECT id FROM goldencrust_db.t')).toBe('5\n');
      server.sql('DROP DATABASE goldencrust_db');
      expect(outcomeOf(verify)).toMatchObject({ exitCode: 46 });
      expect(databases(server)).toEqual([]);
    },
    patience,
  );
});
