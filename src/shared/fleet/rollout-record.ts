// The record of a rollout: opened with everybody not started, completed from the jobs, and what a resumed run takes of it. Pure.
import type { Problem } from '../errors.ts';
import type { PlannedRollout, RolloutRecord, TenantResult } from './rollout.ts';
import { tenantsOf } from './rollout-jobs.ts';
import type { Tenant } from './types.ts';

export type Opening = {
  readonly rollout: PlannedRollout;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly run: { readonly repository: string; readonly id: string; readonly attempt: string };
  /** The record that this rollout goes on from. */
  readonly earlier: RolloutRecord | undefined;
};

/** Everybody of the rollout, not started; before them those whom the earlier run left healthy. */
export const openRecord = ({ rollout, tenants, run, earlier }: Opening): RolloutRecord => {
  const planned = rollout.waves.flatMap((wave) =>
    tenantsOf(wave).map(
      (tenant): TenantResult => ({
        tenant,
        wave: wave.name,
        state: 'not-started',
        image: tenants.get(tenant)?.image ?? '',
      }),
    ),
  );
  const again = new Set(planned.map(({ tenant }) => tenant));
  const kept = (earlier?.tenants ?? []).filter(
    ({ tenant, state }) => state === 'healthy' && !again.has(tenant),
  );
  return {
    version: 1,
    repository: run.repository,
    runId: run.id,
    attempt: Number(run.attempt || '1'),
    environment: rollout.environment,
    commit: rollout.commit,
    tenants: inWaves(
      [...kept.map((result) => ({ run: earlier?.runId ?? '', ...result })), ...planned],
      earlier,
    ),
  };
};

/** By wave, in the order in which the earlier record has them. */
const inWaves = (
  results: readonly TenantResult[],
  earlier: RolloutRecord | undefined,
): readonly TenantResult[] => {
  if (!earlier) return results;
  const order = new Map([...earlier.tenants.keys()].map((index) => [earlier.tenants[index]?.tenant, index]));
  return results.toSorted(
    (one, other) => (order.get(one.tenant) ?? Infinity) - (order.get(other.tenant) ?? Infinity),
  );
};

export type Resuming = {
  readonly resumeFrom: string;
  readonly repository: string;
  readonly environment: string;
  readonly commit: string;
  /** How this commit stands to the record's. */
  readonly relation: 'same' | 'newer' | 'unrelated';
  readonly wanted: 'same' | 'newer';
};

/** Why this record is not to be resumed from, all reasons at once. */
export const refuseRecord = (record: RolloutRecord, given: Resuming): readonly Problem[] => {
  const { resumeFrom, repository, environment, commit, relation, wanted } = given;
  const differs = (what: string, has: string, wants: string, fix: string): readonly Problem[] =>
    has === wants ? [] : [{ what: `The record is of ${what} ${has}, not of ${wants}.`, fix }];
  return [
    ...differs('run', record.runId, resumeFrom, 'Give it the record that belongs to `resume-from`.'),
    ...differs('repository', record.repository, repository, 'A rollout is resumed where it was started.'),
    ...differs(
      'environment',
      record.environment,
      environment,
      `Resume it with environment ${record.environment}.`,
    ),
    ...(wanted === 'same' && relation !== 'same'
      ? [
          {
            what: `The record is of commit ${record.commit}, and the checkout is of ${commit}.`,
            fix: 'Check out that commit, or set resume-commit to newer to go on with the manifests of this one.',
          },
        ]
      : []),
    ...(wanted === 'newer' && relation === 'unrelated'
      ? [
          {
            what: `Commit ${commit} does not come after ${record.commit}, which the earlier run deployed.`,
            fix: 'Resume from a commit that has that one in its history, or start a rollout of its own.',
          },
        ]
      : []),
  ];
};
