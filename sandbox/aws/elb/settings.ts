// A target group's settings: AWS's defaults and everything AWS checks before it takes them. Pure.
import type {
  CreateTargetGroupInput,
  ModifyTargetGroupInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { isMatcher } from './matcher.ts';
import { beyondSandbox, invalid, refuseAll } from './refusals.ts';
import type { TargetGroupSettings } from './state.ts';

/** AWS's rules for a name; undefined where it is good. */
export const nameProblem = (name: string): string | undefined => {
  if (name.length > 32) return `Target group name '${name}' cannot be longer than '32' characters`;
  if (!/^[A-Za-z0-9-]+$/.test(name))
    return `Target group name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`;
  if (name.startsWith('-') || name.endsWith('-'))
    return `Target group name '${name}' cannot begin or end with a hyphen(-)`;
  return undefined;
};

const ranges = [
  ['Port', 1, 65_535],
  ['HealthCheckIntervalSeconds', 5, 300],
  ['HealthCheckTimeoutSeconds', 2, 120],
  ['HealthyThresholdCount', 2, 10],
  ['UnhealthyThresholdCount', 2, 10],
] as const satisfies readonly (readonly [keyof TargetGroupSettings, number, number])[];

const isPort = (text: string): boolean =>
  text === 'traffic-port' || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535);

const problemsOf = (settings: TargetGroupSettings): readonly (string | undefined)[] => {
  const { HealthCheckPath: path, HealthCheckPort: port, Matcher } = settings;
  return [
    ...ranges.map(([field, least, most]) =>
      settings[field] >= least && settings[field] <= most
        ? undefined
        : `${field} '${settings[field]}' must be between ${least} and ${most} inclusive`,
    ),
    settings.HealthCheckTimeoutSeconds < settings.HealthCheckIntervalSeconds
      ? undefined
      : `Health check interval must be greater than the timeout`,
    isMatcher(Matcher.HttpCode)
      ? undefined
      : `Health check matcher HTTP code '${Matcher.HttpCode}' must be within '200-499' inclusive`,
    path.startsWith('/') && path.length <= 1024
      ? undefined
      : `Health check path '${path}' must begin with a '/' character and have at most 1024`,
    isPort(port) ? undefined : `Health check port '${port}' must be 'traffic-port' or in the range 1-65535`,
  ];
};

const httpOnly = (protocol: string): 'HTTP' | 'HTTPS' => {
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') throw beyondSandbox(`protocol ${protocol}`);
  return protocol;
};

const targetTypeOf = (type: string): 'instance' | 'ip' => {
  if (type !== 'instance' && type !== 'ip') throw beyondSandbox(`target type ${type}`);
  return type;
};

/** A new target group's settings with AWS's defaults. Throws ValidationError naming all that is wrong. */
export const newSettings = (input: CreateTargetGroupInput): TargetGroupSettings => {
  const { Protocol, Port, VpcId } = input;
  if (!Protocol) throw invalid('A protocol must be specified');
  if (!Port) throw invalid('A port must be specified');
  if (!VpcId) throw invalid('A VPC ID must be specified');
  if (input.IpAddressType === 'ipv6') throw beyondSandbox('IPv6 targets');
  const settings = changedSettings(
    {
      Protocol: httpOnly(Protocol),
      ProtocolVersion: input.ProtocolVersion ?? 'HTTP1',
      Port,
      VpcId,
      TargetType: targetTypeOf(input.TargetType ?? 'instance'),
      IpAddressType: 'ipv4',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckEnabled: true,
      HealthCheckPath: '/',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: '200' },
    },
    input,
  );
  refuseAll([nameProblem(input.Name ?? '')]);
  return settings;
};

/** `before` with what a request changes of the health check. Throws ValidationError naming all that is wrong. */
export const changedSettings = (
  before: TargetGroupSettings,
  input: Omit<ModifyTargetGroupInput, 'TargetGroupArn'>,
): TargetGroupSettings => {
  if (input.HealthCheckEnabled === false)
    throw invalid(
      `Health check enabled must be true for target groups with target type '${before.TargetType}'`,
    );
  const after: TargetGroupSettings = {
    ...before,
    HealthCheckProtocol: httpOnly(input.HealthCheckProtocol ?? before.HealthCheckProtocol),
    HealthCheckPort: input.HealthCheckPort ?? before.HealthCheckPort,
    HealthCheckPath: input.HealthCheckPath ?? before.HealthCheckPath,
    HealthCheckIntervalSeconds: input.HealthCheckIntervalSeconds ?? before.HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.HealthCheckTimeoutSeconds,
    HealthyThresholdCount: input.HealthyThresholdCount ?? before.HealthyThresholdCount,
    UnhealthyThresholdCount: input.UnhealthyThresholdCount ?? before.UnhealthyThresholdCount,
    Matcher: { HttpCode: input.Matcher?.HttpCode ?? before.Matcher.HttpCode },
  };
  refuseAll(problemsOf(after));
  return after;
};
