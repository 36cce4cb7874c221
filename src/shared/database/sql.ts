// The database step's SQL as pure text. Every name is quoted here; the tenant's password is in none of these texts:
// the script puts it between two of them in the container. All of it assumes `openSql` ran first in the same session.

/** A database's name and the account (at any host) that owns it. */
export type TenantDatabase = { readonly database: string; readonly user: string };

/** `name` in backticks, inner backticks doubled. */
export const quoteIdentifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** `value` as a string literal; right only while sql_mode has no NO_BACKSLASH_ESCAPES, which `openSql` sees to. */
export const quoteString = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** The database name for GRANT, where `_` and `%` are wildcards: `` `a_b`.* `` would open `axb` too. */
export const grantPattern = (database: string): string => database.replaceAll(/[\\_%]/g, String.raw`\$&`);

/** The account as CREATE USER, ALTER USER and GRANT want it, e.g. `'goldencrust_user'@'%'`. */
export const accountSql = (user: string): string => `${quoteString(user)}@'%'`;

/** Words that appear in the server's error, and nowhere else, when a demand is not met. */
export const markers = { notEncrypted: 'TLS_IS_OFF', missing: 'DATABASE_MISSING' } as const;

// SQL outside stored programs has no IF; preparing a text that is no statement stops the client all the same.
const demand = (
  condition: string,
  marker: string,
): string => `SET @demand = IF(${condition}, 'DO 0', '${marker}');
PREPARE demand FROM @demand;
EXECUTE demand;`;

// The MariaDB client's --ssl goes on unencrypted where the server has no TLS, so the session itself is asked.
// /*M! */ is read by MariaDB only, /*!50700 */ by MySQL only: each keeps session status elsewhere.
const encrypted = `(SELECT COALESCE(MAX(VARIABLE_VALUE), '') <> ''
  FROM /*M! information_schema.SESSION_STATUS */ /*!50700 performance_schema.session_status */
  WHERE VARIABLE_NAME = 'Ssl_cipher')`;

/** First in every session: quoting means what this file thinks it means, and the line is encrypted if it must be. */
export const openSql = (tls: 'required' | 'off'): string =>
  [
    "SET SESSION sql_mode = '';",
    ...(tls === 'required' ? [demand(encrypted, markers.notEncrypted)] : []),
  ].join('\n');

// information_schema columns are utf8mb3 and case-insensitive; names are compared byte by byte.
const isNamed = (column: string, name: string): string => `CAST(${column} AS BINARY) = ${quoteString(name)}`;

const present = (database: string): string =>
  `EXISTS (SELECT 1 FROM information_schema.SCHEMATA WHERE ${isNamed('SCHEMA_NAME', database)})`;

/** As master: makes the database if it is missing and says which it was. */
export const createDatabaseSql = ({
  database,
}: TenantDatabase): string => `SET @before = ${present(database)};
CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(database)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
SELECT IF(@before, ${quoteString(`database ${database}: was there already`)}, ${quoteString(`database ${database}: created`)});`;

const grantSql = (name: string, user: string): string =>
  `GRANT ALL PRIVILEGES ON ${quoteIdentifier(name)}.* TO ${accountSql(user)}`;

