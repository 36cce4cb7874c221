// `plan-fleet` mode matrix: whom the rollout is for, in which waves, as the workflows take them.
import { UserError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { changedTenants } from '../fleet/history.ts';
import { loadFleet } from '../fleet/load.ts';
import type { PlannedRollout, RolloutRecord } from '../fleet/rollout.ts';
import { tenantsOf } from '../fleet/rollout-jobs.ts';
import { planOf } from '../fleet/rollout-plan.ts';
import { openRecord, refuseRecord } from '../fleet/rollout-record.ts';
import { membersOf, remainingOf, selectWaves } from '../fleet/rollout-selection.ts';
import { readRecord, recordText } from '../fleet/rollout-texts.ts';
import type { Wave } from '../fleet/waves.ts';
import type { World } from '../world.ts';
import { earlierFiles } from './earlier-files.ts';
import { checkedOutCommit, isDescendant } from './git.ts';
import { planSummary } from './plan-summary.ts';

export type PlanGiven = {
  readonly fleet: string;
  readonly environment: string;
  /** Empty lists take all. */
  readonly tenants: readonly string[];
  readonly waves: readonly string[];
  readonly since: string | undefined;
  readonly resumeFrom: string | undefined;
  readonly record: string;
  readonly resumeCommit: 'same' | 'newer';
};

export type RolloutPlan = {
  readonly rollout: PlannedRollout;
  /** Tenants in it; 0 where nothing is to be done. */
  readonly count: number;
  readonly summary: string;
};

/**
 * Leaves the opened record at `record`, everybody of the rollout not started: what a run that is lost half-way is resumed from.
 * Throws UserError with everything that is wrong with the manifests, the selection or the earlier record.
 */
export const planRollout = async (given: PlanGiven, world: World): Promise<RolloutPlan> => {
  const fleet = await loadFleet(world.files, given.fleet);
  const { environment, tenants } = membersOf(fleet, given.environment);
  const commit = await checkedOutCommit(given.fleet, world);
  const { waves, notes, earlier } = await select({ given, fleet, commit }, world);
  const planned = planOf(environment, commit, waves);
  if (planned.kind === 'problems') throw new UserError(planned.problems);
  const { rollout } = planned;
  for (const note of notes) world.log.warning(note);
  const record = openRecord({ rollout, tenants, run: world.run, earlier });
  await world.files.write(given.record, recordText(record));
  const count = rollout.waves.flatMap(tenantsOf).length;
  return { rollout, count, summary: planSummary(rollout, notes) };
};

/** The plan as texts for the workflows; each of `waves` is a rollout with one wave alone, small enough for a job's step. */
export const outputsOf = ({ rollout, count, summary }: RolloutPlan) => ({
  summary,
  rollout: JSON.stringify(rollout),
  waves: JSON.stringify(rollout.waves.map((wave) => JSON.stringify({ ...rollout, waves: [wave] }))),
  commit: rollout.commit,
  count: String(count),
});

type Question = { readonly given: PlanGiven; readonly fleet: Fleet; readonly commit: string };
type Selection = {
  readonly waves: readonly Wave[];
  readonly notes: readonly string[];
  readonly earlier?: RolloutRecord;
};

const select = async ({ given, fleet, commit }: Question, world: World): Promise<Selection> => {
  const members = membersOf(fleet, given.environment);
  if (given.resumeFrom === undefined) {
    const changed = await changedSince({ given, fleet, commit }, world);
    return { waves: selectWaves(members, { ...given, changed }), notes: [] };
  }
  const record = await readEarlier(given, { resumeFrom: given.resumeFrom, commit }, world);
  const { waves, gone } = remainingOf(members, record);
  const who = `${gone.slice(0, 20).join(', ')}${gone.length > 20 ? ', …' : ''}`;
  return {
    waves,
    earlier: record,
    notes: [
      ...(gone.length
        ? [
            `Left out: ${gone.length} tenants of the earlier run are no longer deployed to ${given.environment}: ${who}.`,
          ]
        : []),
      ...(waves.some(({ tenants }) => tenants.length)
        ? []
        : [`Run ${given.resumeFrom} left nothing: all its tenants are healthy or gone.`]),
    ],
  };
};

const changedSince = async (
  { given, fleet }: Question,
  world: World,
): Promise<ReadonlySet<string> | undefined> => {
  if (given.since === undefined) return undefined;
  const before = await earlierFiles({ folder: given.fleet, commit: given.since }, world);
  return new Set(changedTenants(before, fleet, given.environment));
};

const readEarlier = async (
  given: PlanGiven,
  { resumeFrom, commit }: { readonly resumeFrom: string; readonly commit: string },
  world: World,
): Promise<RolloutRecord> => {
  refuseFilters(given);
  const record = readRecord(await readFile({ ...given, resumeFrom }, world), given.record);
  const relation = await relate(given, { commit, earlier: record.commit }, world);
  const problems = refuseRecord(record, {
    resumeFrom,
    repository: world.run.repository,
    environment: given.environment,
    commit,
    relation,
    wanted: given.resumeCommit,
  });
  if (problems.length) throw new UserError(problems);
  return record;
};

const refuseFilters = ({ tenants, waves, since }: PlanGiven): void => {
  if (!tenants.length && !waves.length && since === undefined) return;
  throw new UserError([
    {
      what: 'Input resume-from goes with none of tenants, waves and since.',
      fix: 'Resume without them, or start a rollout of its own with them and without resume-from.',
    },
  ]);
};

type Earlier = Pick<PlanGiven, 'record' | 'environment'> & { readonly resumeFrom: string };

const readFile = async (
  { record, environment, resumeFrom }: Earlier,
  { files }: Pick<World, 'files'>,
): Promise<string> => {
  try {
    return await files.read(record);
  } catch {
    const what = `There is no record of run ${resumeFrom} at ${record}.`;
    const fix = `Give the number in the address of a Deploy fleet run of ${environment} whose artifact rollout-${environment} is still kept; download it before this step.`;
    throw new UserError([{ what, fix }]);
  }
};

const relate = async (
  { fleet, resumeCommit }: PlanGiven,
  { commit, earlier }: Readonly<Record<'commit' | 'earlier', string>>,
  world: World,
): Promise<'same' | 'newer' | 'unrelated'> => {
  if (commit === earlier) return 'same';
  if (resumeCommit === 'same') return 'unrelated';
  return (await isDescendant({ folder: fleet, commit, earlier }, world)) ? 'newer' : 'unrelated';
};
