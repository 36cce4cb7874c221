// When each tenant was deployed, as a Mermaid chart: a bar for each tenant, or for each wave where there are too many. Pure.
import type { TenantResult, TenantState } from '../fleet/rollout.ts';
import { inState } from '../fleet/rollout-verdict.ts';
import { type Bar, gantt, type Section } from '../gantt.ts';
import { icons } from './words.ts';

/** Nobody reads more; then a wave is one bar. */
const mostBars = 60;

/** Undefined where nothing was started. `now` ends the bars of what still runs. */
export const timeline = (results: readonly TenantResult[], now: number): string | undefined => {
  const bars = results.reduce((sum, { startedAt }) => sum + Number(startedAt !== undefined), 0);
  const sections = [...Map.groupBy(results, ({ wave }) => wave)].map(([wave, those]): Section => {
    const each = those.flatMap((result) => barOf(result, now));
    return { name: wave, bars: bars > mostBars ? together(those, each) : each };
  });
  return gantt(sections);
};

const barOf = ({ tenant, state, startedAt, endedAt }: TenantResult, now: number): readonly Bar[] =>
  startedAt === undefined
    ? []
    : [{ name: tenant, icon: icons[state], tag: tags[state], from: startedAt, to: endedAt ?? now }];

const together = (results: readonly TenantResult[], bars: readonly Bar[]): readonly Bar[] => {
  const [first] = bars;
  if (!first) return [];
  const healthy = inState(results, 'healthy').length;
  const from = bars.reduce((least, bar) => Math.min(least, bar.from), first.from);
  const to = bars.reduce((most, bar) => Math.max(most, bar.to), first.to);
  const state = healthy === results.length ? 'healthy' : 'failed';
  const name = `${healthy} of ${results.length} healthy`;
  return [{ name, icon: icons[state], tag: tags[state], from, to }];
};

const tags: Readonly<Record<TenantState, Bar['tag']>> = {
  healthy: 'done',
  failed: 'crit',
  cancelled: 'crit, done',
  'not-started': 'done',
  running: 'active',
};
