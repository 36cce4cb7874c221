// How a constraint table is written: a rule once, then every `Structure.member` that it holds for.
import type { Constraint } from './shape.ts';

export type ConstraintTable = ReadonlyMap<string, Constraint>;

type Rule = readonly [Constraint, readonly string[]];

export const rules = (...table: readonly Rule[]): ConstraintTable =>
  new Map(
    table.flatMap(([constraint, places]) => places.map((place): [string, Constraint] => [place, constraint])),
  );
