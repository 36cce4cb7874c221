// All tenants of a rollout by wave, or, where they are too many to read, the waves in numbers and whoever is not healthy. Pure.
import type { TenantResult } from '../fleet/rollout.ts';
import { inState, stateWords } from '../fleet/rollout-verdict.ts';
import { cell } from '../report.ts';
import { icons, linked, table, took, tookTogether, versionOf } from './words.ts';

const mostRows = 200;

export const grid = (results: readonly TenantResult[]): string => {
  if (results.length <= mostRows) return tenantTable(results);
  const rest = results.filter(({ state }) => state !== 'healthy');
  if (!rest.length) return waveTable(results);
  const more = rest.length - mostRows;
  return [
    waveTable(results),
    tenantTable(rest.slice(0, mostRows)),
    ...(more > 0 ? [`… and ${more} more that are not healthy; rollout.json has them all.`] : []),
  ].join('\n\n');
};

const tenantTable = (results: readonly TenantResult[]): string =>
  table(
    ['wave', 'tenant', 'state', 'took', 'version'],
    results.map((result, index) => [
      result.wave === results[index - 1]?.wave ? '' : `**${cell(result.wave)}**`,
      linked(result.tenant, result.link),
      `${icons[result.state]} ${stateWords[result.state]}${result.run === undefined ? '' : ` (run ${cell(result.run)})`}`,
      took(result),
      `\`${cell(versionOf(result.image))}\``,
    ]),
  );

const mostWaves = 100;
const waveTable = (results: readonly TenantResult[]): string => {
  const waves = [...Map.groupBy(results, ({ wave }) => wave)];
  const rows = waves.slice(0, mostWaves).map(([wave, those]) => [
    `**${cell(wave)}**`,
    String(those.length),
    ...(['healthy', 'failed', 'cancelled', 'not-started', 'running'] as const).map((state) => {
      const many = inState(those, state).length;
      return many ? String(many) : '';
    }),
    tookTogether(those),
  ]);
  const heads = ['healthy', 'failed', 'cancelled', 'not-started', 'running'] as const;
  return table(['wave', 'tenants', ...heads.map((state) => icons[state]), 'took'], rows);
};
