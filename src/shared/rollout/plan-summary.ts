// What a rollout is about to do, for the people who approve its waves. Pure.
import type { PlannedRollout, PlannedWave } from '../fleet/rollout.ts';
import { tenantsOf } from '../fleet/rollout-jobs.ts';
import { cell } from '../report.ts';
import { count, plain, table } from './words.ts';

export const planSummary = (rollout: PlannedRollout, notes: readonly string[]): string => {
  const { environment, commit, waves, approval, onFailure } = rollout;
  const tenants = waves.flatMap(tenantsOf).length;
  const said = notes.map((note) => `> ⚠️ ${plain(note)}\n\n`).join('');
  if (!tenants) return `## Rollout to ${environment}: nothing to do\n\n${said}No tenant is selected.\n`;
  const facts = [
    `commit \`${commit.slice(0, 7)}\``,
    `each wave is approved in \`${cell(approval)}\``,
    onFailure === 'stop'
      ? 'a tenant that fails stays as it is'
      : 'a tenant that fails returns to its last healthy revision',
  ];
  return [
    `## Rollout to ${environment}: ${count(tenants, 'tenant')} in ${count(waves.length, 'wave')}`,
    `${said}${facts.join(' · ')}`,
    table(['', 'wave', 'tenants', 'at once', 'may fail', 'then wait'], waves.map(row)),
    '',
  ].join('\n\n');
};

const row = (wave: PlannedWave): readonly string[] => [
  String(wave.slot),
  `**${cell(wave.name)}**`,
  namesIn(tenantsOf(wave)),
  String(wave.inFlight),
  String(wave.failureBudget),
  wave.soakMinutes ? `${wave.soakMinutes} min` : '',
];

const shown = 12;
const namesIn = (tenants: readonly string[]): string =>
  tenants.slice(0, shown).map(cell).join(', ') +
  (tenants.length > shown ? ` and ${tenants.length - shown} more` : '');
