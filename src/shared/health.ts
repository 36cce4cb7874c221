// Looking at a tenant's health in stages: deployment first, then its targets, then the site; later stages cost calls.
import type { Service } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Visit } from './diagnose/evidence.ts';
import { Cancelled, Failed } from './errors.ts';
import { type History, lookAtHistory } from './evidence/history.ts';
import { visit } from './evidence/visit.ts';
import { namesOf } from './fleet/names.ts';
import { type Advice, judgeDeployment } from './judge/deployment.ts';
import { judgeVisit } from './judge/http.ts';
import { isUnused } from './judge/target-groups.ts';
import { judgeTargets } from './judge/targets.ts';
import { parseLogin } from './login.ts';
import type { Prepared } from './prepare.ts';
import type { Verdict } from './wait.ts';
import type { Http } from './world.ts';

export type Probe = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly by: Visit['by'];
};

export type Health = History & {
  readonly service: Service | undefined;
  readonly addresses: readonly string[];
  /** Undefined until the deployment is through. */
  readonly targets: readonly TargetHealthDescription[] | undefined;
  /** Load balancers that send requests to the target group; undefined where that was not asked, or may not be. */
  readonly loadBalancers: readonly string[] | undefined;
  readonly visit: Visit | undefined;
};

export type Looking = {
  /** Id of the deployment that is waited for, `ecs-svc/…`. */
  readonly ours: string;
  readonly probe: Probe | undefined;
  readonly http: Http;
};

const advice: Advice = {
  deleted: 'Run provision-tenant to make it again.',
  draining: 'If it should live, run provision-tenant again.',
  scaledToZero: 'Set desiredCount in the manifest and run provision-tenant.',
  failed:
    'Read the stopped tasks and log lines below for the cause; correct it and run provision-tenant again.',
  rollbackFailed: 'Run rollback-tenant with mode previous-revision now.',
  superseded:
    'Look at the run that made the newer deployment. Use a concurrency group per tenant so that two runs do not meet.',
};

/** One look; stages whose earlier stage is not ready yet are left empty. `last` is what the look before saw of the history. */
export const lookAtHealth = async (around: Prepared, looking: Looking, last?: History): Promise<Health> => {
  const { tenant } = around;
  const { ours } = looking;
  const service = await describeService(around);
  const { cluster } = tenant.environment;
  const history = await lookAtHistory(around, { cluster, service: namesOf(tenant).service, ours }, last);
  const nothing = {
    ...history,
    service,
    addresses: [],
    targets: undefined,
    loadBalancers: undefined,
    visit: undefined,
  };
  if (judgeDeployment(nothing, ours, advice).kind !== 'ready') return nothing;
  const [addresses, targets] = await Promise.all([
    listAddresses(around, ours),
    describeTargets(around, service),
  ]);
  const loadBalancers = targets.some(isUnused) ? await findLoadBalancers(around, service) : undefined;
  const seen = { ...nothing, addresses, targets, loadBalancers };
  if (judgeTargets(addresses, targets, loadBalancers).kind !== 'ready') return seen;
  const { http, probe } = looking;
  return { ...seen, visit: probe && (await visitSite(around, http, probe)) };
};

const visitMs = 15_000;

/** Fifteen seconds at most, with all redirects: a poll should not take a minute of a site that hangs. */
export const visitSite = ({ tenant, clock }: Prepared, http: Http, probe: Probe): Promise<Visit> => {
  const until = clock.now() + visitMs;
  const inTime: Http = async (request) => {
    const leftMs = until - clock.now();
    return leftMs > 0
      ? http({ ...request, timeoutMs: Math.min(request.timeoutMs, leftMs) })
      : { kind: 'no-answer', reason: 'ETIMEDOUT' };
  };
  return visit(inTime, { ...probe, redirectsTo: tenant.healthCheck.redirectsTo });
};

