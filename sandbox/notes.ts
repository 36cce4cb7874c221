// What a person should know of a sandbox that has a stand-in for something this machine lacks.
import { hasWordPress } from './aws/containers/wordpress.ts';

const noDatabase =
  'MariaDB is not installed here: what needs a database runs in a stand-in that keeps a list or says what it would do. ' +
  'Install mariadb-server and mariadb-client to run it for real.';

const noWordPress =
  'WordPress is not installed here: a stand-in that asks no database serves its pages. ' +
  'Install wordpress, wordpress-theme-twentytwentythree, libapache2-mod-php and php-mysql to run it for real.';

/** `database`: whether a real one runs. `sites`: whether the account has WordPress's. */
export const notesOf = ({
  database,
  sites,
}: {
  readonly database: boolean;
  readonly sites: boolean;
}): readonly string[] => [
  ...(database ? [] : [noDatabase]),
  ...(sites && !hasWordPress() ? [noWordPress] : []),
];
