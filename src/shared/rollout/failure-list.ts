// What failed, each with its cause and what to do, as the job's first annotation told them. Pure.
import type { TenantResult } from '../fleet/rollout.ts';
import { stateWords } from '../fleet/rollout-verdict.ts';
import { cell } from '../report.ts';
import { icons, linked, plain, took, versionOf } from './words.ts';

const most = 50;

export const failureList = (results: readonly TenantResult[]): string =>
  [
    ...results.slice(0, most).map(entry),
    ...(results.length > most ? [`… and ${results.length - most} more; rollout.json has them all.`] : []),
  ].join('\n');

const nothingSaid = {
  cancelled: 'The run was cancelled; running again continues where it stopped.',
  failed: 'The job left no finding; its log says more.',
} as const;

const entry = (result: TenantResult): string => {
  const { tenant, wave, state, image, link, finding } = result;
  const time = took(result);
  const facts = [
    `wave ${cell(wave)}`,
    `\`${cell(versionOf(image))}\``,
    stateWords[state] + (time && ` after ${time}`),
  ];
  const said = finding ?? nothingSaid[state === 'cancelled' ? state : 'failed'];
  return [
    `- ${icons[state]} **${linked(tenant, link)}** (${facts.join(', ')})`,
    shownOf(said.split('\n').filter((line) => line.trim()))
      .map((line) => `  > ${plain(line)}`)
      // Two spaces end a line in Markdown.
      .join('  \n'),
  ].join('\n');
};

/** The cause, the proof and every step of the fix; without a fix in steps, the beginning. */
const shownOf = (lines: readonly string[]): readonly string[] => {
  const at = lines.indexOf('Fix:');
  if (at < 0) return lines.slice(0, 4);
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !/^\d+\. /.test(line));
  return [
    ...lines.slice(0, 1),
    ...lines.slice(1, at).filter((line) => line.startsWith('Seen: ')),
    'Fix:',
    ...rest.slice(0, end < 0 ? rest.length : end),
  ];
};
