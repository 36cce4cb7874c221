// The order of deployment: each active tenant of an environment stands in exactly one of its waves.
import { budgetOf, type WrittenWaves } from './rollout-schema.ts';
import type { FailureBudget, Rollout } from './types.ts';

export type Wave = {
  readonly name: string;
  readonly tenants: readonly string[];
  /** Minutes between this wave's end and the next one's start. */
  readonly soakMinutes: number;
  /** Failures that this wave may have and the next one still starts. */
  readonly failureBudget: FailureBudget;
  /** Tenants in flight at once, before the budget lowers it. */
  readonly maxConcurrency: number;
};

/** Names of the waves that `rest` makes: of `batch`, batch-1, batch-2 … */
export const restNames = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);

/** Everybody whom no wave names, in the order in which `rest` takes them. */
export const restOf = (active: readonly string[], named: ReadonlySet<string>): readonly string[] =>
  active.filter((tenant) => !named.has(tenant)).toSorted();

/** `active`: names of the environment's tenants that are not retired. Without `waves` they are one wave, `all`. */
export const resolveWaves = (
  written: WrittenWaves | undefined,
  rollout: Rollout,
  active: readonly string[],
): readonly Wave[] => {
  const { onFailure: _, ...pace } = rollout;
  if (!written) return active.length ? [{ name: 'all', tenants: active.toSorted(), ...pace }] : [];
  const named = new Set(written.flatMap(({ tenants }) => tenants ?? []));
  return written.flatMap(({ name, tenants, rest, failureBudget, ...own }) => {
    const given = {
      soakMinutes: own.soakMinutes ?? pace.soakMinutes,
      maxConcurrency: own.maxConcurrency ?? pace.maxConcurrency,
      failureBudget: failureBudget === undefined ? pace.failureBudget : budgetOf(failureBudget),
    };
    if (tenants) return [{ name, tenants, ...given }];
    const batches = rest ? batchesOf(restOf(active, named), rest.size) : [];
    return restNames(name, batches.length).map((batch, index) => ({
      name: batch,
      tenants: batches[index] ?? [],
      ...given,
    }));
  });
};

const batchesOf = (tenants: readonly string[], size: number): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(tenants.length / size) }, (_, index) =>
    tenants.slice(index * size, (index + 1) * size),
  );
