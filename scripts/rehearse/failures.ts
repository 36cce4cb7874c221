// What people do to a site that worked: each breaks something for real, and knows how the printed fix is followed.
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { administer, contentOf, deleteRule, demand, restart, type Stage, tenant } from './stage.ts';

export type Failure = {
  /** What somebody did, as a heading. */
  readonly story: string;
  /** The rule that must come first. */
  readonly wanted: string;
  readonly breakIt: (stage: Stage) => Promise<void>;
  /** Follows the fix that was printed. */
  readonly mend: (stage: Stage) => Promise<void>;
};

const initialise = async (stage: Stage): Promise<void> => {
  await demand(stage, 'run-db-init', { operation: 'init' });
};

const provision = async (stage: Stage): Promise<void> => {
  await demand(stage, 'provision-tenant', {});
};

const user = `'${tenant}_user'@'%'`;
const database = `${tenant}_db`;
/** In GRANT and REVOKE `_` is a wildcard, so that the grant's name has it escaped. */
const granted = `\`${database.replaceAll('_', '\\_')}\`.*`;

const ofDatabase: readonly Failure[] = [
  {
    story: "Somebody changed the password of the database account by hand (the runbook's Issue 5)",
    wanted: 'database-access-denied',
    breakIt: (stage) => administer(stage, `ALTER USER ${user} IDENTIFIED BY 'Not-In-The-Secret-1'`),
    mend: initialise,
  },
  {
    story: "Somebody revoked the account's privileges",
    wanted: 'database-no-grant',
    breakIt: (stage) => administer(stage, `REVOKE ALL PRIVILEGES ON ${granted} FROM ${user}`),
    mend: initialise,
  },
];

const plugins = async (stage: Stage): Promise<string> => join(await contentOf(stage), 'mu-plugins');

const ofFiles: readonly Failure[] = [
  {
    story: 'A plugin calls a function that does not exist',
    wanted: 'php-fatal-plugin',
    breakIt: async (stage) => {
      const folder = await plugins(stage);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'shop.php'), '<?php\nno_such_function();\n');
    },
    mend: async (stage) => rm(join(await plugins(stage), 'shop.php')),
  },
  {
    story: 'Somebody changed the mode of the content folder, and new tasks start',
    wanted: 'files-not-writable',
    breakIt: async (stage) => {
      await chmod(await contentOf(stage), 0o000);
      await restart(stage);
    },
    mend: async (stage) => {
      await chmod(await contentOf(stage), 0o755);
      await restart(stage);
    },
  },
];

const address = "'https://{host}'";
const otherAddress = "'https://{tenant}.wpdev.kimmyai.io'";
const typo = 'image: wordpres:6.8-php8.3-apache\n';

const ofManifests: readonly Failure[] = [
  {
    story: "WP_HOME and WP_SITEURL are DEV's",
    wanted: 'wordpress-redirect-elsewhere',
    breakIt: async (stage) => {
      await stage.edit('defaults.yml', (text) => text.replaceAll(address, otherAddress));
      await provision(stage);
    },
    mend: async (stage) => {
      await stage.edit('defaults.yml', (text) => text.replaceAll(otherAddress, address));
      await provision(stage);
    },
  },
  {
    story: "The image's name has a typing error",
    wanted: 'image-not-found',
    breakIt: async (stage) => {
      await stage.edit(`tenants/${tenant}.yml`, (text) => text + typo);
      await provision(stage);
    },
    mend: async (stage) => {
      await stage.edit(`tenants/${tenant}.yml`, (text) => text.replace(typo, ''));
      await provision(stage);
    },
  },
  {
    story: 'Somebody deleted the listener rule',
    wanted: 'target-group-without-rule',
    breakIt: deleteRule,
    mend: provision,
  },
];

const ofTheEnd: readonly Failure[] = [
  {
    story: 'Somebody dropped the database',
    wanted: 'database-missing',
    breakIt: (stage) => administer(stage, `DROP DATABASE ${database}`),
    mend: initialise,
  },
];

/** What befalls a site that nobody has installed yet. */
export const ofNewSites = ofManifests;
/** What befalls one with pages; the last leaves none. */
export const ofOldSites: readonly Failure[] = [...ofDatabase, ...ofFiles, ...ofTheEnd];
