// Offsets of a text as lines and columns. Thousands of files are read and few of them are ever pointed into, so the
// line starts are found when the first place is asked for.

/** Line and column from 1. */
export type Lines = {
  readonly linePos: (offset: number) => { readonly line: number; readonly column: number };
};

export const linesOf = (text: string): Lines => {
  let found: readonly number[] | undefined;
  return {
    linePos: (offset) => {
      found ??= startsOf(text);
      const line = lastNotAbove(found, offset);
      return { line: line + 1, column: offset - (found[line] ?? 0) + 1 };
    },
  };
};

const startsOf = (text: string): readonly number[] => {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
};

const lastNotAbove = (starts: readonly number[], offset: number): number => {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
};
