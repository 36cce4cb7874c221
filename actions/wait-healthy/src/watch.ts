// Waiting with open eyes: what AWS forgets is read while it is there, a deployment that cannot succeed ends the wait at
// once, and every failure ends in what is known of its cause.
import { caseOf } from '../../../src/shared/case.ts';
import type { Evidence } from '../../../src/shared/diagnose/evidence.ts';
import { findHopeless, tellHopeless } from '../../../src/shared/diagnose/hopeless.ts';
import type { Facts } from '../../../src/shared/diagnose/rule.ts';
import { serviceRules } from '../../../src/shared/diagnose/rules/service.ts';
import { Cancelled, Diagnosed, Failed } from '../../../src/shared/errors.ts';
import { newsLines } from '../../../src/shared/evidence/news.ts';
import { lookups, type Scene } from '../../../src/shared/evidence/scene.ts';
import { openWitness } from '../../../src/shared/evidence/witness.ts';
import { containerName, executionRoleOf } from '../../../src/shared/fleet/desired.ts';
import { namesOf } from '../../../src/shared/fleet/names.ts';
import type { Tenant } from '../../../src/shared/fleet/types.ts';
import {
  type Health,
  judgeHealth,
  type Looking,
  lookAtHealth,
  visitSite,
} from '../../../src/shared/health.ts';
import type { Prepared } from '../../../src/shared/prepare.ts';
import { type Verdict, waitUntil } from '../../../src/shared/wait.ts';
import type { Given } from './given.ts';

/** Throws Diagnosed where the deployment fails, cannot succeed, or is not healthy before the deadline. */
export const watch = async (
  around: Prepared,
  looking: Looking,
  { fleet, stableSeconds }: Given,
): Promise<Health> => {
  const { log } = around;
  const { http, probe } = looking;
  const visit = probe && (() => visitSite(around, http, probe));
  const witness = openWitness({ ...around, visit }, sceneOf(around, looking.ours, fleet));
  let state: Evidence['state'] = 'late';
  let last: Health | undefined;
  const observe = async (): Promise<Verdict<Health>> => {
    const health = await lookAtHealth(around, looking, last);
    last = health;
    const judged = judgeHealth(health, around, looking);
    const { evidence, news } = await witness.look({ ...health, isReady: judged.kind === 'ready' });
    for (const line of newsLines(serviceRules, evidence, news)) log.info(line);
    if (judged.kind === 'ready') return { kind: 'ready', value: health };
    return (judged.kind === 'pending' ? hopelessness(evidence) : undefined) ?? judged;
  };
  const judge = (verdict: Verdict<Health>): Verdict<Health> => {
    state = verdict.kind === 'failed' ? 'failed' : 'late';
    return verdict;
  };
  const what = `service ${namesOf(around.tenant).service}`;
  const { deadline } = around;
  const stableMs = stableSeconds * 1000;
  try {
    // Five seconds at most between being healthy and saying so.
    return await waitUntil({ what, observe, judge, deadline, pause: [1_000, 5_000], stableMs }, around);
  } catch (error) {
    if (error instanceof Cancelled || !(error instanceof Failed)) throw error;
    throw new Diagnosed(error, [caseOf(serviceRules, await witness.conclude(state))]);
  }
};

const hopelessness = (evidence: Evidence): Verdict<Health> | undefined => {
  const hopeless = findHopeless(serviceRules, evidence);
  return hopeless && { kind: 'failed', ...tellHopeless(hopeless, evidence) };
};

export const sceneOf = ({ tenant, platform }: Prepared, ours: string, fleet: string): Scene => {
  const { cluster, logGroup, loadBalancer } = tenant.environment;
  const { secret, service, logPrefix } = namesOf(tenant);
  return {
    kind: 'tenant',
    cluster,
    service,
    ours,
    container: containerName,
    logOf: (container, taskId) => ({ group: logGroup, stream: `${logPrefix}/${container}/${taskId}` }),
    listener: { arn: platform.listenerArn, port: loadBalancer.listenerPort },
    secret,
    lookups,
    facts: factsOf(tenant, fleet),
  };
};

const factsOf = (tenant: Tenant, fleet: string): Facts => {
  const { environment, database, storage } = tenant;
  const { secret, service, family, targetGroup } = namesOf(tenant);
  const { name, accountId, region, cluster, logGroup, loadBalancer, basicAuthSecret } = environment;
  return {
    subject: tenant.name,
    environment: name,
    account: accountId,
    region,
    cluster,
    service,
    family,
    container: containerName,
    logGroup,
    manifest: `${fleet}/tenants/${tenant.name}.yml`,
    environmentManifest: `${fleet}/environments/${name}.yml`,
    tenant: tenant.name,
    host: tenant.host,
    image: tenant.image,
    cpu: String(tenant.cpu),
    memory: String(tenant.memory),
    secret,
    database: database.name,
    user: database.user,
    databaseHost: environment.database.host,
    databasePort: String(environment.database.port),
    executionRole: executionRoleOf(tenant),
    fileSystem: environment.fileSystem,
    uid: String(storage.uid),
    gid: String(storage.gid),
    storagePath: storage.path,
    targetGroup,
    healthPath: tenant.healthCheck.path,
    loadBalancer: loadBalancer.name,
    listenerPort: String(loadBalancer.listenerPort),
    ...(basicAuthSecret && { basicAuthSecret }),
  };
};
