// The programs that some tests need besides Node, and how a machine gets them. `node test/setup/install.ts` installs.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { findAwsCli } from '../runbook/aws-cli.ts';

/** Program → Debian's package. The -core package brings the server's programs and starts no service. */
const packages = {
  mariadbd: 'mariadb-server-core',
  mariadb: 'mariadb-client',
  'mariadb-dump': 'mariadb-client',
  aws: 'awscli',
  openssl: 'openssl',
  jq: 'jq',
  apache2: 'apache2-bin',
  'mod_php of Apache': 'libapache2-mod-php',
  'mysqli of PHP': 'php-mysql',
  WordPress: 'wordpress',
  "WordPress's theme": 'wordpress-theme-twentytwentythree',
} as const;

type Program = keyof typeof packages;

/** It wants all of apache2, which serves on port 80 from then on: nothing to do to a person's own machine. */
const onlyWhereAllIsWanted: readonly Program[] = ['WordPress', "WordPress's theme"];

/** What is no program, and the files that show it. */
const filesOf: Partial<Record<Program, string>> = {
  'mod_php of Apache': '/usr/lib/apache2/modules/libphp*.so',
  'mysqli of PHP': '/etc/php/*/apache2/conf.d/*-mysqli.ini',
  WordPress: '/usr/share/wordpress/wp-includes/version.php',
  "WordPress's theme": '/usr/share/wordpress/wp-content/themes/*/style.css',
};

// Debian keeps servers in sbin, which a user's PATH lacks.
const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
const succeeds = (command: string): boolean =>
  spawnSync('sh', ['-c', command], { env: { ...process.env, PATH: path }, stdio: 'ignore' }).status === 0;

const isHere = (program: Program): boolean => {
  // Version 1 of the aws-cli has the same name and is another program.
  if (program === 'aws') return findAwsCli() !== undefined;
  const files = filesOf[program];
  return files ? globSync(files).length > 0 : succeeds(`command -v ${program}`);
};

export const missingPrograms = (): readonly Program[] =>
  (Object.keys(packages) as Program[]).filter((program) => !isHere(program));

export const packagesOf = (programs: readonly Program[]): readonly string[] => [
  ...new Set(programs.map((program) => packages[program])),
];

/** Installs what is missing where apt and the right to use it are there; answers what is missing still. */
export const installPrograms = (): readonly Program[] => {
  const isAllWanted = process.env.REQUIRE_ALL === '1';
  const absent = missingPrograms();
  const leftOut = isAllWanted ? [] : absent.filter((program) => onlyWhereAllIsWanted.includes(program));
  if (leftOut.length)
    console.log(
      `Not installed: ${packagesOf(leftOut).join(' ')}, which would start a web server on port 80. Tests that need real WordPress are left out; REQUIRE_ALL=1 installs it.`,
    );
  const missing = absent.filter((program) => !leftOut.includes(program));
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (missing.length === 0 || !succeeds('command -v apt-get') || !succeeds([...root, 'true'].join(' ')))
    return absent;
  console.log(`Installing ${packagesOf(missing).join(' ')} (needed by tests)`);
  // With SYSTEMD_OFFLINE systemctl starts nothing for a package that was installed.
  const env = ['DEBIAN_FRONTEND=noninteractive', 'SYSTEMD_OFFLINE=1'];
  const apt = [...root, 'env', ...env, 'apt-get', '-qq'];
  // A person's own MySQL, which MariaDB's packages would replace, is worth more than a test run.
  const careful = isAllWanted ? [] : ['--no-remove'];
  const install = ['install', '--yes', '--no-install-recommends', ...careful, ...packagesOf(missing)];
  for (const step of [['update'], install]) {
    const [command = '', ...args] = [...apt, ...step];
    spawnSync(command, args, { env: { ...process.env, PATH: path }, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return missingPrograms();
};

if (import.meta.main) {
  const missing = installPrograms();
  console.log(missing.length ? `Not found: ${missing.join(', ')}` : 'All are here.');
  process.exitCode = missing.length ? 1 : 0;
}
