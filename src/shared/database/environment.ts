// What the script is told beside the secrets: plain variables, the same in a Fargate task and on a runner.
import type { Tenant } from '../fleet/types.ts';
import {
  accountSql,
  createDatabaseSql,
  dropDatabaseSql,
  dropUserSql,
  findDatabaseSql,
  grantDatabaseSql,
  openSql,
  verifySql,
} from './sql.ts';

export type Operation = 'init' | 'verify' | 'drop';

/** What of a tenant the database step needs to know. */
export type DatabaseOwner = {
  readonly database: Tenant['database'];
  readonly environment: Pick<Tenant['environment'], 'database'>;
};

/** The script's variables for `operation`; nothing in them is secret. */
export const environmentOf = (
  tenant: DatabaseOwner,
  operation: Operation,
): Readonly<Record<string, string>> => {
  const { host, port, tls } = tenant.environment.database;
  const { name, user } = tenant.database;
  return {
    OPERATION: operation,
    DATABASE_HOST: host,
    DATABASE_PORT: String(port),
    DATABASE: name,
    DATABASE_USER: user,
    TLS: tls,
    SQL_OPEN: openSql(tls),
    ...operationSql(tenant.database, operation),
  };
};

const operationSql = (
  { name, user }: Tenant['database'],
  operation: Operation,
): Readonly<Record<string, string>> => {
  const tenant = { database: name, user };
  switch (operation) {
    case 'init':
      return {
        SQL_DATABASE: createDatabaseSql(tenant),
        SQL_ACCOUNT: accountSql(user),
        SQL_GRANT: grantDatabaseSql(tenant),
        SQL_VERIFY: verifySql(tenant),
      };
    case 'verify':
      return { SQL_VERIFY: verifySql(tenant) };
    case 'drop':
      return {
        SQL_FIND: findDatabaseSql(tenant),
        SQL_DROP_DATABASE: dropDatabaseSql(tenant),
        SQL_DROP_USER: dropUserSql(tenant),
      };
  }
};
