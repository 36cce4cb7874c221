// A look at one environment: every tenant's plan, the room that is left, and what no manifest names any more.
import { Failed } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Environment, Tenant } from '../fleet/types.ts';
import { resolveFileSystem, resolvePlatform } from '../platform.ts';
import type { Aws, World } from '../world.ts';
import { headroomOf } from './headroom.ts';
import { takeInventory } from './inventory.ts';
import { findOrphans } from './orphans.ts';
import { readOnly } from './read-only.ts';
import { planTenant } from './tenant.ts';
import type { EnvironmentPlan } from './types.ts';

export type Look = {
  readonly fleet: Fleet;
  readonly environment: Environment;
  /** Clients with the right account's credentials. */
  readonly aws: Aws;
  /** Which of the environment's tenants to plan. */
  readonly isWanted: (tenant: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
};

/** Each looks at some seven things, and AWS answers a few dozen reads a second. */
const tenantsAtOnce = 4;

/** Sends reads only. Orphans and quotas are the whole environment's, whichever tenants are wanted. */
export const planEnvironment = async (look: Look, world: World): Promise<EnvironmentPlan> => {
  const aws = readOnly(look.aws);
  const fileSystem = await resolveFileSystem(look.environment, aws);
  const environment = { ...look.environment, fileSystem };
  const platform = await resolvePlatform(environment, aws);
  const wanted = inOrder(look);
  const { clock, log, random } = world;
  const around = { platform, aws, clock, log, random, deadline: look.deadline, runToken: 'plan' };
  const plans = await forEach(wanted, tenantsAtOnce, async ({ tenant, wave }) => {
    await goOn(look, world);
    return planTenant({ ...around, tenant: { ...tenant, environment }, describeOnly: true }, wave);
  });
  const inventory = await takeInventory({ environment, platform, aws });
  const known = new Set(look.fleet.tenants.get(environment.name)?.keys());
  const tenants = new Map(wanted.map(({ tenant }) => [tenant.name, tenant]));
  return {
    environment: environment.name,
    account: environment.accountId,
    region: environment.region,
    approval: environment.github.approval,
    tenants: plans,
    headroom: headroomOf({ environment, inventory, plans, tenants }),
    orphans: await findOrphans({ environment, aws, inventory, known }),
  };
};

/** Rejects where the job was cancelled or its time is up: no further tenant is looked at then. */
const goOn = async ({ environment, deadline }: Look, { clock }: Pick<World, 'clock'>): Promise<void> => {
  await clock.sleep(0);
  if (clock.now() < deadline) return;
  throw new Failed(
    `Time was up before every tenant of ${environment.name} was looked at.`,
    'Raise timeout-minutes, or plan some tenants or waves at a time.',
  );
};

type Wanted = { readonly tenant: Tenant; readonly wave: string | undefined };

/** As they are deployed; who is in no wave comes last. */
const inOrder = ({ fleet, environment, isWanted }: Look): readonly Wanted[] => {
  const tenants = fleet.tenants.get(environment.name) ?? new Map<string, Tenant>();
  const waves = fleet.waves.get(environment.name) ?? [];
  const waveOf = new Map(waves.flatMap((wave) => wave.tenants.map((tenant) => [tenant, wave.name] as const)));
  const rest = [...tenants.keys()].filter((name) => !waveOf.has(name)).toSorted();
  return [...waveOf.keys(), ...rest].flatMap((name) => {
    const tenant = tenants.get(name);
    return tenant && isWanted(name) ? [{ tenant, wave: waveOf.get(name) }] : [];
  });
};

/** In order, some at once. */
const forEach = async <T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  const left = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
};
