// When each tenant was deployed, as a Mermaid chart: a bar for each tenant, or for each wave where there are too many. Pure.
import type { TenantResult, TenantState } from '../fleet/rollout.ts';
import { inState } from '../fleet/rollout-verdict.ts';
import { icons } from './words.ts';

/** GitHub draws no chart of more than 50,000 characters, and nobody reads more bars. */
const mostBars = 60;

type Bar = { readonly name: string; readonly state: TenantState; readonly from: number; readonly to: number };
type Section = { readonly wave: string; readonly bars: readonly Bar[] };

/** Undefined where nothing was started. `now` ends the bars of what still runs. */
export const timeline = (results: readonly TenantResult[], now: number): string | undefined => {
  const bars = results.reduce((sum, { startedAt }) => sum + Number(startedAt !== undefined), 0);
  const sections = [...Map.groupBy(results, ({ wave }) => wave)]
    .map(([wave, those]): Section => {
      const each = those.flatMap((result) => barOf(result, now));
      return { wave, bars: bars > mostBars ? together(those, each) : each };
    })
    .filter((section) => section.bars.length)
    .slice(0, mostBars);
  if (!sections.length) return undefined;
  return ['```mermaid', 'gantt', '  dateFormat X', '  axisFormat %H:%M', '  todayMarker off']
    .concat(sections.flatMap(linesOf), '```')
    .join('\n');
};

const barOf = ({ tenant, state, startedAt, endedAt }: TenantResult, now: number): readonly Bar[] =>
  startedAt === undefined ? [] : [{ name: tenant, state, from: startedAt, to: endedAt ?? now }];

const together = (results: readonly TenantResult[], bars: readonly Bar[]): readonly Bar[] => {
  const [first] = bars;
  if (!first) return [];
  const healthy = inState(results, 'healthy').length;
  const from = bars.reduce((least, bar) => Math.min(least, bar.from), first.from);
  const to = bars.reduce((most, bar) => Math.max(most, bar.to), first.to);
  const state = healthy === results.length ? 'healthy' : 'failed';
  return [{ name: `${healthy} of ${results.length} healthy`, state, from, to }];
};

const tags: Readonly<Record<TenantState, string>> = {
  healthy: 'done',
  failed: 'crit',
  cancelled: 'crit, done',
  'not-started': 'done',
  running: 'active',
};

// The icon in front keeps a tenant named like a word of Mermaid's from being read as one.
const linesOf = ({ wave, bars }: Section): readonly string[] => [
  `  section ${wave}`,
  ...bars.map(({ name, state, from, to }) => {
    const start = Math.floor(from / 1_000);
    return `  ${icons[state]} ${name} :${tags[state]}, ${start}, ${Math.max(start + 1, Math.floor(to / 1_000))}`;
  }),
];
