// What failed, each with the first finding and its fix. Pure.
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
  const lines = said.split('\n').filter((line) => line.trim());
  return [
    `- ${icons[state]} **${linked(tenant, link)}** (${facts.join(', ')})`,
    lines
      .slice(0, 4)
      .map((line) => `  > ${plain(line)}`)
      // Two spaces end a line in Markdown.
      .join('  \n'),
  ].join('\n');
};
