// `plan-fleet` mode admit: the first step of a tenant's job waits here until the wave's failure budget allows it to start,
// and goes no further where a newer commit was deployed meanwhile.
import { UserError } from '../errors.ts';
import { selectTenant } from '../fleet/fleet.ts';
import { loadFleet } from '../fleet/load.ts';
import type { PlannedRollout, PlannedWave } from '../fleet/rollout.ts';
import { type Contest, cannotOverspend, judgeAdmission } from '../fleet/rollout-admission.ts';
import { type Job, jobsByTenant, tenantsOf } from '../fleet/rollout-jobs.ts';
import { readPlan } from '../fleet/rollout-texts.ts';
import { waitUntil } from '../wait.ts';
import type { World } from '../world.ts';
import { asking, type GithubRun, openRun } from './github-run.ts';
import { requireNotOvertaken } from './newer.ts';
import { requirePromotion } from './promotion.ts';
import { listAttemptJobs } from './run-jobs.ts';

export type AdmitGiven = {
  readonly fleet: string;
  readonly environment: string;
  readonly tenant: string;
  /** The `rollout` output of the run's matrix. */
  readonly rollout: string;
  readonly token: string;
  readonly timeoutMinutes: number;
};

/**
 * Resolves with what to say once the tenant may start. Throws Failed ("Not started: …") where a newer commit was deployed, the
 * image was not healthy in the environment before, the budget is spent, or the time is up; UserError for inputs and
 * manifests.
 */
export const admit = async (given: AdmitGiven, world: World): Promise<string> => {
  const { environment, tenant: name } = given;
  const { commit, wave } = partOf(given);
  const tenant = selectTenant(await loadFleet(world.files, given.fleet), { environment, tenant: name });
  const until = world.clock.now() + given.timeoutMinutes * 60_000;
  const run = await openRun({ token: given.token, until }, world);
  await requireNotOvertaken({ tenant: name, environment, commit }, run, world);
  await asking('list the deployments of the tenant', 'deployments: read', () =>
    requirePromotion(tenant, run),
  );
  if (!cannotOverspend(wave)) await waitForTurn({ run, wave, name, environment, until }, world);
  return `${name} may start in ${environment} (wave ${wave.name}).`;
};

type Part = Pick<PlannedRollout, 'commit'> & { readonly wave: PlannedWave };

const partOf = ({ rollout: text, environment, tenant }: AdmitGiven): Part => {
  const rollout = readPlan(text);
  const wave = rollout.waves.find((each) => tenantsOf(each).includes(tenant));
  if (wave && rollout.environment === environment) return { commit: rollout.commit, wave };
  const what = wave
    ? `The rollout is one of ${rollout.environment}, not of ${environment}.`
    : `${tenant} is in no wave of this rollout.`;
  throw new UserError([{ what, fix: 'Give it the `rollout` output of the plan that the job stems from.' }]);
};

type Turn = {
  readonly run: GithubRun;
  readonly wave: PlannedWave;
  readonly name: string;
  readonly environment: string;
  readonly until: number;
};

const waitForTurn = async ({ run, wave, name, environment, until }: Turn, world: World): Promise<void> => {
  const { clock } = world;
  const askedAt = clock.now();
  // Chunks run one after the other: the jobs of later ones are not there yet.
  const mine = wave.chunks.findIndex(({ tenants }) => tenants.includes(name));
  const there = wave.chunks.slice(0, mine + 1).flatMap(({ tenants }) => tenants);
  const isAll = (jobs: readonly Job[]): boolean => {
    const found = jobsByTenant(jobs, environment);
    return there.every((tenant) => found.has(tenant));
  };
  await waitUntil(
    {
      what: `turn of ${name}`,
      observe: async (): Promise<Contest> => {
        const jobs = jobsByTenant(
          await asking('list the jobs of this run', 'actions: read', () => listAttemptJobs(run, isAll)),
          environment,
        );
        return { tenant: name, wave, jobs, now: clock.now(), askedAt };
      },
      judge: (contest) => judgeAdmission(contest, String(run.runId)),
      deadline: until,
      pause: [3_000, 20_000],
    },
    world,
  );
};
