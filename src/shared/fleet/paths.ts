// Sets of paths, asked in time that does not grow with the set: one file may hold a hundred thousand slips.
import type { Branch, Entry, Path } from './tree.ts';

/** Whether a path leads to, through or below one of a set. */
export type Touches = (path: Path) => boolean;

const keyOf = (path: Path): string => JSON.stringify(path.map(String));

export const touching = (paths: readonly Path[]): Touches => {
  if (!paths.length) return () => false;
  const ends = new Set(paths.map(keyOf));
  const starts = new Set(paths.flatMap((path) => path.map((_, index) => keyOf(path.slice(0, index)))));
  return (path) =>
    starts.has(keyOf(path)) ||
    ends.has(keyOf(path)) ||
    path.some((_, index) => ends.has(keyOf(path.slice(0, index))));
};

/** The tree without what stands at the paths. A list goes as a whole, so that no index shifts. */
export const prune = (tree: Branch, paths: readonly Path[]): Branch => {
  if (!paths.length) return tree;
  const below = new Map<string, Path[]>();
  for (const [step, ...rest] of paths) {
    const known = below.get(String(step));
    if (known) known.push(rest);
    else below.set(String(step), [rest]);
  }
  const entries = new Map<string, Entry>();
  for (const [key, entry] of tree.entries) {
    const inside = below.get(key);
    if (!inside) entries.set(key, entry);
    else if (entry.value.kind === 'branch' && inside.every((path) => path.length))
      entries.set(key, { ...entry, value: prune(entry.value, inside) });
  }
  return { ...tree, entries };
};
