// Several calls at once, but not all: AWS's buckets are shared by everything in the account.

/** Answers in the order of `items`; at most `most` of them are worked on at any time. */
export const mapGently = async <T, R>(
  items: readonly T[],
  most: number,
  act: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results = new Map<number, R>();
  const waiting = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.set(next[0], await act(next[1]));
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  return items.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
};
