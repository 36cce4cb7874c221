// Registered targets and their health: every target of a group in use is really asked, on the cloud's clock.
import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ProbeAnswer, ProbeRequest, RunningContainer } from '../containers/runtime.ts';
import type { Target, TargetHealth } from '../ports.ts';
import { deregistrationDelay } from './attributes.ts';
import {
  checking,
  draining,
  type Judged,
  judge,
  notInUse,
  notRegistered,
  registering,
  resultOf,
} from './health.ts';
import { notFound } from './refusals.ts';
import { type ElbState, isAttached, type TargetGroup } from './state.ts';
import { demandTargetGroup } from './target-groups.ts';

export type Registration = Target & { readonly request: RunningContainer['request'] };

type Registered = {
  readonly target: Registration;
  phase: { readonly kind: 'serving'; readonly judged: Judged } | { readonly kind: 'draining' };
  /** The one timer of this target: its next probe, or the end of its draining. */
  cancel: () => void;
};

export type Targets = {
  readonly register: (targetGroupArn: string, target: Registration) => void;
  readonly deregister: (targetGroupArn: string, target: Target) => void;
  readonly health: (targetGroupArn: string, target: Target) => TargetHealth | undefined;
  /** Where a request may go: the healthy targets, or all that serve if none is (AWS fails open). */
  readonly choices: (targetGroupArn: string) => readonly Registration[];
  readonly forget: (targetGroupArn: string) => void;
  readonly describe: (input: DescribeTargetHealthInput) => DescribeTargetHealthOutput;
};

/** AWS takes a moment before it starts to check a new target. */
const registrationMs = 1_000;

const keyOf = ({ id, port }: Target): string => `${id}:${port}`;

// A virtual clock leaps on as soon as a timer's body ends, so a body lets what needs no time happen first.
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An answer, or a timeout after `ms` of the cloud's time. */
export const askWithin = async (
  state: ElbState,
  { target, request }: { readonly target: Registration; readonly request: ProbeRequest },
  ms: number,
): Promise<ProbeAnswer> => {
  let stop = (): void => {};
  const late = new Promise<ProbeAnswer>((resolve) => {
    stop = state.cloud.clock.after(ms, () => {
      resolve({ kind: 'no-answer', reason: 'timeout' });
      return settle();
    });
  });
  const refused = (): ProbeAnswer => ({ kind: 'no-answer', reason: 'refused' });
  const answer = await Promise.race([target.request(request).catch(refused), late]);
  stop();
  return answer;
};

const probe = async (
  state: ElbState,
  { settings }: TargetGroup,
  target: Registration,
): Promise<ProbeAnswer> => {
  const { HealthCheckPort: port } = settings;
  if (port !== 'traffic-port' && port !== String(target.port))
    return { kind: 'no-answer', reason: 'refused' };
  const request: ProbeRequest = {
    path: settings.HealthCheckPath,
    host: keyOf(target),
    headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
  };
  return askWithin(state, { target, request }, settings.HealthCheckTimeoutSeconds * 1_000);
};

const startProbing = (state: ElbState, groupArn: string, registered: Registered): void => {
  const tick = async (): Promise<void> => {
    const group = state.targetGroups.get(groupArn);
    if (!group || registered.phase.kind !== 'serving') return;
    registered.cancel = state.cloud.clock.after(group.settings.HealthCheckIntervalSeconds * 1_000, tick);
    if (!isAttached(state, groupArn)) {
      registered.phase = { kind: 'serving', judged: registering };
      return;
    }
    if (registered.phase.judged === registering) registered.phase = { kind: 'serving', judged: checking };
    const asked = probe(state, group, registered.target).then((answer) => {
      if (registered.phase.kind !== 'serving') return;
      const result = resultOf(answer, group.settings.Matcher.HttpCode);
      registered.phase = { kind: 'serving', judged: judge(registered.phase.judged, result, group.settings) };
    });
    await Promise.race([asked, settle()]);
  };
  registered.cancel = state.cloud.clock.after(registrationMs, tick);
};

const healthOf = (state: ElbState, groupArn: string, { phase }: Registered): TargetHealth => {
  if (phase.kind === 'draining') return draining;
  return isAttached(state, groupArn) ? phase.judged.health : notInUse;
};

export const createTargets = (state: ElbState): Targets => {
  const groups = new Map<string, Map<string, Registered>>();
  const find = (arn: string, target: Target) => groups.get(arn)?.get(keyOf(target));
  const list = (arn: string) => [...(groups.get(arn)?.values() ?? [])];
  const register: Targets['register'] = (arn, target) => {
    if (!state.targetGroups.get(arn)) throw notFound.targetGroup();
    find(arn, target)?.cancel();
    const registered: Registered = {
      target,
      phase: { kind: 'serving', judged: registering },
      cancel: () => {},
    };
    groups.set(arn, (groups.get(arn) ?? new Map<string, Registered>()).set(keyOf(target), registered));
    startProbing(state, arn, registered);
  };
  const deregister: Targets['deregister'] = (arn, target) => {
    const group = state.targetGroups.get(arn);
    const registered = find(arn, target);
    if (!group || !registered || registered.phase.kind === 'draining') return;
    registered.cancel();
    registered.phase = { kind: 'draining' };
    const delayMs = Number(group.attributes[deregistrationDelay]) * 1_000;
    registered.cancel = state.cloud.clock.after(delayMs, () => void groups.get(arn)?.delete(keyOf(target)));
  };
  const health: Targets['health'] = (arn, target) => {
    const registered = find(arn, target);
    return registered && healthOf(state, arn, registered);
  };
  const choices: Targets['choices'] = (arn) => {
    const serving = list(arn).filter(({ phase }) => phase.kind === 'serving');
    const healthy = serving.filter((one) => healthOf(state, arn, one).state === 'healthy');
    return (healthy.length > 0 ? healthy : serving).map(({ target }) => target);
  };
  const forget = (arn: string): void => {
    for (const { cancel } of list(arn)) cancel();
    groups.delete(arn);
  };
  const describe = ({ TargetGroupArn, Targets: asked }: DescribeTargetHealthInput) => {
    const { arn, settings } = demandTargetGroup(state, TargetGroupArn, 'get');
    const wanted: readonly Target[] =
      asked?.map(({ Id = '', Port = settings.Port }) => ({ id: Id, port: Port })) ??
      list(arn).map(({ target }) => target);
    return {
      TargetHealthDescriptions: wanted.map((target) =>
        describeOne(target, health(arn, target) ?? notRegistered),
      ),
    };
  };
  return { register, deregister, health, choices, forget, describe };
};

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
