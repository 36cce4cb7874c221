// A sandbox ready for a process of its own to talk to: the HTTP door, the sites' front door, containers as local
// processes and a private MariaDB; where the machine has none, the stated stand-ins for what needs one.
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../src/shared/errors.ts';
import type { Application } from '../src/shared/fleet/application.ts';
import { loadApplication } from '../src/shared/fleet/applications.ts';
import { loadFleet } from '../src/shared/fleet/load.ts';
import type { Environment } from '../src/shared/fleet/types.ts';
import { databaseHost, databaseSecret, repositoriesOf } from './aws/application-names.ts';
import { publicPort } from './aws/application-routes.ts';
import { createRealClock } from './aws/clock.ts';
import { createDatabaseStandIn } from './aws/containers/database-stand-in.ts';
import { createProcessRuntime, hasDatabaseClient } from './aws/containers/processes.ts';
import { firstThatKnows } from './aws/containers/runtimes.ts';
import { hasWordPress } from './aws/containers/wordpress.ts';
import { openHttpDoor } from './aws/doors/http.ts';
import { serveLoadBalancer } from './aws/elb/front-door.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './aws/sandbox.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts';
import { notesOf } from './notes.ts';
import { untilSettled } from './settled.ts';

type Place = {
  /** Path of the fleet folder. */
  readonly fleet: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How much faster the cloud's own delays pass. */
  readonly speed: number;
};

/** What the account is furnished with: a tenants' environment, or an application in one of its own. */
export type Subject =
  | { readonly environment: string; readonly application?: undefined }
  | {
      readonly environment?: undefined;
      readonly application: { readonly name: string; readonly environment: string };
    };

export type Opening = Place & Extract<Subject, { readonly environment: string }>;
export type ApplicationOpening = Place &
  Exclude<Subject, { readonly environment: string }> &
  Pick<SandboxOptions, 'works'>;

type Opened = {
  readonly sandbox: Sandbox;
  readonly endpoint: string;
  /** The load balancer's own address, for visitors. */
  readonly siteUrl: string;
  /** Variables that lead the SDK and the aws-cli here. */
  readonly env: Readonly<Record<string, string>>;
  /** The real database behind the manifests' host; undefined: the stand-in. */
  readonly database: MariaDb | undefined;
  /** Where a volume's files lie on this machine: `fs-… fsap-…`. */
  readonly folderOf: (volume: string) => string;
  /** What a person should know, the stand-in for one. */
  readonly notes: readonly string[];
  readonly close: () => Promise<void>;
};

export type OpenSandbox = Opened & { readonly environment: Environment; readonly application: undefined };
export type OpenApplication = Opened & { readonly environment: undefined; readonly application: Application };

/** Throws UserError where the fleet has problems, or no such environment or application. An application's services run. */
export function openSandbox(opening: Opening): Promise<OpenSandbox>;
export function openSandbox(opening: ApplicationOpening): Promise<OpenApplication>;
export async function openSandbox(
  opening: Opening | ApplicationOpening,
): Promise<OpenSandbox | OpenApplication> {
  if (opening.application === undefined) {
    const environment = await readEnvironment(opening);
    return { ...(await open(opening, furnishingOf(environment))), environment, application: undefined };
  }
  const application = await loadApplication(files, {
    fleet: opening.fleet,
    application: opening.application.name,
    environment: opening.application.environment,
  });
  const { works } = opening;
  const opened = await open(opening, { ...applicationFurnishing(application), ...(works && { works }) });
  await untilSettled(opened.sandbox, application).catch(async (error: unknown) => {
    await opened.close();
    throw error;
  });
  return { ...opened, environment: undefined, application };
}

type Furnishing = Pick<SandboxOptions, 'works'> & {
  readonly region: string;
  readonly platforms: readonly Environment[];
  readonly applications: readonly Application[];
  readonly listenerPort: number;
  readonly database: { readonly host: string; readonly secret: string };
};

const furnishingOf = (environment: Environment): Furnishing => ({
  region: environment.region,
  platforms: [environment],
  applications: [],
  listenerPort: environment.loadBalancer.listenerPort,
  database: { host: environment.database.host, secret: environment.database.masterSecret },
});

const applicationFurnishing = (application: Application): Furnishing => ({
  region: application.environment.region,
  platforms: [],
  applications: [application],
  listenerPort: publicPort,
  database: { host: databaseHost(application), secret: databaseSecret(application) },
});

const open = async ({ port, speed }: Place, furnishing: Furnishing): Promise<Opened> => {
  const { region, platforms, applications, works } = furnishing;
  const database = hasMariaDb() && hasDatabaseClient() ? await startMariaDb({ tls: true }) : undefined;
  const processes = createProcessRuntime({
    repositories: applications.flatMap(repositoriesOf),
    web: database && hasWordPress() ? 'wordpress' : 'stand-in',
  });
  const clock = createRealClock(speed);
  const sandbox = createSandbox({
    clock,
    runtime: database
      ? processes.runtime
      : firstThatKnows(createDatabaseStandIn().runtime, processes.runtime),
    platforms,
    applications,
    settings: { patienceMs: 2_000 },
    ...(works && { works }),
    ...(database ? realDatabase(furnishing, database) : {}),
  });
  const door = await openHttpDoor(sandbox, port);
  const front = await serveLoadBalancer(sandbox.neighbours.elb, furnishing.listenerPort);
  return {
    sandbox,
    endpoint: door.endpoint,
    siteUrl: front.url,
    env: leadingTo(door.endpoint, region),
    database,
    folderOf: processes.folderOf,
    notes: notesOf({ database: database !== undefined, sites: platforms.length > 0 }),
    close: async () => {
      await front.close();
      await door.close();
      // First, or services would start their killed containers again.
      clock.stop();
      await processes.close();
      await database?.stop();
    },
  };
};

const leadingTo = (endpoint: string, region: string): Opened['env'] => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'AKIASANDBOX',
  AWS_SECRET_ACCESS_KEY: 'sandbox',
});

const realDatabase = ({ database: { host, secret } }: Furnishing, server: MariaDb) => ({
  databases: { [host]: { host: server.host, port: server.port } },
  secretValues: { [secret]: { username: server.username, password: server.password } },
});

const readEnvironment = async ({ fleet, environment }: Opening): Promise<Environment> => {
  const { environments } = await loadFleet(files, fleet);
  const found = environments.get(environment);
  if (found) return found;
  const names = [...environments.keys()].join(', ');
  const applications = (await files.list(fleet)).filter((path) => dirname(path).endsWith('/applications'));
  const others = applications.map((path) => basename(path, extname(path))).join(', ');
  throw new UserError([
    {
      what: `There is no environment '${environment}' in ${fleet}.`,
      fix: names
        ? `There are: ${names}.`
        : `There are none${others ? `, but applications, which --application names: ${others}` : ''}.`,
    },
  ]);
};

const listFiles = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

const files = { list: listFiles, read: (path: string) => readFile(path, 'utf8') };
