// Looking at a tenant's health in stages: deployment first, then its targets, then the site; later stages cost calls.
import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Failed } from './errors.ts';
import { namesOf } from './fleet/names.ts';
import { type Advice, judgeDeployment } from './judge/deployment.ts';
import { judgeHttp } from './judge/http.ts';
import { judgeTargets } from './judge/targets.ts';
import { parseLogin } from './login.ts';
import type { Prepared } from './prepare.ts';
import type { Verdict } from './wait.ts';
import type { Http, HttpAnswer } from './world.ts';

export type Probe = { readonly url: string; readonly headers: Readonly<Record<string, string>> };

export type Health = {
  readonly service: Service | undefined;
  readonly deployment: ServiceDeployment | undefined;
  readonly addresses: readonly string[];
  readonly targets: readonly TargetHealthDescription[];
  readonly answer: HttpAnswer | undefined;
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

/** One look; stages whose earlier stage is not ready yet are left empty. */
export const lookAtHealth = async (around: Prepared, looking: Looking): Promise<Health> => {
  const service = await describeService(around);
  const deployment = await describeDeployment(around, looking.ours);
  const nothing = { service, deployment, addresses: [], targets: [], answer: undefined };
  if (judgeDeployment({ service, deployment }, looking.ours, advice).kind !== 'ready') return nothing;
  const [addresses, targets] = await Promise.all([
    listAddresses(around, looking.ours),
    describeTargets(around, service),
  ]);
  if (judgeTargets(addresses, targets).kind !== 'ready') return { ...nothing, addresses, targets };
  const answer = looking.probe && (await looking.http({ ...looking.probe, timeoutMs: 10_000 }));
  return { service, deployment, addresses, targets, answer };
};

/** Pure: the first stage that is not ready speaks. */
export const judgeHealth = (health: Health, { ours, probe }: Looking, matcher: string): Verdict => {
  const deployment = judgeDeployment(health, ours, advice);
  if (deployment.kind !== 'ready') return deployment;
  const targets = judgeTargets(health.addresses, health.targets);
  if (targets.kind !== 'ready' || !probe) return targets;
  return health.answer
    ? judgeHttp(health.answer, { url: probe.url, matcher })
    : { kind: 'pending', why: 'not probed yet' };
};

export const describeService = async ({ aws, tenant }: Prepared): Promise<Service | undefined> => {
  const { services } = await aws.ecs.describeServices({
    cluster: tenant.environment.cluster,
    services: [namesOf(tenant).service],
  });
  return services?.[0];
};

/** A service revision's ARN ends with the digits of its deployment's id. */
const describeDeployment = async (
  { aws, tenant }: Prepared,
  ours: string,
): Promise<ServiceDeployment | undefined> => {
  const digits = ours.split('/').at(-1) ?? '';
  const { serviceDeployments: briefs = [] } = await aws.ecs.listServiceDeployments({
    cluster: tenant.environment.cluster,
    service: namesOf(tenant).service,
  });
  const brief = briefs.find(({ targetServiceRevisionArn }) =>
    targetServiceRevisionArn?.endsWith(`/${digits}`),
  );
  if (!brief?.serviceDeploymentArn) return undefined;
  const { serviceDeployments } = await aws.ecs.describeServiceDeployments({
    serviceDeploymentArns: [brief.serviceDeploymentArn],
  });
  return serviceDeployments?.[0];
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
  return { url, headers: { Host: tenant.host, 'User-Agent': 'tenant-actions', ...authorization } };
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
