// How an action starts that is for all tenants of an environment: manifests read, identity checked. Nothing is written before.
import { createHash } from 'node:crypto';
import type { Fleet } from './fleet/fleet.ts';
import { loadFleet } from './fleet/load.ts';
import { everyTenant } from './fleet/names.ts';
import { membersOf } from './fleet/rollout-selection.ts';
import type { Environment } from './fleet/types.ts';
import { connectAs } from './identity.ts';
import type { Runner } from './one-off-start.ts';
import type { Shared } from './prepare.ts';
import { sessionPolicy, type TenantPhase } from './session-policy.ts';
import type { World } from './world.ts';

export type EnvironmentSurroundings = Runner & {
  readonly fleet: Fleet;
  readonly environment: Environment;
};

/** Throws UserError for manifests and inputs, Refused for the wrong account or region. Takes at most one call. */
export const prepareEnvironment = async (
  inputs: Omit<Shared, 'tenant'>,
  world: World,
  phase: TenantPhase,
): Promise<EnvironmentSurroundings> => {
  const deadline = world.clock.now() + inputs.timeoutMinutes * 60_000;
  const fleet = await loadFleet(world.files, inputs.fleet);
  const { environment } = membersOf(fleet, inputs.environment);
  const tenant = { name: everyTenant, tags: {}, environment };
  const aws = await connectAs(
    {
      environment,
      phase,
      roleToAssume: inputs.roleToAssume,
      subject: environment.name,
      sessionPolicy: sessionPolicy(tenant, phase),
    },
    world,
  );
  return {
    fleet,
    environment,
    tenant,
    aws,
    deadline,
    clock: world.clock,
    log: world.log,
    random: world.random,
    runToken: createHash('sha256').update(world.unique).digest('hex').slice(0, 16),
  };
};
