// How every action of a tenant starts: manifests read, identity checked, names resolved. Nothing is written before.
import { createHash } from 'node:crypto';
import { UserError } from './errors.ts';
import { selectTenant } from './fleet/fleet.ts';
import { concerning, loadFleet } from './fleet/load.ts';
import type { Tenant } from './fleet/types.ts';
import { connectAs } from './identity.ts';
import { resolveFileSystem, resolvePlatform } from './platform.ts';
import type { Surroundings } from './resources/surroundings.ts';
import { sessionPolicy, type TenantPhase } from './session-policy.ts';
import type { World } from './world.ts';

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

export type Preparing = {
  /** What the action does there: decides the role that it takes, and what that may touch. */
  readonly phase: TenantPhase;
  readonly scope?: Scope;
  /** Whether a retired tenant will do; one that would be made again will not. */
  readonly state?: 'any' | 'active';
};

/**
 * Throws UserError for manifests and inputs, Refused for the wrong account or region.
 * Takes three calls, and one more where the environment gives its file system by name.
 */
export const prepare = async (
  inputs: Shared,
  world: World,
  { phase, scope = 'whole-fleet', state = 'any' }: Preparing,
): Promise<Prepared> => {
  const deadline = world.clock.now() + inputs.timeoutMinutes * 60_000;
  const fleet = await loadFleet(
    world.files,
    inputs.fleet,
    scope === 'this-tenant' ? concerning(inputs) : undefined,
  );
  const selected = selectTenant(fleet, { environment: inputs.environment, tenant: inputs.tenant });
  if (state === 'active') refuseRetired(selected);
  const { environment } = selected;
  const aws = await connectAs(
    {
      environment,
      phase,
      roleToAssume: inputs.roleToAssume,
      subject: inputs.tenant,
      sessionPolicy: sessionPolicy(selected, phase),
    },
    world,
  );
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

/** A tenant on its way out is never made again. Throws UserError. */
const refuseRetired = ({ name, state, environment }: Tenant): void => {
  if (state === 'active') return;
  throw new UserError([
    {
      what: `${name} is retired in ${environment.name}: nothing is provisioned for it.`,
      fix: `Delete \`state: retired\` from its manifest to have it back, or run rollback-tenant with mode teardown.`,
    },
  ]);
};
