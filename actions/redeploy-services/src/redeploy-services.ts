// Forces a new deployment of an application's services, all at once, and tells of every one of them how it ended.
import { UserError } from '../../../src/shared/errors.ts';
import type { ApplicationService } from '../../../src/shared/fleet/application.ts';
import { flag, type Inputs, names, type Outputs, sharedByApplications } from '../../../src/shared/inputs.ts';
import { primaryOf } from '../../../src/shared/judge/deployment.ts';
import { findAbsence, findObstacle } from '../../../src/shared/judge/services.ts';
import { type ApplicationSurroundings, prepareApplication } from '../../../src/shared/prepare-application.ts';
import { withProgress } from '../../../src/shared/report.ts';
import { findServices, selectServices } from '../../../src/shared/services/find.ts';
import { followAll } from '../../../src/shared/services/follow.ts';
import { type Attempt, type Candidate, type Forced, forceAll } from '../../../src/shared/services/force.ts';
import type { World } from '../../../src/shared/world.ts';
import { failureOf, type Result, resultTable } from './results.ts';

export const title = 'Redeploy services';

export const inputs = { ...sharedByApplications, services: names, 'dry-run': flag } as const;

export const outputs = ['changed', 'plan', 'summary', 'deployments'] as const;

type Given = Inputs<typeof inputs>;

export const run = async (given: Given, world: World): Promise<Outputs<typeof outputs>> => {
  const around = await prepareApplication(given, world, 'redeploy');
  const { application } = around;
  const candidates = await choose(around, selectServices(application, given.services));
  const heading = `${application.name} in ${application.environment.name}`;
  const plan = JSON.stringify(candidates.map(({ named }) => ({ service: named.name, action: 'redeploy' })));
  for (const candidate of candidates) world.log.info(planLine(candidate, given.dryRun));
  if (given.dryRun) {
    const table = resultTable(candidates.map((candidate): Result => ({ kind: 'planned', ...candidate })));
    return { changed: 'false', plan, summary: `## 📋 ${heading}\n\n${table}\n`, deployments: '{}' };
  }
  const attempts = await forceAll(around, candidates);
  const forced = attempts.flatMap((attempt) => (attempt.kind === 'forced' ? [attempt] : []));
  const deployments = idsOf(forced);
  // A job that is cancelled while it waits has started them all the same.
  world.output('deployments', deployments);
  world.output('changed', String(forced.length > 0));
  const results = await follow(around, attempts);
  const failure = failureOf(around, results);
  if (failure) throw failure;
  const table = resultTable(results);
  return { changed: 'true', plan, summary: `## ✅ ${heading}\n\n${table}\n`, deployments };
};

/** Everything that stands in the way, of all services at once, before anything is written. */
const choose = async (
  around: ApplicationSurroundings,
  services: readonly ApplicationService[],
): Promise<readonly Candidate[]> => {
  const { cluster, environment } = around.application;
  const found = await findServices(around, services);
  const place = { cluster, region: environment.region };
  const problems = services.flatMap((named) => {
    const service = found.get(named.name);
    const problem = findAbsence(service, named, place) ?? (service && findObstacle(service, named));
    return problem ? [problem] : [];
  });
  if (problems.length) throw new UserError(problems);
  return services.flatMap((named) => {
    const service = found.get(named.name);
    return service ? [{ named, found: service }] : [];
  });
};

const planLine = ({ named, found }: Candidate, isPlan: boolean): string => {
  const primary = primaryOf(found);
  const rollout =
    primary?.rolloutState === 'IN_PROGRESS'
      ? `; it takes the place of ${primary.id}, which is rolling out`
      : '';
  const { desiredCount = 0 } = found;
  const tasks =
    desiredCount === 0
      ? 'scaled to 0 tasks, nothing to wait for'
      : `${desiredCount} ${desiredCount === 1 ? 'task' : 'tasks'}`;
  const revision = found.taskDefinition?.split('/').at(-1);
  return `${named.name}: ${isPlan ? 'would get' : 'gets'} a new deployment of ${revision} (${tasks})${rollout}`;
};

const idsOf = (forced: readonly Forced[]): string =>
  JSON.stringify(Object.fromEntries(forced.map(({ named, ours }) => [named.name, ours.id])));

const follow = async (
  around: ApplicationSurroundings,
  attempts: readonly Attempt[],
): Promise<readonly Result[]> => {
  const forced = attempts.filter((attempt) => attempt.kind === 'forced');
  try {
    const followed = await followAll(around, forced);
    const ends = new Map(followed.map((one) => [one.named.name, one]));
    return attempts.flatMap((attempt): readonly Result[] => {
      if (attempt.kind === 'refused') return [attempt];
      const end = ends.get(attempt.named.name);
      return end ? [{ ...end, kind: 'followed' }] : [];
    });
  } catch (error) {
    const started = forced.map(({ named, ours }) => `${named.name}: deployment ${ours.id} goes on`);
    throw withProgress(error, started, 'application');
  }
};
