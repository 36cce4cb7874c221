// The programs around the script: what they are told, which of them it needs, and which flags which client gets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LocalRun } from '../../../src/shared/database/local.ts';
import {
  describeWithMariaDb,
  leaks,
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

const site = siteOf({ password: `Tp'1\\ ${siteOf().password}` });
const login = { username: site.user, password: site.password };

describeWithMariaDb('programs', () => {
  let server: Server;
  let plain: Server;
  beforeAll(async () => {
    [server, plain] = await Promise.all([startServer({ tls: true }), startServer({ tls: false })]);
    server.sql(masterSql);
    plain.sql(masterSql);
  }, patience);
  afterAll(() => Promise.all([server.stop(), plain.stop()]));

  // PATH has these and nothing else, so a program outside the list would fail the run.
  const needed = ['mariadb', 'mariadb-dump', 'od', 'tr', 'tail', 'wc', 'date', 'mv', 'rm', 'sync', 'gzip'];

  test(
    'no program is given a secret as an argument, and no other program is needed',
    () => {
      const record = join(tempFolder(), 'arguments');
      const wrapper = (name: string) =>
        `printf '%s\\n' "$0" "$@" >>${record}\nexec ${realProgram(name)} "$@"`;
      const path = programs(Object.fromEntries(needed.map((name) => [name, wrapper(name)])));
      const runs: readonly LocalRun[] = [
        { operation: 'init', tenant: ownerOf(site, server), master, login },
        { operation: 'verify', tenant: ownerOf(site, server), login },
        { operation: 'drop', tenant: ownerOf(site, server), master, dumpFolder: tempFolder() },
      ];
      for (const run of runs) expect(runScript(run, { path })).toMatchObject({ exitCode: 0 });
      const seen = readFileSync(record, 'utf8');
      for (const name of needed.filter((program) => program !== 'rm')) expect(seen).toContain(`/${name}\n`);
      for (const secret of [master.password, site.password]) expect(leaks(secret, seen)).toEqual([]);
    },
    patience,
  );

  // A stand-in for the flags only: it says it is MySQL's client, refuses MariaDB's flags, and hands on to MariaDB's.
  const standIn = (
    name: string,
  ): string => `case "$*" in --version) echo '${name}  Ver 8.0.36 for Linux on x86_64'; exit;; esac
for flag do
shift
case $flag in
  --ssl|--skip-ssl*) echo "${name}: [ERROR] unknown option '$flag'" >&2; exit 7;;
  --ssl-mode=REQUIRED) set -- "$@" --ssl;;
  --ssl-mode=DISABLED) set -- "$@" --skip-ssl;;
  --get-server-public-key|--set-gtid-purged=OFF|--column-statistics=0) ;;
  *) set -- "$@" "$flag";;
esac
done
exec ${realProgram(name === 'mysql' ? 'mariadb' : 'mariadb-dump')} "$@"`;

  test.each([
    ['required', () => server],
    ['off', () => plain],
  ] as const)(
    "a client that says it is MySQL's gets MySQL's flags, tls %s (stand-in for the flags, not a MySQL client)",
    (tls, at) => {
      const texts = { mysql: standIn('mysql'), mysqldump: standIn('mysqldump') };
      const tools = needed.filter((name) => !name.startsWith('mariadb'));
      const path = programs({
        ...texts,
        ...Object.fromEntries(tools.map((name) => [name, `exec ${realProgram(name)} "$@"`])),
      });
      const tenant = ownerOf(site, { port: at().port, tls });
      expect(runScript({ operation: 'init', tenant, master, login }, { path })).toMatchObject({
        exitCode: 0,
      });
      expect(
        runScript({ operation: 'drop', tenant, master, dumpFolder: tempFolder() }, { path }),
      ).toMatchObject({
        exitCode: 0,
        output: expect.stringContaining('dumped to'),
      });
    },
    patience,
  );
});