/** Pure: the first stage that is not ready speaks. */
export const judgeHealth = (health: Health, { tenant }: Prepared, { ours, probe }: Looking): Verdict => {
  const deployment = judgeDeployment(health, ours, advice);
  if (deployment.kind !== 'ready') return deployment;
  const targets = judgeTargets(health.addresses, health.targets ?? [], health.loadBalancers);
  if (targets.kind !== 'ready' || !probe) return targets;
  const { matcher, redirectsTo } = tenant.healthCheck;
  return health.visit
    ? judgeVisit(health.visit, { host: tenant.host, redirectsTo, matcher })
    : { kind: 'pending', why: 'not probed yet' };
};

export const describeService = async ({ aws, tenant }: Prepared): Promise<Service | undefined> => {
  const { services } = await aws.ecs.describeServices({
    cluster: tenant.environment.cluster,
    services: [namesOf(tenant).service],
  });
  return services?.[0];
};

const listAddresses = async ({ aws, tenant }: Prepared, ours: string): Promise<readonly string[]> => {
  const cluster = tenant.environment.cluster;
  const arns: string[] = [];
  const listing = { cluster, serviceName: namesOf(tenant).service, desiredStatus: 'RUNNING' as const };
  for await (const page of aws.ecs.paginateListTasks(listing)) arns.push(...(page.taskArns ?? []));
  if (!arns.length) return [];
  const { tasks } = await aws.ecs.describeTasks({ cluster, tasks: arns.slice(0, 100) });
  return (tasks ?? [])
    .filter(({ startedBy }) => startedBy === ours)
    .flatMap(({ attachments }) => attachments ?? [])
    .flatMap(({ details }) => details ?? [])
    .flatMap(({ name, value }) => (name === 'privateIPv4Address' && value ? [value] : []));
};

const describeTargets = async (
  { aws }: Prepared,
  service: Service | undefined,
): Promise<readonly TargetHealthDescription[]> => {
  const TargetGroupArn = service?.loadBalancers?.[0]?.targetGroupArn;
  if (!TargetGroupArn) return [];
  return (await aws.elb.describeTargetHealth({ TargetGroupArn })).TargetHealthDescriptions ?? [];
};

/** Whether a rule leads there at all: a role that may not look leaves it open. */
const findLoadBalancers = async (
  { aws }: Prepared,
  service: Service | undefined,
): Promise<readonly string[] | undefined> => {
  const arn = service?.loadBalancers?.[0]?.targetGroupArn;
  if (!arn) return undefined;
  try {
    const { TargetGroups } = await aws.elb.describeTargetGroups({ TargetGroupArns: [arn] });
    return TargetGroups?.[0]?.LoadBalancerArns;
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return undefined;
  }
};

/** How to visit the site: `given` is an address, `load-balancer`, `off`, or undefined for the tenant's own host. */
export const probeOf = async (around: Prepared, given: string | undefined): Promise<Probe | undefined> => {
  const { tenant, platform } = around;
  if (given === 'off') return undefined;
  const { loadBalancer, basicAuthSecret } = tenant.environment;
  const url =
    given === 'load-balancer'
      ? `http://${platform.loadBalancerDns}:${loadBalancer.listenerPort}/`
      : (given ?? `https://${tenant.host}/`);
  const authorization = basicAuthSecret ? { Authorization: await basicAuth(around, basicAuthSecret) } : {};
  const by = given === undefined ? 'public' : given === 'load-balancer' ? given : 'given';
  return { url, by, headers: { Host: tenant.host, 'User-Agent': 'tenant-actions', ...authorization } };
};

const basicAuth = async ({ aws, log }: Prepared, name: string): Promise<string> => {
  const { SecretString = '' } = await aws.secrets.getSecretValue({ SecretId: name });
  const login = parseLogin(SecretString);
  if (!login)
    throw new Failed(
      `Secret ${name} does not hold {"username", "password"}.`,
      'Correct its value, or basicAuthSecret in the environment manifest.',
    );
  const encoded = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  log.secret(login.password);
  log.secret(encoded);
  return `Basic ${encoded}`;
};
