// Whom a rollout is for: all active tenants of an environment, or some of them. Pure.
import { type Problem, UserError } from '../errors.ts';
import type { Fleet } from './fleet.ts';
import { didYouMean } from './nearest.ts';
import type { RolloutRecord, TenantResult } from './rollout.ts';
import type { Environment, Tenant } from './types.ts';
import type { Wave } from './waves.ts';

/** An empty list takes all; together they take who is in each. */
export type Filter = {
  readonly tenants: readonly string[];
  readonly waves: readonly string[];
  /** Undefined: changed or not. */
  readonly changed: ReadonlySet<string> | undefined;
};

export type Members = {
  readonly environment: Environment;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly waves: readonly Wave[];
};

/** Throws UserError where there is no such environment. */
export const membersOf = ({ environments, tenants, waves }: Fleet, name: string): Members => {
  const environment = environments.get(name);
  if (environment)
    return { environment, tenants: tenants.get(name) ?? new Map(), waves: waves.get(name) ?? [] };
  const fix = didYouMean(name, [...environments.keys()], 'Environments');
  throw new UserError([{ what: `There is no environment ${name}.`, fix }]);
};

/** The waves with only those in them who pass. Throws UserError for every unknown or retired name at once. */
export const selectWaves = (members: Members, { tenants, waves, changed }: Filter): readonly Wave[] => {
  const problems = [
    ...tenants.flatMap((tenant) => strangeTenant(members, tenant)),
    ...waves.flatMap((wave) => strangeWave(members, wave)),
  ];
  if (problems.length) throw new UserError(problems);
  const takes = (given: readonly string[], name: string): boolean => !given.length || given.includes(name);
  return members.waves
    .filter(({ name }) => takes(waves, name))
    .map((wave) => ({
      ...wave,
      tenants: wave.tenants.filter(
        (tenant) => isActive(members, tenant) && takes(tenants, tenant) && (changed?.has(tenant) ?? true),
      ),
    }));
};

const isActive = ({ tenants }: Members, tenant: string): boolean => tenants.get(tenant)?.state === 'active';

const strangeTenant = ({ environment, tenants }: Members, tenant: string): readonly Problem[] => {
  const found = tenants.get(tenant);
  if (found?.state === 'active') return [];
  return found
    ? [
        {
          what: `${tenant} is retired in ${environment.name}, and a retired tenant is in no rollout.`,
          fix: 'Leave it out, or delete its `state: retired`.',
        },
      ]
    : [
        {
          what: `There is no tenant ${tenant} in ${environment.name}.`,
          fix: didYouMean(tenant, [...tenants.keys()], 'Tenants'),
        },
      ];
};

const strangeWave = ({ environment, waves }: Members, wave: string): readonly Problem[] =>
  waves.some(({ name }) => name === wave)
    ? []
    : [
        {
          what: `There is no wave ${wave} in ${environment.name}.`,
          fix: didYouMean(
            wave,
            waves.map(({ name }) => name),
            'Waves',
          ),
        },
      ];

export type Remaining = {
  readonly waves: readonly Wave[];
  /** Not healthy in the record, and no longer in the manifests. */
  readonly gone: readonly string[];
};

/**
 * Exactly what the record left: waves of the record's names and order, with the pace that the manifests give a wave of
 * that name. Tenants added since are not in it.
 */
export const remainingOf = (members: Members, { tenants }: RolloutRecord): Remaining => {
  const left = tenants.filter(({ state }) => state !== 'healthy');
  const stays = ({ tenant }: TenantResult): boolean => isActive(members, tenant);
  const names = [...new Set(left.map(({ wave }) => wave))];
  return {
    waves: names.map((name) => ({
      ...paceOf(members, name),
      name,
      tenants: left.filter((result) => result.wave === name && stays(result)).map(({ tenant }) => tenant),
    })),
    gone: left.filter((result) => !stays(result)).map(({ tenant }) => tenant),
  };
};

const paceOf = ({ environment, waves }: Members, wave: string): Omit<Wave, 'name' | 'tenants'> => {
  const { soakMinutes, failureBudget, maxConcurrency } =
    waves.find(({ name }) => name === wave) ?? environment.rollout;
  return { soakMinutes, failureBudget, maxConcurrency };
};
