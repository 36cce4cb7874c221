// Which exit code each of the client's errors becomes. The client here is a stand-in that prints one error and ends.
import { expect, test } from '@jest/globals';
import { leaks, master, ownerOf, programs, runScript, siteOf } from './fixture.ts';

const site = siteOf({ password: `Tp'2\\ ${siteOf().password}` });
const tenant = ownerOf(site, { port: 3306 });
const login = { username: site.user, password: site.password };
const client = (text: string): string =>
  programs({
    mariadb: `[ "$1" != --version ] || { echo 'mariadb Ver 15.1 Distrib 10.11-MariaDB'; exit; }\n${text}`,
  });

test.each([
  [2026, 43, 43],
  [3159, 43, 43],
  [2061, 43, 43],
  [2002, 42, 42],
  [2003, 42, 42],
  [2005, 42, 42],
  [2013, 42, 42],
  [1040, 42, 42],
  [1045, 44, 45],
  [1044, 44, 45],
  [1227, 44, 45],
  [3118, 44, 45],
  [1064, 47, 47],
  [9999, 47, 47],
])('error %i ends with %i for the master and %i for the tenant', (error, asMaster, asTenant) => {
  const path = client(`echo 'ERROR ${error} (HY000): what the server says' >&2; exit 1`);
  const init = runScript({ operation: 'init', tenant, master, login }, { path });
  expect(init).toEqual({ exitCode: asMaster, output: expect.stringContaining(`ERROR ${error} (HY000)`) });
  const verify = runScript({ operation: 'verify', tenant, login }, { path });
  expect(verify).toEqual({ exitCode: asTenant, output: expect.stringContaining(`ERROR ${error} (HY000)`) });
});

// Clients repeat a statement that fails; the MariaDB client does even in batch mode.
test.each([
  [
    'with an error after it',
    `cat; echo 'ERROR 1396 (HY000): near the password' >&2; exit 1`,
    /: ERROR 1396\n$/,
  ],
  ['with nothing after it', 'cat; exit 139', /: no error number\n$/],
])('a statement with the password repeated %s is not shown', (_, end, text) => {
  const path = client(`input=$(/bin/cat)
cat() { printf '%s\\n' "$input"; }
case $input in *IDENTIFIED*) ${end};; esac`);
  const { exitCode, output } = runScript({ operation: 'init', tenant, master, login }, { path });
  expect(exitCode).toBe(47);
  expect(output).toMatch(text);
  expect(leaks(site.password, output)).toEqual([]);
});
