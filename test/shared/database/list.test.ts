// Listing a server's databases and users on a real MariaDB: all of them, whatever their names, and none of the server's own.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compareListing, parseListing } from '../../../src/shared/database/listing.ts';
import { fleetWith } from '../fleet/files.ts';
import { describeWithMariaDb, master, masterSql, ownerOf, patience, runScript, siteOf } from './fixture.ts';
import { type Server, startServer } from './server.ts';

describeWithMariaDb('list', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ tls: true });
    server.sql(masterSql);
  }, patience);
  afterAll(() => server.stop());

  const list = () => {
    const { environment } = ownerOf(siteOf(), server);
    return runScript({ operation: 'list', environment, master });
  };

  test(
    'finds names that try to be something else',
    () => {
      const odd = [
        'plain_db',
        'with space',
        'tab\there',
        'back\\slash',
        "quo'te",
        'end of the list',
        'ünïcode',
        'line\nuser x',
      ];
      for (const name of odd) server.sql(`CREATE DATABASE \`${name}\``);
      server.sql("CREATE USER 'plain_user'@'%'; CREATE USER 'near'@'10.2.%'; CREATE USER 'o''dd'@'%';");
      const { exitCode, output } = list();
      expect(exitCode).toBe(0);
      const found = parseListing(output.split('\n'));
      expect(found?.databases.toSorted()).toEqual(expect.arrayContaining(odd.toSorted()));
      expect(found?.databases.filter((name) => /^(mysql|sys|.*_schema)$/.test(name))).toEqual([]);
      expect(found?.users).toEqual(
        expect.arrayContaining([
          { user: 'plain_user', host: '%' },
          { user: 'near', host: '10.2.%' },
          { user: "o'dd", host: '%' },
        ]),
      );
      expect(found?.users.map(({ user }) => user)).not.toContain('admin');
      expect(found?.users.filter(({ user }) => /^(root|mariadb\.sys|mysql)$/.test(user))).toEqual([]);
    },
    patience,
  );

  test(
    'writes nothing',
    () => {
      const state = () => server.sql('SHOW DATABASES; SELECT User, Host FROM mysql.user;');
      const before = state();
      list();
      expect(state()).toEqual(before);
    },
    patience,
  );
});

describe('what is listed, against the fleet', () => {
  const lines = [
    'database goldencrust_db',
    'database other',
    "user 'goldencrust_user'@'%'",
    'end of the list',
  ];

  test('without its end it is no listing', () => {
    expect(parseListing(lines.slice(0, -1))).toBeUndefined();
  });

  test('each name has its tenant, or none', () => {
    const fleet = fleetWith({});
    const environment = fleet.environments.get('sit');
    const found = parseListing(lines);
    if (!environment || !found) throw new Error('no sit');
    const entries = compareListing(found, fleet, environment);
    expect(entries).toEqual(
      expect.arrayContaining([
        { kind: 'database', name: 'other', state: 'nobodys', tenant: '', environment: '' },
        {
          kind: 'database',
          name: 'goldencrust_db',
          state: 'present',
          tenant: 'goldencrust',
          environment: 'sit',
        },
        {
          kind: 'user',
          name: 'goldencrust_user',
          state: 'present',
          tenant: 'goldencrust',
          environment: 'sit',
        },
      ]),
    );
  });
});
