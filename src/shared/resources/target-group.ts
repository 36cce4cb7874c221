// The tenant's target group: where the load balancer finds its tasks, and when it calls them healthy.
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Failed } from '../errors.ts';
import { namesOf, tagsOf } from '../fleet/names.ts';
import type { Tenant } from '../fleet/types.ts';
import type { Difference, Resource } from '../resource.ts';
import { isNamed, orAbsent, type Surroundings, tagList } from './surroundings.ts';

type Settings = {
  readonly [field in
    | 'HealthCheckPath'
    | 'HealthCheckIntervalSeconds'
    | 'HealthCheckTimeoutSeconds'
    | 'HealthyThresholdCount'
    | 'UnhealthyThresholdCount'
    | 'matcher'
    | 'deregistrationDelay']: string | number;
};
/** What AWS never changes: protocol and port are those of targets that name none, and ECS always names the port. */
type Fixed = { readonly VpcId: string; readonly Protocol: string; readonly TargetType: string };
type Spec = { readonly settings: Settings; readonly fixed: Fixed };
type Have = Spec & { readonly arn: string };

const delayKey = 'deregistration_delay.timeout_seconds';

export const targetGroup = (around: Surroundings): Resource<Spec, Have> => {
  const { tenant, aws, platform } = around;
  const name = namesOf(tenant).targetGroup;
  const spec: Spec = {
    settings: settingsOf(tenant),
    fixed: { VpcId: platform.vpcId, Protocol: 'HTTP', TargetType: 'ip' },
  };
  return {
    step: 'routing',
    kind: 'target group',
    name,
    needs: [],
    observe: () => observe(around, name),
    tags: (have) => ({ elbArn: have.arn }),
    want: () => spec,
    differs,
    create: () => create(around, name, spec),
    update: async (want, have, differences) => {
      if (differences.some(({ field }) => field !== 'deregistrationDelay'))
        await aws.elb.modifyTargetGroup({ TargetGroupArn: have.arn, ...healthCheck(want.settings) });
      if (differences.some(({ field }) => field === 'deregistrationDelay'))
        await setDelay(around, have.arn, want);
      return { ...have, settings: want.settings };
    },
    tag: async (have, tags) => {
      await aws.elb.addTags({ ResourceArns: [have.arn], Tags: tagList(tags) });
    },
    destroy: (have) => destroy(around, have.arn),
    refs: (have) => ({ targetGroupArn: have.arn }),
    isTaken: (error) => isNamed(error, 'DuplicateTargetGroupNameException'),
  };
};

const settingsOf = ({ healthCheck: check, deregistrationDelaySeconds }: Tenant): Settings => ({
  HealthCheckPath: check.path,
  HealthCheckIntervalSeconds: check.intervalSeconds,
  HealthCheckTimeoutSeconds: check.timeoutSeconds,
  HealthyThresholdCount: check.healthyThreshold,
  UnhealthyThresholdCount: check.unhealthyThreshold,
  matcher: check.matcher,
  deregistrationDelay: deregistrationDelaySeconds,
});

const healthCheck = (settings: Settings) => ({
  HealthCheckProtocol: 'HTTP' as const,
  HealthCheckPath: String(settings.HealthCheckPath),
  HealthCheckIntervalSeconds: Number(settings.HealthCheckIntervalSeconds),
  HealthCheckTimeoutSeconds: Number(settings.HealthCheckTimeoutSeconds),
  HealthyThresholdCount: Number(settings.HealthyThresholdCount),
  UnhealthyThresholdCount: Number(settings.UnhealthyThresholdCount),
  Matcher: { HttpCode: String(settings.matcher) },
});

const observe = async ({ aws }: Surroundings, name: string): Promise<Have | undefined> => {
  const found = await orAbsent(
    aws.elb.describeTargetGroups({ Names: [name] }),
    'TargetGroupNotFoundException',
  );
  const group = found?.TargetGroups?.[0];
  if (!group?.TargetGroupArn) return undefined;
  const answer = await orAbsent(
    aws.elb.describeTargetGroupAttributes({ TargetGroupArn: group.TargetGroupArn }),
    'TargetGroupNotFoundException',
  );
  const delay = answer?.Attributes?.find(({ Key }) => Key === delayKey)?.Value;
  return { arn: group.TargetGroupArn, ...read(group, Number(delay)) };
};

const read = (group: TargetGroup, deregistrationDelay: number): Spec => ({
  settings: {
    HealthCheckPath: group.HealthCheckPath ?? '',
    HealthCheckIntervalSeconds: group.HealthCheckIntervalSeconds ?? 0,
    HealthCheckTimeoutSeconds: group.HealthCheckTimeoutSeconds ?? 0,
    HealthyThresholdCount: group.HealthyThresholdCount ?? 0,
    UnhealthyThresholdCount: group.UnhealthyThresholdCount ?? 0,
    matcher: group.Matcher?.HttpCode ?? '',
    deregistrationDelay,
  },
  fixed: { VpcId: group.VpcId ?? '', Protocol: group.Protocol ?? '', TargetType: group.TargetType ?? '' },
});

const differs = (want: Spec, have: Spec): readonly Difference[] => [
  ...differing(want.fixed, have.fixed).map((difference) => ({
    ...difference,
    how: 'refuse' as const,
    why: 'AWS cannot change it, and the name is taken as long as this target group exists. Run rollback-tenant with mode teardown (it keeps files, and the database unless asked), then provision again.',
  })),
  ...differing(want.settings, have.settings).map((difference) => ({ ...difference, how: 'update' as const })),
];

const differing = (
  want: Readonly<Record<string, string | number>>,
  have: Readonly<Record<string, string | number>>,
) =>
  Object.entries(want)
    .filter(([field, value]) => String(have[field]) !== String(value))
    .map(([field, value]) => ({ field, from: String(have[field]), to: String(value) }));

const create = async (around: Surroundings, name: string, spec: Spec): Promise<Have> => {
  const { tenant, aws } = around;
  try {
    const made = await aws.elb.createTargetGroup({
      Name: name,
      Protocol: 'HTTP',
      Port: 80,
      VpcId: spec.fixed.VpcId,
      TargetType: 'ip',
      ...healthCheck(spec.settings),
      Tags: tagList(tagsOf(tenant)),
    });
    const arn = made.TargetGroups?.[0]?.TargetGroupArn ?? '';
    await setDelay(around, arn, spec);
    return { arn, ...spec };
  } catch (error) {
    if (!isNamed(error, 'TooManyTargetGroupsException')) throw error;
    throw new Failed(
      `The region's quota of target groups is used up; ${name} was not made.`,
      'Ask for more under Service Quotas, Elastic Load Balancing, "Target Groups per Region", then run again.',
    );
  }
};

const setDelay = async ({ aws }: Surroundings, arn: string, { settings }: Spec): Promise<void> => {
  await aws.elb.modifyTargetGroupAttributes({
    TargetGroupArn: arn,
    Attributes: [{ Key: delayKey, Value: String(settings.deregistrationDelay) }],
  });
};

/** A group stays "in use" for a moment after its rule was deleted. */
const destroy = async ({ aws, clock, deadline }: Surroundings, arn: string): Promise<void> => {
  for (;;) {
    try {
      await orAbsent(aws.elb.deleteTargetGroup({ TargetGroupArn: arn }), 'TargetGroupNotFoundException');
      return;
    } catch (error) {
      if (!isNamed(error, 'ResourceInUseException') || clock.now() >= deadline) throw error;
      await clock.sleep(5_000);
    }
  }
};
