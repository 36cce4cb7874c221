// Numbers of samples, and how they are written: the median with its range beside it, because the range is the noise.

export type Row = {
  readonly what: string;
  readonly measured: string;
  /** How many, and of what. */
  readonly samples: string;
  /** Of the design; empty where there is none. */
  readonly budget: string;
  readonly met: 'yes' | 'no' | 'yes at the median, not always' | '';
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
};

/** `152 ms (140 … 171)`. */
export const spread = (values: readonly number[], unit: string, digits = 0): string => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)}${unit} (${low.toFixed(digits)} … ${high.toFixed(digits)})`;
};

/** Each value of `ours` against the value of `theirs` that was measured beside it. */
export const pairRatios = (ours: readonly number[], theirs: readonly number[]): readonly number[] =>
  ours.map((value, index) => value / (theirs[index] ?? Number.NaN));

export const verdict = (values: readonly number[], limit: number): Row['met'] => {
  if (median(values) > limit) return 'no';
  return Math.max(...values) > limit ? 'yes at the median, not always' : 'yes';
};

/** What could not be measured, in place of a number. */
export const unmeasured = (what: string, why: string, budget: string): Row => ({
  what,
  measured: `not measured: ${why}`,
  samples: '0',
  budget,
  met: '',
});

export const tableOf = (rows: readonly Row[]): string => {
  const head = ['What', 'Median (min … max)', 'Samples', 'Budget', 'Met'];
  const lines = rows.map(({ what, measured, samples, budget, met }) => [
    what,
    measured,
    samples,
    budget,
    met,
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};
