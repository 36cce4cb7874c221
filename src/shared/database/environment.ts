// What the script is told beside the secrets: plain variables, the same in a Fargate task and on a runner.
import type { Environment, Tenant } from '../fleet/types.ts';
import {
  accountSql,
  createDatabaseSql,
  dropDatabaseSql,
  dropUserSql,
  findDatabaseSql,
  grantDatabaseSql,
  listSql,
  openSql,
  verifySql,
} from './sql.ts';

/** What is done for one tenant. */
export type TenantOperation = 'init' | 'verify' | 'drop';
export type Operation = TenantOperation | 'list';

/** What of a tenant the database step needs to know. */
export type DatabaseOwner = {
  readonly database: Tenant['database'];
  readonly environment: Pick<Tenant['environment'], 'database'>;
};

/** The script's variables for `operation`; nothing in them is secret. */
export const environmentOf = (
  tenant: DatabaseOwner,
  operation: TenantOperation,
): Readonly<Record<string, string>> => {
  const { name, user } = tenant.database;
  return {
    ...serverOf(tenant.environment),
    OPERATION: operation,
    DATABASE: name,
    DATABASE_USER: user,
    ...operationSql(tenant.database, operation),
  };
};

/** The variables for `list`, which is for no tenant. */
export const listEnvironmentOf = (environment: ServerOwner): Readonly<Record<string, string>> => ({
  ...serverOf(environment),
  OPERATION: 'list',
  SQL_LIST: listSql(),
});

type ServerOwner = Pick<Environment, 'database'>;

const serverOf = ({ database: { host, port, tls } }: ServerOwner): Readonly<Record<string, string>> => ({
  DATABASE_HOST: host,
  DATABASE_PORT: String(port),
  TLS: tls,
  SQL_OPEN: openSql(tls),
});

const operationSql = (
  { name, user }: Tenant['database'],
  operation: TenantOperation,
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
