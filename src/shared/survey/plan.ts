// `plan-fleet` mode plan: what would change, environment by environment, told in the summary, a comment and issues.
import { Cancelled, Failed, UserError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { loadFleet } from '../fleet/load.ts';
import { connectAs } from '../identity.ts';
import { problemList } from '../problem-list.ts';
import { messageOf } from '../report.ts';
import { earlierFiles } from '../rollout/earlier-files.ts';
import type { World } from '../world.ts';
import { type Chosen, choose } from './choice.ts';
import { planEnvironment } from './environment.ts';
import { publishComment, publishDrift } from './publish.ts';
import { reportPlans, type Survey } from './report.ts';
import {
  differs,
  type EnvironmentPlan,
  type FailedLook,
  levelOf,
  planDiffers,
  tenantDiffers,
} from './types.ts';
import { headline } from './verdict.ts';

export type PlanGiven = {
  readonly fleet: string;
  /** Undefined takes all. */
  readonly environment: string | undefined;
  readonly roleToAssume: string | undefined;
  readonly tenants: readonly string[];
  readonly waves: readonly string[];
  readonly since: string | undefined;
  readonly comment: boolean;
  readonly issue: boolean;
  readonly token: string;
  readonly timeoutMinutes: number;
};

export type Planned = { readonly summary: string; readonly plan: string; readonly differs: string };

/** Below the 1 MiB that GitHub takes, the rest of the job's summary aside. */
const summaryBytes = 900_000;

/** Writes nothing in AWS. Throws UserError for manifests and inputs, Failed where an environment could not be looked at. */
export const planFleet = async (given: PlanGiven, world: World): Promise<Planned> => {
  const deadline = world.clock.now() + given.timeoutMinutes * 60_000;
  refuseMixture(given);
  const fleet = await loadFleet(world.files, given.fleet).catch(async (error: unknown) => {
    if (error instanceof UserError && given.comment)
      await publishComment({ ...given, deadline }, ({ most }) => unplanned(error, most), world);
    throw error;
  });
  const before =
    given.since === undefined
      ? undefined
      : await earlierFiles({ folder: given.fleet, commit: given.since }, world);
  const survey = await lookAt(choose(fleet, { ...given, before }), { fleet, given, deadline }, world);
  for (const plan of survey.plans) tell(plan, world);
  const publishing = { ...given, deadline };
  if (given.comment) await publishComment(publishing, (paper) => reportPlans(survey, paper), world);
  if (given.issue) for (const plan of survey.plans) await publishDrift(publishing, plan, world);
  fail(survey.failures);
  return {
    summary: reportPlans(survey, { most: summaryBytes, rest: 'the output `plan` has everything.' }),
    plan: JSON.stringify(survey.plans.map(withoutKept)),
    differs: String(survey.plans.some(planDiffers)),
  };
};

/** An issue about some tenants would be closed while others differ. */
const refuseMixture = ({ issue, tenants, waves, since }: PlanGiven): void => {
  if (!issue || (!tenants.length && !waves.length && since === undefined)) return;
  throw new UserError([
    {
      what: 'Input issue goes with none of tenants, waves and since.',
      fix: 'Look at the whole environment, or leave issue out.',
    },
  ]);
};

const unplanned = ({ problems }: UserError, most: number): string =>
  `## ❌ No plan: the manifests have problems\n\n${problemList(problems, most)}\n`;

type Looking = { readonly fleet: Fleet; readonly given: PlanGiven; readonly deadline: number };

/** One after the other: one that cannot be looked at does not hide the others. */
const lookAt = async (
  chosen: readonly Chosen[],
  { fleet, given, deadline }: Looking,
  world: World,
): Promise<Survey> => {
  const plans: EnvironmentPlan[] = [];
  const failures: FailedLook[] = [];
  for (const { environment, isWanted } of chosen) {
    const { name } = environment;
    const identity = { environment, phase: 'plan', roleToAssume: given.roleToAssume, subject: name } as const;
    try {
      const aws = await connectAs(identity, world);
      plans.push(await planEnvironment({ fleet, environment, aws, isWanted, deadline }, world));
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      failures.push({ environment: name, error });
    }
  }
  return { plans, failures };
};

const tell = (plan: EnvironmentPlan, { log }: World): void => {
  log.info(`${plan.environment}: ${headline(plan.tenants)}`);
  for (const { name, outcomes } of plan.tenants.filter(tenantDiffers))
    for (const outcome of outcomes.filter(differs))
      log.info(`${name}: ${outcome.refused ? 'refused' : outcome.action} ${outcome.kind} ${outcome.name}`);
  for (const { kind, name, tenant } of plan.orphans)
    log.info(`without a manifest: ${kind} ${name} of ${tenant}`);
  for (const one of plan.headroom.filter((one) => levelOf(one) !== 'enough'))
    log.warning(
      `${plan.environment}: ${one.quota} of ${one.of} would be ${one.after} of ${one.limit}. ${one.remedy}`,
    );
};

/** What would be done: kept things would make the output of a large fleet too long for GitHub. */
const withoutKept = (plan: EnvironmentPlan): EnvironmentPlan => ({
  ...plan,
  tenants: plan.tenants.map((tenant) => ({ ...tenant, outcomes: tenant.outcomes.filter(differs) })),
});

const fail = (failures: readonly FailedLook[]): void => {
  const [first, ...others] = failures;
  if (!first) return;
  if (!others.length) throw first.error;
  throw new Failed(
    `${failures.map(({ environment }) => environment).join(', ')} could not be looked at.`,
    'What stopped each of them is below.',
    failures.map(({ environment, error }) => `${environment}: ${messageOf(error)}`),
  );
};
