// Which tenant may read what, on a real MariaDB.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  asUser,
  describeWithMariaDb,
  master,
  masterSql,
  ownerOf,
  patience,
  runScript,
  siteOf,
} from './fixture.ts';
import { type Server, startServer } from './server.ts';

describeWithMariaDb('tenants of one server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ tls: true });
    server.sql(masterSql);
  }, patience);
  afterAll(() => server.stop());

  // Every name here matches at least one other when its own characters are taken for wildcards.
  const sites = ['a_b', 'axb', 'a%b', 'a\\b', 'axxb', 'a\\_b', '_%', 'goldencrust_db', 'goldencrustxdb'].map(
    (name, index) => siteOf({ name, user: `user_${index}` }),
  );
  const init = (site: (typeof sites)[number]) =>
    runScript({
      operation: 'init',
      tenant: ownerOf(site, server),
      master,
      login: { username: site.user, password: site.password },
    });

  test(
    'each sees its own database only, whatever wildcards the names hold',
    () => {
      expect(sites.map((site) => init(site).exitCode)).toEqual(sites.map(() => 0));
      const seen = sites.map(({ user, password }) =>
        asUser({ username: user, password }, server.port, 'SHOW DATABASES').split('\n').filter(Boolean),
      );
      const shown = (name: string) => name.replaceAll('\\', '\\\\');
      expect(seen.map((names) => names.toSorted())).toEqual(
        sites.map(({ name }) => [shown(name), 'information_schema'].toSorted()),
      );
    },
    patience,
  );

  test('axb cannot be read by the tenant of a_b, and its own tenant may do everything in it', () => {
    const [underscore, letter] = sites.map(({ user, password }) => ({ username: user, password }));
    if (!underscore || !letter) throw new Error('no sites');
    expect(
      asUser(letter, server.port, 'CREATE TABLE axb.posts (id INT); INSERT INTO axb.posts VALUES (7)'),
    ).toBe('');
    expect(asUser(letter, server.port, 'SELECT id FROM axb.posts')).toBe('7\n');
    expect(asUser(underscore, server.port, 'SELECT id FROM axb.posts')).toMatch(/^REFUSED .*denied/s);
    expect(asUser(underscore, server.port, 'CREATE TABLE a_b.posts (id INT)')).toBe('');
    expect(asUser(letter, server.port, 'SELECT id FROM a_b.posts')).toMatch(/^REFUSED .*denied/s);
  });

  test('a grant made without the escape opens the other database; init leaves it and says so', () => {
    const [site] = sites;
    if (!site) throw new Error('no sites');
    server.sql(`GRANT SELECT ON \`a_b\`.* TO '${site.user}'@'%'`);
    const login = { username: site.user, password: site.password };
    expect(asUser(login, server.port, 'SELECT id FROM axb.posts')).toBe('7\n');
    const { exitCode, output } = init(site);
    expect(exitCode).toBe(0);
    expect(output).toContain('warning: user user_0 also has privileges on a_b.*');
    expect(output).toContain('warning: user user_0 also sees database axb');
    server.sql(`REVOKE SELECT ON \`a_b\`.* FROM '${site.user}'@'%'`);
    expect(init(site).output).not.toContain('warning');
  });
});
