// Two requests are the same when they say the same: order of keys and absent members do not count.

export const canonical = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'undefined';

export const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
};
