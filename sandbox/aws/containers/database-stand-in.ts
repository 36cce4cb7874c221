// THE STAND-IN for the SQL step where no database is at hand. It interprets neither shell nor SQL: it reads what the
// database step's script reads from its environment, keeps a list of databases and users, and ends with the script's
// exit codes. Its log says so.
import { isDatabaseClient, readImage } from './image.ts';
import { createProgram, refused } from './program.ts';
import type { ContainerSpec, Runtime } from './runtime.ts';

export type DatabaseStandIn = {
  readonly runtime: Runtime;
  /** Names of the databases, sorted. */
  readonly databases: () => readonly string[];
  /** Names of the users, sorted, each with the databases it may use. */
  readonly users: () => readonly { readonly name: string; readonly databases: readonly string[] }[];
  /** Whether a database step ever ran in it. */
  readonly isUsed: () => boolean;
  /** What the server says to who logs in; undefined where it lets in. */
  readonly refusal: (login: Login) => string | undefined;
  /** Changes on the server that no secret knows of. A database may go with its users' grants still there. */
  readonly setPassword: (user: string, password: string) => void;
  readonly revoke: (user: string) => void;
  readonly dropDatabase: (name: string) => void;
  /** No connection is free until it is set back. */
  readonly setFull: (full: boolean) => void;
};

export type Login = { readonly user: string; readonly password: string; readonly database: string };

type Account = { readonly password: string; readonly databases: readonly string[] };
type Server = {
  readonly databases: Set<string>;
  readonly accounts: Map<string, Account>;
  readonly masterPassword: string | undefined;
  isUsed: boolean;
  isFull: boolean;
};
type Outcome = { readonly code: number; readonly lines: readonly string[] };

const durationMs = 1_000;
const notice = 'This is a stand-in for the SQL step: no shell and no SQL ran, no database server was asked.';

const needs: Readonly<Record<string, readonly string[]>> = {
  init: ['MASTER_USERNAME', 'MASTER_PASSWORD', 'TENANT_USERNAME', 'TENANT_PASSWORD'],
  verify: ['TENANT_USERNAME', 'TENANT_PASSWORD'],
  drop: ['MASTER_USERNAME', 'MASTER_PASSWORD'],
  list: ['MASTER_USERNAME', 'MASTER_PASSWORD'],
};

const accessDenied = (user: string, password: string): string =>
  `Access denied for user '${user}'@'10.2.0.9' (using password: ${password === '' ? 'NO' : 'YES'})`;

const denied = (user: string): string => `ERROR 1045 (28000): ${accessDenied(user, 'given')}`;

const refusalOf = (server: Server, { user, password, database }: Login): string | undefined => {
  if (server.isFull) return 'Too many connections';
  const account = server.accounts.get(user);
  if (!account || account.password !== password) return accessDenied(user, password);
  if (!account.databases.includes(database))
    return `Access denied for user '${user}'@'%' to database '${database}'`;
  return server.databases.has(database) ? undefined : `Unknown database '${database}'`;
};

const changeAccount = ({ accounts }: Server, user: string, change: Partial<Account>): void => {
  const account = accounts.get(user);
  if (!account) throw new Error(`The stand-in has no user ${user}.`);
  accounts.set(user, { ...account, ...change });
};

type Values = Readonly<Record<string, string>>;

const verify = (server: Server, { DATABASE = '', DATABASE_USER = '', ...secret }: Values): Outcome => {
  const account = server.accounts.get(DATABASE_USER);
  if (!account || account.password !== secret.TENANT_PASSWORD)
    return {
      code: 45,
      lines: [`user ${DATABASE_USER} was refused with the password of its secret: ${denied(DATABASE_USER)}`],
    };
  const lines = [`user ${DATABASE_USER}: can log in`];
  if (server.databases.has(DATABASE) && account.databases.includes(DATABASE))
    return { code: 0, lines: [...lines, `database ${DATABASE}: present`] };
  return {
    code: 46,
    lines: [...lines, `database ${DATABASE}: missing, or user ${DATABASE_USER} has no privileges on it`],
  };
};

