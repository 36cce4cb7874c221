// A sandbox ready for a process of its own to talk to: the HTTP door, the site's front door, containers as local
// processes and a private MariaDB; where the machine has none, the stated stand-in for the SQL step.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../src/shared/errors.ts';
import { loadFleet } from '../src/shared/fleet/load.ts';
import type { Environment } from '../src/shared/fleet/types.ts';
import { createRealClock } from './aws/clock.ts';
import { createDatabaseStandIn } from './aws/containers/database-stand-in.ts';
import { createProcessRuntime, hasDatabaseClient } from './aws/containers/processes.ts';
import { firstThatKnows } from './aws/containers/runtimes.ts';
import { openHttpDoor } from './aws/doors/http.ts';
import { serveLoadBalancer } from './aws/elb/front-door.ts';
import { createSandbox, type Sandbox } from './aws/sandbox.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts';

export type Opening = {
  /** Path of the fleet folder. */
  readonly fleet: string;
  readonly environment: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How much faster the cloud's own delays pass. */
  readonly speed: number;
};

export type OpenSandbox = {
  readonly sandbox: Sandbox;
  readonly environment: Environment;
  readonly endpoint: string;
  /** The load balancer's own address, for visitors. */
  readonly siteUrl: string;
  /** Variables that lead the SDK and the aws-cli here. */
  readonly env: Readonly<Record<string, string>>;
  /** The real database behind the environment's host; undefined: the stand-in. */
  readonly database: MariaDb | undefined;
  /** What a person should know, the stand-in for one. */
  readonly notes: readonly string[];
  readonly close: () => Promise<void>;
};

/** Throws UserError where the fleet has problems or no such environment. */
export const openSandbox = async (opening: Opening): Promise<OpenSandbox> => {
  const environment = await readEnvironment(opening);
  const database = hasMariaDb() && hasDatabaseClient() ? await startMariaDb({ tls: true }) : undefined;
  const processes = createProcessRuntime();
  const standIn = createDatabaseStandIn();
  const clock = createRealClock(opening.speed);
  const sandbox = createSandbox({
    clock,
    runtime: database ? processes.runtime : firstThatKnows(standIn.runtime, processes.runtime),
    platforms: [environment],
    ...(database ? realDatabase(environment, database) : {}),
  });
  const door = await openHttpDoor(sandbox, opening.port);
  const front = await serveLoadBalancer(sandbox.neighbours.elb, environment.loadBalancer.listenerPort);
  return {
    sandbox,
    environment,
    endpoint: door.endpoint,
    siteUrl: front.url,
    env: {
      AWS_ENDPOINT_URL: door.endpoint,
      AWS_REGION: environment.region,
      AWS_ACCESS_KEY_ID: 'AKIASANDBOX',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
    },
    database,
    notes: database ? [] : [noDatabase],
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

const noDatabase =
  'MariaDB is not installed here: the SQL step runs in a stand-in that keeps a list of databases and users. ' +
  'Install mariadb-server and mariadb-client to run it for real.';

const realDatabase = ({ database }: Environment, server: MariaDb) => ({
  databases: { [database.host]: { host: server.host, port: server.port } },
  secretValues: { [database.masterSecret]: { username: server.username, password: server.password } },
});

const readEnvironment = async ({ fleet, environment }: Opening): Promise<Environment> => {
  const { environments } = await loadFleet(
    { list: listFiles, read: (path) => readFile(path, 'utf8') },
    fleet,
  );
  const found = environments.get(environment);
  if (found) return found;
  throw new UserError([
    {
      what: `There is no environment '${environment}' in ${fleet}.`,
      fix: `There are: ${[...environments.keys()].join(', ') || 'none'}.`,
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
