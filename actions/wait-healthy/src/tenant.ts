// Waits until our deployment of a tenant is through, its targets are healthy and the site answers, and all that stays so.
import type { Service } from '@aws-sdk/client-ecs';
import { Cancelled, Failed } from '../../../src/shared/errors.ts';
import { gatherEvidence, type Scene } from '../../../src/shared/evidence.ts';
import { containerName } from '../../../src/shared/fleet/desired.ts';
import { namesOf } from '../../../src/shared/fleet/names.ts';
import {
  describeService,
  type Health,
  judgeHealth,
  type Looking,
  lookAtHealth,
  probeOf,
} from '../../../src/shared/health.ts';
import { primaryOf } from '../../../src/shared/judge/deployment.ts';
import { type Prepared, prepare } from '../../../src/shared/prepare.ts';
import { factTable } from '../../../src/shared/report.ts';
import { duration } from '../../../src/shared/rollout/words.ts';
import { seek, waitUntil } from '../../../src/shared/wait.ts';
import type { World } from '../../../src/shared/world.ts';
import type { Given, Reported } from './given.ts';

export const waitForTenant = async (given: Given, name: string, world: World): Promise<Reported> => {
  const around = await prepare({ ...given, tenant: name }, world, { phase: 'deploy' });
  const { tenant, clock } = around;
  const started = clock.now();
  const ours = await deploymentOf(around, given.deploymentId);
  const looking: Looking = { ours, probe: await probeOf(around, given.probe), http: world.http };
  const health = given.dryRun
    ? await lookAtHealth(around, looking)
    : await wait(around, looking, given.stableSeconds);
  const verdict = judgeHealth(health, looking, tenant.healthCheck.matcher);
  const waitedMs = clock.now() - started;
  const waitedSeconds = String(Math.round(waitedMs / 1000));
  const taskDefinitionArn = health.service?.taskDefinition ?? '';
  const result =
    verdict.kind === 'ready' ? 'healthy' : verdict.kind === 'pending' ? verdict.why : verdict.what;
  world.log.info(`${tenant.host}: ${result} after ${duration(waitedMs)}`);
  const facts = {
    result,
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
    checks: '[]',
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

const wait = async (around: Prepared, looking: Looking, stableSeconds: number): Promise<Health> => {
  let last: Health | undefined;
  const observe = async (): Promise<Health> => {
    last = await lookAtHealth(around, looking);
    return last;
  };
  const judge = (health: Health) => {
    const verdict = judgeHealth(health, looking, around.tenant.healthCheck.matcher);
    return verdict.kind === 'ready' ? { kind: 'ready' as const, value: health } : verdict;
  };
  const what = `service ${namesOf(around.tenant).service}`;
  try {
    // Five seconds at most between being healthy and saying so.
    return await waitUntil(
      {
        what,
        observe,
        judge,
        deadline: around.deadline,
        pause: [1_000, 5_000],
        stableMs: stableSeconds * 1000,
      },
      around,
    );
  } catch (error) {
    if (error instanceof Cancelled || !(error instanceof Failed)) throw error;
    throw error.withDetails(await gatherEvidence(around.aws, sceneOf(around, looking.ours, last)));
  }
};

const probeLine = ({ answer }: Health, { probe }: Looking): string =>
  !probe
    ? 'off'
    : answer?.kind === 'answer'
      ? `${probe.url} answered ${answer.status}`
      : `${probe.url} not answered`;

const sceneOf = ({ tenant }: Prepared, ours: string, health: Health | undefined): Scene => {
  const { cluster, logGroup } = tenant.environment;
  const { service, logPrefix } = namesOf(tenant);
  return {
    cluster,
    service,
    ours,
    seen: { service: health?.service, targets: health?.targets ?? [] },
    logOf: (taskId) => ({ group: logGroup, stream: `${logPrefix}/${containerName}/${taskId}` }),
  };
};
