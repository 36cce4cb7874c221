// Registered targets: they serve until they are deregistered, then drain for the group's delay.
import type { Target, TargetHealth } from '../ports.ts';
import { deregistrationDelay } from './attributes.ts';
import { draining, notInUse, registering } from './health.ts';
import { keyOf, type Registered, type Registration, startProbing } from './probing.ts';
import { notFound } from './refusals.ts';
import { type ElbState, isAttached } from './state.ts';

export type Targets = {
  readonly register: (targetGroupArn: string, target: Registration) => void;
  readonly deregister: (targetGroupArn: string, target: Target) => void;
  readonly health: (targetGroupArn: string, target: Target) => TargetHealth | undefined;
  /** Where a request may go: the healthy targets, or all that serve if none is (AWS fails open). */
  readonly choices: (targetGroupArn: string) => readonly Registration[];
  readonly list: (targetGroupArn: string) => readonly Target[];
  readonly forget: (targetGroupArn: string) => void;
};

const healthOf = (state: ElbState, groupArn: string, { phase }: Registered): TargetHealth => {
  if (phase.kind === 'draining') return draining;
  return isAttached(state, groupArn) ? phase.judged.health : notInUse;
};

const newlyRegistered = (target: Registration): Registered => ({
  target,
  phase: { kind: 'serving', judged: registering },
  cancel: () => {},
});

export const createTargets = (state: ElbState): Targets => {
  const groups = new Map<string, Map<string, Registered>>();
  const find = (arn: string, target: Target) => groups.get(arn)?.get(keyOf(target));
  const all = (arn: string) => [...(groups.get(arn)?.values() ?? [])];
  const register: Targets['register'] = (arn, target) => {
    if (!state.targetGroups.get(arn)) throw notFound.targetGroup();
    find(arn, target)?.cancel();
    const registered = newlyRegistered(target);
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
    const serving = all(arn).filter(({ phase }) => phase.kind === 'serving');
    const healthy = serving.filter((one) => healthOf(state, arn, one).state === 'healthy');
    return (healthy.length > 0 ? healthy : serving).map(({ target }) => target);
  };
  const forget = (arn: string): void => {
    for (const { cancel } of all(arn)) cancel();
    groups.delete(arn);
  };
  const list = (arn: string): readonly Target[] => all(arn).map(({ target }) => target);
  return { register, deregister, health, choices, list, forget };
};
