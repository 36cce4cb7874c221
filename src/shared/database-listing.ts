// The databases and users of an environment's server, asked with the master account: in a one-off Fargate task, or on a
// runner inside the VPC. Reads only.
import { databaseContainer, databaseTaskDefinition } from './database/definition.ts';
import { type Listing, parseListing } from './database/listing.ts';
import { localCall } from './database/local.ts';
import { explainEnd, factsOfTask } from './database-end.ts';
import { readLogin, runLocally } from './database-local.ts';
import { secretArn, startedByOf } from './database-task.ts';
import { Failed } from './errors.ts';
import { roleArnOf } from './fleet/desired.ts';
import { namesOf, tagsOf } from './fleet/names.ts';
import type { LogPlace } from './logs.ts';
import { runOneOff, sweepOneOff } from './one-off.ts';
import type { Runner } from './one-off-start.ts';
import type { EnvironmentSurroundings } from './prepare-environment.ts';
import { orAbsent } from './resources/surroundings.ts';
import { seek } from './wait.ts';
import type { World } from './world.ts';

export const listDatabases = async (
  around: EnvironmentSurroundings,
  executor: 'fargate' | 'local',
  world: Pick<World, 'exec' | 'run' | 'remember'>,
): Promise<Listing> => {
  const found = executor === 'local' ? await listLocally(around, world) : await listInTask(around, world);
  if (found) return found;
  throw new Failed(
    'The listing of the databases has no end: its log did not arrive as a whole.',
    'Run again. It is read from the log group of the environment manifest with logs:GetLogEvents.',
  );
};

const listLocally = async (
  around: EnvironmentSurroundings,
  world: Pick<World, 'exec'>,
): Promise<Listing | undefined> => {
  const { environment } = around;
  const master = await readLogin(around, environment.database.masterSecret);
  const call = localCall({ operation: 'list', environment, master });
  return parseListing(
    (await runLocally(around, { operation: 'list', call, facts: factsOfTask(around.tenant) }, world)).split(
      '\n',
    ),
  );
};

const listInTask = async (
  around: EnvironmentSurroundings,
  { run, remember }: Pick<World, 'run' | 'remember'>,
): Promise<Listing | undefined> => {
  const { environment, tenant } = around;
  const { database, network } = environment;
  const family = namesOf(tenant).databaseFamily;
  remember('database-family', family);
  const finished = await runOneOff(around, {
    definition: {
      ...databaseTaskDefinition({
        operation: 'list',
        tenant,
        executionRoleArn: roleArnOf(environment, environment.executionRole),
        masterSecretArn: await secretArn(around, database.masterSecret),
      }),
      family,
      tags: Object.entries(tagsOf(tenant)).map(([key, value]) => ({ key, value })),
    },
    container: databaseContainer,
    streamPrefix: databaseContainer,
    securityGroups: database.securityGroups ?? network.securityGroups,
    startedBy: startedByOf(environment.name, run),
  });
  remember('database-done', 'true');
  if (finished.exitCode !== 0) throw explainEnd('list', { ...finished, facts: factsOfTask(tenant) });
  const stream = `${databaseContainer}/${databaseContainer}/${finished.taskArn.split('/').at(-1)}`;
  // Lines arrive seconds after they were written.
  return seek(
    async () => parseListing(await readAll(around, { group: environment.logGroup, stream })),
    around.clock,
  );
};

/** Every line of a stream. GetLogEvents is at the end where it answers the token that it was given. */
const readAll = async (
  { aws }: Pick<Runner, 'aws'>,
  { group, stream }: LogPlace,
): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (let token: string | undefined; ; ) {
    const page = await orAbsent(
      aws.logs.getLogEvents({
        logGroupName: group,
        logStreamName: stream,
        startFromHead: true,
        ...(token === undefined ? {} : { nextToken: token }),
      }),
      'ResourceNotFoundException',
    );
    lines.push(...(page?.events ?? []).flatMap(({ message = '' }) => message.split('\n')));
    if (!page?.nextForwardToken || page.nextForwardToken === token) return lines;
    token = page.nextForwardToken;
  }
};

/** The post step's part: nothing to do where main got to its end. */
export const finishListing = async (around: Runner, state: (name: string) => string): Promise<void> => {
  const family = state('database-family');
  if (family && !state('database-done')) await sweepOneOff(around, family, 'its run was cancelled');
};
