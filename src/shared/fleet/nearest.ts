// "Did you mean": the nearest of the names that exist.

const longest = 60;
/** A fleet has thousands of names: guessing among all of them for each wrong one would take minutes. */
const mostKnown = 300;

/** Edits from one word to the other: insert, delete, replace, or swap two neighbours. */
const distance = (one: string, other: string): number => {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = swaps ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
};

/** Undefined where none is near. */
export const nearest = (given: string, known: readonly string[]): string | undefined => {
  if (given.length > longest || known.length > mostKnown) return undefined;
  const lower = given.toLowerCase();
  const most = Math.max(1, Math.floor(given.length / 3));
  const near = known.flatMap((name) => {
    const other = name.toLowerCase();
    if (lower.length > 2 && other.startsWith(lower)) return [{ name, edits: 1 }];
    if (Math.abs(other.length - lower.length) > most) return [];
    const edits = distance(lower, other);
    return edits > most ? [] : [{ name, edits }];
  });
  return near.toSorted((one, other) => one.edits - other.edits)[0]?.name;
};

/** A remedy for an unknown name, e.g. "Did you mean `memory`?", or what there is to choose from. */
export const didYouMean = (given: string, known: readonly string[], title: string): string => {
  const guess = nearest(given, known);
  if (guess) return `Did you mean \`${guess}\`?`;
  const shown = known.slice(0, 30).join(', ');
  return known.length ? `${title}: ${shown}${known.length > 30 ? ', …' : ''}.` : 'Delete it.';
};
