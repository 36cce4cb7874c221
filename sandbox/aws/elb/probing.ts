// Asking targets: every target of a group in use is really asked, on the cloud's clock and within its time.
import { setTimeout as pause } from 'node:timers/promises';
import type { ProbeAnswer, ProbeRequest, RunningContainer } from '../containers/runtime.ts';
import type { Target } from '../ports.ts';
import { checking, type Judged, judge, registering, resultOf } from './health.ts';
import { type ElbState, isAttached, type TargetGroup } from './state.ts';

export type Registration = Target & { readonly request: RunningContainer['request'] };

export type Registered = {
  readonly target: Registration;
  phase: { readonly kind: 'serving'; readonly judged: Judged } | { readonly kind: 'draining' };
  /** The one timer of this target: its next probe, or the end of its draining. */
  cancel: () => void;
};

/** AWS takes a moment before it starts to check a new target. */
const registrationMs = 1_000;

export const keyOf = ({ id, port }: Target): string => `${id}:${port}`;

// A virtual clock leaps on as soon as a timer's body ends, so a body lets what needs no time happen first.
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An answer, or a timeout after `ms` of the cloud's time. */
export const askWithin = async (
  state: ElbState,
  { target, request }: { readonly target: Registration; readonly request: ProbeRequest },
  ms: number,
): Promise<ProbeAnswer> => {
  let stop = (): void => {};
  const { clock, settings } = state.cloud;
  const patience =
    settings.patienceMs > 0 ? pause(settings.patienceMs, undefined, { ref: false }) : undefined;
  const late = new Promise<ProbeAnswer>((resolve) => {
    stop = clock.after(ms, async () => {
      await patience;
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

/** Asks the target every interval until it drains or its group is gone. */
export const startProbing = (state: ElbState, groupArn: string, registered: Registered): void => {
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
