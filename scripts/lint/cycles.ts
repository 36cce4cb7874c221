// Cycles among our own files. Imports of types count: two files that need each other's words are one file or three.
import type { Source } from './source.ts';

/** Each cycle once, starting and ending with its first file in the alphabet. */
export const cyclesOf = (sources: readonly Source[]): readonly (readonly string[])[] => {
  const edges = new Map(sources.map(({ file, imports }) => [file, imports.map(({ target }) => target)]));
  const cycles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) {
      const cycle = fromFirst(path.slice(start));
      cycles.set(cycle.join(), cycle);
    } else if (!done.has(file)) {
      for (const target of edges.get(file) ?? []) walk(target, [...path, file]);
      done.add(file);
    }
  };
  for (const file of edges.keys()) walk(file, []);
  return [...cycles.values()];
};

const fromFirst = (cycle: readonly string[]): readonly string[] => {
  const first = cycle.indexOf([...cycle].sort()[0] ?? '');
  return [...cycle.slice(first), ...cycle.slice(0, first + 1)];
};
