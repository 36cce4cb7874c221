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

const entry = (result: TenantResult): string => {
  const { tenant, wave, state, image, link, finding } = result;
  const time = took(result);
  const facts = [
    `wave ${cell(wave)}`,
    `\`${cell(versionOf(image))}\``,
    stateWords[state] + (time && ` after ${time}`),
  ];
  const said = finding ?? 'The job left no finding; its log says more.';
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
