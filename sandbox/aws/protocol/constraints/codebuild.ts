// What CodeBuild's API reference says beyond types; no model of it is at hand to compare with.
import { type ConstraintTable, rules } from '../table.ts';

export const codebuildConstraints: ConstraintTable = rules(
  [{ min: 1, max: 100 }, ['BatchGetBuildsInput.ids']],
  [{ min: 1 }, ['BatchGetBuildsInput.ids[]']],
);
