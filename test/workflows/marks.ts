// When the stand-ins ran, and what follows from it.
import type { RunEnd } from '../../sandbox/github/workflow/run.ts';

/** One edge of one run of a stand-in. */
export type Mark = {
  readonly action: string;
  readonly edge: 'start' | 'end';
  /** What it worked on: a tenant, a pipeline, else an application. */
  readonly tenant: string;
  /** The action's inputs. */
  readonly given: Readonly<Record<string, string>>;
  readonly run: string;
  readonly attempt: number;
  /** The commit that the job had checked out. */
  readonly commit: string;
  readonly at: number;
  readonly fails: boolean;
};

/** Tenants that were begun in a run's attempt, in the order of their beginnings. */
export const begun = (marks: readonly Mark[], { id, attempt }: RunEnd): readonly string[] => [
  ...new Set(
    marks
      .filter((mark) => mark.run === String(id) && mark.attempt === attempt && mark.edge === 'start')
      .map(({ tenant }) => tenant),
  ),
];

export type Span = {
  readonly tenant: string;
  readonly run: string;
  readonly from: number;
  readonly to: number;
};

/** From the first beginning to the last end of each tenant in each run. */
export const spansOf = (marks: readonly Mark[]): readonly Span[] => {
  const spans = new Map<string, Span>();
  for (const { tenant, run, attempt, at } of marks) {
    const key = `${run} ${attempt} ${tenant}`;
    spans.set(key, { tenant, run, from: spans.get(key)?.from ?? at, to: at });
  }
  return [...spans.values()].sort((one, other) => one.from - other.from);
};

/** Most spans at one moment. */
export const mostAtOnce = (spans: readonly Span[]): number =>
  Math.max(
    0,
    ...spans.map(({ from }) => spans.filter((other) => other.from <= from && from < other.to).length),
  );

/** Runs all, some at a time, as the machine's cores are few. */
export const inParallel = async <T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  most = 4,
): Promise<readonly R[]> => {
  const results: R[] = [];
  const left = [...items.entries()];
  const take = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: most }, take));
  return results;
};
