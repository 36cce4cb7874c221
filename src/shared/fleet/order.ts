// Problems as a person goes through them.
import type { Problem } from '../errors.ts';

/** By file, line and column, each once: what is wrong in a shared layer shows up in each tenant. */
export const inOrder = (problems: readonly Problem[]): readonly Problem[] => {
  const once = new Map(
    problems.map((problem) => [JSON.stringify([problem.place, problem.what, problem.fix]), problem]),
  );
  return [...once.values()].toSorted(
    ({ place: one }, { place: other }) =>
      compare(one?.file ?? '', other?.file ?? '') ||
      (one?.line ?? 0) - (other?.line ?? 0) ||
      (one?.column ?? 0) - (other?.column ?? 0),
  );
};

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
