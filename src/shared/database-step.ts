// The database step of one tenant: as a one-off Fargate task, or on a runner inside the VPC.

import type { TenantOperation } from './database/environment.ts';
import { runDatabaseLocally } from './database-local.ts';
import { checkSecret, runDatabaseTask } from './database-task.ts';
import { piece } from './ensure.ts';
import { Refused } from './errors.ts';
import { isOurs, namesOf, tagsOf } from './fleet/names.ts';
import { andThen, sweepOneOff } from './one-off.ts';
import { type Prepared, prepare, type Shared } from './prepare.ts';
import type { Sight } from './resource.ts';
import { accessPoint } from './resources/access-point.ts';
import type { TenantPhase } from './session-policy.ts';
import type { World } from './world.ts';

export type Step = {
  readonly operation: TenantOperation;
  readonly executor: Executor;
};

/** `dumpFolder`: where a local drop writes its dump. */
export type Executor = { readonly kind: 'fargate' } | { readonly kind: 'local'; readonly dumpFolder: string };

/** Runs the operation and answers the log's lines. Throws Failed with the script's own explanation. */
export const runDatabaseStep = async (
  around: Prepared,
  { operation, executor }: Step,
  world: Pick<World, 'exec' | 'run' | 'remember'>,
): Promise<readonly string[]> =>
  executor.kind === 'local'
    ? runDatabaseLocally(around, { operation, dumpFolder: executor.dumpFolder }, world)
    : operation === 'drop'
      ? withDumpStorage(around, (accessPointId) =>
          runDatabaseTask(around, { operation, accessPointId }, world),
        )
      : runDatabaseTask(around, { operation, accessPointId: undefined }, world);

/** A dump must outlive its task, and must not lie where the site serves files: it gets a directory of its own. */
const withDumpStorage = async <T>(
  around: Prepared,
  body: (accessPointId: string) => Promise<T>,
): Promise<T> => {
  const { sight, isForeign } = await findDumpDoor(around);
  if (isForeign) throw new Refused((await checkDrop(around)).join('\n'), 'Nothing was dropped.');
  const { accessPointId = '' } = sight.found ? sight.refs : await sight.apply(sight.plan({}, 'by-name'), {});
  around.log.info(
    `the dump goes to ${dumpPath(around)} on file system ${around.tenant.environment.fileSystem}`,
  );
  return andThen(
    () => body(accessPointId),
    async () => (await findDumpDoor(around)).sight.destroy(),
    around,
  );
};

const dumpPath = ({ tenant }: Prepared): string => `/dumps/${tenant.name}`;

type Door = { readonly sight: Sight; readonly isForeign: boolean };

const findDumpDoor = async (around: Prepared): Promise<Door> => {
  const { tenant, clock } = around;
  const name = `${tenant.environment.name}-${tenant.name}-dumps`;
  const storage = { uid: 0, gid: 0, permissions: '0700', path: dumpPath(around) };
  const sight = await piece(accessPoint(around, { name, storage }), {
    tags: tagsOf(tenant),
    clock,
  }).observe();
  const tags = sight.tags;
  const owner = { environment: tenant.environment.name, tenant: tenant.name };
  const isOwn = typeof tags === 'object' && !('elbArn' in tags) && isOurs(tags, owner);
  return { sight, isForeign: sight.found && !isOwn };
};

/** What would stop a drop after other things were deleted; empty where nothing would. */
export const checkDrop = async (around: Prepared): Promise<readonly string[]> => {
  const { isForeign } = await findDumpDoor(around);
  const master = await checkSecret(around, around.tenant.environment.database.masterSecret);
  return [
    ...(isForeign
      ? [
          `An access point to ${dumpPath(around)} exists that is not tagged as this tenant's; the dump needs one of its own. Delete it.`,
        ]
      : []),
    ...master,
  ];
};

/** Stops and removes what a killed run of the step may have left: task, task definitions, the dump's access point. */
export const sweepDatabaseStep = async (around: Prepared, why: string): Promise<void> => {
  await sweepOneOff(around, namesOf(around.tenant).databaseFamily, why);
  const { sight, isForeign } = await findDumpDoor(around);
  if (!isForeign) await sight.destroy();
};

/** The post step of actions that run the database step. Nothing to do where main got to its end. */
export const finishDatabaseStep =
  (phase: TenantPhase) =>
  async (given: Shared, world: World, state: (name: string) => string): Promise<void> => {
    if (!state('database-family') || state('database-done')) return;
    const around = await prepare(given, world, { phase, scope: 'this-tenant' });
    await sweepDatabaseStep(around, 'its run was cancelled');
  };
