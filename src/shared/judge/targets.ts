// Are the targets of *our* tasks healthy? Old tasks that drain do not count, either way.
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Verdict } from '../wait.ts';

/**
 * `addresses`: private IPs of our deployment's running tasks. `loadBalancers`: those that send requests to the target group;
 * undefined where that was not asked, or may not be.
 */
export const judgeTargets = (
  addresses: readonly string[],
  targets: readonly TargetHealthDescription[],
  loadBalancers?: readonly string[],
): Verdict => {
  if (!addresses.length)
    return { kind: 'pending', why: 'no running task of this deployment has an address yet' };
  const states = addresses.map((address) => ({
    address,
    health: targets.find(({ Target }) => Target?.Id === address)?.TargetHealth,
  }));
  const waiting = states.filter(({ health }) => health?.State !== 'healthy');
  // ELB has one reason for two causes: no rule leads there, or the target's zone is not enabled for the load balancer.
  const unused = waiting.find(({ health }) => health?.Reason === 'Target.NotInUse');
  if (unused && loadBalancers?.length === 0)
    return {
      kind: 'failed',
      what: 'The target group is not used by any listener rule, so no request can reach the task.',
      fix: 'Run provision-tenant with step routing.',
    };
  if (!waiting.length) return { kind: 'ready', value: undefined };
  const first = unused ?? waiting[0];
  const reason = [first?.health?.Reason, first?.health?.Description].filter(Boolean).join(': ');
  return {
    kind: 'pending',
    why: `target ${first?.address} is ${first?.health?.State ?? 'not registered'}${reason ? ` (${reason})` : ''}`,
  };
};