const init = (server: Server, values: Values): Outcome => {
  const { DATABASE = '', DATABASE_USER = '', TENANT_PASSWORD = '' } = values;
  const before = server.accounts.get(DATABASE_USER);
  const lines = [`database ${DATABASE}: ${server.databases.has(DATABASE) ? 'was there already' : 'created'}`];
  if (before && before.password !== TENANT_PASSWORD)
    lines.push(`user ${DATABASE_USER}: password set to the secret's`);
  server.databases.add(DATABASE);
  server.accounts.set(DATABASE_USER, {
    password: TENANT_PASSWORD,
    databases: [...new Set([...(before?.databases ?? []), DATABASE])],
  });
  const verified = verify(server, values);
  return { ...verified, lines: [...lines, ...verified.lines] };
};

const drop = (server: Server, { DATABASE = '', DATABASE_USER = '', DUMP_FOLDER }: Values): Outcome => {
  if (server.databases.has(DATABASE) && !DUMP_FOLDER)
    return { code: 48, lines: ['nothing dropped: there is no folder for the dump'] };
  const lines = server.databases.has(DATABASE)
    ? [`database ${DATABASE}: dumped to ${DUMP_FOLDER} (stand-in: an empty promise)`]
    : [];
  const said = (gone: boolean): string => (gone ? 'dropped' : 'absent');
  lines.push(`database ${DATABASE}: ${said(server.databases.delete(DATABASE))}`);
  lines.push(`user ${DATABASE_USER}: ${said(server.accounts.delete(DATABASE_USER))}`);
  return { code: 0, lines };
};

const list = ({ databases, accounts }: Server): Outcome => ({
  code: 0,
  lines: [
    ...[...databases].toSorted().map((name) => `database ${name}`),
    ...[...accounts.keys()].toSorted().map((name) => `user '${name}'@'%'`),
    'end of the list',
  ],
});

const asMaster = { init, drop, list } as const;
const isForMaster = (operation: string): operation is keyof typeof asMaster =>
  Object.hasOwn(asMaster, operation);

const run = (server: Server, values: Values): Outcome => {
  const { OPERATION = '', DATABASE_USER, TENANT_USERNAME, MASTER_USERNAME = '', MASTER_PASSWORD } = values;
  const wanted = needs[OPERATION];
  if (!wanted) return { code: 40, lines: ['OPERATION is none of init, verify, drop, list'] };
  const own = OPERATION === 'list' ? [] : ['DATABASE', 'DATABASE_USER'];
  const missing = [...own, ...wanted].filter((name) => !values[name]);
  if (missing.length > 0) return { code: 40, lines: missing.map((name) => `${name} is missing or empty`) };
  if (wanted.includes('TENANT_USERNAME') && TENANT_USERNAME !== DATABASE_USER)
    return { code: 51, lines: [`the tenant's secret names another user than ${DATABASE_USER}`] };
  if (!isForMaster(OPERATION)) return verify(server, values);
  if (server.masterPassword !== undefined && MASTER_PASSWORD !== server.masterPassword)
    return { code: 44, lines: [`the master account was refused: ${denied(MASTER_USERNAME)}`] };
  return asMaster[OPERATION](server, values);
};

const start =
  (server: Server): Runtime =>
  ({ image, environment }: ContainerSpec, { clock, log }) => {
    if (!isDatabaseClient(readImage(image))) return undefined;
    const { container, end } = createProgram(143, async () => refused);
    const cancel = clock.after(durationMs, () => {
      server.isUsed = true;
      const { code, lines } = run(server, environment);
      for (const line of [notice, ...lines]) log(line);
      end({ code });
    });
    return {
      ...container,
      stop: () => {
        cancel();
        container.stop();
      },
    };
  };

/** Without `masterPassword` every master password is taken for right. */
export const createDatabaseStandIn = ({
  masterPassword,
}: {
  readonly masterPassword?: string;
} = {}): DatabaseStandIn => {
  const server: Server = {
    databases: new Set(),
    accounts: new Map(),
    masterPassword,
    isUsed: false,
    isFull: false,
  };
  return {
    runtime: start(server),
    databases: () => [...server.databases].toSorted(),
    users: () =>
      [...server.accounts]
        .map(([name, { databases }]) => ({ name, databases: databases.toSorted() }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    isUsed: () => server.isUsed,
    refusal: (login) => refusalOf(server, login),
    setPassword: (user, password) => changeAccount(server, user, { password }),
    revoke: (user) => changeAccount(server, user, { databases: [] }),
    dropDatabase: (name) => void server.databases.delete(name),
    setFull: (full) => {
      server.isFull = full;
    },
  };
};