/** As master: grants everything on exactly this database, and names whatever else the user may use. */
export const grantDatabaseSql = ({ database, user }: TenantDatabase): string => {
  const pattern = grantPattern(database);
  const grantee = isNamed('GRANTEE', `'${user}'@'%'`);
  // MySQL with partial_revokes takes names in GRANT literally: an escaped one would open nothing.
  return `SET @literal = /*!80016 @@GLOBAL.partial_revokes + */ 0;
SET @grant = IF(@literal, ${quoteString(grantSql(database, user))}, ${quoteString(grantSql(pattern, user))});
PREPARE grant_all FROM @grant;
EXECUTE grant_all;
SET @own = IF(@literal, ${quoteString(database)}, ${quoteString(pattern)});
SELECT CONCAT(${quoteString(`warning: user ${user} also has privileges on `)}, place,
  ' (unescaped _ and % in a grant match other names too); revoke what is not wanted')
FROM (
  SELECT CONCAT(TABLE_SCHEMA, '.*') AS place FROM information_schema.SCHEMA_PRIVILEGES
    WHERE ${grantee} AND CAST(TABLE_SCHEMA AS BINARY) <> CAST(@own AS BINARY)
  UNION SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) FROM information_schema.TABLE_PRIVILEGES WHERE ${grantee}
  UNION SELECT '*.*' FROM information_schema.USER_PRIVILEGES WHERE ${grantee} AND PRIVILEGE_TYPE <> 'USAGE'
) AS others;`;
};

/** As the tenant, writing nothing: logged in, sees its database, and names every other database it sees. */
export const verifySql = ({ database, user }: TenantDatabase): string => {
  const tables = `(SELECT COUNT(*) FROM information_schema.TABLES WHERE ${isNamed('TABLE_SCHEMA', database)})`;
  return `SELECT ${quoteString(`user ${user}: can log in`)};
${demand(present(database), markers.missing)}
SELECT CONCAT(${quoteString(`database ${database}: present, `)}, DEFAULT_CHARACTER_SET_NAME, ' ', DEFAULT_COLLATION_NAME,
  ', tables: ', ${tables})
FROM information_schema.SCHEMATA WHERE ${isNamed('SCHEMA_NAME', database)};
SELECT CONCAT(${quoteString(`warning: user ${user} also sees database `)}, SCHEMA_NAME)
FROM information_schema.SCHEMATA
WHERE NOT ${isNamed('SCHEMA_NAME', database)}
  AND LOWER(SCHEMA_NAME) NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys');`;
};

/** Says that the listing is whole: a log may be read before its end has arrived. */
export const listEnd = 'end of the list';

/** As master: `database <name>` and `user '<name>'@'<host>'`, a row each, the server's own and the master left out. */
export const listSql = (): string => `SELECT CONCAT('database ', SCHEMA_NAME) FROM information_schema.SCHEMATA
WHERE LOWER(SCHEMA_NAME) NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys', 'innodb', 'tmp', 'rdsadmin')
ORDER BY SCHEMA_NAME;
SELECT DISTINCT CONCAT('user ', GRANTEE) FROM information_schema.USER_PRIVILEGES
WHERE GRANTEE LIKE "'%'@'%'" AND GRANTEE NOT LIKE "'mysql.%"
  AND SUBSTRING_INDEX(GRANTEE, "'@'", 1)
    NOT IN ("'", "'root", "'rdsadmin", "'rdsrepladmin", "'rdstopmgr", "'mariadb.sys", "'PUBLIC")
  AND GRANTEE <> CONCAT("'", REPLACE(CURRENT_USER(), '@', "'@'"), "'");
SELECT '${listEnd}';`;

/** As master: one row, PRESENT or ABSENT. */
export const findDatabaseSql = ({ database }: TenantDatabase): string =>
  `SELECT IF(${present(database)}, 'PRESENT', 'ABSENT');`;

/** As master, once the database was found and dumped; without IF EXISTS, for it is dropped only as what was found. */
export const dropDatabaseSql = ({
  database,
}: TenantDatabase): string => `DROP DATABASE ${quoteIdentifier(database)};
SELECT ${quoteString(`database ${database}: dropped`)};`;

/** As master: drops the user; one that is absent already is said and is no error. */
export const dropUserSql = ({ user }: TenantDatabase): string => {
  const grantee = isNamed('GRANTEE', `'${user}'@'%'`);
  return `SET @user = EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE ${grantee});
DROP USER IF EXISTS ${accountSql(user)};
SELECT CONCAT(${quoteString(`user ${user}: `)}, IF(@user, 'dropped', 'absent'));`;
};
