// How to go on from a rollout that not everybody came out of healthy: what to see to first, and the commands. Pure.
import type { RolloutRecord } from '../fleet/rollout.ts';
import type { Stop } from '../fleet/rollout-stop.ts';
import { inState } from '../fleet/rollout-verdict.ts';
import { cell } from '../report.ts';
import { count, linked, plain } from './words.ts';

type Left = { readonly record: RolloutRecord; readonly stop: Stop; readonly workflow: string | undefined };

/** Nothing where everybody is healthy. */
export const goOn = (given: Left): readonly string[] => {
  const { record, stop } = given;
  if (inState(record.tenants, 'healthy').length === record.tenants.length) return [];
  const hasFailed = inState(record.tenants, 'failed').length > 0;
  if (stop.kind === 'gate') return ['### How to go on', ...gateAdvice(stop), ...again(given)];
  if (stop.kind === 'cancelled' && !hasFailed)
    return ['### How to go on', 'The run was cancelled, and nothing failed.', ...again(given)];
  return ['### How to go on', ...corrected(given)];
};

const gateAdvice = (stop: Extract<Stop, { readonly kind: 'gate' }>): readonly string[] => {
  const { how, job, wave, said } = stop;
  const name = `wave ${cell(wave)}`;
  if (how === 'rejected')
    return [
      `Talk to the reviewer who rejected ${linked(name, job.link)} first; GitHub shows name and comment on this run's page.`,
    ];
  if (how === 'cancelled') return [`Nobody had decided about ${linked(name, job.link)} yet.`];
  return [
    `See to what kept ${linked(name, job.link)} from being approved:`,
    `> ${plain((said ?? 'The job left no finding; its log says more.').replaceAll(/\s+/g, ' '))}`,
  ];
};

/** A new run, nothing corrected: the way on where it was people who stopped it. */
const again = ({ record, workflow }: Left): readonly string[] => {
  const failed = inState(record.tenants, 'failed').length;
  const those = failed ? `, with the ${failed} that failed: correct them first` : '';
  return [
    `Start a new run for exactly the ${count(leftIn(record), 'tenant')} left${those}. It takes this commit's manifests and asks for approval again:`,
    `\`\`\`sh\n${resumeOf(record, workflow)}\n\`\`\``,
    'With newer manifests, add `-f resume-commit=newer`.',
  ];
};

const corrected = ({ record, workflow }: Left): readonly string[] => [
  `Correct what failed. With the manifests of this commit, choose **Re-run failed jobs** on this page; it runs what failed and everything after it:`,
  `\`\`\`sh\ngh run rerun ${record.runId} --failed${at(record)}\n\`\`\``,
  `With corrected manifests, start a new run for exactly the ${count(leftIn(record), 'tenant')} left; without the last option it takes this commit's manifests again:`,
  `\`\`\`sh\n${resumeOf(record, workflow)} -f resume-commit=newer\n\`\`\``,
];

const leftIn = ({ tenants }: RolloutRecord): number => tenants.length - inState(tenants, 'healthy').length;

const at = ({ repository }: RolloutRecord): string => (repository ? ` --repo ${repository}` : '');

const resumeOf = (record: RolloutRecord, workflow: string | undefined): string => {
  const name = workflow === undefined ? 'deploy-fleet.yml' : quoted(workflow);
  return `gh workflow run ${name}${at(record)} -f environment=${record.environment} -f resume-from=${record.runId}`;
};

const quoted = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
