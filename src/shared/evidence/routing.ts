// The way from the load balancer to the tasks: the target group's settings, and every rule of the listener.
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ListenerSeen, TargetGroupSeen } from '../diagnose/evidence.ts';
import type { Reading } from './reading.ts';
import type { Around } from './scene.ts';

const delayKey = 'deregistration_delay.timeout_seconds';

/** Takes two calls. */
export const readTargetGroup = async (
  { aws }: Around,
  reading: Reading,
  arn: string,
): Promise<TargetGroupSeen | undefined> => {
  const [described, attributes] = await Promise.all([
    reading.read('the target group', () => aws.elb.describeTargetGroups({ TargetGroupArns: [arn] })),
    reading.read("the target group's attributes", () =>
      aws.elb.describeTargetGroupAttributes({ TargetGroupArn: arn }),
    ),
  ]);
  const group = described?.TargetGroups?.[0];
  if (!group) return undefined;
  const delay = attributes?.Attributes?.find(({ Key }) => Key === delayKey)?.Value;
  return {
    arn,
    name: group.TargetGroupName ?? '',
    port: group.Port ?? 0,
    // `traffic-port`, or a number.
    healthPort: Number(group.HealthCheckPort) || undefined,
    path: group.HealthCheckPath ?? '',
    matcher: group.Matcher?.HttpCode ?? '',
    intervalSeconds: group.HealthCheckIntervalSeconds ?? 0,
    timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 0,
    healthyThreshold: group.HealthyThresholdCount ?? 0,
    unhealthyThreshold: group.UnhealthyThresholdCount ?? 0,
    // What a target group has that nobody set otherwise.
    deregistrationDelaySeconds: Number(delay ?? 300),
    loadBalancers: group.LoadBalancerArns ?? [],
  };
};

/** A listener has 100 rules unless its quota was raised. */
const mostPages = 3;

/** Takes a call, and one for each 400 rules. `port` is what the environment says. */
export const readListener = async (
  { aws }: Around,
  reading: Reading,
  { arn, port }: { readonly arn: string; readonly port: number },
): Promise<ListenerSeen | undefined> => {
  const rules: Rule[] = [];
  let Marker: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await reading.read("the listener's rules", () =>
      aws.elb.describeRules({ ListenerArn: arn, PageSize: 400, ...(Marker ? { Marker } : {}) }),
    );
    if (!answer) return undefined;
    rules.push(...(answer.Rules ?? []));
    Marker = answer.NextMarker;
    if (!Marker)
      return { arn, port, rules: rules.flatMap(ruleSeen).toSorted((a, b) => a.priority - b.priority) };
  }
  // Of half a list nobody can say that a rule is missing, or that none stands before it.
  return undefined;
};

/** The default rule is last of all. */
const lastOfAll = 50_001;

const ruleSeen = ({ Priority, Conditions = [], Actions = [] }: Rule): ListenerSeen['rules'] => {
  const valuesOf = (field: string): readonly string[] =>
    Conditions.filter(({ Field }) => Field === field).flatMap(
      ({ HostHeaderConfig, PathPatternConfig, Values }) =>
        HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? Values ?? [],
    );
  const groups = Actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...(TargetGroupArn ? [TargetGroupArn] : []),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap((group) => group.TargetGroupArn ?? []),
  ]);
  // A rule that asks for a header or a query too takes only what has it, and what a regular expression takes is not told
  // here: it stands before nobody.
  const isNarrow = Conditions.some(
    ({ Field = '', HostHeaderConfig, PathPatternConfig, RegexValues }) =>
      !['host-header', 'path-pattern'].includes(Field) ||
      [HostHeaderConfig?.RegexValues, PathPatternConfig?.RegexValues, RegexValues].some((all) => all?.length),
  );
  return isNarrow
    ? []
    : [
        {
          priority: Priority === 'default' ? lastOfAll : Number(Priority),
          hosts: valuesOf('host-header'),
          paths: valuesOf('path-pattern'),
          targetGroups: [...new Set(groups)],
        },
      ];
};
