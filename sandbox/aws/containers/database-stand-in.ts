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
};

type Account = { readonly password: string; readonly databases: readonly string[] };
type Server = {
  readonly databases: Set<string>;
  readonly accounts: Map<string, Account>;
  readonly masterPassword: string | undefined;
};
type Outcome = { readonly code: number; readonly lines: readonly string[] };

const durationMs = 1_000;
const notice = 'This is a stand-in for the SQL step: no shell and no SQL ran, no database server was asked.';

const needs: Readonly<Record<string, readonly string[]>> = {
  init: ['MASTER_USERNAME', 'MASTER_PASSWORD', 'TENANT_USERNAME', 'TENANT_PASSWORD'],
  verify: ['TENANT_USERNAME', 'TENANT_PASSWORD'],
  drop: ['MASTER_USERNAME', 'MASTER_PASSWORD'],
};

const denied = (user: string): string =>
  `ERROR 1045 (28000): Access denied for user '${user}'@'10.2.0.9' (using password: YES)`;

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

const run = (server: Server, values: Values): Outcome => {
  const { OPERATION = '', DATABASE_USER, TENANT_USERNAME, MASTER_USERNAME = '', MASTER_PASSWORD } = values;
  const wanted = needs[OPERATION];
  if (!wanted) return { code: 40, lines: ['OPERATION is none of init, verify, drop'] };
  const missing = ['DATABASE', 'DATABASE_USER', ...wanted].filter((name) => !values[name]);
  if (missing.length > 0) return { code: 40, lines: missing.map((name) => `${name} is missing or empty`) };
  if (OPERATION !== 'drop' && TENANT_USERNAME !== DATABASE_USER)
    return { code: 51, lines: [`the tenant's secret names another user than ${DATABASE_USER}`] };
  if (OPERATION === 'verify') return verify(server, values);
  if (server.masterPassword !== undefined && MASTER_PASSWORD !== server.masterPassword)
    return { code: 44, lines: [`the master account was refused: ${denied(MASTER_USERNAME)}`] };
  return OPERATION === 'init' ? init(server, values) : drop(server, values);
};

const start =
  (server: Server): Runtime =>
  ({ image, environment }: ContainerSpec, { clock, log }) => {
    if (!isDatabaseClient(readImage(image))) return undefined;
    const { container, end } = createProgram(143, async () => refused);
    const cancel = clock.after(durationMs, () => {
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
  const server: Server = { databases: new Set(), accounts: new Map(), masterPassword };
  return {
    runtime: start(server),
    databases: () => [...server.databases].toSorted(),
    users: () =>
      [...server.accounts]
        .map(([name, { databases }]) => ({ name, databases: databases.toSorted() }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
};
