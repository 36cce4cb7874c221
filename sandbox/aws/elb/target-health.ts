// DescribeTargetHealth: of all targets of a group, or of those that are named.
import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Target, TargetHealth } from '../ports.ts';
import { notRegistered } from './health.ts';
import type { ElbState } from './state.ts';
import { demandTargetGroup } from './target-groups.ts';
import type { Targets } from './targets.ts';

const describeOne = (target: Target, health: TargetHealth): TargetHealthDescription => ({
  Target: { Id: target.id, Port: target.port },
  HealthCheckPort: String(target.port),
  TargetHealth: {
    State: health.state,
    ...(health.reason && {
      Reason: health.reason as NonNullable<TargetHealthDescription['TargetHealth']>['Reason'],
    }),
    ...(health.description && { Description: health.description }),
  },
});

export const describeTargetHealth = (
  state: ElbState,
  targets: Pick<Targets, 'list' | 'health'>,
  { TargetGroupArn, Targets: asked }: DescribeTargetHealthInput,
): DescribeTargetHealthOutput => {
  const { arn, settings } = demandTargetGroup(state, TargetGroupArn, 'get');
  const wanted: readonly Target[] =
    asked?.map(({ Id = '', Port = settings.Port }) => ({ id: Id, port: Port })) ?? targets.list(arn);
  return {
    TargetHealthDescriptions: wanted.map((target) =>
      describeOne(target, targets.health(arn, target) ?? notRegistered),
    ),
  };
};
