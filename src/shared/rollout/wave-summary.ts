// A wave that may be followed by the next, as its judge's job summary. Pure.
import type { PlannedWave, TenantResult } from '../fleet/rollout.ts';
import { inState } from '../fleet/rollout-verdict.ts';
import { cell } from '../report.ts';
import { failureList } from './failure-list.ts';
import { count, tookTogether } from './words.ts';

export const waveSummary = (wave: PlannedWave, results: readonly TenantResult[]): string => {
  const healthy = inState(results, 'healthy').length;
  const failed = inState(results, 'failed');
  const icon = failed.length ? '⚠️' : '✅';
  const facts = [
    tookTogether(results),
    failed.length ? `${failed.length} failed, within the budget of ${wave.failureBudget}` : '',
    wave.soakMinutes ? `then ${count(wave.soakMinutes, 'minute')} until the next wave` : '',
  ];
  return [
    `## ${icon} Wave ${cell(wave.name)}: ${healthy} of ${count(results.length, 'tenant')} healthy`,
    facts.filter(Boolean).join(' · '),
    ...(failed.length ? [failureList(failed)] : []),
    '',
  ].join('\n\n');
};
