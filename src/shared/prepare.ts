// How every action of a tenant starts: manifests read, identity checked, names resolved. Nothing is written before.
import { createHash } from 'node:crypto';
import { type Problem, Refused } from './errors.ts';
import { selectTenant } from './fleet/fleet.ts';
import { loadFleet } from './fleet/load.ts';
import type { Environment } from './fleet/types.ts';
import { resolveFileSystem, resolvePlatform } from './platform.ts';
import type { Surroundings } from './resources/surroundings.ts';
import type { Aws, World } from './world.ts';

export type Shared = {
  readonly fleet: string;
  readonly environment: string;
  readonly tenant: string;
  readonly roleToAssume: string | undefined;
  readonly dryRun: boolean;
  readonly timeoutMinutes: number;
};

export type Prepared = Surroundings;

/** Whose mistakes in the manifests stop the action: anybody's, or only those that this tenant is made of. */
export type Scope = 'whole-fleet' | 'this-tenant';

/** Throws UserError for manifests and inputs, Refused for the wrong account or region. Takes three calls. */
export const prepare = async (
  inputs: Shared,
  world: World,
  scope: Scope = 'whole-fleet',
): Promise<Prepared> => {
  const deadline = world.clock.now() + inputs.timeoutMinutes * 60_000;
  const fleet = await loadFleet(
    world.files,
    inputs.fleet,
    scope === 'this-tenant' ? concerns(inputs) : undefined,
  );
  const selected = selectTenant(fleet, { environment: inputs.environment, tenant: inputs.tenant });
  const { environment } = selected;
  checkRegion(environment, world.ambientRegion);
  const aws = world.connect({
    region: environment.region,
    roleArn: inputs.roleToAssume,
    sessionName: sessionNameOf(inputs, world),
  });
  await checkAccount(environment, aws);
  const platform = await resolvePlatform(environment, aws);
  const fileSystem = await resolveFileSystem(environment, aws);
  return {
    tenant: { ...selected, environment: { ...environment, fileSystem } },
    platform,
    aws,
    deadline,
    clock: world.clock,
    log: world.log,
    random: world.random,
    runToken: createHash('sha256').update(world.unique).digest('hex').slice(0, 16),
  };
};

/** Problems without a place, or in a file that this tenant's values come from. */
const concerns =
  ({ environment, tenant }: Shared) =>
  ({ place }: Problem): boolean =>
    !place ||
    [
      /defaults\.ya?ml$/,
      new RegExp(`environments/${environment}\\.ya?ml$`),
      new RegExp(`tenants/${tenant}\\.ya?ml$`),
    ].some((file) => file.test(place.file));

/** STS allows 64 of [A-Za-z0-9_+=,.@-]. */
const sessionNameOf = ({ tenant, environment }: Shared, { run }: World): string =>
  `${tenant}-${environment}-${run.id || 'local'}`.slice(0, 64);

const checkRegion = (environment: Environment, ambient: string | undefined): void => {
  if (ambient === undefined || ambient === environment.region) return;
  throw new Refused(
    `This job is set up for region ${ambient} (AWS_REGION), but environment ${environment.name} is in ${environment.region}.`,
    'Nothing was written. Correct aws-region of the job or region in the environment manifest.',
  );
};

const checkAccount = async (environment: Environment, aws: Pick<Aws, 'sts'>): Promise<void> => {
  const { Account, Arn } = await aws.sts.getCallerIdentity({});
  if (Account === environment.accountId) return;
  throw new Refused(
    `These credentials are of account ${Account} (${Arn}), but environment ${environment.name} is account ${environment.accountId}.`,
    'Nothing was written. Use a role of the right account, or correct accountId in the environment manifest.',
  );
};
