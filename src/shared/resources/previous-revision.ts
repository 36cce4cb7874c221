// The other way back: the service returns to the last revision that ECS saw healthy.
import type { Service, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { repeatUnknown } from '../ensure.ts';
import { Failed, Refused, UnknownOutcome } from '../errors.ts';
import { isOurs, namesOf } from '../fleet/names.ts';
import { primaryOf } from '../judge/deployment.ts';
import { chooseLastGood, type PastDeployment } from '../judge/last-good.ts';
import type { Outcome } from '../resource.ts';
import { seek } from '../wait.ts';
import { givenUp } from './service-spec.ts';
import { ecsTagRecord, orAbsent, type Surroundings } from './surroundings.ts';

export type WentBack = {
  readonly outcome: Outcome;
  readonly taskDefinitionArn: string;
  readonly deploymentId: string;
};

export type Way = { readonly dryRun: boolean; readonly revision: number | undefined };

/** One UpdateService at most. Throws Failed where there is nothing healthy to go back to. */
export const goBack = async (around: Surroundings, { dryRun, revision }: Way): Promise<WentBack> => {
  const { aws, tenant } = around;
  const name = namesOf(tenant).service;
  const service = await findService(around);
  const current = service.taskDefinition ?? '';
  const target =
    revision === undefined ? await lastGood(around, current) : current.replace(/\d+$/, String(revision));
  await checkActive(around, target);
  const differences: Outcome['differences'] =
    target === current
      ? givenUp(service)
      : [{ field: 'taskDefinition', from: current, to: target, how: 'update' }];
  const outcome: Outcome = {
    step: 'service',
    kind: 'service',
    name,
    action: differences.length ? 'update' : 'keep',
    differences,
  };
  const answer = (now: Service | undefined): WentBack => ({
    outcome,
    taskDefinitionArn: target,
    deploymentId: primaryOf(now)?.id ?? '',
  });
  if (dryRun || !differences.length) return answer(service);
  if (target === current) return answer(await startAnew(around));
  const changed = await repeatUnknown(() =>
    aws.ecs.updateService({ cluster: tenant.environment.cluster, service: name, taskDefinition: target }),
  );
  return answer(changed.service);
};

/** Of the revision that the service is set to, after ECS gave it up. A lost answer is looked into: a repeat is one more. */
const startAnew = async (around: Surroundings): Promise<Service | undefined> => {
  const { aws, tenant, clock } = around;
  const call = { cluster: tenant.environment.cluster, service: namesOf(tenant).service };
  for (let attempt = 1; ; attempt++) {
    try {
      return (await aws.ecs.updateService({ ...call, forceNewDeployment: true })).service;
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || attempt >= 4) throw error;
      const seen = await seek(async () => {
        const found = await findService(around);
        return givenUp(found).length ? undefined : found;
      }, clock);
      if (seen) return seen;
    }
  }
};

const lastGood = async (around: Surroundings, current: string): Promise<string> => {
  const good = chooseLastGood(current, await listPast(around));
  if (good.kind === 'none')
    throw new Failed(
      `Service ${namesOf(around.tenant).service} has no earlier deployment that succeeded, so there is nothing to go back to.`,
      'Correct the manifest and run provision-tenant, or remove the tenant with mode teardown.',
    );
  if (good.kind === 'go-back') return good.taskDefinition;
  around.log.info('The service went back already. To go back further, name the revision: input revision.');
  return current;
};

/** ECS deploys active revisions only. */
const checkActive = async ({ aws }: Surroundings, taskDefinition: string): Promise<void> => {
  const found = await orAbsent(aws.ecs.describeTaskDefinition({ taskDefinition }), 'ClientException');
  if (found?.taskDefinition?.status === 'ACTIVE') return;
  throw new Failed(
    `Task definition ${taskDefinition} ${found ? 'was deregistered' : 'does not exist'}, so the service cannot go back to it.`,
    'Check out the commit whose manifest it came from and run provision-tenant there: that registers it anew. Or name another revision: input revision.',
  );
};

const findService = async ({ aws, tenant }: Surroundings) => {
  const name = namesOf(tenant).service;
  const { services } = await aws.ecs.describeServices({
    cluster: tenant.environment.cluster,
    services: [name],
    include: ['TAGS'],
  });
  const service = services?.[0];
  if (service?.status !== 'ACTIVE')
    throw new Failed(`There is no active service ${name} to roll back.`, 'Run provision-tenant instead.');
  if (!isOurs(ecsTagRecord(service.tags), { environment: tenant.environment.name, tenant: tenant.name }))
    throw new Refused(
      `Service ${name} exists, but is not tagged as this tenant's.`,
      'Nothing was written. Run provision-tenant with adopt: true to take it over.',
    );
  return service;
};

/** ECS keeps service deployments for 90 days. */
const listPast = async ({ aws, tenant }: Surroundings): Promise<readonly PastDeployment[]> => {
  const briefs: ServiceDeploymentBrief[] = [];
  const call = { cluster: tenant.environment.cluster, service: namesOf(tenant).service };
  for (let nextToken: string | undefined; ; ) {
    const page = await aws.ecs.listServiceDeployments({ ...call, ...(nextToken ? { nextToken } : {}) });
    briefs.push(...(page.serviceDeployments ?? []));
    nextToken = page.nextToken;
    if (!nextToken) break;
  }
  const definitions = await revisionDefinitions(
    { aws },
    briefs.map(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? ''),
  );
  return briefs.map(({ status = '', createdAt, targetServiceRevisionArn = '' }) => ({
    status,
    createdAt: createdAt?.getTime() ?? 0,
    taskDefinition: definitions.get(targetServiceRevisionArn) ?? '',
  }));
};

/** Task definitions by service revision; DescribeServiceRevisions takes 20 at a time. */
const revisionDefinitions = async (
  { aws }: Pick<Surroundings, 'aws'>,
  arns: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for (let from = 0; from < arns.length; from += 20) {
    const { serviceRevisions } = await aws.ecs.describeServiceRevisions({
      serviceRevisionArns: arns.slice(from, from + 20),
    });
    for (const { serviceRevisionArn, taskDefinition } of serviceRevisions ?? [])
      if (serviceRevisionArn && taskDefinition) found.set(serviceRevisionArn, taskDefinition);
  }
  return found;
};
