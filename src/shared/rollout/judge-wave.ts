// `report-rollout` mode wave: how the wave's tenants ended, whether the next wave may start, and the wait before it does.
import { Failed, UserError } from '../errors.ts';
import { loadFleet } from '../fleet/load.ts';
import type { PlannedWave, TenantResult } from '../fleet/rollout.ts';
import { tenantsOf } from '../fleet/rollout-jobs.ts';
import { membersOf } from '../fleet/rollout-selection.ts';
import { readPlan } from '../fleet/rollout-texts.ts';
import { inState, judgeWave, stateWords, withJob } from '../fleet/rollout-verdict.ts';
import type { World } from '../world.ts';
import { withFindings } from './findings.ts';
import { openRun } from './github-run.ts';
import { endedJobs } from './run-jobs.ts';
import { waveSummary } from './wave-summary.ts';
import { icons, took } from './words.ts';

export type WaveGiven = {
  readonly fleet: string;
  readonly environment: string;
  readonly rollout: string;
  readonly slot: number;
  readonly token: string;
};

export type WaveReport = { readonly results: readonly TenantResult[]; readonly summary: string };

/**
 * Resolves where the next wave may start, after the soak time. Throws Failed where it may not: more tenants failed than the
 * budget allows, or some were cancelled or never started.
 */
export const reportWave = async (given: WaveGiven, world: World): Promise<WaveReport> => {
  const wave = waveOf(given);
  const results = await collect(wave, given, world);
  const verdict = judgeWave(wave, results);
  if (verdict.kind === 'halt')
    throw new Failed(
      `Wave ${wave.name} halts the rollout: ${verdict.reasons.join('; ')}.`,
      `No later wave starts. Correct what failed; then choose "Re-run failed jobs", or start the rollout again with resume-from ${world.run.id}.`,
      inState(results, 'failed', 'cancelled', 'not-started', 'running').map(lineOf),
    );
  for (const result of results) world.log.info(lineOf(result));
  const summary = waveSummary(wave, results);
  if (wave.soakMinutes) {
    world.log.info(`Waiting ${wave.soakMinutes} minutes before the next wave.`);
    await world.clock.sleep(wave.soakMinutes * 60_000);
  }
  return { results, summary };
};

const waveOf = ({ rollout: text, slot, environment }: WaveGiven): PlannedWave => {
  const rollout = readPlan(text);
  const wave = rollout.waves.find((each) => each.slot === slot);
  if (wave && rollout.environment === environment) return wave;
  const what = wave
    ? `The rollout is one of ${rollout.environment}, not of ${environment}.`
    : `The rollout has no wave in slot ${slot}.`;
  throw new UserError([{ what, fix: 'Give it the `rollout` output of the plan that the job stems from.' }]);
};

const collect = async (
  wave: PlannedWave,
  { fleet, environment, token }: WaveGiven,
  world: World,
): Promise<readonly TenantResult[]> => {
  const { tenants } = membersOf(await loadFleet(world.files, fleet), environment);
  const run = await openRun({ token, until: world.clock.now() + 3_700_000 }, world);
  const jobs = await endedJobs(run, environment, world);
  const results = tenantsOf(wave).map((tenant): TenantResult => {
    const image = tenants.get(tenant)?.image ?? '';
    return withJob({ tenant, wave: wave.name, state: 'not-started', image }, jobs.get(tenant));
  });
  return withFindings(results, { jobs, run }, world);
};

const lineOf = (result: TenantResult): string => {
  const { tenant, state, finding } = result;
  const said = finding ? `: ${finding.split('\n', 1)[0]}` : '';
  const time = took(result);
  return `${icons[state]} ${tenant} ${stateWords[state]}${time ? ` after ${time}` : ''}${said}`;
};
