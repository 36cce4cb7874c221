// One look at a whole application: its services, their target groups, its addresses. Everything each time, so that the
// table is whole whenever the wait ends.
import type { Service } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Problem, UserError } from '../errors.ts';
import type { ApplicationHealthCheck, ApplicationService } from '../fleet/application.ts';
import type { Check } from '../judge/check.ts';
import { checkAnswer } from '../judge/health-check.ts';
import { checkService } from '../judge/services.ts';
import { checkTargets, isUnused } from '../judge/target-groups.ts';
import type { ApplicationSurroundings } from '../prepare-application.ts';
import { isNamed } from '../resources/surroundings.ts';
import type { Http } from '../world.ts';
import { describeServices } from './find.ts';

export type Watched = {
  readonly services: readonly ApplicationService[];
  /** ARNs of the target groups that the manifest names, by name. */
  readonly groups: ReadonlyMap<string, string>;
  readonly healthChecks: readonly ApplicationHealthCheck[];
  /** Address that is visited for all of them, under their own host names: before DNS leads there. */
  readonly door: string | undefined;
  readonly http: Http;
};

/** Throws UserError with every target group that there is not. */
export const findTargetGroups = async (
  { aws }: ApplicationSurroundings,
  services: readonly ApplicationService[],
): Promise<ReadonlyMap<string, string>> => {
  const wanted = services.flatMap(({ name, targetGroups = [] }) =>
    targetGroups.map((group) => ({ name, group })),
  );
  const found = new Map<string, string>();
  const problems: Problem[] = [];
  // One by one: a single missing name makes ELB refuse all of them.
  for (const { name, group } of wanted) {
    try {
      const { TargetGroups = [] } = await aws.elb.describeTargetGroups({ Names: [group] });
      found.set(group, TargetGroups[0]?.TargetGroupArn ?? '');
    } catch (error) {
      if (!isNamed(error, 'TargetGroupNotFoundException', 'TargetGroupNotFound')) throw error;
      problems.push({
        what: `There is no target group ${group}, which services.${name}.targetGroups names.`,
        fix: 'Correct it; without targetGroups those are taken that ECS has for the service.',
      });
    }
  }
  if (problems.length) throw new UserError(problems);
  return found;
};

export const lookAtApplication = async (
  around: ApplicationSurroundings,
  watched: Watched,
): Promise<readonly Check[]> => {
  const { cluster, environment } = around.application;
  const [shown, answers] = await Promise.all([
    describeServices(around, watched.services),
    Promise.all(watched.healthChecks.map((wanted) => visit(watched, wanted))),
  ]);
  const place = { cluster, region: environment.region };
  const targets = await Promise.all(
    watched.services.map((named) =>
      lookAtTargets(around, { named, service: shown.get(named.name), watched }),
    ),
  );
  return [
    ...watched.services.map((named) => checkService(shown.get(named.name), named, place)),
    ...targets.flat(),
    ...answers,
  ];
};

/** Redirects are not followed: an address that should answer 200 and leads to a login page does not answer 200. */
const visit = async ({ http, door }: Watched, wanted: ApplicationHealthCheck): Promise<Check> => {
  const { host, pathname, search } = new URL(wanted.url);
  const url = door === undefined ? wanted.url : new URL(`${pathname}${search}`, door).href;
  const headers = { Host: host, 'User-Agent': 'tenant-actions' };
  return checkAnswer(wanted, await http({ url, headers, timeoutMs: 10_000 }));
};

type Behind = {
  readonly named: ApplicationService;
  readonly service: Service | undefined;
  readonly watched: Watched;
};

const lookAtTargets = async (
  around: ApplicationSurroundings,
  { named, service, watched }: Behind,
): Promise<readonly Check[]> => {
  const arns = (service?.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const wanted = named.targetGroups?.map((name) => ({ name, arn: watched.groups.get(name) ?? '' }));
  const groups = wanted ?? [...new Set(arns)].map((arn) => ({ name: groupName(arn), arn }));
  const look = async (group: { readonly name: string; readonly arn: string }): Promise<Check> => {
    const registered = arns.includes(group.arn);
    const targets = registered ? await describeTargets(around, group.arn) : [];
    return checkTargets({
      ...group,
      registered,
      region: around.application.environment.region,
      service: named.name,
      desired: service?.desiredCount ?? 0,
      targets,
      loadBalancers: targets.some(isUnused) ? await listLoadBalancers(around, group.arn) : undefined,
    });
  };
  // Before ECS shows the service there is nothing to compare with, and its own check says so.
  return service ? Promise.all(groups.map(look)) : [];
};

const describeTargets = async (
  { aws }: ApplicationSurroundings,
  TargetGroupArn: string,
): Promise<readonly TargetHealthDescription[]> =>
  (await aws.elb.describeTargetHealth({ TargetGroupArn })).TargetHealthDescriptions ?? [];

/** Undefined where the role may not ask. */
const listLoadBalancers = async (
  { aws }: ApplicationSurroundings,
  arn: string,
): Promise<readonly string[] | undefined> => {
  try {
    const { TargetGroups = [] } = await aws.elb.describeTargetGroups({ TargetGroupArns: [arn] });
    return TargetGroups[0]?.LoadBalancerArns;
  } catch (error) {
    if (isNamed(error, 'AccessDenied', 'AccessDeniedException')) return undefined;
    throw error;
  }
};

/** `…:targetgroup/<name>/<id>` */
const groupName = (arn: string): string => arn.split('/').at(-2) ?? arn;
