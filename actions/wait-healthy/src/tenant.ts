// Waits until our deployment of a tenant is through, its targets are healthy and the site answers, and all that stays so.
import type { Service } from '@aws-sdk/client-ecs';
import { Failed } from '../../../src/shared/errors.ts';
import { namesOf } from '../../../src/shared/fleet/names.ts';
import {
  describeService,
  type Health,
  judgeHealth,
  type Looking,
  lookAtHealth,
  probeOf,
} from '../../../src/shared/health.ts';
import { primaryOf, rolledBackTo } from '../../../src/shared/judge/deployment.ts';
import { doubtOf } from '../../../src/shared/judge/http.ts';
import { type Prepared, prepare } from '../../../src/shared/prepare.ts';
import { factTable } from '../../../src/shared/report.ts';
import { duration } from '../../../src/shared/rollout/words.ts';
import { seek } from '../../../src/shared/wait.ts';
import type { Http, World } from '../../../src/shared/world.ts';
import type { Given, Reported } from './given.ts';
import { watch } from './watch.ts';

export const waitForTenant = async (given: Given, name: string, world: World): Promise<Reported> => {
  const around = await prepare({ ...given, tenant: name }, world, { phase: 'deploy' });
  const { tenant, clock } = around;
  const started = clock.now();
  const ours = await deploymentOf(around, given.deploymentId);
  const probe = await probeOf(around, given.probe);
  const visits = counting(world.http, probe?.url);
  const looking: Looking = { ours, probe, http: visits.http };
  const health = await (given.dryRun
    ? lookAtHealth(around, looking)
    : watch(around, looking, given).finally(() => world.output('http-status', visits.status())));
  const verdict = judgeHealth(health, around, looking);
  const waitedMs = clock.now() - started;
  const waitedSeconds = String(Math.round(waitedMs / 1000));
  const taskDefinitionArn = health.service?.taskDefinition ?? '';
  const result =
    verdict.kind === 'ready' ? 'healthy' : verdict.kind === 'pending' ? verdict.why : verdict.what;
  world.log.info(`${tenant.host}: ${result} after ${duration(waitedMs)}`);
  const facts = {
    result,
    ...tellDoubts(health, around, looking),
    deployment: ours,
    'task definition': taskDefinitionArn,
    probe: probeLine(health, looking),
    waited: duration(waitedMs),
  };
  return {
    changed: 'false',
    plan: '[]',
    summary: `## ${verdict.kind === 'ready' ? '✅' : '⏳'} ${tenant.name} in ${tenant.environment.name}\n\n${factTable(facts)}\n`,
    deploymentId: ours,
    taskDefinitionArn,
    waitedSeconds,
    url: `https://${tenant.host}/`,
    httpStatus: visits.status(),
    cause: '',
    checks: '[]',
  };
};

/** The same visits, and the status code of the last one to the address; empty without an answer. */
const counting = (
  http: Http,
  url: string | undefined,
): { readonly http: Http; readonly status: () => string } => {
  let status = '';
  return {
    http: async (request) => {
      const answer = await http(request);
      if (request.url === url) status = answer.kind === 'answer' ? String(answer.status) : '';
      return answer;
    },
    status: () => status,
  };
};

/** The id that was given, or that of the service's newest deployment. Throws Failed where there is no service. */
const deploymentOf = async (around: Prepared, given: string | undefined): Promise<string> => {
  // What was made or changed just now may not be seen yet.
  const shows = (found: Service | undefined): boolean =>
    given ? (found?.deployments ?? []).some(({ id }) => id === given) : primaryOf(found) !== undefined;
  const seen = await seek(async () => {
    const found = await describeService(around);
    return shows(found) ? found : undefined;
  }, around.clock);
  const service = seen ?? (await describeService(around));
  const id = given ?? primaryOf(service)?.id;
  if (service && id) return id;
  throw new Failed(
    `There is no service ${namesOf(around.tenant).service} to wait for.`,
    'Run provision-tenant first.',
  );
};

const tellDoubts = (health: Health, around: Prepared, looking: Looking): { readonly but?: string } => {
  const doubts = doubtsOf(health, around, looking);
  doubts.forEach(around.log.warning);
  return doubts.length ? { but: doubts.join(' ') } : {};
};

/** What a person should know of a tenant that is healthy. */
const doubtsOf = (health: Health, { tenant }: Prepared, { ours }: Looking): readonly string[] => {
  const newer = rolledBackTo(health, ours);
  const { host, environment, healthCheck } = tenant;
  const { cluster, region } = environment;
  const { service } = namesOf(tenant);
  const rolledBack =
    newer &&
    `The last deployment of service ${service} failed and ECS rolled it back: what runs is ${ours} from before it, with ${health.service?.taskDefinition}. See why with \`aws ecs describe-service-deployments --service-deployment-arns ${newer} --region ${region}\`, mend it and run provision-tenant; where that finds nothing to do, \`aws ecs update-service --cluster ${cluster} --service ${service} --force-new-deployment --region ${region}\` tries again.`;
  const circling = health.visit && doubtOf(health.visit, { host, ...healthCheck });
  return [rolledBack, circling].filter((doubt) => doubt !== undefined);
};

const probeLine = ({ visit }: Health, { probe }: Looking): string => {
  if (!probe) return 'off';
  const answer = visit?.hops[0]?.answer;
  return answer?.kind === 'answer' ? `${probe.url} answered ${answer.status}` : `${probe.url} not answered`;
};
