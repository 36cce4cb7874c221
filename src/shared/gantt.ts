// What ran when, as a Mermaid chart that GitHub draws. Names are foreign: what Mermaid gives a meaning to is left out of
// them. Pure.

export type Bar = {
  readonly icon: string;
  readonly name: string;
  /** How Mermaid colours it. */
  readonly tag: 'done' | 'crit' | 'crit, done' | 'active';
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
};

export type Section = { readonly name: string; readonly bars: readonly Bar[] };

/** GitHub draws no chart of more than 50,000 characters, and nobody reads more bars. */
const mostBars = 80;
const longestName = 40;
const second = 1_000;

/** Undefined where there is no bar. */
export const gantt = (sections: readonly Section[]): string | undefined => {
  const filled = cut(sections.filter(({ bars }) => bars.length > 0));
  if (!filled.length) return undefined;
  // Milliseconds: Mermaid reads the beginnings of `X`, seconds, as if they were milliseconds, and draws all bars alike.
  return ['```mermaid', 'gantt', '  dateFormat x', `  axisFormat ${axisOf(filled)}`, '  todayMarker off']
    .concat(filled.flatMap(linesOf), '```')
    .join('\n');
};

const cut = (sections: readonly Section[]): readonly Section[] => {
  let left = mostBars;
  return sections.flatMap(({ name, bars }) => {
    const shown = bars.slice(0, left);
    left -= shown.length;
    return shown.length ? [{ name, bars: shown }] : [];
  });
};

/** Seconds where a minute would stand at several ticks, the day where an hour comes twice; as few letters as tell. */
const axisOf = (sections: readonly Section[]): string => {
  const bars = sections.flatMap((section) => section.bars);
  const from = bars.reduce((least, bar) => Math.min(least, bar.from), Number.POSITIVE_INFINITY);
  const span = bars.reduce((most, bar) => Math.max(most, bar.to), 0) - from;
  if (span > 24 * 3_600 * second) return '%a %H:%M';
  if (span < 60 * second) return '%S s';
  return span < 600 * second ? '%H:%M:%S' : '%H:%M';
};

// The icon in front keeps what is named like a word of Mermaid's from being read as one.
const linesOf = ({ name, bars }: Section): readonly string[] => [
  `  section ${safe(name)}`,
  ...bars.map(({ icon, name: bar, tag, from, to }) => {
    const start = Math.floor(from);
    return `  ${icon} ${safe(bar)} :${tag}, ${start}, ${Math.max(start + second, Math.floor(to))}`;
  }),
];

const safe = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N} .@_-]/gu, ' ')
    .trim()
    .slice(0, longestName) || '?';
